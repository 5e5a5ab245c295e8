# Every target does its own set-up: a machine needs Python 3.11 or newer, git and make, nothing else.
# The dashboard wants Node 20.19 with npm, or fetches it from the package index; without both it is simply not there.
#   PYTHON=/path/to/python   which interpreter makes .venv (default: the first suitable one on PATH)
#   ARGS="..."               handed to the program behind demo, bench and test
#   SEEDS=200                how many seeded days `make sim` plays
#   SAMPLE=1200              how many mutants `make mutation` tries, drawn by a seed (default: all)

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.NOTPARALLEL:

# Compiled files are kept whatever the machine's habit is: the suite starts hundreds of processes, each 300 modules.
export PYTHONDONTWRITEBYTECODE =

PYTHON ?=
ARGS ?=
SEEDS ?= 200
SAMPLE ?=
BIN := .venv/bin

.PHONY: help setup ui demo test check fmt coverage mutation bench sim zoo chaos drill docs lock clean

help: ## list the targets
	@awk -F ':[^#]*## ' '/^[a-z]+:.*## / {printf "  make %-8s %s\n", $$1, $$2}' Makefile

setup: ## make .venv, install the locked dependencies and build the dashboard (once, and again when they change)
	@PYTHON="$(PYTHON)" tools/setup
	@PYTHON="$(PYTHON)" tools/ui

ui: ## build the dashboard of ui/ into the package, whatever is there
	@PYTHON="$(PYTHON)" tools/ui --always

demo: setup ## play a compressed trading day; ARGS=--keep leaves it running
	@$(BIN)/hantu demo $(ARGS)

# The unit tests of domain and engine run once, under coverage, beside the rest, also when a check fails.
test: setup ## check and every test
	@failed=0; measured=$$(mktemp); tools/check coverage > $$measured 2>&1 & coverage=$$!; \
	  $(BIN)/python tools/run_tests.py --prepare & prepared=$$!; \
	  tools/check format lint types imports dead-code || failed=1; wait $$prepared || failed=1; \
	  $(BIN)/python tools/run_tests.py $(ARGS) || failed=$$?; \
	  wait $$coverage || failed=1; cat $$measured; rm -f $$measured; exit $$failed

check: setup ## format, lint, types, import layers, dead code, purity, tidiness
	@tools/check format lint types imports dead-code pure tidy

coverage: setup ## every branch of domain and engine is taken by a unit test
	@tools/check coverage

mutation: setup ## change the engine and count what its tests notice, writes docs/mutation.md; SAMPLE=1200
	@nice $(BIN)/python tools/mutation.py $(if $(SAMPLE),--sample $(SAMPLE)) $(ARGS)

fmt: setup ## format and mend what can be mended
	@$(BIN)/ruff check --fix-only --quiet .
	@$(BIN)/ruff format .

bench: setup ## measure against goals and other programs, writes docs/benchmarks.md; ARGS=--quick
	@$(BIN)/python -m bench $(ARGS)

sim: setup ## seeded trading days on virtual time, each played twice; SEEDS=n
	@$(BIN)/hantu simulate --seeds 1..$(SEEDS) --twice $(ARGS)

zoo: setup ## plant every bug of tests/zoo and see who notices, writes docs/zoo.md; ARGS="--bugs a,b"
	@$(BIN)/python -m tests.zoo.run --report docs/zoo.md $(ARGS)

chaos: setup ## 300 real kill -9, full disks, bad networks, writes docs/chaos.md; ARGS="KILLS=40 SEED=9"
	@$(BIN)/python -m tests.chaos.run $(ARGS)

drill: setup ## real deaths, disks, networks, a bad day message by message, damages of the audit trail
	@HANTU_SLOW=1 $(BIN)/python -m pytest tests/chaos tests/e2e/test_bad_day.py tests/e2e/test_storm_day.py tests/test_bench.py tests/unit/api/test_fuzz.py \
	  tests/unit/adapters/store/test_chain.py
	@$(BIN)/python -m tests.chaos.notifier KILLS=200 SEED=1

docs: setup ## write docs/traceability.md and docs/ALERTS.md; fails on a closed area with an untested row
	@$(BIN)/python -m tools.alert_guide
	@$(BIN)/python tools/traceability.py

lock: ## choose the newest allowed dependencies and write both lock files
	@PYTHON="$(PYTHON)" tools/lock

clean: ## remove what the tools made; records in var/ stay
	@rm -rf .venv mutants .mypy_cache .pytest_cache .ruff_cache .hypothesis .import_linter_cache .coverage build dist htmlcov
	@rm -rf .node .node-failed ui/node_modules src/hantu/api/static src/hantu/api/static.new
	@find src tests tools -name __pycache__ -type d -prune -exec rm -rf {} +
