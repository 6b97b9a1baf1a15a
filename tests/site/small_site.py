"""Two small notebooks, run, and the site that is made of them."""

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from thesis_lib.pipeline.execute import execute
from thesis_lib.site.build import build

FIRST = r"""# Is <this> a question?

A mean is $\mu = \frac{1}{n} \sum_i x_i$, a distance

$$d(i, j) = \lVert x_i - x_j \rVert_2 .$$

See [the next](01_second.ipynb#there), [a module](../thesis_lib/util/errors.py) and
[what is not there](../thesis_lib/no_such.py)."""

SOUND = """import numpy as np
from IPython.display import HTML, Image, display

from thesis_lib.listening.players import picture, player

wave = (np.sin(np.arange(16000) / 9) / 4).astype(np.float32)
display(HTML(player(wave, 16000, "a tone")))"""

PICTURE = """import struct, zlib
def chunk(kind, data):
    body = kind + data
    return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))
head = struct.pack(">IIBBBBB", 8, 8, 8, 0, 0, 0, 0)
png = b"\\x89PNG\\r\\n\\x1a\\n" + chunk(b"IHDR", head)
png += chunk(b"IDAT", zlib.compress((b"\\0" + b"\\x80" * 8) * 8)) + chunk(b"IEND", b"")
display(Image(png, width=80))
display(HTML(picture(png, "the same")))"""

ROOM = """import anywidget, traitlets
class Room(anywidget.AnyWidget):
    _esm = "export default {render({el}) { el.textContent = 'waits for a kernel'; }}"
    title = traitlets.Unicode("tiny <music>").tag(sync=True)
Room()"""

OTHER = """class Other(anywidget.AnyWidget):
    _esm = "export default {render({model, el}) { el.textContent = model.get('said'); }}"
    said = traitlets.Unicode("drawn without a kernel").tag(sync=True)
Other()"""

WIDGET = """import ipywidgets
ipywidgets.VBox([ipywidgets.Dropdown(options=["tick", "hiss"], description="Class"),
                 ipywidgets.HTML(player(wave, 16000, "the same tone"))])"""

CODE = (SOUND, PICTURE, WIDGET, ROOM, OTHER)
GIVEN = new_code_cell("home_folder = '/home/somebody'", metadata={"tags": ["injected-parameters"]})


def notebooks(folder):
    """Two notebooks as the pipeline leaves them: paths, in their order."""
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    parts = [
        (
            "00_first",
            [new_markdown_cell(FIRST), GIVEN, *map(new_code_cell, CODE)],
        ),
        ("01_second", [new_markdown_cell("# The second"), new_code_cell("1 + 1")]),
    ]
    paths = []
    for name, cells in parts:
        source, path = folder / "sources" / f"{name}.ipynb", folder / f"{name}.ipynb"
        source.parent.mkdir(exist_ok=True)
        nbformat.write(new_notebook(cells=cells, metadata={"kernelspec": kernel}), source)
        execute(source, path)
        paths.append(path)
    return paths


def site(tmp_path_factory):
    """A folder with the site of two small notebooks, and one room that is only a page."""
    folder = tmp_path_factory.mktemp("site")
    build(notebooks(folder), folder, folder / "site", {"tiny <music>": room})
    return folder / "site"


def room(folder):
    folder.mkdir()
    (folder / "index.html").write_text("<!doctype html><title>A room</title>")
