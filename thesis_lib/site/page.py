"""A notebook as a page of the site: nbconvert, with a template of our own and local links."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from jinja2 import pass_context
from nbconvert import HTMLExporter
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath
from nbconvert.preprocessors import TagRemovePreprocessor
from nbformat import NotebookNode

from thesis_lib.site.shelf import EmbeddedToFiles, Shelf

TEMPLATES = Path(__file__).parent / "templates"
GIVEN = "injected-parameters"  # papermill's cell: the folders of the machine that ran it


class PageExporter(HTMLExporter):
    """nbconvert's, with pictures and sounds on a shelf and every link to a page of the site.

    Parameters
    ----------
    shelf : Shelf
    link : callable
        Gives the address for a link of a text; "" where the site has no such page.
    rooms : mapping, title -> address
        Of the pages of listening rooms.
    """

    def __init__(
        self, shelf: Shelf, link: Callable[[str], str], rooms: Mapping[str, str], **more: Any
    ) -> None:
        paths = [str(TEMPLATES)]
        super().__init__(template_name="page", extra_template_basedirs=paths, **more)
        given = TagRemovePreprocessor(remove_cell_tags={GIVEN})
        self.register_preprocessor(given, enabled=True)
        self.link = link
        self.register_preprocessor(EmbeddedToFiles(shelf, rooms), enabled=True)

    @pass_context
    def markdown2html(self, context: Any, source: str) -> str:
        """Markdown as HTML; formulas stay as they are written, for the page's own script."""
        renderer = _Renderer(escape=False, exclude_anchor_links=True)
        renderer.address = self.link
        return MarkdownWithMath(renderer=renderer).render(source)

    def page(self, notebook: NotebookNode, **about: Any) -> str:
        """A page: HTML.

        Parameters
        ----------
        notebook : NotebookNode
        about
            What the template says of it: `title`, and `before` and `after`, each an address and
            a title, or None.
        """
        return self.from_notebook_node(notebook, resources={"site": about})[0]


class _Renderer(IPythonRenderer):
    """Links lead to pages of the site, or are plain text."""

    address: Callable[[str], str]

    def link(self, text, url, title=None):
        address = self.address(url)
        return super().link(text, address, title) if address else text
