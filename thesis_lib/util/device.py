"""Which device computes, in which number format, and saying so: a GPU is never silently skipped."""

from __future__ import annotations

import os
from functools import cache
from typing import TYPE_CHECKING

import torch

if TYPE_CHECKING:
    from thesis_lib.recipe import Recipe


def choose() -> torch.device:
    """The device to compute on: a GPU where torch sees one, else the CPU.

    Of processes that torchrun started each takes a GPU of its own. Apple's (MPS) is chosen too, but
    has not been tested.
    """
    if torch.cuda.is_available():
        return _first_gpu()
    return torch.device("mps" if torch.backends.mps.is_available() else "cpu")


def _first_gpu():
    device = torch.device("cuda", int(os.environ.get("LOCAL_RANK", 0)))
    torch.cuda.set_device(device)
    # The same seed on the same machine gives the same weights: no sums in whatever order.
    os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")
    torch.use_deterministic_algorithms(True, warn_only=True)
    # mypy does not see this switch, which torch makes as it is imported.
    torch.utils.deterministic.fill_uninitialized_memory = False  # type: ignore[attr-defined]
    return device


@cache
def has_bfloat16(kind: str) -> bool:
    """Whether a kind of device computes in bfloat16 itself; emulated, it is slower than float32.

    `bench/number_formats.py` measures both: beside float32, bfloat16 is a twelfth as fast with AVX2
    and half as fast with AVX-512; equally fast with AVX-512's own bfloat16, half as fast again with
    AMX. torch's own answer for the CPU is yes from AVX-512 on.

    Parameters
    ----------
    kind : str
        `torch.device.type`.

    Returns
    -------
    bool
    """
    if kind == "cuda":
        return torch.cuda.is_bf16_supported(including_emulation=False)
    if kind != "cpu":
        return False
    return torch.ops.mkldnn._is_mkldnn_bf16_supported() and torch.cpu._is_avx512_bf16_supported()


def in_bfloat16(recipe: Recipe, device: torch.device) -> bool:
    """Whether a network computes in bfloat16: the recipe allows it and the device can."""
    return recipe.bfloat16 and has_bfloat16(device.type)


def describe(device: torch.device, processes: int = 1, bfloat16: bool = True) -> str:
    """One sentence on `device` for the reader: 'Computing on the CPU, 2 threads, in float32: ...'

    Parameters
    ----------
    device : torch.device
    processes : int
        How many train together.
    bfloat16 : bool
        Whether the recipe allows it.

    Returns
    -------
    str
    """
    many = f"in {processes} processes, each " if processes > 1 else ""
    chosen = "bfloat16" if bfloat16 and has_bfloat16(device.type) else "float32"
    if bfloat16 and chosen == "float32":
        chosen += " (it has no bfloat16 of its own)"
    if device.type == "cuda":
        return f"Computing {many}on the GPU {torch.cuda.get_device_name(device)}, in {chosen}."
    if device.type == "mps":
        return f"Computing {many}on Apple's GPU (MPS, untested), in {chosen}."
    why = (
        "torch is a CPU build"
        if torch.version.cuda is None
        else "torch is a CUDA build but finds no usable GPU"
    )
    threads = f"{torch.get_num_threads()} thread" + "s" * (torch.get_num_threads() > 1)
    return f"Computing {many}on the CPU, {threads}, in {chosen}: no GPU is used, {why}."
