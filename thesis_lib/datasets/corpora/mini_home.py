"""Mini home: a simulated home in the layout of SINS; `datasets.mini_home` makes it."""

from thesis_lib.datasets.corpora.sins import files, in_all_folds, read

__all__ = ["files", "in_all_folds", "read"]

DOMAIN = "home"
TITLE = "mini home, simulated"
SOURCE = "made on first use"
LICENCE = "CC0-1.0; no recording of anybody is in it"
CITATION = "this suite, see CITATION.cff"
ARCHIVES = None
