# The front door. `make help` says what can be done; nothing here needs root rights.

PYTHON ?= python3
READY := .venv/ready
SUITE := $(CURDIR)

# What is typed behind `make` reaches the command as it was typed, whatever it holds: through the
# environment, past make's and the shell's own reading. 1 stands for where `make data` puts things.
TYPED := MUSIC SINS FMA OPEN RECIPE PROFILE SEEDS SHARD PROCESSES TRAIN PORT
unexport $(TYPED)
FMA_TYPED := $(if $(filter 1,$(value FMA)),$(CURDIR)/data/fma,$(value FMA))
OPEN_TYPED := $(if $(filter 1,$(value OPEN)),$(CURDIR)/data/open_music,$(value OPEN))
export MUSIC_TYPED := $(or $(FMA_TYPED),$(OPEN_TYPED),$(value MUSIC))
export SINS_TYPED := $(if $(filter 1,$(value SINS)),$(CURDIR)/data/sins,$(value SINS))
export RECIPE_TYPED := $(value RECIPE)
export PROFILE_TYPED := $(value PROFILE)
export SEEDS_TYPED := $(value SEEDS)
export SHARD_TYPED := $(value SHARD)
export PROCESSES_TYPED := $(value PROCESSES)
export PORT_TYPED := $(value PORT)
export TRAIN_TYPED := $(filter-out 0,$(value TRAIN))
export SUITE
export START := $(value PWD)
ASKED = $${MUSIC_TYPED:+--music="$$MUSIC_TYPED"} $${SINS_TYPED:+--sins="$$SINS_TYPED"} \
        $${RECIPE_TYPED:+--recipe="$$RECIPE_TYPED"} $${PROFILE_TYPED:+--profile="$$PROFILE_TYPED"} \
        $${SEEDS_TYPED:+--seeds="$$SEEDS_TYPED"} $${PROCESSES_TYPED:+--processes="$$PROCESSES_TYPED"} \
        $${TRAIN_TYPED:+--train}
# A relative folder starts where the command was given, which `make -C` leaves.
THESIS = cd "$${START:-.}" && exec "$$SUITE/.venv/bin/thesis"
PY = "$$SUITE/.venv/bin/python"

# Large temporaries stay with the process instead of being mapped again each step; text is UTF-8.
export MALLOC_MMAP_THRESHOLD_ := 1073741824
export MALLOC_TRIM_THRESHOLD_ := 1073741824
export PYTHONUTF8 := 1

.DEFAULT_GOAL := help
.PHONY: help figures shard test lint lab listen site audit data pretrain widget scripts bench clean

help:  ## what can I do?
	@echo "Deep embedded music: read, rerun and hear the thesis."
	@echo
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-9s %s\n", $$1, $$2}' Makefile
	@echo
	@echo "  make figures MUSIC=folder   the same on your own music: class folders, a CSV, or playlists"
	@echo "  make listen MUSIC=folder    from the folder to the listening room"
	@echo "  make listen MUSIC=folder TRAIN=1   the same, the suite's network trained further on it first"
	@echo "  make audit MUSIC=folder     labels and microphones that do not fit: audit_folder.html"
	@echo "  make lab MUSIC=folder       the notebooks, pointed at it"
	@echo "  make figures SINS=folder    the same on SINS, as its archives unpack"
	@echo "  make figures RECIPE=ours    the same with our recipe, into runs/ours/"
	@echo "  make figures RECIPE=thesis  the same with the thesis's to the letter: days without a GPU"
	@echo "  make figures PROCESSES=8    the same, each network trained by eight GPUs together"
	@echo "  make data SINS=1            fetch SINS (91 GB, 186 unpacked) to data/sins; then make figures SINS=1"
	@echo "  make data FMA=1             fetch FMA, music by genre (24 GB), to data/fma; then make figures FMA=1"
	@echo "  make data OPEN=1            fetch music of free games, 12 hours (1.9 GB), to data/open_music;"
	@echo "                              then make figures OPEN=1"

figures: $(READY)  ## regenerate every figure and number (5 to 9 minutes on 2 cores)
	@$(THESIS) figures $(ASKED)

shard: $(READY)
	@$(if $(value SHARD),,echo "Which? make shard SHARD=2/8 SINS=folder"; exit 1)
	@$(THESIS) shards --shard="$$SHARD_TYPED" $(ASKED)

test: lint  ## run the tests, every notebook included (8 to 12 minutes)
	@$(PY) -m pytest -n auto --maxprocesses 4 --dist loadfile --no-loadscope-reorder

lint: $(READY)  ## check style (ruff) and types (mypy); `make test` begins with it
	@$(PY) -m ruff check .
	@$(PY) -m mypy

lab: $(READY)  ## open the notebooks in JupyterLab
	@$(THESIS) lab $(ASKED)

listen: $(READY)  ## open the listening room in the browser
	@$(THESIS) listen $(ASKED) $${PORT_TYPED:+--port="$$PORT_TYPED"}

site: $(READY)  ## the notebooks with all they show as pages in site/, for readers without Python
	@$(THESIS) site --out="$$SUITE/site" $(ASKED)

audit: $(READY)  ## what does not fit in a corpus (MUSIC= or SINS=): a page to see and hear
	@$(if $(MUSIC_TYPED)$(SINS_TYPED),,echo "Of what? make audit MUSIC=folder"; exit 1)
	@$(THESIS) audit "$${MUSIC_TYPED:-$$SINS_TYPED}"

data: $(READY)  ## check the data that comes with the suite, make the mini home
	@.venv/bin/thesis check
	@.venv/bin/thesis home runs/mini_home
	@$(if $(SINS_TYPED),.venv/bin/thesis fetch sins --to "$$SINS_TYPED")
	@$(if $(value FMA),.venv/bin/thesis fetch fma --to "$$MUSIC_TYPED")
	@$(if $(value FMA),,$(if $(value OPEN),.venv/bin/thesis fetch open-music --to "$$MUSIC_TYPED"))

pretrain: $(READY)  ## train the network that comes with the suite again (fetches 2.5 GB; an hour)
	@.venv/bin/thesis fetch open-music --to data/open_music
	@.venv/bin/thesis fetch open-sounds --to data/open_sounds
	@$(PY) data/make_pretrained.py data/open_music data/open_sounds

widget:  ## bundle the listening room's page again (needs Node.js 20; fetches its packages)
	@cd thesis_lib/room/js && npm ci --no-audit --no-fund && npm run build

scripts:  ## bundle the scripts of the site again (needs Node.js 20; fetches its packages)
	@cd thesis_lib/site/scripts && npm ci --ignore-scripts --no-audit --no-fund && npm run build

BENCHES := listening input_pipeline training_step number_formats training features ablation clock_neighbours
BENCHES += open_questions candidates proof audit audit_faults room
bench: $(addprefix bench-,$(BENCHES))  ## measure again all that bench/results/ holds (an hour or two)

bench-%: $(READY)
	@$(PY) bench/$*.py

clean:  ## remove everything that `make figures` made beside the figures
	rm -rf runs site .snakemake .pytest_cache .hypothesis .mypy_cache

# A .venv from exact pins. pip asks its index for torch: that is a CUDA build on Linux.
$(READY): requirements.lock pyproject.toml
	@test -w . || { echo "This folder cannot be written to; copy the suite to a folder of your own."; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 14))' || \
	  { echo "Python 3.11 to 3.13 is needed, and $(PYTHON) is not that; try: make PYTHON=python3.11"; exit 1; }
	@echo "Setting up .venv from requirements.lock, once (some minutes) ..."
	@$(PYTHON) -m venv .venv || { echo "Python's venv is missing; on Debian: apt-get install python3-venv"; exit 1; }
	@$(PY) -m pip install -qq --disable-pip-version-check -r requirements.lock
	@$(PY) -m pip install -qq --disable-pip-version-check --no-deps --no-build-isolation -e .
	@$(PY) -c "from librosa.feature import mfcc"  # compiles its loops, which takes half a minute once
	@touch $(READY)
