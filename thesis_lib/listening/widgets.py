"""The listening room: choose a tile, hear it and the tiles nearest to it.

What is played is found by `neighbours`, `centroids` and `walk`; the tables are those of `players`,
so what a widget shows can also be shown plainly, where no kernel runs.
"""

from collections.abc import Iterable, Sequence

import ipywidgets as widgets
import numpy as np

from thesis_lib.listening.collection import Collection
from thesis_lib.listening.keys import Keys
from thesis_lib.listening.players import neighbour_table, walk_table
from thesis_lib.plots.style import nice

EVERY = ""  # the value of the first entry of lists of classes: no class has an empty name

INDENT = 110  # px, left of a list or button: its name
LOOK = {"style": {"description_width": f"{INDENT}px"}, "layout": {"width": "420px"}}


class ListeningRoom(widgets.VBox):
    """Choose a tile, and see and hear it with its neighbours.

    Parameters
    ----------
    collections : list of Collection
    k : int
        How many neighbours.
    seed : int, optional
        Of "surprise me"; without it, every visit is another one.
    """

    def __init__(
        self, collections: Sequence[Collection], k: int = 5, seed: int | None = None
    ) -> None:
        self._random, self._moving = np.random.default_rng(seed), False
        self.corpus = _dropdown("Corpus", [(one.name, one) for one in collections])
        self.label, self.group = _dropdown("Class"), _dropdown("Session or song")
        self.recording, self.tile = _dropdown("Recording"), _dropdown("Tile")
        self.only = _dropdown("Neighbours of")
        self.count = _number("How many", k, 1, 20)
        self.spread = widgets.Checkbox(True, description="no two of a session or song", **LOOK)
        self.equal = widgets.Checkbox(False, description="all equally loud", **LOOK)
        self.previous = _button("previous", "step-backward", "The tile before this one")
        self.next = _button("next", "step-forward", "The tile after this one")
        self.surprise = _button("surprise me", "random", "Any tile of the class chosen")
        self.view = widgets.HTML()
        super().__init__([self._choices(), self.view, Keys()])
        self.add_class("listening")
        self._listen()
        self.go(0)

    @property
    def collection(self) -> Collection:
        """The `Collection` that is chosen."""
        return self.corpus.value

    def go(self, tile: int) -> None:
        """Show a tile, by its row number; every list then points at it."""
        here, tile = self.collection, int(tile)
        label = _label(self.label)
        label = label if label == here.label[tile] else None
        group, recording = here.group[tile], here.recording[tile]
        self._moving = True  # what is set below is not to be answered one by one
        _fill(self.label, _classes(here), label or EVERY)
        groups = dict.fromkeys(here.group[here.rows(label)])
        names = [(here.group_name(one).removeprefix(f"{label}/"), one) for one in groups]
        _fill(self.group, names, group)
        rows = here.rows(label, group)
        rows = rows[np.unique(here.recording[rows], return_index=True)[1]]
        names = [(here.recording_name(row), int(here.recording[row])) for row in rows]
        _fill(self.recording, names, int(recording))
        rows = here.rows(label, group, recording)
        _fill(self.tile, [(here.span(row), int(row)) for row in rows], tile)
        only = self.only.value if self.only.value in here.labels else EVERY
        _fill(self.only, _classes(here), only)
        self._moving = False
        self.show()

    def show(self) -> None:
        """Draw the table again."""
        self.view.value = neighbour_table(
            self.collection,
            self.tile.value,
            self.count.value,
            _label(self.only),
            self.spread.value,
            self.equal.value,
        )

    def step(self, by: int) -> None:
        """Go `by` tiles on among those of the class chosen; past the end, begin again."""
        rows = self.collection.rows(_label(self.label))
        self.go(rows[(np.searchsorted(rows, self.tile.value) + by) % len(rows)])

    def _listen(self):
        def first_of(*below):
            def answer(_):
                if not self._moving:
                    chosen = [_label(self.label), *(one.value for one in below)]
                    self.go(self.collection.rows(*chosen)[0])

            return answer

        def shown(_):
            if not self._moving:
                self.show()

        self.corpus.observe(self._other_corpus, "value")
        self.label.observe(first_of(), "value")
        self.group.observe(first_of(self.group), "value")
        self.recording.observe(first_of(self.group, self.recording), "value")
        for widget in (self.tile, self.only, self.count, self.spread, self.equal):
            widget.observe(shown, "value")
        self.previous.on_click(lambda _: self.step(-1))
        self.next.on_click(lambda _: self.step(1))
        self.surprise.on_click(
            lambda _: self.go(self._random.choice(self.collection.rows(_label(self.label))))
        )

    def _other_corpus(self, _):
        self._moving = True
        _fill(self.label, _classes(self.collection), EVERY)
        self.go(0)

    def _choices(self):
        left = [self.corpus, self.label, self.group, self.recording, self.tile]
        buttons = _indented(self.previous, self.next, self.surprise)
        right = [self.only, self.count, self.spread, self.equal, buttons]
        return _side_by_side(left, right)


class WalkRoom(widgets.VBox):
    """Choose two classes, and see and hear the way from one to the other.

    Parameters
    ----------
    collections : list of Collection
        Those with fewer than two classes are left out.
    steps : int
    """

    def __init__(self, collections: Iterable[Collection], steps: int = 8) -> None:
        collections = [one for one in collections if len(one.labels) > 1]
        self._moving = False
        self.corpus = _dropdown("Corpus", [(one.name, one) for one in collections])
        self.start, self.end = _dropdown("From"), _dropdown("To")
        self.steps = _number("Steps", steps, 2, 20)
        self.turn = _button("turn round", "exchange", "The same walk the other way")
        self.view = widgets.HTML()
        if not collections:
            super().__init__([widgets.HTML("A walk needs two classes; no corpus here has them.")])
            return
        left, right = [self.corpus, self.start, self.end], [self.steps, _indented(self.turn)]
        super().__init__([_side_by_side(left, right), self.view, Keys()])
        self.add_class("listening")
        self.corpus.observe(lambda _: self.go(*self.corpus.value.labels[:2]), "value")
        for widget in (self.start, self.end, self.steps):
            widget.observe(self._chosen, "value")
        self.turn.on_click(lambda _: self.go(self.end.value, self.start.value))
        self.go(*self.corpus.value.labels[:2])

    def _chosen(self, _):
        if not self._moving:
            self.show()

    def go(self, start: str, end: str) -> None:
        """Walk from one class to another."""
        self._moving = True
        classes = [(nice(label), label) for label in self.corpus.value.labels]
        _fill(self.start, classes, start)
        _fill(self.end, classes, end)
        self._moving = False
        self.show()

    def show(self) -> None:
        """Draw the table again."""
        self.view.value = walk_table(
            self.corpus.value, self.start.value, self.end.value, self.steps.value
        )


def _dropdown(description, options=()):
    return widgets.Dropdown(options=options, description=description, **LOOK)


def _number(description, value, low, high):
    return widgets.BoundedIntText(value, min=low, max=high, description=description, **LOOK)


def _indented(*children):
    return widgets.HBox(children, layout={"margin": f"0 0 0 {INDENT + 6}px"})


def _side_by_side(*columns):
    """Columns of widgets; on a narrow page one below the other."""
    return widgets.HBox([widgets.VBox(one) for one in columns], layout={"flex_flow": "row wrap"})


def _button(description, icon, tooltip):
    layout = {"width": "118px"}
    return widgets.Button(description=description, icon=icon, tooltip=tooltip, layout=layout)


def _fill(dropdown, options, value):
    """Give a list its entries, if they are others than before, and point it at one."""
    if list(dropdown.options) != options:
        dropdown.options = options
    dropdown.value = value


def _classes(collection):
    return [("every class", EVERY)] + [(nice(label), label) for label in collection.labels]


def _label(dropdown):
    """The class chosen in a list of classes; None: every one."""
    return None if dropdown.value == EVERY else dropdown.value
