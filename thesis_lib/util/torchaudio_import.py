"""The one place where torchaudio is imported.

torchaudio's wheel holds a compiled extension that wants the CUDA libraries of a CUDA build of
torch. Beside a CPU build of torch that extension cannot load and ``import torchaudio`` raises
``OSError``, although what is used here (its Mel spectrogram, a second witness for ours) is plain
Python.
So: import it as it is; where its extension fails to load, import it without, and say so once.
"""

import logging
import sys
import types

MESSAGE = (
    "torchaudio's compiled extension does not load beside this build of torch (%s); "
    "its Python parts are used, which give the same numbers."
)


def _without_extension():
    """A stand-in for ``torchaudio._extension`` that says: there is none."""
    module = types.ModuleType("torchaudio._extension")
    vars(module).update(
        _IS_TORCHAUDIO_EXT_AVAILABLE=False, fail_if_no_align=lambda function: function
    )
    return module


def _forget_torchaudio():
    for name in [name for name in sys.modules if name.split(".")[0] == "torchaudio"]:
        del sys.modules[name]


try:
    import torchaudio
except (OSError, RuntimeError) as error:  # no CUDA libraries, or another CUDA than torch's
    logging.getLogger(__name__).info(MESSAGE, error)
    _forget_torchaudio()
    sys.modules["torchaudio._extension"] = _without_extension()
    import torchaudio

__all__ = ["torchaudio"]
