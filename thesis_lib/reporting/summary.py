"""What all notebooks recorded, gathered; and thesis | here: the table printed at the end, and the
same as a page.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from thesis_lib.util.errors import InputError
from thesis_lib.util.files import atomic, write_json
from thesis_lib.util.text import as_markdown, one_line, readable

if TYPE_CHECKING:
    from thesis_lib.corpus import Corpus

NO_FAULT = "nothing needs to be done."  # ends sentences on files that are not audio
EXAMPLES = 5  # sentences on what was left out that are printed of each corpus

HEADING = (
    "# The thesis, and here\n\nThe data here are not the thesis's, so these numbers cannot be "
    'compared one to one; `thesis_vs_here.json` says what differs, number by number. "±" is the '
    "standard deviation over three trainings or splits.\n"
)

COLUMNS = ["what", "thesis", "here", "unit"]  # of a pair, as a table shows it
NONE = "-"  # where there is no number


def collect(out: Path | str) -> list[dict[str, Any]]:
    """Gather what the notebooks recorded: figures, all numbers, thesis | here (also as a page).

    Parameters
    ----------
    out : Path
        Folder that holds `figures/` and `results/`.

    Returns
    -------
    pairs : list of dict, as `Record.compare` made them, with their notebook

    Raises
    ------
    InputError
        A figure that a result tells of is missing, or made by two notebooks.
    """
    out = Path(out)
    results = [
        json.loads(path.read_text()) for path in sorted((out / "results").glob("[0-9]*.json"))
    ]
    figures: dict[str, dict[str, Any]] = {}
    for name, about in (item for result in results for item in result["figures"].items()):
        path = out / "figures" / name
        if name in figures:
            makers = f"{figures[name]['notebook']} and {about['notebook']}"
            raise InputError(f"{path} is made by both {makers}; rename one.")
        if not path.is_file():
            raise InputError(f"{path} is missing; run `make figures` again to make it.")
        figures[name] = about | {"sha256": hashlib.sha256(path.read_bytes()).hexdigest()}
    pairs = [
        pair | {"notebook": result["notebook"]}
        for result in results
        for pair in result["thesis_vs_here"]
    ]
    write_json(out / "figures" / "index.json", dict(sorted(figures.items())))
    write_json(out / "results" / "thesis_vs_here.json", pairs)
    with atomic(out / "results" / "thesis_vs_here.md") as page:
        lines = [HEADING, *markdown(pd.DataFrame(pairs, columns=COLUMNS)), ""]
        page.write_text("\n".join(lines), errors="surrogateescape")
    numbers = {result["notebook"]: result["numbers"] for result in results}
    write_json(out / "results" / "numbers.json", numbers)
    return pairs


def show(out: Path | str, corpora: Mapping[Path, Corpus] | None = None) -> None:
    """Print the pairs of `thesis_vs_here.json` as a table; what was left out; where all is.

    Parameters
    ----------
    out : Path
        Folder that holds `figures/` and `results/`.
    corpora : dict, folder -> Corpus
        That were shown, by where they are kept.

    Raises
    ------
    InputError
        There are no results yet.
    """
    out = Path(out)
    path = out / "results" / "thesis_vs_here.json"
    if not path.is_file():
        raise InputError(f"{path} is missing; run `make figures` first.")
    pairs = pd.DataFrame(json.loads(path.read_text()))
    print(as_table(pairs).to_string(index=False))
    print(f"\nThe data here differ from the thesis's: {path} says how, number by number.")
    for line in left_out(out, corpora or {}):
        print(line)
    print(
        f"Figures: {out / 'figures'}   numbers: {out / 'results'}   read on: README.md, `make lab`"
    )


def left_out(out: Path | str, corpora: Mapping[Path, Corpus]) -> list[str]:
    """What was passed over on the way, a line each: files of the corpora, and notebooks."""
    lines = []
    for folder, corpus in corpora.items():
        told = [one for one in corpus.left_out if not one.endswith(NO_FAULT)]
        named, more = told[:EXAMPLES], len(told) - EXAMPLES
        lines += [f"Left out of {corpus.name}: {sentence}" for sentence in named]
        if more > 0:
            lines.append(f"... and {more} more: {folder / 'corpus.json'} has all.")
    for path in sorted((Path(out) / "results").glob("[0-9]*.json")):
        said = json.loads(path.read_text())["numbers"].get("left_out")
        lines += [f"Left out: {path.stem}, for {said}."] if said else []
    return lines


def as_table(pairs: pd.DataFrame) -> pd.DataFrame:
    """The columns `what`, `thesis`, `here` as text; numbers rounded, units added.

    Parameters
    ----------
    pairs : DataFrame
        With the columns what, thesis, here, unit.

    Returns
    -------
    DataFrame of str
    """
    columns = {"what": [one_line(readable(what)) for what in pairs.what]}
    for side in ("thesis", "here"):
        values = zip(pairs[side], pairs.unit, strict=True)
        columns[side] = [_number(value, unit) for value, unit in values]
    return pd.DataFrame(columns)


def _number(value, unit):
    if pd.isna(value):
        return NONE
    text = f"{value:.4g}" if isinstance(value, float) else one_line(readable(value))
    return f"{text} {unit}" if unit else text


def markdown(pairs: pd.DataFrame) -> list[str]:
    """The pairs as the lines of a Markdown table."""
    cells = as_table(pairs).map(lambda cell: cell if cell == NONE else as_markdown(cell))
    rows = ["| | thesis | here |", "|---|---|---|"]
    return rows + [f"| {row.what} | {row.thesis} | {row.here} |" for row in cells.itertuples()]
