"""The command `thesis`, run as a reader does, and what to expect of what it says.

`said` and `songs` are for a test module to make fixtures of: ``pytest.fixture(command_line.said)``.
"""

import re
import subprocess
import sys

from corpora import noise, write

from thesis_lib import __main__ as command
from thesis_lib.recipe import SMOKE_MUSIC

SMOKE = ["--recipe", SMOKE_MUSIC.name]


def thesis(*args, **kind):
    """Run the command as a reader does."""
    line = [sys.executable, "-m", "thesis_lib", *map(str, args)]
    return subprocess.run(line, capture_output=True, text=True, **kind)


def said(monkeypatch, capsys):
    """Run the command within this process: how it ends, and what it says of it."""

    def run(*args):
        monkeypatch.setattr(sys, "argv", ["thesis", *map(str, args)])
        try:
            command.main()
        except SystemExit as end:
            return end.code
        return None

    return run


def one_sentence(message):
    """Whether a message is one line that ends, and no traceback."""
    assert re.fullmatch(r"thesis \w+: [^\n]+", message), message
    assert "Traceback" not in message and "Error:" not in message
    return True


def songs(tmp_path):
    root = tmp_path / "songs"
    for seed, name in enumerate(("a/x", "a/y", "a/z", "b/x", "b/y", "b/z")):
        write(root / f"{name}.wav", noise(5, seed))
    return root
