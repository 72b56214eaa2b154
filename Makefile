# `make help` lists the targets. All of them need only Python 3.11, make and the package index.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
SPEC := spec/topchef.yaml
SDK := topchef_sdk/api
SOURCES := codegen topchef_sdk tests examples

.DEFAULT_GOAL := help
.PHONY: help install demo test lint types check generate pytest chaos golden wheel clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

$(VENV)/installed: pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "Python 3.11 or later is needed; say which: make PYTHON=python3.12 ..." >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	@touch $@

install: $(VENV)/installed ## make .venv with everything to use and develop the SDK

demo: install ## send 200 jobs through a real server over HTTP
	@$(BIN)/topchef demo

test: lint types check pytest ## everything that CI checks

lint: install ## ruff: rules and format
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: install ## mypy and pyright, both strict
	$(BIN)/mypy $(SOURCES)
	$(BIN)/basedpyright
	@# What users get is judged, so the package is installed as they would install it.
	@rm -rf build/installed && mkdir -p build/installed
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --target build/installed .
	cd build && PYTHONPATH=installed ../$(BIN)/basedpyright \
		--verifytypes topchef_sdk --ignoreexternal --pythonpath ../$(BIN)/python

check: install ## is the generated code up to date?
	$(BIN)/python -m codegen check $(SPEC) --out $(SDK)

generate: install ## write the generated code anew
	$(BIN)/python -m codegen generate $(SPEC) --out $(SDK)

pytest: install ## the tests
	$(BIN)/python -m pytest -n 2 --dist worksteal

chaos: install ## kill a listener again and again behind a bad network (about 25 minutes)
	$(BIN)/python -m tests.chaos.chaos --runs 12 --jobs 80 --kills 12 --seed 1
	$(BIN)/python -m tests.chaos.crash_points

golden: install ## write the expected output of the generator's golden cases anew
	$(BIN)/python -m pytest tests/codegen --update-golden

wheel: install ## build the wheel into dist/
	$(BIN)/python -m build --wheel

clean: ## remove the environment and all caches
	rm -rf $(VENV) build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis
