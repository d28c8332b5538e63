VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check --root-user-action=ignore
WORKERS ?= 2
ARGS ?=

# Small networks gain nothing from a second thread, and the tests run in processes beside each other.
ONE_THREAD := OMP_NUM_THREADS=1 MKL_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1

.DEFAULT_GOAL := help
.PHONY: help demo test lint format bench clean
.DELETE_ON_ERROR:

help:  ## Show this list
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /  make \1\t/' | expand -t 16
	@echo
	@echo 'Options: PYTHON=/path/to/python   interpreter for .venv (default: the newest from 3.11 on)'
	@echo '         ARGS="-k registry"       further arguments of pytest or of the demo; for bench the files to run'
	@echo '         WORKERS=4                test processes'

demo: $(VENV)/.test  ## Install into .venv and run the whole job once: candles in, forecast out, then the pages
	@$(BIN)/mlwidgets demo $(ARGS)

test: $(VENV)/.test  ## Install into .venv and run every test and every docstring example
	@$(ONE_THREAD) $(BIN)/python -m pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder $(ARGS)

lint: $(VENV)/.dev  ## Check style, format and types
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy

format: $(VENV)/.dev  ## Format the code and fix what ruff can fix
	@$(BIN)/ruff check --fix-only .
	@$(BIN)/ruff format .

bench: $(VENV)/.bench  ## Measure speed against public peers (see benchmarks/README.md)
	@for benchmark in $(or $(ARGS),benchmarks/*.py); do $(BIN)/python "$$benchmark" || exit 1; done

clean:  ## Remove .venv and caches; models/ and data/ stay
	rm -rf $(VENV) .mypy_cache .pytest_cache .ruff_cache .hypothesis

# A stamp for each extra, inside the environment: removing .venv removes them too.
$(VENV)/.test: pyproject.toml constraints.txt | $(BIN)/python
	@echo 'Installing mlwidgets into $(VENV); the first time takes some minutes.'
	@$(PIP) -c constraints.txt -e '.[test]'
	@touch $@

$(VENV)/.dev $(VENV)/.bench: $(VENV)/.%: $(VENV)/.test
	@echo 'Installing what make $(if $(filter .dev,$(@F)),lint,bench) needs into $(VENV).'
	@$(PIP) -c constraints.txt -e '.[$*]'
	@touch $@

# A candidate may be there and yet not run (version managers leave such shims), so each is tried.
$(BIN)/python:
	@for python in $(or $(PYTHON),python3.13 python3.12 python3.11 python3 python); do \
	  if "$$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then \
	    echo "Creating $(VENV) with $$("$$python" -V)."; \
	    "$$python" -m venv $(VENV) && exit 0; \
	    rm -f $@; \
	    echo "$$python cannot create a virtual environment; on Debian and Ubuntu install python3-venv." >&2; \
	    exit 1; \
	  fi; \
	done; \
	echo 'mlwidgets needs Python 3.11 or later, and found none that runs among: $(or $(PYTHON),python3.13 python3.12 python3.11 python3 python).' >&2; \
	echo 'Install one, or name it: make PYTHON=/path/to/python' >&2; \
	exit 1
