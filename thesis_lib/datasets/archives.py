"""Archives of a data set, as `data/archives.json` declares them: what there is, what is here."""

import json
import os
import re
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from thesis_lib.util.errors import InputError
from thesis_lib.util.files import ROOT, atomic

ARCHIVES = ROOT / "data" / "archives.json"


def plan(
    name: str,
    to: Path | str,
    sets: Sequence[str] | str | None = None,
    parts: str | None = None,
    declared: Path | str = ARCHIVES,
) -> pd.DataFrame:
    """What `fetch` would fetch; parameters, table and errors are the same."""
    data = json.loads(Path(declared).read_text())
    about = data.get(name) or _unknown("data set", name, data)
    sets = [sets] if isinstance(sets, str) else sets or about["default"]
    rows = []
    for each in sets:
        one = about["sets"].get(each) or _unknown(f"set of {name}", each, about["sets"])
        rows += _rows(one, Path(to), parts)
    # FMA's tables belong to each of its sets.
    return pd.DataFrame(rows).drop_duplicates(["name", "to"], ignore_index=True)


def describe(table: pd.DataFrame, to: Path | str) -> str:
    """A text: the archives of a plan, how much is left to fetch, and the disk.

    Parameters
    ----------
    table : DataFrame
        From `plan` or `fetch`.
    to : Path

    Returns
    -------
    str
    """
    shown = table.assign(MB=(table["size"] / 1e6).round(2), there=table.there.map({True: "yes"}))
    shown = shown[["name", "MB", "url", "checksum", "to", "there"]].fillna("no")
    left = table[~table.there]
    return (
        f"{shown.to_string(index=False)}\n\n{len(table)} archives, {len(left)} to fetch: "
        f"{left['size'].sum() / 1e9:.1f} GB, unpacked about {left.unpacked.sum() / 1e9:.1f} GB; "
        f"{free_space(Path(to)) / 1e9:.1f} GB are free in {to}."
    )


def _unknown(kind, name, known):
    raise InputError(f"{kind} {name!r} is unknown; choose one of {', '.join(known)}.")


def _rows(one, to, parts):
    archives = one["archives"]
    if parts is not None:
        numbers = [_number(archive["name"]) for archive in archives if archive["kind"] == "audio"]
        chosen = _chosen(parts, {number for number in numbers if number})
        archives = [a for a in archives if a["kind"] != "audio" or _number(a["name"]) in chosen]
    swells = one["unpacked"] / sum(archive["bytes"] for archive in one["archives"])
    return [
        {
            "name": archive["name"],
            "size": archive["bytes"],
            "url": one["url"] + archive.get("path", "") + archive["name"],
            "checksum": archive["checksum"],
            "to": to / archive.get("folder", one["folder"]),
            "unpacked": round(archive["bytes"] * swells),
            "strip": one["strip"],
            "only": archive.get("only"),
            "fallback": _fallback(one, archive),
            "there": _is_there(to, to / archive.get("folder", one["folder"]), archive),
        }
        for archive in archives
    ]


def _fallback(one, archive):
    """Where else an archive is, for good, if its publisher takes it away; empty: nowhere."""
    where = one.get("fallback", "")
    return where and where + archive.get("path", "") + archive["name"]


def _number(name):
    found = re.search(r"\.(\d+)\.zip$", name)
    return int(found[1]) if found else None


def _chosen(parts, numbers):
    """The numbers that "2,5-7" stands for, all of which there must be."""
    chosen: set[int] = set()
    for piece in str(parts).split(","):
        found = re.fullmatch(r"\s*(\d+)\s*(?:-\s*(\d+)\s*)?", piece)
        first, last = (int(found[1]), int(found[2] or found[1])) if found else (1, 0)
        if not {first, last} <= numbers or first > last:
            there = f"1 to {max(numbers)}" if numbers else "none that are numbered"
            raise InputError(
                f"parts={parts!r} does not name audio archives; write e.g. 1-3 or 2,5-7 "
                f"(there are {there})."
            )
        chosen.update(range(first, last + 1))
    return chosen


def marker(to: Path, name: str) -> Path:
    """The file that says that an archive was unpacked."""
    return to / "archives" / f"{name}.json"


def _is_there(to, folder, archive):
    """Whether the archive was unpacked before, and what it held still lies there."""
    try:
        mark = json.loads(marker(to, archive["name"]).read_text())
        same = mark["checksum"] == archive["checksum"]
        return same and all((folder / path).exists() for path in mark["holds"])
    except (OSError, ValueError, KeyError, TypeError):
        return False


def mark(to: Path, row: Any, files: Sequence[Path]) -> None:
    """Remember the first and last file of an archive: they were moved in in this order."""
    holds = [path.relative_to(row.to).as_posix() for path in (files[0], files[-1])]
    with atomic(marker(to, row.name)) as place:
        place.write_text(json.dumps({"checksum": row.checksum, "holds": holds}))


def take(rows: Sequence[Any], to: Path, given: Path) -> None:
    """Put archives that are in another folder where they will not be fetched again.

    `apt-get download` writes an epoch into a package's name, which Debian's servers leave out.
    """
    if not given.is_dir():
        raise InputError(f"{given} is no folder; give the one that holds the archives.")
    found = {re.sub(r"_\d+%3a", "_", path.name): path for path in sorted(given.iterdir())}
    for row in rows:
        archive, _ = pieces(to, row)
        if row.name in found and not archive.exists():
            archive.parent.mkdir(parents=True, exist_ok=True)
            _link(found[row.name], archive)


def _link(source: Path, target: Path) -> None:
    """The same file under another name; a copy on another disk, or on one without links."""
    try:
        os.link(os.path.realpath(source), target)
    except OSError:
        shutil.copyfile(source, target)


def free_space(to: Path) -> int:
    """Bytes that are free on the disk of a folder, which need not be there yet."""
    near = next(place for place in [to, *to.absolute().parents] if place.is_dir())
    return shutil.disk_usage(near).free


def check_disk(rows: Sequence[Any], to: Path, jobs: int, keep: bool) -> None:
    """Refuse what the disk cannot hold: the files, and the archives that lie there at a time."""
    zipped = sorted((row.size for row in rows), reverse=True)
    begun = sum(path.stat().st_size for row in rows for path in pieces(to, row) if path.exists())
    need = sum(row.unpacked for row in rows) + sum(zipped if keep else zipped[:jobs]) - begun
    if need > free_space(to):
        raise InputError(
            f"{to} needs {need / 1e9:.1f} GB and {free_space(to) / 1e9:.1f} GB are free; free some "
            "space, choose another folder, or fetch fewer parts."
        )


def pieces(to: Path, row: Any) -> tuple[Path, Path]:
    """The archive, and what lies there before it is one."""
    return to / "archives" / row.name, to / "archives" / f"{row.name}.part"
