"""Which device computes, and saying so: a GPU is never silently skipped."""

import torch


def choose():
    """The device to compute on: the first GPU where torch sees one, else the CPU."""
    return torch.device("cuda" if torch.cuda.is_available() else "cpu")


def describe(device):
    """One sentence on `device` for the reader, e.g. 'Computing on the CPU, 2 threads: ...'."""
    if device.type == "cuda":
        return f"Computing on the GPU {torch.cuda.get_device_name(device)}."
    why = (
        "torch is a CPU build"
        if torch.version.cuda is None
        else "torch is a CUDA build but finds no usable GPU"
    )
    return f"Computing on the CPU, {torch.get_num_threads()} threads: no GPU is used, {why}."
