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
    networks: pd.DataFrame,
    means: pd.DataFrame,
    baselines: pd.Series,
    better: pd.DataFrame,
    names: dict[str, str],
    metrics: dict[str, str],
    nice: Callable[[str], str],
) -> Markdown:
    """Record what training on each corpus is worth on each; as a list.

    `means` has the index (metric, corpus) and a column for each method, `networks` the columns that
    were trained on one corpus. `baselines` names the better method that has learned nothing, and
    `better` which of the two is better, "" for neither.
    """
    numbers, lines = {}, []
    for (metric, corpus), row in networks.iterrows():
        best, won = baselines[metric, corpus], better.loc[metric, corpus]
        places = {"": "level", best: "below"}
        place = {name: places.get(won[name], "above") for name in row.index}
        own = {name: [row[name], place[name]] for name in place}
        base = means.loc[(metric, corpus), best]
        numbers[f"{corpus}, {metric}"] = {"baseline": base, "which": best} | own
        away = [f"{nice(name)} {row[name]:.2f} ({place[name]})" for name in place if name != corpus]
        lines.append(
            f"- {nice(corpus)}, {metrics[metric]}: better baseline {base:.2f} ({names[best]});"
            f" own network **{row[corpus]:.2f}** ({place[corpus]}); from another corpus: "
            f"{', '.join(away)}."
        )
    record.number("transfer", numbers)
    return Markdown("\n".join(lines))


def cannot_tell(rows: pd.DataFrame, nice: Callable[[str], str]) -> Markdown:
    """Where no chance is small enough after the correction; as sentences.

    `rows` has `corpus`, `groups`, `p` (by itself), `p_corrected`.
    """
    lines = []
    for corpus, own in rows.groupby("corpus", sort=False):
        least, count = own.p.min(), own.p.notna().sum()
        if least * count >= 0.05:
            lines.append(
                f"With {own['groups'].iloc[0]:.0f} sessions, songs or sources and {count} "
                f"comparisons no difference on {nice(corpus)} can be told: the smallest chance is "
                f"{least:.3f}, {least * count:.2f} after the correction."
            )
    return Markdown("\n\n".join(lines))


def cost(
    record: Record, mean: pd.DataFrame, apart: pd.DataFrame, nice: Callable[[str], str]
) -> Markdown:
    """Record what one space for both domains costs each of them; as a list.

    `mean` of macro-F1: index corpus, a column for each network. `apart`: a row a network and
    corpus, `diff_to_ours` (less the network of the domain alone), `diff_low`, `diff_high`.
    """
    ways = {"both": "in the same seconds", "both_2x": "in twice as many"}
    record.number(
        "macro_f1_of_both_minus_alone",
        {way: {row.corpus: [row.diff_to_ours, row.diff_low, row.diff_high]
               for row in apart[apart.method == way].itertuples()} for way in ways},
    )  # fmt: skip
    lines = []
    for name in mean.index:
        own = apart[apart.corpus == name].set_index("method")
        told = ", ".join(f"{_apart(own.loc[way])} {words}" for way, words in ways.items())
        score = mean.loc[name]
        lines.append(
            f"- {nice(name)}: macro-F1 {score.alone:.2f} alone; with the other domain in the same "
            f"space {told}. Trained on the other domain alone it has {score.other:.2f}, untrained "
            f"{score.untrained:.2f}, log-Mel statistics {score.logmel:.2f}."
        )
    return Markdown("\n".join(lines))


def _apart(row):
    """A difference and its interval, in words."""
    return f"**{row.diff_to_ours:+.2f}** ({row.diff_low:+.2f} to {row.diff_high:+.2f})"


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
    beside: pd.DataFrame,
    looks: dict[str, tuple[str, str, str]],
    nice: Callable[[str], str],
) -> Markdown:
    """Record what it costs the new class that it is in no training; as a list.

    `beside` has `corpus`, `groups`, `method` and its `diff_to_ours`, `diff_low`, `diff_high`: less
    the network without the class. `looks` is a dict, network -> (name for readers, colour, marker).
    """
    turned = beside.assign(  # of the network without it, less the other
        diff_to_ours=-beside.diff_to_ours, diff_low=-beside.diff_high, diff_high=-beside.diff_low
    )
    columns = ["corpus", "groups", "method", "diff_to_ours", "diff_low", "diff_high"]
    record.number("new_f1_left_out_minus_others", turned[columns].to_dict("records"))
    most = turned[turned["groups"] == turned.groupby("corpus")["groups"].transform("max")]
    lines = []
    for corpus, own in most.groupby("corpus", sort=False):
        pairs = [f"{_apart(row)} against *{looks[row.method][0]}*" for row in own.itertuples()]
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
