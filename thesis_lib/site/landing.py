"""The first page of the site: what this is, what can be heard, what was found, where to go on."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader

from thesis_lib.site.page import TEMPLATES
from thesis_lib.site.shelf import Shelf

SIMULATED = "simulated"  # in the captions of what is
ALIKE = "precision@10"  # share of the ten nearest neighbours that carry the tile's label
SAME = {"mini home": "activity", "mini music": "composer"}  # what a label is; of others: "class"
CALLED = {"mini home": "the simulated home", "mini music": "the music"}

# What can be heard, each with what is said of it: a file of `figures/`, a heading, a text.
SOUNDS = (
    (
        "first_triplet.mp3",
        "All that the machine is told",
        "A moment, another moment of the same recording, a moment of another recording. The first "
        "two should end up close together, the third far away. That is the thesis's whole lesson, "
        "and no name or genre is part of it.",
    ),
    (
        "listening_room_music.mp3",
        "What it takes for alike",
        "One second of music, then the seconds that the machine puts nearest to it, each of "
        "another song. Would you have chosen the same?",
    ),
    (
        "walk_music.mp3",
        "A walk through its map",
        "From the middle of one class to the middle of another in eight equal steps. At each step "
        "you hear the sounds that are nearest.",
    ),
)
PICTURES = (
    ("map_music.png", "A map of the music"),
    ("walk_music.png", "The walk, as pictures of sound"),
    ("suspect_music.png", "Sounds that do not fit their name, beside their neighbours"),
)


def landing(titles: Mapping[str, str], rooms: Mapping[str, str], made: Path, site: Path) -> str:
    """The page.

    Parameters
    ----------
    titles : mapping, address -> title
        Of the pages, in the order in which they are read.
    rooms : mapping, corpus -> address
        Of the listening rooms.
    made : Path
        Folder of `figures/` and `results/`; what is not there is left out.
    site : Path
        Where the page's pictures and sounds go.

    Returns
    -------
    str, HTML
    """
    figures, shelf = _figures(made), Shelf(site)
    environment = Environment(loader=FileSystemLoader(TEMPLATES / "page"), autoescape=True)
    return environment.get_template("landing.html.j2").render(
        titles=titles,
        rooms={CALLED.get(corpus, corpus): address for corpus, address in rooms.items()},
        sounds=[
            (heading, text, _put(shelf, made, name, "audio/mpeg"), SIMULATED in figures[name])
            for name, heading, text in SOUNDS
            if name in figures
        ],
        pictures=[
            (heading, _put(shelf, made, name, "image/png"), figures[name])
            for name, heading in PICTURES
            if name in figures
        ],
        found=list(findings(_numbers(made))),
        simulated=any(SIMULATED in caption for caption in figures.values()),
    )


def findings(numbers: Mapping[str, Any]) -> list[str]:
    """What was found, in sentences.

    Parameters
    ----------
    numbers : mapping, notebook -> its numbers
        As in `results/`; what a notebook has not recorded is not spoken of.
    """
    found = []
    space = numbers.get("05_embedding_space", {})
    for corpus, embedding in space.get("embedding", {}).items():
        found += _alike(space, corpus, embedding)
    audit = numbers.get("06_error_analysis_sins", {})
    if "found, wrong label" in audit:
        right, planted = audit["found, wrong label"]
        found.append(
            f"Wrong names stand out: {planted} labels of the home were planted wrong, and {right} "
            f"of these are among the {audit['suspect_moments']} that it suspects, of "
            f"{audit['moments']} moments in all."
        )
    found += _grouped(numbers.get("07_genre_clusters", {}))
    return found


def _grouped(clusters):
    """How well groups that it makes agree with the classes: the best of what was tried."""
    drawn = clusters.get("embedding", {}).values()
    values = [
        row["value"]
        for row in clusters.get("intervals", [])
        if row["what"].startswith("ARI") and row["embedding"] in drawn
    ]
    if not values:
        return []
    return [
        "Left to sort the music into groups on its own, it finds the classes again only in part: "
        f"at best they agree by {max(values):.2f}, where 1 is the same and 0 is chance."
    ]


def _alike(space, corpus, embedding):
    """How often neighbours share a label, beside chance and beside nothing learned."""
    scores = {
        row["embedding"]: row["value"]
        for row in space.get("space_scores", [])
        if (row["corpus"], row["score"]) == (corpus, ALIKE)
    }
    chance = space.get(f"chance of {ALIKE}", {}).get(corpus)
    if embedding not in scores or chance is None:
        return []
    plain = scores.get("statistics")
    beside = f"; by loudness in each pitch range alone, {_percent(plain)}" if plain else ""
    return [
        f"In {CALLED.get(corpus, corpus)}, of the ten sounds that it puts nearest to a sound, "
        f"{_percent(scores[embedding])} are of the same {SAME.get(corpus, 'class')}, though of "
        f"another recording. By chance it would be {_percent(chance)}{beside}."
    ]


def _percent(share):
    return f"{100 * share:.0f} %"


def _figures(made):
    """The captions of the figures that are there, by file."""
    index = made / "figures" / "index.json"
    if not index.is_file():
        return {}
    captions = json.loads(index.read_text(encoding="utf-8")).items()
    return {n: one["caption"] for n, one in captions if (made / "figures" / n).is_file()}


def _numbers(made):
    paths = sorted((made / "results").glob("[0-9]*.json"))
    read = [json.loads(path.read_text(encoding="utf-8")) for path in paths]
    return {one["notebook"]: one["numbers"] for one in read}


def _put(shelf, made, name, mimetype):
    return shelf.put((made / "figures" / name).read_bytes(), mimetype)
