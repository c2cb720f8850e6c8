# `make demo` sets up and builds the example campaign; `make test` sets up and passes the tests.
PYTHON ?= python3.11
BIN := .venv/bin

.venv/.ready: pyproject.toml constraints.txt
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --upgrade pip
	$(BIN)/pip install --quiet --constraint constraints.txt --editable ".[dev]"
	touch $@

setup: .venv/.ready

demo: setup
	$(BIN)/foundry run examples/aurelle-spring-glow.yaml --store demo

check: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

test: check
	$(BIN)/pytest --numprocesses 2 --dist loadfile --no-loadscope-reorder

bench: setup
	$(BIN)/python -m benchmarks

.PHONY: setup demo check test bench
