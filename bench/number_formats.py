"""Is bfloat16 worth it on a processor? Tiles a second of a training step, in both formats.

Run ``python bench/number_formats.py``; it writes ``bench/results/number_formats.json``. The same
processor is held to less and less of what it can do, each in a process of its own, and the rows of
each say what `device.has_bfloat16` decides there. One thread.
"""

from dataclasses import replace

import torch
from harness import arguments, in_own_process, machine, publish, start
from training_step import SMALL, TRIPLETS, measure

from thesis_lib.util.device import has_bfloat16

METHODS = ("float32, channels_last", "bfloat16, channels_last")
HELD_TO = {
    "AVX2": {"ONEDNN_MAX_CPU_ISA": "AVX2", "ATEN_CPU_CAPABILITY": "avx2"},
    "AVX-512": {"ONEDNN_MAX_CPU_ISA": "AVX512_CORE_VNNI", "ATEN_CPU_CAPABILITY": "avx512"},
    "AVX-512 with bfloat16": {"ONEDNN_MAX_CPU_ISA": "AVX512_CORE_BF16"},
    "all it has": {},
}


def formats(recipe, triplets, rounds):
    """Rows of both formats, and what is decided."""
    rows = measure(recipe, torch.device("cpu"), METHODS, [1], rounds, triplets)
    return [one | {"has_bfloat16": has_bfloat16("cpu")} for one in rows]


def main(argv=None):
    args = arguments(__doc__, argv, rounds=(5, 1, "rounds"))
    about, rows = machine(), []
    size = (replace(SMALL, width=8, tile=0.5), 1) if args.quick else (SMALL, TRIPLETS[SMALL])
    capable = args.quick or "AVX512" in torch.backends.cpu.get_cpu_capability()
    for name, settings in HELD_TO.items():
        if name.startswith("AVX-512") and not capable:
            print(f"{name}: left out, this processor does not have it.")
            continue
        found = in_own_process(formats, *size, args.rounds, quick=args.quick, **settings)
        rows += [one | {"held_to": name} for one in found]
    publish(args, "number_formats", rows, about)


if __name__ == "__main__":
    start(main)
