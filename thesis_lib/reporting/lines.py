"""Sentences of the notebooks 00 to 03, with the numbers that they name written down on the way.

A function that is given a `Record` records its numbers and gives what is shown below the cell.
"""

from IPython.display import Markdown

from thesis_lib.reporting import thesis_data
from thesis_lib.util.text import as_markdown


def no_song(folder):
    """Why 00_start_here ends early."""
    return f"{folder} holds no song that can be read"


def first_triplet(songs, is_marked):
    """Caption of the figure first_triplet (00_start_here).

    Parameters
    ----------
    songs : int, 1 to 3
    is_marked : bool
        Whether a triplet is drawn.

    Returns
    -------
    str
    """
    shown = "One song as a log-Mel spectrogram"
    if songs > 1:
        shown = f"{['Two', 'Three'][songs - 2]} songs as log-Mel spectrograms"
    return (
        f"{shown} (time to the right, pitch upwards, brightness is loudness), and "
        f"{'one' if is_marked else 'no'} triplet drawn from them."
    )


def neighbours_nearer(record, nearer):
    """In how many triplets the neighbour is nearer than the opposite (00_start_here).

    Parameters
    ----------
    record : Record
    nearer : bool tensor, shape (triplets,)

    Returns
    -------
    Markdown
    """
    share = round(nearer.float().mean().item(), 3) if len(nearer) else None
    record.number("neighbour_nearer_share", share)
    if share is None:
        return Markdown("With a second song, the share would stand here.")
    return Markdown(
        f"In **{100 * share:.0f} %** of {len(nearer)} triplets the neighbour is the nearer one, "
        "before any learning."
    )


# Captions of 01_the_data.
CLASS_BALANCE = (
    "Class balance of the recordings for training: SINS, development set, beside the home used "
    "here."
)
SESSION_LENGTHS = (
    "Length of the sessions here, and of those in the home of the SINS recordings (one week in "
    "the living room, public annotation; there calling and visits are apart, two bars for social "
    "activity)."
)
FLOOR_PLAN = "The simulated flat from above: living room and kitchen, nodes, places of sounds."
SONGS_PER_GENRE = "Songs in each class; a song may be here as several excerpts."


def corpora(record, sizes, rooms, songs):
    """The two corpora beside the thesis's data sets (01_the_data).

    Parameters
    ----------
    record : Record
    sizes : DataFrame
        A column a corpus, of `analysis.overview.sizes`.
    rooms, songs : Corpus

    Returns
    -------
    Markdown
    """
    here = {name: {k: str(v) for k, v in sizes[name].items()} for name in sizes}
    record.number("corpora", here)
    segments = int((rooms.table.split == "train").sum())
    theirs, note = int(thesis_data.SINS.segments.sum()), f"{rooms.note or 'other'} home"
    record.compare("SINS: segments for training", theirs, segments, note)
    theirs, ours = int(thesis_data.SONGS.songs.sum()), int(songs.table.group.nunique())
    record.compare("music: songs", theirs, ours, "other music, excerpts of it")
    times = 1 / 3600 * songs.table.duration.sum() / thesis_data.MUSIC_HOURS
    return Markdown(
        f"{as_markdown(songs.name)} is {100 * times:.1f} % of the thesis's music in length: "
        "everything learned here is learned from little."
    )


def balance(record, counted):
    """How alike two class balances are (01_the_data).

    Parameters
    ----------
    record : Record
    counted : DataFrame
        A row a class that both have, a column a corpus: recordings.

    Returns
    -------
    Markdown
    """
    if len(counted) <= 2:
        return Markdown("Too few labelled classes here to compare the two balances.")
    rank = round(float(counted.rank().corr().iloc[0, 1]), 3)
    ratio = (counted.max() / counted.min()).round(1).to_dict()
    record.number("balance_rank_correlation", rank)
    record.number("largest_to_smallest_class", ratio)
    return Markdown(
        f"Rank correlation of the two balances: **{rank:.2f}**. Largest class / smallest: {ratio}."
    )
