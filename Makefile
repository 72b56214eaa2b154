# `make help` lists the targets. All of them need only Python 3.11, make and the package index.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
SPEC := spec/topchef.yaml
SDK := topchef_sdk/api
SOURCES := codegen topchef_sdk tests examples benchmarks

# Documents and test suites of others, which are no part of the project.
TOPCHEF_SHARED ?= ../shared
export TOPCHEF_SHARED
BENCHED := $(strip $(foreach name,discriminators conjur figma qdrant twilio-api digitalocean,\
	$(wildcard $(TOPCHEF_SHARED)/specs/$(name).*)))

.DEFAULT_GOAL := help
.PHONY: help install demo test lint types check generate pytest chaos faults golden \
	conformance fuzz bench wheel clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-11s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

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

faults: install ## every network fault with every kind of call and client (2 minutes)
	$(BIN)/python -m tests.faults

golden: install ## write the expected output of the generator's golden cases anew
	$(BIN)/python -m pytest tests/codegen --update-golden

conformance: install ## the generator against documents and suites of others (about 30 minutes)
	@test -d "$(TOPCHEF_SHARED)/conformance" || { echo "no conformance data in $(TOPCHEF_SHARED);" \
		"name its folder: make conformance TOPCHEF_SHARED=..." >&2; exit 1; }
	$(BIN)/python -m tests.conformance

fuzz: install ## hostile text in each position of documents (10 minutes)
	$(BIN)/python -m tests.fuzz --seconds 600

bench: install ## the generator's speed, and the weight of what it writes
	@test -n "$(BENCHED)" || echo "no documents in $(TOPCHEF_SHARED)/specs, so growth alone is measured;" \
		"name the folder of specs: make bench TOPCHEF_SHARED=..." >&2
	$(BIN)/python -m benchmarks.generate $(BENCHED)
	@test -z "$(BENCHED)" || $(BIN)/python benchmarks/weight.py $(BENCHED)

wheel: install ## build the wheel into dist/
	$(BIN)/python -m build --wheel

clean: ## remove the environment and all caches
	rm -rf $(VENV) build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis
