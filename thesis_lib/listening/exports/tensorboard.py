"""TensorBoard's projector: vectors, what they are of, and a picture of each as a sprite.

Read back by TensorBoard 2.21.0: its server, started on the folder by ``tensorboard --logdir``,
serves the vectors, the names and the sprite of the configuration. It draws the first 100,000
vectors. See 09_listening_room.
"""

import math
from pathlib import Path

import matplotlib
import numpy as np
from PIL import Image

from thesis_lib.listening.exports.sounds import Sounds, changed, tab_separated
from thesis_lib.plots.style import SPECTROGRAM
from thesis_lib.util.errors import InputError
from thesis_lib.util.text import slug

SIDE, WIDEST = 64, 8192  # pixels: of one picture at most, and of a sprite that browsers draw


def write(sounds: Sounds, folder: Path) -> list[str]:
    """Write vectors.tsv, metadata.tsv, projector_config.pbtxt and sprite.png (09_listening_room).

    Parameters
    ----------
    sounds : Sounds
        With vectors.
    folder : Path
        That is there and empty.

    Returns
    -------
    list of str
        Sentences on what is to know of it.

    Raises
    ------
    InputError
        There are no vectors.
    """
    if sounds.vectors is None:
        raise InputError(f"{sounds.name} has no vectors; TensorBoard's projector shows these.")
    np.savetxt(folder / "vectors.tsv", sounds.vectors, fmt="%.7g", delimiter="\t")
    (folder / "metadata.tsv").write_text(tab_separated(sounds.shown), encoding="utf-8")
    said = changed(sounds.table[["path", "name", "label"]].stack())
    side = 0
    if sounds.picture is None:
        said.append("There is no sprite: without spectrograms there are no pictures.")
    else:
        side = side_of(len(sounds.table))
        sprite(sounds, side).save(folder / "sprite.png", optimize=True)
    (folder / "projector_config.pbtxt").write_text(_config(slug(sounds.name), side))
    return [*said, f"Open it by: tensorboard --logdir {folder.name}"]


def side_of(count: int) -> int:
    """Pixels of each of so many pictures, for the sprite to fit (09_listening_room)."""
    return min(SIDE, WIDEST // math.ceil(math.sqrt(count)))


def sprite(sounds: Sounds, side: int) -> Image.Image:
    """One image with the log-Mel spectrogram of each sound, row by row (09_listening_room).

    Parameters
    ----------
    sounds : Sounds
        With pictures.
    side : int
        Pixels of each, both ways; low bands are at the bottom.
    """
    assert sounds.picture is not None
    count = len(sounds.table)
    columns = math.ceil(math.sqrt(count))
    image = np.zeros((math.ceil(count / columns) * side, columns * side), np.uint8)
    for row in range(count):
        levels = np.asarray(sounds.picture(row), np.float32).T[::-1]
        shade = 255 * (levels - sounds.low) / (sounds.high - sounds.low)
        small = Image.fromarray(shade).resize((side, side), Image.Resampling.BOX)
        top, left = (side * part for part in divmod(row, columns))
        image[top : top + side, left : left + side] = np.clip(np.round(small), 0, 255)
    made = Image.fromarray(image, mode="P")
    colours = matplotlib.colormaps[SPECTROGRAM](np.linspace(0, 1, 256))[:, :3]
    made.putpalette((colours * 255).round().astype(np.uint8).tobytes())
    return made.convert("RGB")


def _config(name, side):
    """The projector's configuration, a protocol buffer as text."""
    sizes = f"    single_image_dim: {side}\n" * 2
    pictures = f'  sprite {{\n    image_path: "sprite.png"\n{sizes}  }}\n' if side else ""
    return (
        f'embeddings {{\n  tensor_name: "{name}"\n  tensor_path: "vectors.tsv"\n'
        f'  metadata_path: "metadata.tsv"\n{pictures}}}\n'
    )
