"""What the thesis's open questions leave behind: figures, numbers and sentences.

Notebook: 11_open_questions. Each function records one result and gives back what is shown. The
figures are drawn from the files of a benchmark (`source`), not from runs. `nice` makes a corpus or
a class a name for readers.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd
from IPython.display import Image, Markdown
from matplotlib.figure import Figure

if TYPE_CHECKING:
    from thesis_lib.reporting.notebook_record import Record

SIMULATED = "Mini home is simulated."


def trained(machine: pd.Series, seeds: int) -> str:
    """How long the networks were trained, for captions."""
    seconds = f"{machine.training_seconds:.0f} s of one core each"
    return f"{seconds}, {seeds} seed{'s' * (seeds > 1)}"


def trainings(record: Record, machine: pd.Series, seeds: int) -> Markdown:
    """Record how the networks were trained; as a sentence.

    Parameters
    ----------
    record : Record
    machine : Series
        The benchmark's row on its machine: `training_seconds`, `machine`, `cores`.
    seeds : int
    """
    record.number("training", {"seconds": machine.training_seconds, "seeds": seeds})
    where = f"{machine.machine}, {machine.cores:.0f} cores"
    return Markdown(f"Trainings: {trained(machine, seeds)}. Machine: {where}.")


def transfer(record: Record, figure: Figure, trained: str, source: Path) -> Image:
    """Record the figure of each network on each corpus."""
    caption = (
        "Each network on each corpus, mean ± standard deviation over the seeds; framed: trained on "
        f"recordings of that corpus. {trained}. {SIMULATED}"
    )
    return record.figure(figure, "transfer", caption, sources=[source])


def carried(
    record: Record,
    means: pd.DataFrame,
    floors: pd.Series,
    places: dict[tuple[str, str], dict[str, str]],
    names: dict[str, str],
    metrics: dict[str, str],
    nice: Callable[[str], str],
) -> Markdown:
    """Record what training on each corpus is worth on each; as a list.

    Parameters
    ----------
    record : Record
    means : DataFrame, index (metric, corpus), a column for each network
    floors : Series, same index
        The better of the networks that have learned nothing.
    places : dict, (metric, corpus) -> dict, network -> "above", "below" or "level"
    names : dict, network -> the name that readers see
    metrics : dict, metric -> the name that readers see
    """
    numbers, lines = {}, []
    for (metric, corpus), row in means.iterrows():
        floor, place = floors[metric, corpus], places[metric, corpus]
        own = {name: [row[name], place[name]] for name in place}
        numbers[f"{corpus}, {metric}"] = {"floor": row[floor], "which": floor} | own
        away = [
            f"{nice(name)} {row[name]:.2f} ({place[name]})" for name in place if name != corpus
        ]
        lines.append(
            f"- {nice(corpus)}, {metrics[metric]}: better floor {row[floor]:.2f} ({names[floor]}); "
            f"own network **{row[corpus]:.2f}** ({place[corpus]}); from another corpus: "
            f"{', '.join(away)}."
        )
    record.number("transfer", numbers)
    return Markdown("\n".join(lines))


def joint_scores(record: Record, figure: Figure, trained: str, source: Path) -> Image:
    """Record the figure of one network for two domains beside one for each."""
    caption = (
        f"One network for a home and music beside one for each, by one recipe: {trained}, mean and "
        f"standard deviation. {SIMULATED}"
    )
    return record.figure(figure, "joint_space_scores", caption, sources=[source])


def cost(
    record: Record, mean: pd.DataFrame, spread: pd.DataFrame, nice: Callable[[str], str]
) -> Markdown:
    """Record what one space for both domains costs each of them; as a list.

    Parameters
    ----------
    record : Record
    mean, spread : DataFrame, index corpus, a column for each network
        Macro-F1 over the seeds.
    """
    same, twice = mean.both - mean.alone, mean.both_2x - mean.alone
    cost = {"as long": same.round(3).to_dict(), "twice as long": twice.round(3).to_dict()}
    record.number("macro_f1_of_both_minus_alone", cost)

    def score(name, network):
        return f"{mean[network][name]:.2f} ± {spread[network][name]:.2f}"

    return Markdown(
        "\n".join(
            f"- {nice(name)}: macro-F1 {score(name, 'alone')} alone; with the other domain in the "
            f"same space **{cost['as long'][name]:+.2f}** in the same seconds, "
            f"**{cost['twice as long'][name]:+.2f}** in twice as many. Trained on the other domain "
            f"alone it has {score(name, 'other')}, untrained {score(name, 'untrained')}, log-Mel "
            f"statistics {mean.logmel[name]:.2f}."
            for name in mean.index
        )
    )


def own_domain(record: Record, share: pd.DataFrame, nice: Callable[[str], str]) -> Markdown:
    """Record how many of the ten nearest recordings are of the own domain; as a list.

    Parameters
    ----------
    record : Record
    share : DataFrame, index corpus, a column for each network and `chance`
    """
    record.number("own_domain_at_10", share.round(3).to_dict("index"))
    return Markdown(
        "\n".join(
            f"- {nice(name)}: **{100 * row.both:.1f} %** of the ten nearest are of the own domain "
            f"in the joint space; untrained {100 * row.untrained:.1f} %, log-Mel statistics "
            f"{100 * row.logmel:.1f} %, at random {100 * row.chance:.0f} %."
            for name, row in share.iterrows()
        )
    )


def joint_map(record: Record, figure: Figure, recordings: int, source: Path) -> Image:
    """Record the map of the joint space."""
    caption = (
        f"The joint space as a map (t-SNE of {recordings} recordings that no training heard; first "
        "seed, both, as long). Near stays near; distances between islands mean nothing. "
        f"{SIMULATED}"
    )
    return record.figure(figure, "joint_space_map", caption, sources=[source])


def adding(
    record: Record,
    figure: Figure,
    rows: pd.DataFrame,
    classes: pd.Series,
    source: Path,
    nice: Callable[[str], str],
) -> Image:
    """Record the figure of a class that comes later.

    Parameters
    ----------
    record : Record
    figure : Figure
    rows : DataFrame
        What is drawn.
    classes : Series, index corpus
        How many classes are left out, one at a time.
    source : Path
    """
    which = ", ".join(f"{nice(name)}: {count}" for name, count in classes.items())
    caption = (
        "F1 by how many labelled sessions (home), songs or sources of a new class there are; 0: "
        "before it came. Mean and standard error over the classes left out, one at a time "
        f"({which}), {rows.draws.max():.0f} draws of groups each. {SIMULATED}"
    )
    return record.figure(figure, "adding_a_class", caption, sources=[source])


def new_class(
    record: Record,
    lost: pd.DataFrame,
    looks: dict[str, tuple[str, str, str]],
    nice: Callable[[str], str],
) -> Markdown:
    """Record what it costs the new class that training has not heard it; as a list.

    Parameters
    ----------
    record : Record
    lost : DataFrame
        `corpus`, `groups`, `difference`, `error`, `classes`, `other` (the network beside it).
    looks : dict, network -> (the name that readers see, colour, marker)
    """
    record.number("new_f1_left_out_minus_others", lost.round(3).to_dict("records"))
    most = lost[lost["groups"] == lost.groupby("corpus")["groups"].transform("max")]
    lines = []
    for corpus, own in most.groupby("corpus", sort=False):
        pairs = []
        for row in own.itertuples():
            name = looks[row.other][0].replace("class heard", "network that heard it")
            pairs.append(f"**{row.difference:+.2f}** ± {row.error:.2f} against the {name}")
        groups = f"{own['groups'].iloc[0]:.0f} labelled groups"
        lines.append(f"- {nice(corpus)}, {groups}: {', '.join(pairs)}.")
    return Markdown("\n".join(lines))


def old_classes(record: Record, change: pd.DataFrame, nice: Callable[[str], str]) -> Markdown:
    """Record how the F1 of the other classes changes when one comes; as a list.

    Parameters
    ----------
    record : Record
    change : DataFrame, index corpus, a column for each number of labelled groups
    """
    numbers = change.round(3).where(change.notna(), None).to_dict("index")
    record.number("old_f1_change_when_a_class_comes", numbers)
    lines = []
    for name, row in change.iterrows():
        known = row.dropna().items()
        steps = [f"**{round(value, 2) + 0.0:+.2f}** with {count:.0f}" for count, value in known]
        lines.append(f"- {nice(name)}: {', '.join(steps)}")
    return Markdown("\n".join(lines))
