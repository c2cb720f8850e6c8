# `make demo` sets up and builds the example campaign; `make test` sets up and passes the tests.
PYTHON ?= $(shell for each in python3.13 python3.12 python3.11 python3; do \
  $$each -c 'import ensurepip, sys, venv; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' 2>/dev/null \
  && echo $$each && break; done)
BIN := .venv/bin
NO_PYTHON = Found no Python 3.11, 3.12 or 3.13 that runs and can make virtual environments. Install one \
  (Debian, Ubuntu: sudo apt-get install python3 python3-venv; macOS: brew install python@3.13), \
  or name one: make $(or $(MAKECMDGOALS),demo) PYTHON=/path/to/python3.13

$(BIN)/python:
	@python="$(PYTHON)"; test -n "$$python" || { echo "$(NO_PYTHON)" >&2; exit 1; }; "$$python" -m venv .venv

# What the example campaign needs.
.venv/.demo: locks/run.txt pyproject.toml | $(BIN)/python
	@$(BIN)/python infra/supply/install.py locks/run.txt
	@touch $@

# All that, and what developers need.
.venv/.ready: locks/develop.txt pyproject.toml | $(BIN)/python
	@$(BIN)/python infra/supply/install.py locks/develop.txt
	@touch .venv/.demo $@

setup: .venv/.ready

demo: .venv/.demo
	@$(BIN)/foundry demo --store demo

check: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports
	$(BIN)/mypy

# Built by any Python that runs, so with --jobs they compile while the environment's packages are fetched.
go-programs: | $(BIN)/python
	@$(BIN)/python -m infra.supply.go_programs

# What the tests use beyond the environment, as far as it needs no root.
provide: setup go-programs
	@$(BIN)/python -m infra.supply.provide

test: check provide
	$(BIN)/pytest --numprocesses 2 --dist loadfile --no-loadscope-reorder

# What answers within two minutes on two cores: the files and folders of tests/fast.txt, without servers, browsers and campaigns.
FAST := $(BIN)/pytest --numprocesses 2 --dist loadfile --no-loadscope-reorder --durations 5 \
  -m "not (blender or browser or campaign or flink or gcs or kafka or ocr or prism or slow)" \
  $$(grep -v '^\#' tests/fast.txt)

fast: setup
	$(FAST)

# The share of lines that `make fast` runs, by room and module.
coverage: setup
	$(FAST) --cov --cov-report=term:skip-covered

bench: setup
	$(BIN)/python -m benchmarks

# A software bill of materials (CycloneDX) of the developers' environment, whose licences are checked.
sbom: setup
	@mkdir -p build
	@$(BIN)/cyclonedx-py environment --pyproject pyproject.toml --output-reproducible --output-file build/sbom.json $(BIN)/python
	@$(BIN)/python -m infra.supply.licences build/sbom.json

# Known vulnerabilities of what is installed, and packages that are not at their locked version. Where no service of
# advisories can be reached the search is skipped, and says so; with REQUIRED=1 it fails.
audit: setup
	@$(BIN)/python -m infra.supply.audit $(if $(REQUIRED),--required)

# Renew the lock files after a change of pyproject.toml; with UPGRADE=1 to the newest versions that it accepts.
lock: setup
	$(BIN)/python -m infra.supply.locks $(if $(UPGRADE),--upgrade)

.PHONY: setup demo check go-programs provide test fast coverage bench sbom audit lock
