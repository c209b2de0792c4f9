# Everything here is done by packaging/bootstrap.py, which also works without make.

PYTHON ?= $(shell for candidate in python3.13 python3.12 python3.11 python3.14 python3 python; do \
	if "$$candidate" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 14))' >/dev/null 2>&1; then \
	echo "$$candidate"; break; fi; done)
BOOTSTRAP = $(if $(PYTHON),"$(PYTHON)" packaging/bootstrap.py,$(error Stepless needs Python 3.11 to 3.14, and none was \
	found. Install it, or name it: make PYTHON=/path/to/python3))

# Names of files may have signs that make and the shell would take for their own.
export PHOTO_AS_TYPED := $(value PHOTO)

.DEFAULT_GOAL := help
.PHONY: run test setup lint format bundle dist clean help

run:
	@$(BOOTSTRAP) run $(if $(value PHOTO),"$$PHOTO_AS_TYPED")

test:
	@$(BOOTSTRAP) test $(if $(FAST),--fast)

setup:
	@$(BOOTSTRAP) setup

lint:
	@$(BOOTSTRAP) lint

format:
	@$(BOOTSTRAP) format

bundle:
	@$(BOOTSTRAP) bundle

dist:
	@$(BOOTSTRAP) dist

clean:
	@rm -rf build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	@find app liif_core packaging tests -name __pycache__ -type d -prune -exec rm -rf {} +

help:
	@echo "make run [PHOTO=FILE]   open a photo in the viewer (the bundled sample by default)"
	@echo "make test [FAST=1]      run every check and test (FAST=1 leaves out the slow tests)"
	@echo "make setup              make .venv with everything, or bring it up to date"
	@echo "make lint               run every check but the tests"
	@echo "make format             format the code"
	@echo "make bundle             build a program that needs no Python, and test it"
	@echo "make dist               build wheel and source distribution, and test them"
	@echo "make clean              remove build products and caches (.venv stays)"
