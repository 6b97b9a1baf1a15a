"""What the notebooks say at their ends of the committed run is what its results hold."""

import json
import re

import pandas as pd
import pytest
from corpora import ROOT


def numbers(notebook):
    return json.loads((ROOT / "results" / "numbers.json").read_text())[notebook]


def said(notebook):
    """The text of a notebook's cells, on one line."""
    cells = json.loads((ROOT / "notebooks" / f"{notebook}.ipynb").read_text())["cells"]
    return " ".join(" ".join("".join(cell["source"]) for cell in cells).split())


def test_04_the_silhouette_ends_below_that_of_statistics():
    assert "silhouette ends below that of plain log-Mel statistics" in said("04_gpu_training")
    found = numbers("04_gpu_training")
    for corpus in ("sins", "music"):
        values = found[f"silhouette_{corpus}"]
        assert values["trained"] < values["statistics"]


@pytest.mark.parametrize(
    "notebook, computed",
    [
        ("05_embedding_space", "describe_differences("),
        ("06_error_analysis_sins", "report.ways("),
        ("07_genre_clusters", "describe_differences("),
        ("08_f1_results", "describe_differences("),
    ],
)
def test_which_embedding_is_better_is_computed_and_never_written(notebook, computed):
    """Whatever network comes with the suite: the sentences follow from the run's numbers."""
    text = said(notebook)
    assert computed in text
    assert not re.search(r"committed run|network (is|finds|has) (above|below|better|worse)", text)


def test_10_what_the_ladder_shows():
    text = said("10_experiments")
    assert "all stages together raise macro-F1 on every corpus, and energy normalisation " in text
    assert "the precision of neighbours; many opposites alone help on ESC-10 only" in text
    assert "The two first stages alone find better neighbours on ESC-10 than all four" in text
    rows = pd.DataFrame(json.loads((ROOT / "bench/results/ablation.json").read_text())[:-1])
    every, rows = rows, rows[rows.experiment == "ladder"]
    ladder = rows.pivot_table(
        index="method", columns=["metric", "corpus"], values="mean", sort=False
    ).diff()  # fmt: skip
    assert (ladder.loc["+ all stages"]["macro_f1"] > 0).all()
    assert (ladder.loc["+ energy normalised (ours)"]["precision_at_10"] > 0).all()
    early = every[every.method == "the two first stages alone"]
    better = early.set_index(["corpus", "metric"]).better
    own, all_four = "the two first stages alone", "+ energy normalised (ours)"
    assert better["esc10", "precision_at_10"] == own and better["esc10", "macro_f1"] == all_four
    assert (better.drop("esc10", level="corpus") == "").all()
    gain = ladder.loc["+ many opposites and a head"]["macro_f1"]
    assert set(gain[gain > 0].index) == {"esc10"}
