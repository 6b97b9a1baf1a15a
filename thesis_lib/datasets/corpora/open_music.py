"""Open music: twelve hours of the music of free games, from Debian's packages."""

DOMAIN = "music"
TITLE = "open music, of free games"
SOURCE = "https://packages.debian.org/bookworm/games/"
LICENCE = "free, game by game: GPL, CC BY-SA and Drascula's own; data/open_music.json says which"
CITATION = "the games and authors that data/open_music.json names"
ARCHIVES = "open_music"


def recognises(folder):
    """Whether a package of it was unpacked in a folder, under its name."""
    from thesis_lib.datasets import open_music

    return open_music.is_in(folder)


def read(folder, folds=3):
    """The `Corpus`; whole songs are split into at least three folds."""
    from thesis_lib.datasets import open_music

    return open_music.read(folder, parts=max(3, folds))


def files(folder):
    """Every track with what it has to be; a sentence for each that is missing or another."""
    from thesis_lib.datasets import open_music

    return open_music.files(folder)
