"""What several notebooks show in the same way: tables of sounds, and short sentences."""

from IPython.display import HTML, Markdown

from thesis_lib.listening import clips, players
from thesis_lib.plots.style import nice
from thesis_lib.util.text import as_html


def sound_table(record, run, rows, name):
    """A player for each tile and its neighbours, one after the other; each sound is recorded.

    Parameters
    ----------
    record : Record
    run : Run
        Whose recordings are heard.
    rows : list of list of rows of `Embeddings.tiles`
        The first of each is the suspect, the others are its neighbours.
    name : str
        The sounds are `<name>_1.mp3`, `<name>_2.mp3`, ...

    Returns
    -------
    IPython.display.HTML
    """
    sounds = []
    for number, row in enumerate(rows, start=1):
        wave = clips.join([clips.clip(run, tile) for tile in row], gap_s=0.4)
        neighbours = ", ".join(nice(tile.label) for tile in row[1:])
        what = f"{nice(row[0].label)} ({row[0].group}), then {neighbours}"
        sound = record.sound(wave, clips.RATE, f"{name}_{number}", what, [run])
        sounds.append([as_html(what), sound._repr_html_()])
    return HTML(players.table(["labels", "listen"], sounds, "A suspect, then its five neighbours"))


def neighbours_asked(asked, wanted, group):
    """How many neighbours each tile is asked for, and why there are fewer than wanted: Markdown."""
    if asked < wanted:
        return Markdown(
            f"No more than {asked} tiles are outside a tile's own {group}: {asked} neighbours are "
            f"asked, not {wanted}."
        )
    return Markdown(f"Each tile asks its {asked} nearest neighbours from other {group}s.")
