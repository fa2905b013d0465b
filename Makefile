# Newsdesk. Needs Python 3.11 or newer with venv, make and a package index; .venv is made once and kept.

PYTHON ?= python3
CHOSEN := $(filter command environment,$(firstword $(origin PYTHON)))
BIN := .venv/bin
NEWSDESK := $(BIN)/newsdesk --library .newsdesk
# What make bench was told, as options; a name is used only when it was given on the command line.
named = $(if $(filter command line,$(origin $(1))),--$(2) "$($(1))")
MEASURED = $(call named,ARTICLES,articles) $(call named,EVIDENCE,evidence) $(call named,QUESTIONS,questions) \
	$(call named,SIZES,sizes) $(call named,JSON,json)
NEWSROOM := qa/data/evaluation
EVALUATED = $(BIN)/newsdesk --library .bench/newsroom eval
OF_MODEL = $(EVALUATED) $(NEWSROOM)/model/fixtures.yaml --replay $(NEWSROOM)/model/replies.jsonl
QUESTION := Where are the US-Iran talks expected to take place?

# Keys and settings that lie in the environment change nothing here.
unexport $(filter NEWSDESK_% OPENAI_% CHROMA_% TIKTOKEN_% PYTHON% PYTEST_% RUFF_% MYPY% VIRTUAL_ENV \
	FORCE_COLOR NO_COLOR CLICOLOR CLICOLOR_FORCE TEXTUAL% COLUMNS LINES __PYVENV_LAUNCHER__,$(.VARIABLES))
export NEWSDESK_CONFIG_DIR := $(CURDIR)/.newsdesk/config

.PHONY: help run test test-thorough gate gate-drafted newsroom faults lint lock audit bench bench-peers bench-app crash clean \
	style installed installed-dev

help: ## Say what there is
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-13s %s\n", $$1, $$2 }' Makefile

run: installed ## Read the seed articles and open the app (with no terminal attached: print an answer and a briefing)
	@$(NEWSDESK) ingest seeds
	@if [ -t 0 ] && [ -t 1 ]; then \
	  unset NEWSDESK_CONFIG_DIR; exec $(NEWSDESK); \
	fi; \
	set -e; \
	printf '\n$$ newsdesk ask "%s"\n\n' "$(QUESTION)"; $(NEWSDESK) ask "$(QUESTION)"; \
	printf '\n$$ newsdesk brief\n\n'; $(NEWSDESK) brief

test: style ## Check everything: lint, types, import contracts, tests
	scripts/tested.sh $(BIN)

test-thorough: style ## The same with ten times the random examples and eight long walks through the app
	WALK_KEYS=2500 WALK_SEEDS="1 2 3 4 5 6 7 8" scripts/tested.sh $(BIN) --hypothesis-profile=thorough

style: installed-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

lint: style ## Check lint, format, types and import contracts only
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo

gate: newsroom ## Evaluate the invented newsroom that ships, and hold it to its gates: [EVAL="--cases --html FILE"]
	@$(EVALUATED) $(NEWSROOM)/fixtures.yaml --gate $(NEWSROOM)/gate.toml $(EVAL)
	@$(OF_MODEL) --gate $(NEWSROOM)/model/gate.toml

gate-drafted: newsroom ## Set the conditions of its gates to what is reached now
	@$(EVALUATED) $(NEWSROOM)/fixtures.yaml --write-gate $(NEWSROOM)/gate.toml --force $(EVAL)
	@$(OF_MODEL) --write-gate $(NEWSROOM)/model/gate.toml --force

newsroom: installed
	@rm -rf .bench/newsroom
	@$(BIN)/newsdesk --library .bench/newsroom ingest $(NEWSROOM)/articles

faults: installed-dev ## Show the gate red on faults planted on purpose, and green on changes that harm nobody: [ONLY=NAME,NAME]
	@$(BIN)/python scripts/planted_faults.py $(call named,ONLY,only)

lock: ## Choose the newest versions that pyproject.toml allows and write both locks
	@scripts/lock.sh "$(PYTHON)"

audit: ## Look for known weaknesses in the locked dependencies (needs the network)
	@scripts/audit.sh "$(PYTHON)" requirements-dev.lock

bench: installed-dev ## Measure: [ARTICLES=FILE.jsonl[.gz]] [EVIDENCE=FILE] [QUESTIONS=FILE] [SIZES=100,1000] [JSON=FILE]
	@$(BIN)/python scripts/bench.py $(MEASURED)

bench-peers: installed-dev ## Put LangChain and txtai beside it: ARTICLES=FILE EVIDENCE=FILE [SIZES=300] [JSON=FILE]
	@$(BIN)/python scripts/bench_peers.py $(MEASURED)

bench-app: installed-dev ## Measure the app in a pseudo-terminal: first paint, keys while it works, leaving
	@$(BIN)/python scripts/bench_app.py

crash: installed-dev ## Kill it at every change of its files and at random moments, fill its disk: [KILLS=N] [RANDOM=N] [FULL=N] [SEED=N] [JSON=FILE]
	@$(BIN)/python scripts/crash.py $(call named,KILLS,kills) $(call named,RANDOM,random) $(call named,FULL,full) \
	  $(call named,SEED,seed) $(call named,JSON,json)

clean: ## Remove .venv, caches and what was built; the library in .newsdesk is kept
	rm -rf .venv .bench .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache build dist
	find qa tui tests scripts -name __pycache__ -type d -prune -exec rm -rf {} +

installed:
	@scripts/venv.sh "$(PYTHON)" "$(CHOSEN)" requirements.lock

installed-dev:
	@scripts/venv.sh "$(PYTHON)" "$(CHOSEN)" requirements-dev.lock
