# Jianzheng (见证). `make run` and `make test` prepare the machine by themselves.
SHELL := /bin/bash
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PORT ?= 8501
export PYTHONPATH := $(CURDIR)

.PHONY: help run test check lock prepare prepare-dev system system-dev e2e bench-call bench-charts bench-pages \
	bench-dry-run bench-photo bench-waiting demo-history prove-agreements prove-api prove-calls prove-decoder prove-photos prove-stills prove-walk prove-queue flows texts

help: ## this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

run: prepare system ## start the demo on http://localhost:$(PORT) (SQLite, local folder)
	JIANZHENG_MODE=demo exec $(BIN)/streamlit run Home.py --server.port $(PORT)

test: check ## everything a change must pass, in WORKERS processes
	$(BIN)/python -m pytest -n $(or $(WORKERS),2) --no-loadscope-reorder

check: prepare-dev system-dev ## lint, types, layers, requirements
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m tests.requirements_map

e2e: prepare-dev system-dev ## the walk in two real browsers
	$(BIN)/python -m pytest tests/e2e

bench-call: prepare-dev ## CPU of a call against decode-and-encode, and against Janus where it is installed
	$(BIN)/python -m tests.bench.call

bench-pages: prepare-dev ## CPU of a rerun of each step above a bare page
	$(BIN)/python -m tests.bench.pages

bench-photo: prepare-dev system-dev ## CPU of a 12-megapixel photo by stage, memory, and pages beside ten uploads
	$(BIN)/python -m tests.bench.photo

bench-charts: prepare-dev system-dev ## time of every chart's query at CASES cases, on both databases
	$(BIN)/python -m tests.bench.charts --cases $(or $(CASES),50000)

demo-history: prepare ## invent the firm FIRM with a year of CASES cases in the demo's database
	JIANZHENG_MODE=demo $(BIN)/python -m pages.commands demo-history --cases $(or $(CASES),5000) --firm $(or $(FIRM),8009)

bench-waiting: prepare-dev ## CUSTOMERS wait beside three calls: cost of a refresh; RAMP=1 doubles them until it breaks
	$(BIN)/python -m tests.bench.waiting $(if $(CUSTOMERS),--customers $(CUSTOMERS)) $(if $(RAMP),--ramp)

prove-agreements: prepare-dev system-dev ## COUNT agreements with hostile values: printed whole, inside the margins, no markup
	$(BIN)/python -m tests.prove.agreements --count $(or $(COUNT),500)

bench-dry-run: prepare-dev ## CPU of a dry run of new rules over 10,000 finished cases
	$(BIN)/python -m tests.bench.dry_run
prove-api: prepare-dev system-dev ## EXAMPLES invented requests for each endpoint of the API, good ones and bad ones
	$(BIN)/python -m tests.prove.api --examples $(or $(EXAMPLES),2000)

prove-calls: prepare-dev system-dev ## 200 joins in every order, 60 recordings under load, 10 joins in Chromium
	$(BIN)/python -m tests.prove.calls --browser 10

prove-stills: prepare-dev system-dev ## 12 captures in Chromium: server's frame and customer's still within 1.5 s
	$(BIN)/python -m tests.prove.stills

prove-walk: prepare-dev system-dev ## kill -9 at 50 moments of the walk
	$(BIN)/python -m tests.prove.walk

prove-photos: prepare-dev system-dev ## how well invented photos of SEED are read, N of each kind and level
	$(BIN)/python -m tests.photos.evaluate --seed $(or $(SEED),77) --n $(or $(N),8)

prove-decoder: prepare-dev ## 20,000 mutated uploads: none crashes, none is stored unclean
	$(BIN)/python -m tests.prove.decoder --files $(or $(FILES),20000)

prove-queue: prepare-dev system-dev ## kill -9 of 200 witnesses during 10,000 claims, on both databases
	$(BIN)/python -m tests.prove.queue

texts: prepare-dev ## bring the catalogue of the English interface up to date (pages/locales)
	$(BIN)/python -m tests.language

lock: ## resolve requirements.txt and requirements-dev.txt with hashes for all platforms
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --override requirements-override.txt \
	  --custom-compile-command "make lock" requirements.in -o requirements.txt
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --override requirements-override.txt \
	  --custom-compile-command "make lock" requirements-dev.in -o requirements-dev.txt

prepare: $(VENV)/.run ## the Python packages of the product
prepare-dev: $(VENV)/.dev ## the packages for tests

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; assert (3, 11) <= sys.version_info < (3, 15), "Python 3.11 or newer is needed"'
	@$(PYTHON) -m venv $(VENV) || { echo "缺少 venv：apt-get install python3-venv"; exit 1; }

$(VENV)/.run: requirements.txt | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements.txt
	@touch $@

$(VENV)/.dev: requirements-dev.txt $(VENV)/.run
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements-dev.txt
	@touch $@

system: ## a Chinese font for the PDFs
	@sh tests/system.sh fonts

system-dev: ## font, browser, database and verifiers for the tests
	@sh tests/system.sh all
