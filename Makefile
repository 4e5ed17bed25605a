# The project's commands. Each makes .venv if it is missing or older than pyproject.toml or constraints.txt.
PYTHON ?= python3
BIN := .venv/bin
CORE := .venv/.core
FULL := .venv/.full
EXTRAS := dev,track,bio,stats,sweep,real-model
OFFLINE := HF_HUB_OFFLINE=1 HF_DATASETS_OFFLINE=1 WANDB_MODE=offline TOKENIZERS_PARALLELISM=false
CHECKED := src tests experiments notebooks

.PHONY: help quickstart test slow lint benchmark clean
.DEFAULT_GOAL := help

help:  ## this list
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*##/\t/' | awk -F'\t' '{printf "make %-12s%s\n", $$1, $$2}'

quickstart: $(CORE)  ## train a tiny model on generated English, test it untouched on generated DNA (3 minutes, no network)
	@echo "quickstart: exapt run experiment=quickstart"
	@$(OFFLINE) $(BIN)/exapt run experiment=quickstart

test: $(FULL)  ## the tests but for the slow ones: unit and contract (under 10 minutes on 2 cores)
	@echo "test: pytest with 2 workers, all but the slow tests"
	@$(PYTEST) -m "not slow" tests

slow: $(FULL)  ## the slow tests: learning, killed processes, Slurm, several devices, trackers, whole claims, large builds, notebooks
	@echo "slow: pytest with 2 workers, the slow tests and the notebooks"
	@$(PYTEST) -m slow --nbmake tests notebooks

lint: $(FULL)  ## style (ruff) and types (mypy)
	@echo "lint: ruff check, ruff format --check, mypy"
	@$(BIN)/ruff check $(CHECKED)
	@$(BIN)/ruff format --check --quiet $(CHECKED)
	@$(BIN)/mypy

# Two workers of one thread each: two cores are what the time limit is measured on. A file stays on one worker (its fixtures
# are made once).
PYTEST = $(OFFLINE) OMP_NUM_THREADS=1 MKL_NUM_THREADS=1 PATH="$(CURDIR)/$(BIN):$$PATH" \
	$(BIN)/python -m pytest -q -n 2 --dist loadfile --no-loadscope-reorder

benchmark: $(FULL)  ## training and prediction speed beside the HF Trainer's, in one run
	@echo "benchmark: experiments/throughput"
	@$(OFFLINE) $(BIN)/python experiments/throughput/benchmark.py

clean:  ## remove .venv, caches and build outputs; runs/ stays
	@echo "clean: .venv, build outputs, tool caches (finished runs are never deleted)"
	@rm -rf .venv build dist site .pytest_cache .mypy_cache .ruff_cache .hypothesis
	@find src tests -name __pycache__ -type d -prune -exec rm -rf {} +

.venv/pyvenv.cfg:
	@command -v $(PYTHON) >/dev/null || { echo "no $(PYTHON): install Python 3.11 or later, or say make PYTHON=/path/to/python"; exit 2; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "$(PYTHON) is older than 3.11: say make PYTHON=/path/to/python3.11"; exit 2; }
	@echo "install: .venv with $$($(PYTHON) --version)"
	@$(PYTHON) -m venv .venv || { rm -rf .venv; echo "the venv module is missing: on Debian and Ubuntu, apt-get install python3-venv"; exit 2; }

# a stamp is written last, so that an install that was broken off is done again
$(CORE): pyproject.toml constraints.txt | .venv/pyvenv.cfg
	@echo "install: exapt (a minute or two)"
	@$(BIN)/python -m pip install -q --disable-pip-version-check -c constraints.txt -e .
	@touch $@

$(FULL): pyproject.toml constraints.txt | .venv/pyvenv.cfg
	@echo "install: exapt[$(EXTRAS)] (two to three minutes)"
	@$(BIN)/python -m pip install -q --disable-pip-version-check -c constraints.txt -e '.[$(EXTRAS)]'
	@touch $(CORE) $@
