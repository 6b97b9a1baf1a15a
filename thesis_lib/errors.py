"""The one error a reader should ever see for something that is wrong with an input."""


class InputError(ValueError):
    """An input that cannot be used: one sentence that names it, its value, and what to do."""
