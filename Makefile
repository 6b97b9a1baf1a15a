# The front door. `make help` says what can be done; nothing here needs root rights.

PYTHON ?= python3
BIN := .venv/bin
READY := .venv/ready

# Large temporaries stay with the process instead of being mapped anew each step: training and
# log-Mel gain up to a fifth.
export MALLOC_MMAP_THRESHOLD_ := 1073741824
export MALLOC_TRIM_THRESHOLD_ := 1073741824
export TQDM_MININTERVAL ?= 0.5
export PATH := $(CURDIR)/$(BIN):$(PATH)

# make figures MUSIC=folder SINS=folder; 1 stands for where `make data` puts the real SINS and FMA.
SINS_FOLDER := $(if $(filter 1,$(SINS)),data/sins,$(SINS))
MUSIC_FOLDER := $(if $(filter 1,$(FMA)),data/fma,$(or $(FMA),$(MUSIC)))
CONFIG := $(if $(MUSIC_FOLDER),music="$(MUSIC_FOLDER)") $(if $(SINS_FOLDER),home="$(SINS_FOLDER)") \
          $(if $(PROFILE),profile=$(PROFILE)) $(if $(SEEDS),seeds=$(SEEDS)) \
          $(if $(SHARD),shard=$(SHARD)) $(if $(RECIPE),recipe=$(RECIPE)) \
          $(if $(PROCESSES),processes=$(PROCESSES))
CONFIG := $(if $(strip $(CONFIG)),--config $(CONFIG))

.DEFAULT_GOAL := help
.PHONY: help figures shard test lab listen data bench clean

help:  ## what can I do?
	@echo "Deep embedded music: read, rerun and hear the thesis."
	@echo
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-9s %s\n", $$1, $$2}' $(MAKEFILE_LIST)
	@echo
	@echo "  make figures MUSIC=folder   the same on your own music: class folders, a CSV, or playlists"
	@echo "  make figures SINS=folder    the same on SINS, as its archives unpack"
	@echo "  make figures RECIPE=ours    the same with our recipe, into runs/ours/"
	@echo "  make figures RECIPE=thesis  the same with the thesis's to the letter: days without a GPU"
	@echo "  make figures PROCESSES=8    the same, each network trained by eight GPUs together"
	@echo "  make data SINS=1            fetch SINS (91 GB, 186 unpacked) to data/sins; then make figures SINS=1"
	@echo "  make data FMA=1             fetch open music (24 GB) to data/fma; then make figures FMA=1"

figures: $(READY)  ## regenerate every figure and number (about 5 minutes on 2 cores)
	@$(BIN)/snakemake --cores all --quiet all --rerun-incomplete --nolock $(CONFIG)

shard: $(READY)
	@$(if $(SHARD),,echo "Which? make shard SHARD=2/8 SINS=folder"; exit 1)
	@$(BIN)/snakemake shards --cores all --quiet all --rerun-incomplete --nolock $(CONFIG)

test: $(READY)  ## run the tests, every notebook included (about 7 minutes)
	@$(BIN)/python -m pytest

lab: $(READY)  ## open the notebooks in JupyterLab
	@$(BIN)/jupyter lab notebooks/00_start_here.ipynb

listen: $(READY)  ## open the listening room in JupyterLab
	@$(BIN)/jupyter lab notebooks/09_listening_room.ipynb

data: $(READY)  ## check the data that comes with the suite, make the mini home
	@$(BIN)/thesis check
	@$(BIN)/thesis home runs/mini_home
	@$(if $(SINS),$(BIN)/thesis fetch sins --to "$(SINS_FOLDER)")
	@$(if $(FMA),$(BIN)/thesis fetch fma --to "$(MUSIC_FOLDER)")

BENCHES := input_pipeline training_step training features embedding ablation open_questions
bench: $(addprefix bench-,$(BENCHES))  ## measure again all that bench/results/ holds (an hour or two)

bench-%: $(READY)
	@$(BIN)/python bench/$*.py

clean:  ## remove everything that `make figures` made beside the figures
	rm -rf runs .snakemake .pytest_cache .hypothesis

# A .venv from exact pins. pip asks its index for torch: that is a CUDA build on Linux.
$(READY): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 13))' || \
	  { echo "Python 3.11 or 3.12 is needed, but $(PYTHON) is another; try: make PYTHON=python3.11"; exit 1; }
	@echo "Setting up .venv from requirements.lock, once (some minutes) ..."
	@$(PYTHON) -m venv .venv || { echo "Python's venv is missing; on Debian: apt-get install python3-venv"; exit 1; }
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $(READY)
