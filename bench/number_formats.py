"""Is bfloat16 worth it on a processor? Tiles a second of a training step, in both formats.

Run ``python bench/number_formats.py``; it writes ``bench/results/number_formats.json``. The same
processor is held to less and less of what it can do, each in a process of its own, and the rows of
each end in a row that says what `device.has_bfloat16` decides there. One thread; the formats take
turns.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

import torch
import training_step
from machine import machine

from thesis_lib.util.device import has_bfloat16
from thesis_lib.util.files import write_json

RESULT = Path(__file__).parent / "results" / "number_formats.json"
METHODS = ("float32, channels_last", "bfloat16, channels_last")
HELD_TO = {
    "AVX2": {"ONEDNN_MAX_CPU_ISA": "AVX2", "ATEN_CPU_CAPABILITY": "avx2"},
    "AVX-512": {"ONEDNN_MAX_CPU_ISA": "AVX512_CORE_VNNI", "ATEN_CPU_CAPABILITY": "avx512"},
    "AVX-512 with bfloat16": {"ONEDNN_MAX_CPU_ISA": "AVX512_CORE_BF16"},
    "all it has": {},
}


def measure(held_to):
    """Rows of one processor: both formats, and what is decided."""
    torch.set_num_threads(1)
    device = torch.device("cpu")
    steps = {name: training_step.make_step(training_step.SMALL, name, device) for name in METHODS}
    speeds = {name: [] for name in METHODS}
    for turn in range(training_step.ROUNDS + 1):
        for name, (step, tiles) in steps.items():
            seconds = step()
            if turn:  # the first round warms up
                speeds[name].append(tiles / seconds)
    rows = [training_step.row(training_step.SMALL, 1, *item) for item in speeds.items()]
    decided = {"has_bfloat16": has_bfloat16("cpu")}
    return [row | {"held_to": held_to} | decided for row in rows]


def main():
    rows = []
    for name, settings in HELD_TO.items():
        line = [sys.executable, __file__, name]
        done = subprocess.run(line, env=os.environ | settings, stdout=subprocess.PIPE, check=True)
        rows += json.loads(done.stdout)
    write_json(RESULT, [*rows, machine()])
    for row in rows:
        print(f"{row['held_to']:22} {row['method']:26} {row['mean']:>8,.1f} tiles/s")


if __name__ == "__main__":
    if sys.argv[1:]:
        print(json.dumps(measure(sys.argv[1])))
    else:
        main()
