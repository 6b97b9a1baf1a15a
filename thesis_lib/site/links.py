"""Where the links of a text lead on the site: to pages of notebooks, and of files of the suite."""

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from urllib.parse import unquote, urlsplit

import nbformat

LEXERS = {".py": "python", ".json": "json", ".csv": "text", ".tsv": "text", ".md": "markdown"}


class Links:
    """The pages that links may lead to; a file of the suite becomes one when it is linked.

    Parameters
    ----------
    root : Path
        Of the suite; nothing outside is shown.
    notebooks : mapping, file's name -> address
    """

    def __init__(self, root: Path, notebooks: Mapping[str, str]) -> None:
        self.root, self.notebooks = root, notebooks
        self.sources: dict[Path, str] = {}

    def seen_from(self, folder: Path, adding: bool = True) -> Callable[[str], str]:
        """The function that gives the address for a link; "" where the site has no such page.

        Parameters
        ----------
        folder : Path
            Where the text is that has the links.
        adding : bool
            Whether files that are linked become pages.
        """

        def address(url):
            parts = urlsplit(url)
            if parts.scheme or parts.netloc or not parts.path:
                return url
            path = Path(os.path.normpath(folder / unquote(parts.path)))
            if path.suffix == ".ipynb":
                page = self.notebooks.get(path.name, "")
                return page and page + f"#{parts.fragment}" * bool(parts.fragment)
            if adding and path.suffix in LEXERS and self._is_ours(path):
                self.sources[path] = ".".join(path.relative_to(self.root).parts) + ".html"
            return self.sources.get(path, "")

        return address

    def _is_ours(self, path):
        return path.is_relative_to(self.root) and path.is_file()


def as_notebook(path: Path) -> nbformat.NotebookNode:
    """A file of text as a notebook of one cell, to be shown as any other: NotebookNode."""
    text = path.read_text(encoding="utf-8")
    language = {"name": "python", "pygments_lexer": LEXERS[path.suffix]}
    cell = nbformat.v4.new_markdown_cell if path.suffix == ".md" else nbformat.v4.new_code_cell
    return nbformat.v4.new_notebook(cells=[cell(text)], metadata={"language_info": language})
