"""A small library of music, made of noise."""

from corpora import noise, write


def library(root, songs, seconds=0.5):
    """A folder of songs: {"class/name.wav": waveform, or None for noise}."""
    for i, (name, wave) in enumerate(songs.items()):
        write(root / name, noise(seconds, seed=i) if wave is None else wave)
    return root


SONGS = dict.fromkeys(
    [f"{genre}/song {i}.wav" for genre in ("techno", "trance") for i in range(6)]
    + [f"techno/takes-{letter}.wav" for letter in "ABC"]
)


def groups(corpus, split):
    return set(corpus.table.group[corpus.table.split == split])
