"""The one error a reader should ever see for something that is wrong with an input."""


class InputError(ValueError):
    """An input that cannot be used: one sentence that names it, its value, and what to do."""


class NothingToShow(InputError):
    """What a notebook asks of a corpus, such as labels, is not there; no fault of anybody's."""
