# Everything a newcomer needs: `make demo` shows it, `make test` proves it.
PYTHON ?= python3
VENV := .venv
RUN := $(VENV)/bin
STAMP := $(VENV)/.installed

.PHONY: help setup check test test-unit demo run soak bench image lock clean

help: ## what can be made
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/' | expand -t 14

setup: $(STAMP) ## the virtual environment, Asterisk, SIPp, espeak-ng, PostgreSQL 15 and Chromium
	@sh tools/system-packages
	$(RUN)/linea800 asterisk install --traffic

$(STAMP): requirements-dev.lock pyproject.toml
	@sh tools/virtual-environment $(PYTHON) $(VENV)
	$(RUN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	$(RUN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $(STAMP)

check: $(STAMP) ## ruff, mypy strict, import-linter, file lengths
	$(RUN)/ruff check .
	$(RUN)/ruff format --check .
	$(RUN)/mypy .
	$(RUN)/lint-imports
	$(RUN)/python tools/file_lengths.py

test: setup ## all tests: unit, integration (SQLite and PostgreSQL), system (real Asterisk, real calls)
	$(RUN)/python -m pytest -n 2 --dist worksteal tests/unit tests/integration
	@# real calls are mostly waited for: four workers, each with an Asterisk, are no load for two cores
	$(RUN)/python -m pytest -n 4 --dist loadgroup tests/system

test-unit: $(STAMP) ## the tests that need nothing but Python
	$(RUN)/python -m pytest -n 2 tests/unit

demo: $(STAMP) ## a call center at work: Asterisk, real calls, a live board
	$(RUN)/linea800 demo

run: $(STAMP) ## linea800 with a local Asterisk and SQLite
	$(RUN)/linea800 run

soak: setup ## the long proofs: every way of the operator's menu by real calls, and more of the same
	$(RUN)/python -m pytest tests/soak

bench: setup ## figures, measured side by side
	$(RUN)/python -m bench

image: ## build the image without a Docker daemon and answer calls in it (root, buildah, debootstrap)
	@sh tools/image-proof

lock: ## write the lock files anew
	@sh tools/lock

clean: ## remove what was made here
	rm -rf $(VENV) .linea800 .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
