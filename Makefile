# Every target does its own set-up: a virtual environment with hash-locked packages, nothing outside this folder
# (except Chromium for the browser tests, installed as root on Debian when it is missing).
.DEFAULT_GOAL := help
VENV := .venv
PYTHON := $(VENV)/bin/python
RUN := $(VENV)/run.stamp
DEV := $(VENV)/dev.stamp
CODE := aggregator tests bench main.py

.PHONY: help run demo test check proof bench doctor format lock schema screenshots clean

help: ## This list
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 14

run: $(RUN) ## Run the service on http://127.0.0.1:8080 over sources.yaml
	@$(PYTHON) main.py serve

demo: $(RUN) ## See it at work on sample sites of this machine, with no network
	@$(PYTHON) main.py demo

doctor: $(RUN) ## Look at everything the service needs here
	@$(PYTHON) main.py doctor

test: $(DEV) ## Run all tests (the long drills are `make proof`)
	@tools/chromium
	@$(PYTHON) -m pytest -q -n auto --maxprocesses 4 --dist loadgroup

proof: $(DEV) ## Run the long drills: kills, outages, the corpus
	@$(PYTHON) -m pytest -m proof -s

bench: $(DEV) ## Measure, each beside its reference
	@$(PYTHON) -m bench.serve
	@tools/rivals
	@$(PYTHON) -m bench.crawl
	@$(PYTHON) -m bench.schedule
	@$(PYTHON) -m bench.quality

check: $(DEV) ## Lint, types, import contracts, dead code, dependencies, sources
	@$(VENV)/bin/ruff check $(CODE)
	@$(VENV)/bin/ruff format --check --quiet $(CODE)
	@$(VENV)/bin/mypy
	@$(VENV)/bin/lint-imports --config pyproject.toml
	@$(VENV)/bin/vulture
	@$(VENV)/bin/deptry .
	@$(PYTHON) main.py sources check

format: $(DEV) ## Format the code
	@$(VENV)/bin/ruff check --fix --quiet $(CODE); $(VENV)/bin/ruff format --quiet $(CODE)

screenshots: $(DEV) ## Take docs/screenshots from the demo
	@$(PYTHON) -m tools.screenshots

lock: $(DEV) ## Resolve the dependencies of pyproject.toml anew into requirements/
	@tools/lock

schema: $(DEV) ## Write sources.schema.json from the types
	@$(PYTHON) -m tools.schema

clean: ## Remove what was installed and built; data in .data stays
	rm -rf $(VENV) .venv-rivals .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(RUN): requirements/run.txt tools/setup
	@tools/setup requirements/run.txt
	@touch $@

$(DEV): requirements/dev.txt tools/setup
	@tools/setup requirements/dev.txt
	@touch $(RUN) $@
