"""The site: executed notebooks as pages that need no kernel, no network and no Python."""

import json
import os
import shutil
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

import nbformat
from jupyter_core.paths import jupyter_path

from thesis_lib.site.landing import landing
from thesis_lib.site.links import Links, as_notebook
from thesis_lib.site.page import PageExporter
from thesis_lib.site.shelf import Shelf
from thesis_lib.util import disk
from thesis_lib.util.errors import InputError
from thesis_lib.util.files import ROOT, atomic, sha256, write_json
from thesis_lib.util.text import slugs

STATIC = Path(__file__).parent / "static"
THEMES = "nbconvert/templates/lab/static"  # JupyterLab's colours, light and dark
MARK = "site.json"  # in a folder that this has made: the size of each file
FRONT = "index.html"


def build(
    notebooks: Iterable[Path],
    made: Path,
    out: Path,
    rooms: Mapping[str, Callable[[Path], None]] | None = None,
) -> dict[str, int]:
    """Make the site.

    Parameters
    ----------
    notebooks : iterable of Path
        Executed, in the order in which they are read.
    made : Path
        Folder of their `figures/` and `results/`.
    out : Path
        Replaced if it is a site; anything else there is left alone.
    rooms : mapping, corpus -> function
        Each writes the listening room of a corpus to a folder that is not there yet, with an
        `index.html`.

    Returns
    -------
    dict, file -> bytes

    Raises
    ------
    InputError
        There are no executed notebooks, or `out` is a folder of something else.
    """
    paths = list(notebooks)
    if not paths:
        raise InputError("There are no executed notebooks; `make figures` makes them.")
    check_place(out)
    with atomic(out) as site:
        site.mkdir()
        _copy_shared(site / "shared")
        listed = _write_rooms(rooms or {}, site)
        titles = _write_pages(paths, made, site, listed)
        (site / FRONT).write_text(landing(titles, listed, made, site), encoding="utf-8")
        sizes = {
            path.relative_to(site).as_posix(): path.stat().st_size
            for path in sorted(site.rglob("*"))
            if path.is_file()
        }
        write_json(site / MARK, sizes)
    return sizes


def summary(sizes: dict[str, int]) -> str:
    """How large the site is, and its largest page: a sentence."""
    pages = {name: size for name, size in sizes.items() if name.endswith(".html")}
    shared = sum(size for name, size in sizes.items() if name.startswith("shared/"))
    largest = max(pages, key=lambda name: pages[name])
    return (
        f"{len(pages)} pages, {sum(sizes.values()) / 1e6:.1f} MB in all: {shared / 1e6:.1f} MB "
        f"scripts and styles for all of them; the largest page has {pages[largest] / 1e6:.2f} MB "
        f"({largest})"
    )


def check_place(out: Path) -> None:
    """Raise an `InputError` where there is a folder of something else: a site would replace it."""
    what = disk.kind(out)
    if what and (what != "folder" or (os.listdir(out) and MARK not in os.listdir(out))):
        raise InputError(
            f"{out} is there and no site of this suite; give a folder that is not there yet."
        )


def _copy_shared(shared):
    """Scripts, styles and their licences."""
    shutil.copytree(STATIC / "vendor", shared)
    shutil.copy(STATIC / "site.css", shared)
    for name in ("theme-light.css", "theme-dark.css"):
        found = [Path(folder, THEMES, name) for folder in jupyter_path()]
        shutil.copy(next(path for path in found if path.is_file()), shared)


def _write_rooms(rooms, site):
    """A folder for each room; corpora -> addresses."""
    folders = {corpus: f"room_{name}" for corpus, name in slugs(rooms).items()}
    for corpus, write in rooms.items():
        write(site / folders[corpus])
    return {corpus: f"{folder}/{FRONT}" for corpus, folder in folders.items()}


def _write_pages(paths, made, site, rooms):
    """A page of each notebook, and of each file that they link; addresses -> titles."""
    read = [nbformat.read(path, as_version=4) for path in paths]
    titles = {f"{path.stem}.html": _title(one) for path, one in zip(paths, read, strict=True)}
    links = Links(ROOT, {path.name: f"{path.stem}.html" for path in paths})
    shelf = Shelf(site, _captions(made))
    exporter = PageExporter(shelf, links.seen_from(ROOT / "notebooks"), rooms)
    ways = list(titles.items())
    around = zip([None, *ways[:-1]], [*ways[1:], None], strict=True)
    for notebook, (address, title), (before, after) in zip(read, ways, around, strict=True):
        page = exporter.page(notebook, title=title, before=before, after=after)
        (site / address).write_text(page, encoding="utf-8")
    for path, address in dict(links.sources).items():
        exporter.link = links.seen_from(path.parent, adding=False)
        title = path.relative_to(ROOT).as_posix()
        (site / address).write_text(exporter.page(as_notebook(path), title=title), encoding="utf-8")
    return titles


def _title(notebook):
    """The first heading."""
    first = next(cell.source for cell in notebook.cells if cell.cell_type == "markdown")
    return first.lstrip("# ").splitlines()[0]


def _captions(made):
    """What each figure of the notebooks shows, by its file's sum."""
    index = made / "figures" / "index.json"
    if not index.is_file():
        return {}
    figures = json.loads(index.read_text(encoding="utf-8"))
    paths = {name: made / "figures" / name for name in figures}
    found = {name: path for name, path in paths.items() if path.is_file()}
    return {sha256(path): figures[name]["caption"] for name, path in found.items()}
