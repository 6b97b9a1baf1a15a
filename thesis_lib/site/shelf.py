"""Pictures and sounds of the site: files beside the pages, each there once for all of them."""

import hashlib
import mimetypes
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.request import urlopen

from bs4 import BeautifulSoup
from nbconvert.preprocessors import Preprocessor
from nbformat import NotebookNode

from thesis_lib.util.text import as_attribute

WIDGETS = "application/vnd.jupyter.widget-state+json"
VIEW = "application/vnd.jupyter.widget-view+json"
ROOM = """<iframe class="room" src="{address}" title="The listening room" loading="lazy"></iframe>
<p><a href="{address}">The room on a page of its own</a></p>"""
DIGITS = 16  # of a file's SHA-256, which it is called by


class Shelf:
    """A folder of files that are called by their content.

    Parameters
    ----------
    site : Path
        The files are in `site/files`.
    captions : mapping, SHA-256 -> str
        What pictures show, for those who do not see them.
    """

    def __init__(self, site: Path, captions: Mapping[str, str] | None = None) -> None:
        self.site, self.captions = site, captions or {}

    def put(self, content: bytes, mimetype: str) -> str:
        """Keep a file; its address, from a page of the site on."""
        ending = mimetypes.guess_extension(mimetype) or ""
        name = f"files/{_sum(content)[:DIGITS]}{ending}"
        path = self.site / name
        if not path.exists():
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(content)
        return name

    def put_address(self, address: str) -> str:
        """Keep what a `data:` address holds."""
        with urlopen(address) as answer:
            return self.put(answer.read(), answer.headers.get_content_type())

    def caption(self, content: bytes) -> str:
        """What a picture shows, as far as it is known."""
        return self.captions.get(_sum(content), "a figure, described in the text")

    def emptied(self, html: str) -> str:
        """HTML whose embedded pictures and sounds are kept as files."""
        if "data:" not in html:
            return html
        soup = BeautifulSoup(html, "html.parser")
        for tag in soup.select('[src^="data:"]'):
            tag["src"] = self.put_address(str(tag["src"]))
        return str(soup)


class EmbeddedToFiles(Preprocessor):
    """A step of nbconvert: what outputs and widgets embed goes to a `Shelf`.

    Parameters
    ----------
    shelf : Shelf
    rooms : mapping, title -> address
        Pages that are shown in the place of the widgets of these titles, which need a kernel.
    """

    def __init__(self, shelf: Shelf, rooms: Mapping[str, str], **more: Any) -> None:
        super().__init__(**more)
        self.shelf, self.rooms = shelf, rooms

    def preprocess(
        self, nb: NotebookNode, resources: dict[str, Any]
    ) -> tuple[NotebookNode, dict[str, Any]]:
        """The notebook with addresses in place of what was embedded, and the same resources."""
        models = nb.metadata.get("widgets", {}).get(WIDGETS, {}).get("state", {})
        for model in models.values():
            if isinstance(model["state"].get("value"), str):
                model["state"]["value"] = self.shelf.emptied(model["state"]["value"])
        for cell in nb.cells:
            for output in cell.get("outputs", []):
                self._empty(output, models)
        for name in [name for name, model in models.items() if self._room(model)]:
            del models[name]  # it holds the widget's whole script
        return nb, resources

    def _room(self, model):
        return self.rooms.get(model.get("state", {}).get("title", ""))

    def _empty(self, output, models):
        data = output.get("data", {})
        if VIEW in data:
            address = self._room(models.get(data[VIEW]["model_id"], {}))
            if address:
                del data[VIEW]
                data["text/html"] = ROOM.format(address=as_attribute(address))
        if "text/html" in data:
            data["text/html"] = self.shelf.emptied(data["text/html"])
        for mimetype in [one for one in data if one.startswith("image/")]:
            width = output.metadata.get(mimetype, {}).get("width")
            data["text/html"] = self._picture(data.pop(mimetype), mimetype, width)

    def _picture(self, content, mimetype, width):
        """A picture as HTML: base64 text, but SVG is text as it is."""
        is_text = mimetype == "image/svg+xml"
        raw = content.encode() if is_text else _decoded(content)
        tag = BeautifulSoup("", "html.parser").new_tag("img", src=self.shelf.put(raw, mimetype))
        tag["alt"] = self.shelf.caption(raw)
        tag["loading"] = "lazy"
        if width:
            tag["width"] = str(width)
        return str(tag)


def _decoded(text):
    with urlopen(f"data:;base64,{text}") as answer:
        return answer.read()


def _sum(content):
    return hashlib.sha256(content).hexdigest()
