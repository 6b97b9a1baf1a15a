"""What a benchmark was measured on, the row that ends each result; and how much memory it took."""

import os
import platform
import re
import resource
from importlib.metadata import version
from pathlib import Path

from thesis_lib.util.device import choose, describe

PACKAGES = ("librosa", "numpy", "torch", "torchaudio", "soundfile", "soxr")


def machine():
    """Processor, device, load of other work (far above 0: do not trust it), and packages."""
    lines = Path("/proc/cpuinfo").read_text().splitlines() if Path("/proc/cpuinfo").exists() else []
    names = [line.split(":")[1].strip() for line in lines if line.startswith("model name")]
    return {
        "machine": names[0] if names else platform.processor() or platform.machine(),
        "cores": os.cpu_count(),
        "device": describe(choose()),
        "held_to": os.environ.get("ONEDNN_MAX_CPU_ISA", ""),  # another processor played by this one
        "load_before": round(os.getloadavg()[0], 2),
        "python": platform.python_version(),
        "packages": {name: version(name) for name in PACKAGES},
    }


def peak_memory():
    """The most memory this process ever had (bytes), mapped files included, its parent's not."""
    status = Path("/proc/self/status")
    if not status.exists():  # no Linux: its parent's too, if it was forked
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return 1024 * int(re.search(r"VmHWM:\s*(\d+)", status.read_text())[1])
