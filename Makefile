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
.PHONY: help install demo test lint types check generate pytest thorough lowest chaos faults golden \
	conformance fuzz bench bench-codec bench-transport wheel clean \
	pyright mypy verified-types run-pyright run-mypy run-verified-types

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

# Each checker uses one core. What it says is shown once it has ended, so that no two mix.
types: install ## mypy and pyright, both strict
	@$(MAKE) --no-print-directory --keep-going --jobs 2 pyright mypy verified-types

pyright mypy verified-types: %: install
	@mkdir -p build
	@$(MAKE) --no-print-directory run-$@ >build/$@.txt 2>&1; code=$$?; cat build/$@.txt; exit $$code

run-pyright:
	$(BIN)/basedpyright

run-mypy:
	$(BIN)/mypy $(SOURCES)

# What users get is judged, so the package is installed as they would install it.
run-verified-types:
	@rm -rf build/installed && mkdir -p build/installed
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation \
		--target build/installed .
	cd build && PYTHONPATH=installed ../$(BIN)/basedpyright \
		--verifytypes topchef_sdk --ignoreexternal --pythonpath ../$(BIN)/python

check: install ## is the generated code up to date?
	$(BIN)/python -m codegen check $(SPEC) --out $(SDK)

generate: install ## write the generated code anew
	$(BIN)/python -m codegen generate $(SPEC) --out $(SDK)

pytest: install ## the tests
	@# Many tests wait for processes and clocks, so there are more workers than cores of CI.
	$(BIN)/python -m pytest -n 4 --dist worksteal

thorough: install ## the laws of the tests, on ten times as many examples (about 10 minutes)
	$(BIN)/python -m pytest -n 2 --dist worksteal -m hypothesis --hypothesis-profile thorough

lowest: ## the tests with the oldest releases that pyproject.toml allows (about 10 minutes)
	$(PYTHON) -m venv --clear build/lowest
	build/lowest/bin/python -m pip install --quiet --disable-pip-version-check uv
	build/lowest/bin/uv pip install --quiet --python build/lowest/bin/python --resolution lowest-direct \
		--editable '.[dev]'
	build/lowest/bin/python -m pytest -n 4 --dist worksteal

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

bench: install ## the speed of the generator and of diff, and the weight of what is written
	@test -n "$(BENCHED)" || echo "no documents in $(TOPCHEF_SHARED)/specs, so growth alone is measured;" \
		"name the folder of specs: make bench TOPCHEF_SHARED=..." >&2
	$(BIN)/python -m benchmarks.generate $(BENCHED)
	@test -z "$(BENCHED)" || $(BIN)/python -m benchmarks.weight $(BENCHED) \
		$(addprefix --beside ,$(filter %/digitalocean.yaml,$(BENCHED)))
	$(BIN)/python -m benchmarks.diff $(filter %/digitalocean.yaml,$(BENCHED))

bench-codec: install ## the speed of reading and writing models, beside others (TOPCHEF_PEERS)
	$(BIN)/python -m benchmarks.codec
	$(BIN)/python -m benchmarks.codec --first-use

bench-transport: install ## what sending a call costs, beside others (TOPCHEF_PEERS; 1 minute)
	$(BIN)/python -m benchmarks.transport

wheel: install ## build the wheel into dist/
	$(BIN)/python -m build --wheel

clean: ## remove the environment and all caches
	rm -rf $(VENV) build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis
