"""What 11_open_questions records of transfer, one space for two domains, and a class that comes
later, and the sentences it shows.

The numbers are those of a benchmark, not of runs. `nice` gives a corpus its name for readers.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pandas as pd
from IPython.display import Markdown

if TYPE_CHECKING:
    from thesis_lib.reporting.notebook_record import Record


def trained(machine: pd.Series, seeds: int) -> str:
    """How long the networks were trained, for captions."""
    seconds = f"{machine.training_seconds:.0f} s of one core each"
    return f"{seconds}, {seeds} seed{'s' * (seeds > 1)}"


def trainings(record: Record, machine: pd.Series, seeds: int) -> Markdown:
    """Record how the networks were trained, from the benchmark's row on its machine."""
    record.number("training", {"seconds": machine.training_seconds, "seeds": seeds})
    where = f"{machine.machine}, {machine.cores:.0f} cores"
    return Markdown(f"Trainings: {trained(machine, seeds)}. Machine: {where}.")


def transfer(
    record: Record,
    means: pd.DataFrame,
    baselines: pd.Series,
    places: dict[tuple[str, str], dict[str, str]],
    names: dict[str, str],
    metrics: dict[str, str],
    nice: Callable[[str], str],
) -> Markdown:
    """Record what training on each corpus is worth on each; as a list.

    `means` has the index (metric, corpus) and one column per network; `baselines` names the better
    network that has learned nothing, `places` is a dict, network -> "above", "below" or "level",
    for each of its rows. `names` and `metrics` have the names for readers.
    """
    numbers, lines = {}, []
    for (metric, corpus), row in means.iterrows():
        best, place = baselines[metric, corpus], places[metric, corpus]
        own = {name: [row[name], place[name]] for name in place}
        numbers[f"{corpus}, {metric}"] = {"baseline": row[best], "which": best} | own
        away = [f"{nice(name)} {row[name]:.2f} ({place[name]})" for name in place if name != corpus]
        lines.append(
            f"- {nice(corpus)}, {metrics[metric]}: better baseline {row[best]:.2f} ({names[best]});"
            f" own network **{row[corpus]:.2f}** ({place[corpus]}); from another corpus: "
            f"{', '.join(away)}."
        )
    record.number("transfer", numbers)
    return Markdown("\n".join(lines))


def cost(
    record: Record, mean: pd.DataFrame, spread: pd.DataFrame, nice: Callable[[str], str]
) -> Markdown:
    """Record what one space for both domains costs each of them; as a list.

    `mean` and `spread` of macro-F1 over the seeds: index corpus, one column per network.
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

    `share` has the index corpus and a column for each network and `chance`.
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


def new_class(
    record: Record,
    lost: pd.DataFrame,
    looks: dict[str, tuple[str, str, str]],
    nice: Callable[[str], str],
) -> Markdown:
    """Record what it costs the new class that it is in no training; as a list.

    `lost` has `corpus`, `groups`, `difference`, `error`, `classes`, `other` (the network beside
    it), `looks` is a dict, network -> (name for readers, colour, marker).
    """
    record.number("new_f1_left_out_minus_others", lost.round(3).to_dict("records"))
    most = lost[lost["groups"] == lost.groupby("corpus")["groups"].transform("max")]
    lines = []
    for corpus, own in most.groupby("corpus", sort=False):
        pairs = [
            f"**{row.difference:+.2f}** ± {row.error:.2f} against *{looks[row.other][0]}*"
            for row in own.itertuples()
        ]
        groups = f"{own['groups'].iloc[0]:.0f} labelled groups"
        lines.append(f"- {nice(corpus)}, {groups}: {', '.join(pairs)}.")
    return Markdown("\n".join(lines))


def old_classes(record: Record, change: pd.DataFrame, nice: Callable[[str], str]) -> Markdown:
    """Record how the F1 of the other classes changes when one comes; as a list.

    `change` has the index corpus and a column for each number of labelled groups.
    """
    numbers = change.round(3).where(change.notna(), None).to_dict("index")
    record.number("old_f1_change_when_a_class_comes", numbers)
    lines = []
    for name, row in change.iterrows():
        known = row.dropna().items()
        steps = [f"**{round(value, 2) + 0.0:+.2f}** with {count:.0f}" for count, value in known]
        lines.append(f"- {nice(name)}: {', '.join(steps)}")
    return Markdown("\n".join(lines))
