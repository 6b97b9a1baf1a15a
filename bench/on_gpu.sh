#!/usr/bin/env bash
# What only a GPU can show: the tests that compare it with the CPU, and the speed of training.
#
#   bench/on_gpu.sh h100    writes bench/results/training_on_h100.json
set -uo pipefail
cd "$(dirname "$0")/.."
python=$([ -x .venv/bin/python ] && echo .venv/bin/python || echo python3)
export PYTHONPATH=$PWD${PYTHONPATH:+:$PYTHONPATH} PYTHONUNBUFFERED=1

"$python" -c 'import os
from thesis_lib.datasets.mini_home import home
home.make("runs/mini_home", workers=os.cpu_count())'
"$python" -m pytest -q -ra -p no:cacheprovider tests/training/test_gpu.py
failed=$?
"$python" bench/training.py --name "${1:-gpu}" --rounds 3 --seconds 1.5 || failed=$?
exit $failed
