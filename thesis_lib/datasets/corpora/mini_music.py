"""Mini music: excerpts of seven composers, which come with the suite in `data/mini_music`."""

from thesis_lib.datasets.corpora.music import files, read

__all__ = ["files", "read"]

DOMAIN = "music"
TITLE = "mini music"
SOURCE = "data/mini_music"
LICENCE = "CC-BY, CC-BY-SA and others, track by track: data/mini_music/ATTRIBUTION.tsv"
CITATION = "the composers that data/mini_music/ATTRIBUTION.tsv names"
ARCHIVES = None
