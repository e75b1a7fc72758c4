# Needs Python 3.11 or later and make, nothing else:
#   make audit              audit the sample repository
#   make audit REPO=path    audit another one
#   make test               run the tests
#   make check              run all that CI runs

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
SAMPLE := fixtures/eats_eta
REPO ?= $(SAMPLE)

# The report on the sample is part of this repository.
ifeq ($(patsubst %/,%,$(REPO)),$(SAMPLE))
OUTPUT_DIR ?= reports
else
OUTPUT_DIR ?= mldebt-report
endif

# Stamps: an environment is made once, and again when what it is made from changes.
INSTALLED := $(VENV)/installed
INSTALLED_DEV := $(VENV)/installed-dev
PIP := $(BIN)/python -m pip --disable-pip-version-check --no-input --quiet

.DEFAULT_GOAL := help
.PHONY: help audit test check lint types layers package clean

help:
	@sed -n 's/^#   //p' Makefile

audit: $(INSTALLED)
	@$(BIN)/mldebt audit "$(REPO)" --output-dir "$(OUTPUT_DIR)"
	@echo
	@echo "Open $(OUTPUT_DIR)/report.html in a browser."

test: $(INSTALLED_DEV)
	$(BIN)/python -m pytest -q -n auto $(TESTS)

check: test lint types layers package

lint: $(INSTALLED_DEV)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(INSTALLED_DEV)
	$(BIN)/mypy

layers: $(INSTALLED_DEV)
	$(BIN)/lint-imports

package: $(INSTALLED_DEV)
	.ci/package $(BIN)/python

clean:
	rm -rf $(VENV) build dist mldebt-report .mldebt_cache

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "mldebt needs Python 3.11 or later; name one with make PYTHON=python3.12" >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(INSTALLED): $(BIN)/python pyproject.toml
	$(PIP) install -e .
	@touch $@

$(INSTALLED_DEV): $(BIN)/python pyproject.toml
	$(PIP) install -e '.[dev]'
	@touch $@ $(INSTALLED)
