"""How good embeddings are, as `bench/proof.py` reports it: README's table, 10_experiments' words.

`rows` are those of `bench/results/proof_reporting.json`: one for each corpus, method and metric.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd
from IPython.display import Markdown

from thesis_lib.util.files import ROOT, atomic

if TYPE_CHECKING:
    from thesis_lib.reporting.notebook_record import Record

REPORT = ROOT / "bench" / "results" / "proof_reporting.json"
# The table in the README stands between these two.
BEGIN = "<!-- scores: written by `make figures` from bench/results/proof_reporting.json -->"
END = "<!-- end -->"

METRICS = {"macro_f1": "macro-F1", "precision_at_10": "precision@10"}
OURS = "shipped"
METHODS = {  # in the order of figures
    "logmel": "log-Mel statistics",
    "mfcc": "MFCC and their changes",
    "rich": "rich hand-made vector",
    "egemaps": "openSMILE, eGeMAPS",
    "compare": "openSMILE, ComParE",
    "scattering": "scattering transform",
    "pca": "PCA of spectrograms",
    "spherical_kmeans": "spherical k-means",
    "untrained": "our network, untrained",
    "untrained_levels_set": "... levels set",
    "thesis": "thesis's recipe",
    "thesis_10x": "... ten times as long",
    "cola": "COLA",
    "byol_a": "BYOL-A",
    "ours": "our recipe, on this corpus",
    OURS: "ours: comes with the suite",
    "musicnn": "musicnn (labels, elsewhere)",
    "aisfx": "aiSFX (labels, elsewhere)",
    "dcase_baseline": "DCASE baseline, supervised",
    "supervised": "ResNet18, supervised",
}
LABELLED = ("musicnn", "aisfx", "dcase_baseline", "supervised")
CEILINGS = ("dcase_baseline", "supervised")
SHOWN = {  # columns of the README
    "logmel": "log-Mel",
    "rich": "rich",
    "thesis": "thesis's recipe",
    OURS: "**ours**",
}
CAVEAT = (
    "The supervised network learned from these few recordings alone, ours from 35 hours of other "
    "sound: more than 100 % does not mean better than labels. Jansen et al. (2018) have the "
    "measure; their 84 % in classification and 41 % in retrieval are of other sounds, and not "
    "comparable."
)
CORPORA = {
    "homes": "five homes, *simulated*",
    "esc10": "ESC-10",
    "mini music": "mini music",
    "open music": "music of ten more games",
}
TITLES = {name: title.replace("*", "") for name, title in CORPORA.items()}  # of pictures


def read(path: Path | str) -> tuple[pd.DataFrame, pd.Series]:
    """The rows of a report, and the one that names the machine."""
    rows = pd.DataFrame(json.loads(Path(path).read_text()))
    return rows.dropna(subset="metric"), rows.iloc[-1]


def write_into(page: Path, report: Path = REPORT) -> None:
    """Replace what stands between `BEGIN` and `END` of a Markdown page."""
    before, rest = page.read_text().split(BEGIN)
    after = rest.split(END)[1]
    lines = [before + BEGIN, "", *for_readme(read(report)[0]), "", END + after]
    with atomic(page) as part:
        part.write_text("\n".join(lines))


def named(rows: pd.DataFrame) -> dict[str, str]:
    """The methods that a report has, in the order of figures, and their names for readers."""
    return {method: name for method, name in METHODS.items() if method in set(rows.method)}


def for_readme(rows: pd.DataFrame) -> list[str]:
    """Corpus by method, the two main scores with their 95 % intervals: lines of Markdown."""
    table = [f"| | {' | '.join(SHOWN.values())} | supervised |", "|---" * (len(SHOWN) + 2) + "|"]
    for corpus, title in CORPORA.items():
        for metric, name in METRICS.items():
            own = rows[(rows.corpus == corpus) & (rows.metric == metric)].set_index("method")
            if own.empty:
                continue
            cells = [_cell(own.loc[method]) for method in (*SHOWN, ceiling(own))]
            table.append(f"| {title}: {name} | {' | '.join(cells)} |")
    return [*table, "", f"{in_words(rows)} {against_labels(rows)}"]


def ceiling(own: pd.DataFrame) -> str:
    """The better supervised network: the key of a row of `own`, whose index is method."""
    return str(own["mean"].reindex(CEILINGS).idxmax())


def _cell(row):
    return f"{row['mean']:.2f} ({row.ci_low:.2f} to {row.ci_high:.2f})"


def standing(rows: pd.DataFrame) -> pd.DataFrame:
    """Where ours stands against each method that saw no label, by corpus and main metric.

    Returns
    -------
    DataFrame
        The rows of these methods, with `where` (corpus and metric in words) and `place`: ours is
        "better" or "worse" where the corrected test of the paired difference says so, otherwise
        "level".
    """
    main = rows[rows.metric.isin(METRICS) & ~rows.method.isin((*LABELLED, OURS))]
    place = main.better.map(lambda who: {OURS: "better", "": "level"}.get(who, "worse"))
    return main.assign(where=_where(main), place=place)


def _where(rows):
    """Corpus and metric in words, a text a row."""
    pairs = zip(rows.corpus, rows.metric, strict=True)
    return [f"{CORPORA[corpus]}, {METRICS[metric]}" for corpus, metric in pairs]


def in_words(rows: pd.DataFrame) -> str:
    """One sentence on `standing`: counts, and every place where ours is not better."""
    found = standing(rows)
    better, level, worse = (found[found.place == place] for place in ("better", "level", "worse"))
    shown, near = found[found.method.isin(SHOWN)], level[level.method.isin(SHOWN)]
    return (
        f"Ours is better than log-Mel, rich and the thesis's recipe in "
        f"{int((shown.place == 'better').sum())} of {len(shown)} comparisons (paired, corrected "
        f"within each corpus; level: {_named(near)}; this is no proof that they are equal), "
        f"and than all {found.method.nunique()} methods without labels in {len(better)} of "
        f"{len(found)} ({_by_corpus(found)}); worse than: {_named(worse)}."
    )


def _by_corpus(found):
    """In how many of its comparisons ours is better on each corpus."""
    counts = (found.place == "better").groupby(found.corpus, sort=False).agg(["sum", "size"])
    return ", ".join(f"{CORPORA[corpus]} {row['sum']} of {row['size']}"
                     for corpus, row in counts.iterrows())  # fmt: skip


def against_labels(rows: pd.DataFrame) -> str:
    """One sentence on the supervised networks: where they are better than ours, and worse."""
    main = rows[rows.metric.isin(METRICS) & rows.method.isin(CEILINGS)]
    main = main.assign(where=_where(main))
    ahead, behind = main[main.better == main.method], main[main.better == OURS]
    return f"Better than ours: {_named(ahead)}. Worse: {_named(behind)}."


def _named(rows):
    """Each method with the places that the rows are of."""
    found = rows.groupby("method", sort=False)["where"].apply("; ".join)
    return ", ".join(f"{METHODS[name]} ({where})" for name, where in found.items()) or "none"


def long_table(rows: pd.DataFrame) -> pd.DataFrame:
    """Every row, the columns by names for readers."""
    named = rows.assign(method=rows.method.map(lambda name: METHODS.get(name, name)))
    first = ["corpus", "metric", "method", "kind"]
    return named.set_index(first).drop(columns="seeds", errors="ignore")


def sentences(record: Record, rows: pd.DataFrame) -> Markdown:
    """All that is recorded and said of a report, see the functions below."""
    return Markdown("\n\n".join(part(record, rows) for part in (beaten, goals, microphones)))


def goals(record: Record, rows: pd.DataFrame) -> str:
    """Record what is left of the thesis's error, and how near to labels ours comes.

    Beside it: how much of the way from log-Mel statistics to the supervised network that is, as
    Jansen et al. (2018) put it.
    """
    lines = []
    for corpus, title in CORPORA.items():
        own = rows[(rows.corpus == corpus) & (rows.metric == "macro_f1")].set_index("method")
        if own.empty:
            continue
        mean, top = own["mean"], ceiling(own)
        error = round((1 - mean[OURS]) / (1 - mean["thesis"]), 2)
        share = round(mean[OURS] / mean[top], 2)
        record.number(f"error_to_thesis_{corpus}", error)
        record.number(f"share_of_the_ceiling_{corpus}", share)
        lines.append(
            f"- {title}: the error (1 - F1) is **{error:.2f}** times that of the thesis's recipe, "
            f"F1 is {100 * share:.0f} % of what {METHODS[top]} reaches. {_recovered(rows, corpus)}"
        )
    return "\n".join([*lines, "", CAVEAT])


def _recovered(rows, corpus):
    """How much of the way from the floor to the ceiling ours goes, in both main scores."""
    own = rows[(rows.corpus == corpus) & (rows.method == OURS)].set_index("metric")
    own = own.reindex(columns=["recovered", "recovered_low", "recovered_high"]) * 100
    parts = [
        f"{way:.0f} % in {METRICS[metric]} ({low:.0f} to {high:.0f})"
        for metric, (way, low, high) in own.loc[list(METRICS)].dropna().T.items()
    ]
    told = " and ".join(parts) or "what cannot be told"
    return f"Of the way from log-Mel statistics to labels it goes {told}."


def microphones(record: Record, rows: pd.DataFrame) -> str:
    """Record what the space holds of the microphone, for ours and what it is compared with."""
    own = rows[(rows.corpus == "homes") & rows.method.isin(SHOWN)]
    table = own.pivot(index="method", columns="metric", values="mean")
    share, across = table.microphone_share_at_10, table.precision_at_10_across_microphones
    chance = own[own.metric == "microphone_share_at_10"].chance.iloc[0]
    record.number("microphone_share_at_10", share.to_dict() | {"chance": chance})
    record.number("precision_at_10_across_microphones", across.to_dict())
    lines = [
        f"- {METHODS[method]}: the own microphone heard {100 * share[method]:.0f} % of the ten "
        f"nearest; precision@10 among the other microphones is {across[method]:.2f}."
        for method in SHOWN
    ]
    lines.append(f"- lower shares than ours, beyond chance: {_less(rows)}.")
    return "\n".join([*lines, f"- by chance: {100 * chance:.0f} %."])


def _less(rows):
    """The methods whose space holds less of the microphone than ours, with their shares."""
    own = rows[(rows.metric == "microphone_share_at_10") & (rows.better == rows.method)]
    return (
        ", ".join(
            f"{METHODS[row.method]} ({100 * row.share:.0f} %)"
            for row in own.rename(columns={"mean": "share"}).itertuples()
        )
        or "none"
    )


def beaten(record: Record, rows: pd.DataFrame) -> str:
    """Record where ours is better than, level with and worse than methods without labels."""
    found = standing(rows)
    for place, own in found.groupby("place"):
        named = own.groupby("where", sort=False).method.apply(list).to_dict()
        record.number(f"ours_is_{place}", named)
    return in_words(rows)
