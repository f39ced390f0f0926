# Every target does its own set-up in .venv; a stamp per set of dependencies makes the second run quick.

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help demo test test-oldest check lint types layers smoke bench fuzz docs format clean

VENV := .venv
OLDEST := .venv-oldest
BIN := $(VENV)/bin
PYTHON = $(or $(shell for candidate in python3.11 python3 python; do \
	$$candidate -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$candidate && break; \
	done),$(error Python 3.11 or later is needed as python3.11, python3 or python))
# The examples of a page share their names, and the tests of a file what is costly to set up.
SPREAD = --numprocesses auto --dist loadfile
CHECKED = src typing_tests tests conftest.py $(wildcard examples/*.py benchmarks/*.py)

help:
	@echo 'make demo                work through a sample mailbox'
	@echo 'make test                the test suite, with branch coverage'
	@echo 'make test-oldest         the test suite on the oldest dependencies that are declared'
	@echo 'make check               lint, types, layers, documentation, the built wheel'
	@echo 'make bench [ONLY=group]  the benchmarks'
	@echo 'make fuzz [FOR=600]      a coverage-guided fuzzer on each reader, so many seconds'
	@echo 'make docs                the documentation, in docs/_build/html'
	@echo 'make format              format the code'
	@echo 'make clean               remove everything that was set up or built'

demo: $(VENV)/.demo
	@$(BIN)/python examples/support_desk.py examples/data/inbox.mbox --database build/demo.db

test: $(VENV)/.test
	$(BIN)/python -m pytest $(SPREAD) --cov --cov-report=term

test-oldest: $(OLDEST)/.test
	$(OLDEST)/bin/python -m pytest $(SPREAD)

check: lint types layers docs smoke

lint: $(VENV)/.check
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/.check $(VENV)/.demo
	$(BIN)/mypy $(CHECKED)
	$(BIN)/basedpyright

layers: $(VENV)/.test
	$(BIN)/python -m pytest -q tests/test_layers.py tests/test_imports.py

docs: $(VENV)/.docs
	$(BIN)/sphinx-build -q -W --keep-going -b html docs docs/_build/html

smoke: build/smoke/.passed

# What users get is the wheel, so it is tried where nothing of this folder can be imported.
build/smoke/.passed: $(VENV)/.package tests/smoke/smoke.py $(shell find src -not -name '__pycache__' -not -name '*.pyc') README.md LICENSE
	rm -rf $(@D)
	$(BIN)/python -m venv $(@D)
	$(BIN)/python -m pip wheel --quiet --no-deps --wheel-dir $(@D)/wheel .
	$(@D)/bin/python -m pip install --quiet $(@D)/wheel/*.whl
	cd $(@D) && bin/python -I -W error ../../tests/smoke/smoke.py
	touch $@

bench: $(VENV)/.bench
	$(BIN)/python -m benchmarks $(ONLY)

fuzz: $(VENV)/.test $(VENV)/.fuzz
	$(BIN)/python -m tests.fuzz $(FOR)

format: $(VENV)/.check
	$(BIN)/ruff check --fix-only --quiet .
	$(BIN)/ruff format .

clean:
	rm -rf $(VENV) $(OLDEST) build dist docs/_build .coverage .hypothesis .mypy_cache .pytest_cache .ruff_cache

# Dependency groups need pip 25.1.
$(VENV)/.made $(OLDEST)/.made:
	$(PYTHON) -m venv $(@D)
	$(@D)/bin/python -m pip install --quiet --upgrade 'pip>=25.1'
	touch $@

$(VENV)/.package: $(VENV)/.made pyproject.toml
	$(BIN)/python -m pip install --quiet --editable .
	touch $@

$(VENV)/.test $(VENV)/.check $(VENV)/.docs $(VENV)/.bench $(VENV)/.fuzz: $(VENV)/.package
	$(BIN)/python -m pip install --quiet --group $(subst .,,$(@F))
	touch $@

$(VENV)/.demo: $(VENV)/.package examples/requirements.txt
	$(BIN)/python -m pip install --quiet --requirement examples/requirements.txt
	touch $@

$(OLDEST)/.test: $(OLDEST)/.made tests/oldest.txt pyproject.toml
	$(OLDEST)/bin/python -m pip install --quiet --constraint tests/oldest.txt --editable . --group test
	touch $@
