"""What data the suite comes with: every file, where it is from, its licence, its checksum.

``thesis check`` (which ``make data`` calls) compares the files with ``data/manifest.json``;
``python -m thesis_lib.datasets.manifest`` rewrites that file after the excerpts were made again.
"""

import csv
import hashlib
import json
import sys
from pathlib import Path

from thesis_lib.util.errors import InputError
from thesis_lib.util.files import atomic

MUSIC = "mini_music"  # folder beside the manifest
AGAIN = "get it again from the repository"
MEANT = "or, if it is meant, run python -m thesis_lib.datasets.manifest"

# Nothing of the mini home is shipped: it is made, so it has no checksums.
MINI_HOME = {
    "kind": "generated",
    "what": "a simulated living room and kitchen in the layout of DCASE 2018 task 5; no recordings",
    "folder": "mini_home",
    "generator": "thesis_lib.datasets.mini_home.home.make",
    "seed": 1234,
    "licence": "CC0-1.0; no recording of anybody is in it",
    "ingredients": [
        {
            "what": "speech",
            "source": "espeak-ng, through the PyPI package espeakng-loader",
            "licence": "the program is GPL-3.0-or-later; what it speaks is free of it",
        },
        {
            "what": "rooms and microphones",
            "source": "the PyPI package pyroomacoustics",
            "licence": "MIT",
        },
    ],
}


def check(manifest: Path | str) -> list[str]:
    """Compare the files beside a manifest with what it declares.

    Parameters
    ----------
    manifest : Path
        ``data/manifest.json``; its paths are relative to the folder it lies in.

    Returns
    -------
    list of str
        A sentence for each file that is missing, changed, or not declared; empty if all is well.
    """
    manifest = Path(manifest)
    try:
        corpora = json.loads(manifest.read_text())
    except OSError:
        return [f"{manifest} is missing; {AGAIN}."]
    except ValueError:
        return [f"{manifest} is damaged (not JSON); {AGAIN}."]
    faults = []
    for corpus in corpora.values():
        if corpus["kind"] == "files":
            faults += _differences(manifest.parent, corpus)
    return faults


def _differences(root, corpus):
    declared = {entry["path"]: entry for entry in corpus["files"]}
    faults = [_fault(root / path, entry) for path, entry in declared.items()]
    for path in _files(root / corpus["folder"]):
        if path.relative_to(root).as_posix() not in declared:
            faults.append(
                f"{path} is not declared in the manifest; move it away (music of your own goes "
                f"in a folder of its own), {MEANT}."
            )
    return [fault for fault in faults if fault]


def _fault(path, entry):
    """What is wrong with one declared file, or None."""
    if not path.is_file():
        return f"{path} is missing; {AGAIN}."
    size = path.stat().st_size
    if size != entry["bytes"]:
        return f"{path} has {size} bytes, not {entry['bytes']}; {AGAIN}, {MEANT}."
    if _sha256(path) != entry["sha256"]:
        return f"{path} has changed (its sha256 differs); {AGAIN}, {MEANT}."
    return None


def _files(folder):
    """All files of a folder but hidden ones (what desktops leave, what is being written)."""
    paths = (path for path in folder.rglob("*") if path.is_file())
    return sorted(p for p in paths if "/." not in f"/{p.relative_to(folder).as_posix()}")


def _sha256(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


def write(manifest: Path | str) -> None:
    """Write the manifest again from the files beside it and their ATTRIBUTION.tsv.

    Parameters
    ----------
    manifest : Path

    Raises
    ------
    InputError
        A piece of music without attribution, the other way round, or without a licence text.
    """
    manifest = Path(manifest)
    folder = manifest.parent / MUSIC
    attribution = read_attribution(folder)
    _check_attribution(folder, attribution)
    music = {
        "kind": "files",
        "what": "excerpts of seven composers, standing in for the thesis's seven sub-genres",
        "folder": MUSIC,
        "made_by": "data/make_mini_music.py",
        "files": [_entry(path, folder, attribution) for path in _files(folder)],
    }
    with atomic(manifest) as place:
        place.write_text(json.dumps({MUSIC: music, "mini_home": MINI_HOME}, indent=1) + "\n")


def read_attribution(folder: Path) -> dict[str, dict[str, str]]:
    """Read ATTRIBUTION.tsv.

    Parameters
    ----------
    folder : Path
        Of mini music.

    Returns
    -------
    dict of str to dict
        The row of each file, by its path in `folder`.
    """
    path = folder / "ATTRIBUTION.tsv"
    if not path.is_file():
        raise InputError(f"{path} is missing; {AGAIN}.")
    with path.open(newline="") as file:
        return {row["file"]: row for row in csv.DictReader(file, delimiter="\t")}


def licence_text(folder: Path, licence: str) -> Path:
    """Where the text of a licence lies: ``GPL-2+`` (or later) and ``GPL-2`` share one."""
    return folder / "LICENSES" / f"{licence.rstrip('+')}.txt"


def _check_attribution(folder, attribution):
    here = {path.relative_to(folder).as_posix() for path in folder.glob("*/*.ogg")}
    for file in sorted(here ^ set(attribution)):
        what = "has no row in ATTRIBUTION.tsv" if file in here else "is missing"
        raise InputError(f"{folder / file} {what}; run data/make_mini_music.py again.")
    for row in attribution.values():
        if not licence_text(folder, row["licence"]).is_file():
            raise InputError(
                f"{licence_text(folder, row['licence'])} is missing; put the text of the licence "
                f"{row['licence']} there, which {row['file']} is under."
            )


def _entry(path, folder, attribution):
    file = path.relative_to(folder).as_posix()
    source, licence = "data/make_mini_music.py", "that of the suite's code"
    if file in attribution:
        row = attribution[file]
        source = f"Debian's {row['package']} {row['version']}: {row['original']}"
        licence = row["licence"]
    elif file.startswith("LICENSES/"):
        source, licence = "the packages' copyright files", "a licence's text, copied word for word"
    return {
        "path": f"{folder.name}/{file}",
        "source": source,
        "licence": licence,
        "bytes": path.stat().st_size,
        "sha256": _sha256(path),
    }


if __name__ == "__main__":
    try:
        write(sys.argv[1] if len(sys.argv) > 1 else "data/manifest.json")
    except InputError as error:
        sys.exit(str(error))
