"""Sentences of the notebooks 00 to 03, with the numbers that they name written down on the way.

A function that is given a `Record` records its numbers and gives what is shown below the cell.
"""

from IPython.display import Markdown


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
