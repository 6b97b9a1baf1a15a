"""Which device computes, and saying so: a GPU is never silently skipped."""

import os

import torch


def choose():
    """The device to compute on: where torch sees a GPU the first, of processes that torchrun
    started each its own; else the CPU."""
    if not torch.cuda.is_available():
        return torch.device("cpu")
    device = torch.device("cuda", int(os.environ.get("LOCAL_RANK", 0)))
    torch.cuda.set_device(device)
    # The same seed on the same machine gives the same weights: no sums in whatever order.
    os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")
    torch.use_deterministic_algorithms(True, warn_only=True)
    torch.utils.deterministic.fill_uninitialized_memory = False
    return device


def describe(device, processes=1):
    """One sentence on `device` for the reader, e.g. 'Computing on the CPU, 2 threads: ...'."""
    many = f"in {processes} processes, each " if processes > 1 else ""
    if device.type == "cuda":
        return f"Computing {many}on the GPU {torch.cuda.get_device_name(device)}."
    why = (
        "torch is a CPU build"
        if torch.version.cuda is None
        else "torch is a CUDA build but finds no usable GPU"
    )
    threads = f"{torch.get_num_threads()} thread" + "s" * (torch.get_num_threads() > 1)
    return f"Computing {many}on the CPU, {threads}: no GPU is used, {why}."
