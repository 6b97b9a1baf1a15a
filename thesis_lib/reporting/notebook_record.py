"""What a notebook leaves behind: figures, sounds, tables, numbers, and where each came from."""

from __future__ import annotations

import os
import platform
import textwrap
from collections.abc import Iterable
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import numpy as np
import pandas as pd
from IPython import get_ipython
from IPython.display import HTML, Audio, Image
from matplotlib import pyplot as plt
from matplotlib import rcParams
from matplotlib.animation import Animation, PillowWriter
from matplotlib.figure import Figure

from thesis_lib.audio.io import mp3
from thesis_lib.reporting import captions
from thesis_lib.util.device import choose, describe
from thesis_lib.util.errors import InputError, NothingToShow
from thesis_lib.util.files import atomic, sha256, write_json
from thesis_lib.util.text import as_html, table_as_html

if TYPE_CHECKING:
    from thesis_lib.pipeline.run import Run

PACKAGES = ("torch", "torchaudio", "numpy", "scipy", "librosa", "scikit-learn", "matplotlib")
DPI = 150
OTHERS = "recording"  # what a group is where nobody has said that it is music


class Record:
    """Collects what one notebook shows, and writes it to `figures/` and `results/`.

    Parameters
    ----------
    notebook : str
        Its name without the ending, e.g. "05_embedding_space".
    out : Path
        Folder that holds `figures/` and `results/`.
    parameters : dict
        The notebook's parameters, as run.
    runs : list of Run
        What its figures are made of; simulated ones are called so in the captions.
    learned : bool
        False: nothing that was learned is shown, so the runs need not be trained yet.
    """

    def __init__(
        self,
        notebook: str,
        out: Path | str,
        parameters: dict[str, Any],
        runs: Iterable[Run] = (),
        learned: bool = True,
    ) -> None:
        self.notebook, self.out = notebook, Path(out)
        self.parameters = {name: self._here(value) for name, value in parameters.items()}
        self.inputs = {run.corpus.name: run.fingerprint(learned) for run in runs}
        self.figures: dict[str, dict[str, Any]] = {}
        self.numbers: dict[str, Any] = {}
        self.pairs: list[dict[str, Any]] = []

    def figure(
        self,
        figure: Figure,
        name: str,
        runs: Iterable[Run] = (),
        sources: Iterable[Path | str] = (),
        **values: Any,
    ) -> Image:
        """Save a figure as `figures/<name>.png`, its caption below it, and show it.

        Parameters
        ----------
        figure : matplotlib Figure
        name : str
            As in `captions.CAPTIONS`, without the ending: the same name in every run. Words in
            braces are filled, as those of the caption are.
        runs : list of Run
            The corpora it shows; what their notes say (e.g. "simulated") is added to the caption.
        sources : list of Path
            Measurements that it is drawn from, in place of the runs.
        values
            What the words in braces stand for.

        Returns
        -------
        IPython.display.Image
        """
        path, caption = self._enter(name + ".png", values, runs, sources)
        lines = textwrap.fill(caption, int(figure.get_figwidth() * 14))
        _lay_out(figure)
        figure.set_layout_engine(None)  # all keeps its place; the caption comes below
        for legend in figure.legends:
            legend.set_bbox_to_anchor((0, 0, 1, 1), figure.transFigure)
        figure.text(0.01, -0.01, lines, va="top", fontsize=8.5, color="0.35")
        figure.set_dpi(DPI)  # letters are measured as they are drawn
        box = figure.get_tightbbox().padded(rcParams["savefig.pad_inches"])
        with atomic(path) as part:
            figure.savefig(part, dpi=DPI, bbox_inches=box, metadata={"Software": None})
        plt.close(figure)
        return Image(path.read_bytes(), width=int(figure.get_figwidth() * 90))

    def animation(
        self,
        animation: Animation,
        name: str,
        runs: Iterable[Run] = (),
        fps: int = 12,
        **values: Any,
    ) -> Image:
        """Save a matplotlib animation as `figures/<name>.gif` and show it."""
        path, caption = self._enter(name + ".gif", values, runs)
        with atomic(path) as part:
            animation.save(part, writer=PillowWriter(fps=fps), dpi=70)
        plt.close(animation._fig)  # type: ignore[attr-defined]  # it has no public name
        return Image(path.read_bytes(), format="gif", alt=caption)

    def sound(
        self, wave: np.ndarray, sample_rate: int, name: str, runs: Iterable[Run] = (), **values: Any
    ) -> Audio:
        """Save a sound as `figures/<name>.mp3` and show a player."""
        path, _ = self._enter(name + ".mp3", values, runs)
        with atomic(path) as part:
            part.write_bytes(mp3(wave, sample_rate))
        return Audio(path.read_bytes(), embed=True)

    def table(
        self,
        table: pd.DataFrame,
        name: str,
        runs: Iterable[Run] = (),
        sources: Iterable[Path | str] = (),
        **values: Any,
    ) -> HTML:
        """Save a DataFrame as `figures/<name>.csv` and show it."""
        path, caption = self._enter(name + ".csv", values, runs, sources)
        with atomic(path) as part:
            table.to_csv(part, errors="surrogateescape")
        return HTML(table_as_html(table) + f"<p><small>{as_html(caption)}</small></p>")

    def number(self, name: str, value: Any) -> Any:
        """Write down one number (or a short list or dict of numbers) and give it back."""
        if name in self.numbers:
            raise InputError(
                f"the number {name!r} is recorded twice in {self.notebook}; rename one."
            )
        self.numbers[name] = value
        return value

    def rows(self, name: str, table: pd.DataFrame) -> None:
        """Write down a table, row by row; None where there is no number."""
        plain = table.astype(object).where(table.notna(), None)
        self.number(name, plain.to_dict("records"))

    def compare(
        self, what: str, thesis: float | str | None, here: float | str, differs: str, unit: str = ""
    ) -> dict[str, Any]:
        """Set a number of the thesis beside the one found here.

        Parameters
        ----------
        what : str
        thesis, here : number or str
            None for the thesis where it does not say.
        differs : str
            What is not the same in the two: data, scale, unit of scoring.
        unit : str
        """
        pair = {"what": what, "thesis": thesis, "here": here, "unit": unit, "differs": differs}
        self.pairs.append(pair)
        return pair

    def leave_out(self, why: str) -> NoReturn:
        """End the notebook before a part for which a corpus has too little; its result says why.

        Parameters
        ----------
        why : str
            Half a sentence.

        Raises
        ------
        NothingToShow
            `execute` takes what came before it for the whole notebook.
        """
        self.number("left_out", why)
        self.close()
        rest = "the rest of " if self.figures else ""
        raise NothingToShow(f"{rest}{self.notebook} is left out: {why}.")

    def close(self) -> None:
        """Write `results/<notebook>.json`; a notebook that fails before leaves none."""
        result = {
            "notebook": self.notebook,
            "numbers": self.numbers,
            "thesis_vs_here": self.pairs,
            "figures": self.figures,
        }
        write_json(self.out / "results" / f"{self.notebook}.json", result)

    def _here(self, value):
        """A parameter as it is written down: a folder's path starts from `out`, not from /."""
        is_folder = isinstance(value, str) and os.path.isabs(value)
        return os.path.relpath(value, self.out) if is_folder else value

    def _enter(self, name, values, runs, sources=()):
        """Note where a file comes from; its path and its caption, both filled with the values."""
        if name not in captions.CAPTIONS:
            raise InputError(f"{name} has no caption; write one into {captions.__file__}.")
        units = list(dict.fromkeys(run.unit for run in runs))
        here = {"groups": " or ".join(f"{unit}s" for unit in units)}
        here |= {"corpus": runs[0].corpus.name} if len(runs) == 1 else {}
        drawn = self.numbers.get("embedding", {})  # see `reporting.embedding`
        own = [drawn[run.corpus.name] for run in runs if run.corpus.name in drawn]
        here |= {"embedding": " and ".join(dict.fromkeys(own))} if own else {}
        values = here | values
        file, caption = name.format(**values), captions.CAPTIONS[name].format(**values)
        if file in self.figures:
            raise InputError(f"the figure {file!r} is made twice in {self.notebook}; rename one.")
        notes = [f"{run.corpus.name}: {run.corpus.note} data" for run in runs if run.corpus.note]
        caption = f"{caption} ({'; '.join(notes)})" if notes else caption
        theirs = "" if units == [OTHERS] else captions.THESIS.get(name, "")
        self.figures[file] = {
            "notebook": self.notebook,
            "cell": _cell(),
            "thesis": theirs.format(**values) or None,
            "caption": caption,
            "parameters": self.parameters,
            "inputs": {Path(path).name: sha256(path) for path in sources} or self.inputs,
            "device": describe(choose()),
            "python": platform.python_version(),
            "packages": _packages(),
        }
        return self.out / "figures" / file, caption


@cache
def _packages():
    return {name: version(name) for name in PACKAGES}


def _lay_out(figure):
    """Place axes and legends where they stay; drawing would do no more, and takes as long again."""
    if figure.get_layout_engine():
        figure.get_layout_engine().execute(figure)


def _cell():
    """The number of the code cell that is running, in the order of execution; None outside."""
    shell = get_ipython()
    return shell.execution_count if shell else None
