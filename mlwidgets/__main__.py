"""`python -m mlwidgets`: the command line."""

from mlwidgets.cli import main

if __name__ == "__main__":
    main()
