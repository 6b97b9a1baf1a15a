"""The part of a room that runs in the browser: its keys, and a cursor over what is played.

The script is `static/keys.js`. Without it, on a page where no kernel runs, all else works.
"""

from collections.abc import Callable
from pathlib import Path

import anywidget
import traitlets


class Keys(anywidget.AnyWidget):
    """Put into a room, a widget of the class "listening", it listens there (09_listening_room).

    It keeps JupyterLab from taking the room's keys, lets one sound play at a time, and moves a line
    over the picture beside it; a click on the picture plays from there. With `answers`, the space
    bar plays the first sound.

    Attributes
    ----------
    answers : dict, str -> str
        What `on_key` is told when a key is pressed.
    shown : int
        The number of what the room shows: a key that was pressed before that does not count.
    """

    _esm = Path(__file__).parent / "static" / "keys.js"
    answers = traitlets.Dict().tag(sync=True)
    shown = traitlets.Int().tag(sync=True)

    def on_key(self, answer: Callable[[str], None]) -> None:
        """Call `answer` with what stands for the key that is pressed."""

        def received(_, content, _buffers):
            if content.get("shown") == self.shown:
                answer(content["pressed"])

        self.on_msg(received)
