"""The root command: what it imports, how it fails."""

import json
import os
import subprocess
import sys

import pytest

from mlwidgets import __version__

HEAVY = ("torch", "ccxt", "pandas", "optuna", "distributed", "scipy", "pydantic")
COMMANDS = (
    "demo", "train", "evaluate", "compare", "forecast", "record", "models", "jobs", "scheduler",
    "worker",
)  # fmt: skip


def test_help_is_quick_because_nothing_heavy_is_imported():
    code = (
        "import sys\n"
        "from mlwidgets.cli import main\n"
        "sys.argv = ['mlwidgets', '--help']\n"
        "try: main()\n"
        f"except SystemExit as end: print(end.code, [n for n in {HEAVY} if n in sys.modules])\n"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.splitlines()[-1] == "0 []"
    for command in COMMANDS:
        assert command in run.stdout


@pytest.mark.parametrize("module", ["models", "jobs"])
def test_listing_models_or_jobs_does_without_torch_and_ccxt(module):
    code = (
        f"import sys, mlwidgets.cli.{module}\n"
        "print([n for n in ('torch', 'ccxt', 'optuna', 'distributed') if n in sys.modules])\n"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout == "[]\n"


def test_python_dash_m_is_the_same_command_line():
    words = [sys.executable, "-m", "mlwidgets", "--version"]
    run = subprocess.run(words, capture_output=True, text=True, check=True)
    assert run.stdout == f"mlwidgets {__version__}\n"


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself_and_offers_json(call, command):
    answer = call(command, "--help")
    assert answer.code == 0
    assert "--json" in answer.out


def test_a_usage_error_is_json_on_demand(call):
    answer = call("train", "--trials", "many", "--json")
    assert answer.code == 2
    assert answer.json["error"]["type"] == "UsageError"


def test_a_command_without_a_symbol_asks_for_one(call):
    answer = call("train")
    assert answer.code == 2
    assert "SYMBOL" in answer.err


def test_a_reader_who_leaves_the_pipe_sees_no_traceback(trained):
    run = subprocess.run(
        f"{sys.executable} -m mlwidgets models --json | head -c 1",
        shell=True, capture_output=True, text=True, check=False, env=os.environ,
    )  # fmt: skip
    assert run.stdout == "{"
    assert "Traceback" not in run.stderr


def test_home_names_the_folder_for_one_command(call, trained, tmp_path, monkeypatch):
    monkeypatch.setenv("MLWIDGETS_HOME", str(tmp_path / "elsewhere"))
    answer = call("models", "--json", "--home", trained.home)
    assert json.loads(answer.out)["models"][0]["symbol"] == "BTCUSDT"
