"""What the notebooks say at their ends of the committed run is what its results hold."""

import json

import pandas as pd
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


def test_05_precision_rises_and_stays_below_statistics():
    text = said("05_embedding_space")
    assert "has a higher precision@10 than the untrained one on average" in text
    assert "and plain statistics are above both" in text
    found = numbers("05_embedding_space")["space_scores"]
    for corpus in ("mini home", "mini music"):
        trained, untrained, plain = (
            found[f"{corpus} / {name}"]["precision@10 mean"]
            for name in ("trained", "untrained", "statistics")
        )
        assert untrained < trained < plain


def test_06_training_adds_little_to_the_audit():
    text = said("06_error_analysis_sins")
    assert "the untrained network finds about as much as the trained one" in text
    assert "plain log-Mel statistics find more of the broken microphones" in text
    rows = pd.DataFrame(numbers("06_error_analysis_sins")["scores"])
    mean = rows.pivot_table(index="what", columns="embedding", values="average_precision")
    assert (mean.trained - mean.untrained).abs().max() < 0.1
    microphones = mean[mean.index.str.startswith("microphone")]
    assert microphones.statistics.max() > microphones.trained.max()


def test_08_no_unit_is_above_statistics():
    assert "is above plain log-Mel statistics in no unit" in said("08_f1_results")
    found = numbers("08_f1_results")["trained against statistics"]
    assert len(found) == 9 and set(found.values()) <= {"below", "level"}


def test_10_what_the_ladder_shows():
    text = said("10_experiments")
    assert "All stages together make better embeddings on every corpus, and energy " in text
    assert "normalisation better neighbours. Many opposites alone help on ESC-10 only." in text
    rows = pd.DataFrame(json.loads((ROOT / "bench/results/ablation.json").read_text())[:-1])
    rows = rows[rows.experiment == "ladder"]
    ladder = rows.pivot_table(
        index="method", columns=["metric", "corpus"], values="mean", sort=False
    ).diff()  # fmt: skip
    assert (ladder.loc["+ all stages"]["macro_f1"] > 0).all()
    assert (ladder.loc["+ energy normalised (ours)"]["precision_at_10"] > 0).all()
    gain = ladder.loc["+ many opposites and a head"]["macro_f1"]
    assert set(gain[gain > 0].index) == {"esc10"}
