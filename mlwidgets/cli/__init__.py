"""The command line: `mlwidgets demo`, `train`, `evaluate`, `compare`, `models`, `forecast`."""


def main() -> None:
    """Run the command that the process was started with, and exit with its code."""
    from mlwidgets.cli.app import app

    app()
