"""The one error a reader should ever see for something that is wrong with an input."""

from collections.abc import Sequence


class InputError(ValueError):
    """An input that cannot be used: one sentence that names it, its value, and what to do."""


class NothingToShow(InputError):
    """What a notebook asks of a corpus, such as labels, is not there; no fault of anybody's."""

    def _render_traceback_(self) -> list[str]:
        """What a notebook shows of it: the sentence, without the way that led there."""
        return [str(self)]


def in_short(faults: Sequence[str]) -> str:
    """The first of some faults, each a sentence, and how many there are besides."""
    more = f" (And {len(faults) - 1} more like this.)" if len(faults) > 1 else ""
    return faults[0] + more
