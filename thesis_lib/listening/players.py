"""Players and pictures as plain HTML: sound in a notebook, and on a page where no kernel runs.

Sounds and pictures are in the HTML itself, as data URIs; nothing is fetched and nothing plays
before it is asked to.
"""

from base64 import b64encode
from collections.abc import Iterable, Sequence

import numpy as np

from thesis_lib.analysis.walk import walk
from thesis_lib.audio.io import mp3
from thesis_lib.listening.clips import RATE, join
from thesis_lib.listening.collection import Collection
from thesis_lib.plots.listen import thumbnail
from thesis_lib.plots.style import nice
from thesis_lib.util.text import as_attribute, as_html

GAP = 0.25  # s of silence between two sounds in a row

# Only what the tables need: fonts and colours stay those of the page, be it light or dark.
STYLE = """<style>
.players {border-collapse: collapse; border: 0; margin: 4px 0 12px; font-size: 13px}
.players caption {text-align: left; caption-side: top; padding: 6px 0; font-size: 14px}
.players th, .players td {text-align: left !important; vertical-align: middle; border: 0;
  padding: 4px 14px 4px 0; white-space: nowrap; background: none}
.players tbody tr {background: none !important}
.players thead th {border-bottom: 1px solid #8888; font-weight: 600}
.players tr.first td, .players tr.first th {border-bottom: 1px solid #8888}
.players img {display: inline-block; width: 150px; height: 48px; margin: 0 3px 0 0;
  max-width: none}
.players audio {display: block; width: 230px; height: 34px}
.players .dot {display: inline-block; width: 12px; height: 12px; border-radius: 50%;
  margin-right: 7px; vertical-align: -1px}
.players .faint {opacity: .7}
.players .number {font-variant-numeric: tabular-nums}
</style>"""


def player(wave: np.ndarray, sample_rate: int, name: str) -> str:
    """A player of a sound.

    Parameters
    ----------
    wave : float32 array, shape (samples,), full scale is 1
    sample_rate : int, Hz
    name : str
        What is heard, for those who do not see the page.

    Returns
    -------
    str, HTML
    """
    sound, name = b64encode(mp3(wave, sample_rate)).decode(), as_attribute(name)
    source = f"data:audio/mpeg;base64,{sound}"
    # The mark leaves a player's keys to it, where JupyterLab would take them for the notebook.
    mark = 'data-lm-suppress-shortcuts="true"'
    return f'<audio controls preload="metadata" {mark} aria-label="{name}" src="{source}"></audio>'


def picture(png: bytes, name: str) -> str:
    """A picture, given as the bytes of a PNG."""
    name = as_attribute(name)
    return f'<img alt="{name}" src="data:image/png;base64,{b64encode(png).decode()}">'


def chip(label: str, colour: str, remark: str = "") -> str:
    """A class: a dot in its colour, its name, and a faint remark."""
    remark = f' <span class="faint">{as_html(remark)}</span>' if remark else ""
    return f'<span class="dot" style="background: {colour}"></span>{as_html(nice(label))}{remark}'


def table(
    columns: Sequence[str],
    rows: Sequence[Sequence[str]],
    caption: str,
    rule_after: Iterable[int] = (),
) -> str:
    """A table of cells that are HTML already.

    Parameters
    ----------
    columns : list of str
        Plain text.
    rows : list of list of str
        HTML; the first cell of a row names it.
    caption : str
        HTML.
    rule_after : iterable of int
        Rows that have a line below them.

    Returns
    -------
    str, HTML
    """
    head = "".join(f'<th scope="col">{as_html(column)}</th>' for column in columns)
    body = ""
    for number, (first, *others) in enumerate(rows):
        cells = "".join(f"<td>{cell}</td>" for cell in others)
        line = ' class="first"' if number in set(rule_after) else ""
        body += f'<tr{line}><th scope="row">{first}</th>{cells}</tr>\n'
    return (
        f'{STYLE}<table class="players"><caption>{caption}</caption>\n'
        f"<thead><tr>{head}</tr></thead>\n<tbody>\n{body}</tbody></table>"
    )


def neighbour_table(
    collection: Collection,
    tile: int,
    k: int = 5,
    label: str | None = None,
    spread: bool = True,
    equal: bool = False,
    in_a_row: bool = True,
) -> str:
    """A tile and its neighbours: pictures, players, classes, distances.

    Parameters
    ----------
    collection : Collection
    tile, k, label, spread
        As in `Collection.near`.
    equal : bool
        Make all equally loud; otherwise what is quiet stays the quieter.
    in_a_row : bool
        Add a player of all of them, one after the other.

    Returns
    -------
    str, HTML
    """
    found, distances = collection.near(tile, k, label, spread)
    tiles, own = [int(tile), *found.tolist()], collection.label[tile]
    waves = collection.waves(tiles, equal)
    rows = []
    for rank, (other, wave) in enumerate(zip(tiles, waves, strict=True)):
        remark = "" if collection.label[other] == own else "(another)"
        row = [
            str(rank or "tile"),
            _picture(collection, other),
            player(_alone(wave), RATE, collection.title(other)),
            _chip(collection, other, remark),
            _number(distances[rank - 1]) if rank else "",
            as_html(collection.place(other)),
        ]
        rows.append(row)
    if in_a_row:
        rows.append(_whole(waves, "the tile, then its neighbours"))
    columns = ["", "log-Mel", "listen", "class", "distance", "recording"]
    return table(columns, rows, _about_neighbours(collection, tile, found, label), {0, len(found)})


def tile_table(collection: Collection, tiles: Sequence[int], caption: str) -> str:
    """Some tiles, whatever they were chosen by: pictures, players, classes, recordings.

    Parameters
    ----------
    collection : Collection
    tiles : list of int
    caption : str
        Plain text.

    Returns
    -------
    str, HTML
    """
    rows = []
    for rank, (tile, wave) in enumerate(zip(tiles, collection.waves(tiles), strict=True), 1):
        sound = player(_alone(wave), RATE, collection.title(tile))
        own = [_picture(collection, tile), sound, _chip(collection, tile)]
        rows.append([str(rank), *own, as_html(collection.place(tile))])
    return table(["", "log-Mel", "listen", "class", "recording"], rows, as_html(caption))


def typical_tables(collection: Collection, k: int = 3) -> str:
    """The most typical tile of each class with its neighbours: a `neighbour_table` for each."""
    tiles = collection.typical.values()
    return "".join(neighbour_table(collection, tile, k, in_a_row=False) for tile in tiles)


def walk_table(collection: Collection, start: str, end: str, steps: int = 8, k: int = 2) -> str:
    """A walk from one class to another: each step's nearest tiles.

    Parameters
    ----------
    collection : Collection
    start, end : str
        Classes.
    steps, k : int
        As in `walk`; the k tiles of a step each come from another session or song.

    Returns
    -------
    str, HTML
    """
    group, centres = collection.group, collection.centres
    k = min(k, len(np.unique(group)))
    way = walk(collection.vectors, centres.loc[start], centres.loc[end], steps, k, group)
    waves = collection.waves(way.tile)
    rows = []
    for step, part in way.groupby("step"):
        sound = join([_alone(waves[number]) for number in part.index], gap_s=GAP)
        row = [
            str(step + 1),
            "".join(_picture(collection, tile) for tile in part.tile),
            player(sound, RATE, f"step {step + 1} of the walk"),
            "<br>".join(_chip(collection, tile) for tile in part.tile),
            "<br>".join(map(_number, part.distance)),
            "<br>".join(as_html(collection.place(tile)) for tile in part.tile),
        ]
        rows.append(row)
    rows.append(_whole(waves, "the whole walk"))
    columns = ["step", "log-Mel", "listen", "class", "distance", "recording"]
    caption = (
        f"<b>From {as_html(nice(start))} to {as_html(nice(end))}</b>, {_source(collection)}<br>"
        f"{steps} equal steps from centroid to centroid; at each step the nearest tiles: {k}."
    )
    return table(columns, rows, caption, {steps - 1})


def _whole(waves, name):
    """The row of a table that plays all of it."""
    return ["all", "", player(join(waves, gap_s=GAP), RATE, name), "one after the other", "", ""]


def _alone(wave):
    """A wave faded in and out, as loud as it was."""
    sound = join([wave])
    return sound * np.float32(np.abs(wave).max() / max(np.abs(sound).max(), 1e-9))


def _picture(collection, tile):
    png = thumbnail(collection.levels(tile), collection.low, collection.high)
    return picture(png, f"log-Mel spectrogram of {collection.title(tile)}")


def _chip(collection, tile, remark=""):
    return chip(collection.label[tile], collection.colours[collection.label[tile]], remark)


def _number(distance):
    return f'<span class="number">{distance:.3f}</span>'


def _source(collection):
    note = f" ({collection.note} data)" if collection.note else ""
    return as_html(collection.name + note)


def _about_neighbours(collection, tile, found, label):
    heading = f"<b>{as_html(collection.title(tile))}</b>, {_source(collection)}<br>"
    which = f"{as_html(nice(label)) if label else 'tiles'} of other {collection.unit}s"
    if not len(found):
        return f"{heading}There are no {which}."
    same = int((collection.label[found] == collection.label[tile]).sum())
    return f"{heading}Its nearest {which}: {same} of {len(found)} carry its label."
