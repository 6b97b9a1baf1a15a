"""What notebooks 05 to 09 and 11 record and say: it is what was found."""

from types import SimpleNamespace

import pandas as pd
import pytest

from thesis_lib.reporting import audit, clusters, embedding, open_questions, probe, room, space
from thesis_lib.reporting.notebook_record import Record

WHOLE = ("ari", "nmi", "purity", "one_cluster")


def run_of(name, note="", seeds=(1, 2), unit="song"):
    """What the sentences want to know of a run."""
    recipe = SimpleNamespace(tile=1.0, width=16)
    corpus = SimpleNamespace(name=name, note=note, labels=["a", "b"])
    return SimpleNamespace(corpus=corpus, seeds=list(seeds), recipe=recipe, unit=unit)


@pytest.fixture
def record(tmp_path):
    return Record("x", tmp_path, {})


def test_fewer_neighbours_than_wanted_are_named():
    assert "30 nearest neighbours from other songs" in audit.neighbours_asked(30, 30, "song").data
    assert "12 neighbours are asked, not 30" in audit.neighbours_asked(12, 30, "session").data


def test_missed_faults_are_counted_by_sort(record):
    cases = pd.DataFrame(
        {"what": ["silence"] * 3 + ["microphone"], "case": ["a", "a", "b", "c"],
         "found": [False, False, True, True]}
    )  # fmt: skip
    shown = audit.missed(record, cases, str.upper).data
    assert record.numbers.pop("planted_faults") == cases.to_dict("records")
    assert record.numbers == {"found, silence": [1, 3], "found, microphone": [1, 1]}
    assert "silence: **1 of 3** found; missed: A (2)." in shown
    assert "microphone: **1 of 1** found; missed: none." in shown


def test_silence_that_nobody_knows_of_is_not_scored(record):
    assert "cannot be scored" in audit.silence_score(record, None).data
    assert record.numbers == {}


def test_songs_with_most_suspects_come_first(record):
    index = pd.MultiIndex.from_tuples([("a", "one"), ("b", "two")], names=["label", "group"])
    record.number("embedding", {"m": "ours"})
    sentence, _ = audit.songs(record, run_of("m"), pd.Series([0.666, 0.1], index), 7, 20)
    assert sentence.data.startswith("**7 of 20**")
    first = {"label": "a", "group": "one", "suspect tiles, share": 0.67}
    assert record.numbers["most_suspect_songs"][0] == first


@pytest.mark.parametrize("classes, said", [(7, "with 7 classes"), (1, "k is 3")])
def test_bends_stand_beside_the_thesis(record, classes, said):
    assert said in clusters.bends(record, run_of("m"), [3, 5], classes).data
    (pair,) = record.pairs
    assert (pair["thesis"], pair["here"]) == ("between 6 and 7", "3 or 5")


def test_agreement_stands_beside_the_thesis(record):
    found = {"ari": 0.304}, {"ARI": "0.21 ± 0.04"}, {"ari": "ARI"}
    shown = clusters.beside_thesis(record, run_of("m"), *found)
    assert shown.data.endswith("ARI 0.30 | 0.21 ± 0.04.")
    assert (record.pairs[0]["thesis"], record.pairs[0]["here"]) == (0.3, "0.21 ± 0.04")


def test_what_nobody_calls_music_does_not_stand_beside_the_thesis(record):
    """Clusters, the bend, and reports class by class of a folder of one's own."""
    run = run_of("sounds", unit="recording")
    clusters.bends(record, run, [3], 2)
    clusters.beside_thesis(record, run, {"ari": 0.3}, {"ARI": "0.2"}, {"ari": "ARI"})
    assert record.pairs == [] and record.numbers == {}
    table = pd.DataFrame({"class": ["a"], "f1": [0.5]})
    assert list(probe.reports(record, run, {"single tile": table})) == ["here: single tile"]
    assert list(clusters.tables(run, {"ours": table})) == ["sounds:\nours"]
    assert "7 sub-genres" in " ".join(clusters.tables(run_of("m"), {"ours": table}))
    said = clusters.songs(record, run, pd.Series([0.5]), dict.fromkeys(WHOLE, 0.1)).data
    assert "song" not in said and "recording" in said


def test_seeds_that_cannot_be_scored_are_named(record):
    assert "0 of 2 seeds" in probe.subsets(record, run_of("m"), 0).data and record.numbers == {}
    train, test = (pd.DataFrame({"group": list(groups)}) for groups in ("aab", "c"))
    assert probe.subsets(record, run_of("m"), 2, train, test).data.count("\n") == 0
    assert record.numbers == {"m: tiles and groups in train and test": [3, 1, 2, 1]}


def test_verdict_counts_where_the_interval_excludes_0(record):
    rows = [("trained", 0.2, 0.1, 0.3, "above"), ("statistics", 0.1, -0.1, 0.2, "level with")]
    table = pd.DataFrame(rows, columns=["other", "difference", "low", "high", "place"])
    shown = probe.verdict(record, [], {"tile": table, "song": table}).data
    assert (
        "the network trained here, in 2 ways to score: **2 above, 0 level with, 0 below**" in shown
    )
    assert "log-Mel statistics, in 2 ways to score: **0 above, 2 level with, 0 below**" in shown
    few = table.assign(place="beside")[:1]
    shown = probe.verdict(Record("y", record.out, {}), [], {"tile": table, "song": few}).data
    assert "**1 above, 0 level with, 0 below, 1 with too few sessions or songs to tell**" in shown
    assert [row["what"] for row in record.numbers["differences"]] == ["tile"] * 2 + ["song"] * 2


def test_units_without_a_score_are_not_beside_the_thesis(record):
    kinds = ["ours", "trained", "untrained", "statistics"]
    index = pd.MultiIndex.from_product([["music: single tile"], kinds])
    found = pd.Series(["44.0", "35.0 ± 5.6", "31.0 ± 1.0", "41.1 ± 6.4"], index)
    probe.thesis_and_here(record, run_of("h", "simulated"), run_of("m"), found)
    assert [(pair["thesis"], pair["here"]) for pair in record.pairs] == [
        (None, "44.0"),
        (84, "35.0 ± 5.6"),
        (None, "41.1 ± 6.4"),
    ]
    assert all(pair["differs"] for pair in record.pairs)


def test_which_embedding_is_drawn_is_said(record):
    run = run_of("m")
    run.embedded = ["trained", "untrained", "statistics"]
    run.embedding_shown, run.recipe.name = (lambda wanted: "trained"), "small, music"
    said = embedding.shown(record, [run], "ours").data
    assert "m is drawn from `trained`" in said and "`ours` is not there" in said
    assert "*small*" in said and record.numbers == {"embedding": {"m": "trained"}}


def test_scores_beside_the_challenge_are_in_percent():
    row = {"what": f"home: {probe.UNITS['all']}", "embedding": "trained"}
    values = pd.DataFrame([row | {"value": 0.6, "low": 0.5, "high": 0.65}])
    names = {"trained": "ours", "untrained": "before"}
    table = probe.beside_challenge(run_of("h", "simulated"), values, names).set_index("system")
    assert table.loc["ours", ["all", "all_low", "all_high"]].tolist() == pytest.approx([60, 50, 65])
    assert table.loc["before", ["all", "known"]].isna().all()
    assert table.loc["ours", "source"] == "here: h (simulated), logistic classifier"


def test_a_fold_of_the_development_set_is_in_no_column_of_the_evaluation_sets(record):
    unit = f"home: 10 s segment, {probe.ON_FOLD['known']}"
    row = {"what": unit, "embedding": "ours", "value": 0.7, "low": 0.6, "high": 0.8}
    values = pd.DataFrame([row])
    found = {"ours": (0.6, 0.5, 0.65)}
    table = probe.beside_challenge(run_of("h"), values, {"ours": "ours"}, found)
    row = table.set_index("system").loc["ours"]
    assert row[["unknown", "known"]].isna().all() and row.folds == pytest.approx(60)
    shown = probe.folds(record, run_of("h"), found).data
    assert "**60.0 %** (50.0 to 65.0)" in shown and "84.5 to 90 %" in shown
    assert record.numbers["folds"] == {"ours": [0.6, 0.5, 0.65]}
    assert "official test set" in probe.folds(record, run_of("h"), {}).data
    index = pd.MultiIndex.from_product([["home: single tile, all microphones", unit], ["trained"]])
    probe.thesis_and_here(record, run_of("h"), run_of("m"), pd.Series(["1.0", "2.0"], index))
    assert "fold 1 of the development set instead of" in record.pairs[0]["differs"]


def test_what_ours_has_heard_is_said_beside_the_challenge():
    said = probe.warning(run_of("h", "simulated"))
    assert "unknown where the classifier has not heard it" in said and "cannot be compared" in said
    assert "ours was trained, without labels, on other simulated flats" in said
    assert "simulat" not in probe.warning(run_of("h"))


def test_sums_that_lead_back_are_counted(record):
    table = pd.DataFrame({"a": list("xxyz"), "b": list("yzxx"), "nearest": list("xzyx")})
    shown = space.sums_counted(
        record, run_of("m"), "m", table, pd.Series({"x": 2.0, "y": 1.0}), str.upper
    )
    assert record.numbers["arithmetic_m"] == {"row's own class": 0.5, "class taken away": 0.5}
    assert "commonest answer is **X**; the centroid nearest to zero is **Y**" in shown.data


def test_one_song_alone_has_no_neighbours_to_count(record):
    collection = SimpleNamespace(name="m", unit="song")
    assert "one song only" in room.share(record, "music", collection, pd.DataFrame()).data
    assert record.numbers == {}


def test_what_a_network_carries_over_is_beside_its_baseline(record):
    index = pd.MultiIndex.from_tuples([("f1", "home")])
    means = pd.DataFrame({"home": 0.8, "music": 0.6, "untrained": 0.5, "logmel": 0.7}, index)
    better = pd.DataFrame({"home": "home", "music": "logmel", "untrained": "", "logmel": ""}, index)
    shown = open_questions.transfer(
        record, means[["home", "music"]], means, pd.Series(["logmel"], index), better,
        {"logmel": "statistics"}, {"f1": "F1"}, str.title,
    ).data  # fmt: skip
    own = {"home": [0.8, "above"], "music": [0.6, "below"]}
    assert record.numbers["transfer"] == {"home, f1": {"baseline": 0.7, "which": "logmel"} | own}
    assert "better baseline 0.70 (statistics); own network **0.80** (above)" in shown
    assert "Music 0.60 (below)" in shown


def test_a_joint_space_costs_the_difference_to_one_domain_alone(record):
    columns = {"alone": 0.8, "both": 0.75, "both_2x": 0.82, "other": 0.5, "untrained": 0.4}
    mean = pd.DataFrame(columns | {"logmel": 0.6}, ["home"])
    apart = pd.DataFrame(
        [("home", "both", -0.05, -0.1, 0.0), ("home", "both_2x", 0.02, -0.01, 0.05)],
        columns=["corpus", "method", "diff_to_ours", "diff_low", "diff_high"],
    )
    shown = open_questions.cost(record, mean, apart, str.title).data
    cost = record.numbers["macro_f1_of_both_minus_alone"]
    assert cost == {"both": {"home": [-0.05, -0.1, 0.0]}, "both_2x": {"home": [0.02, -0.01, 0.05]}}
    assert "0.80 alone" in shown and "**-0.05** (-0.10 to +0.00) in the same seconds" in shown


def flips(method, diff, low, high):
    """Rows of one way: three scores."""
    about = {"corpus": "homes", "planted": "uniform, 5 %", "method": method}
    values = {
        "average_precision": 0.8 + diff,
        "precision_at_k": 0.7,
        "clips_until_80_percent": 12.0,
    }
    ends = {"diff_to_ours": diff, "diff_low": low, "diff_high": high, "spread": 0.1}
    return [about | ends | {"metric": name, "mean": value, "ci_low": 0.6, "ci_high": 0.9}
            for name, value in values.items()]  # fmt: skip


def test_which_way_finds_more_is_said_where_the_paired_interval_excludes_0(record, monkeypatch):
    monkeypatch.setattr(audit, "CORPORA", {"homes": "homes"})
    monkeypatch.setattr(audit, "USUAL", ("uniform, 5 %",))
    rows = pd.DataFrame(
        [*flips(audit.DEFAULT, 0, 0, 0), *flips("random", -0.7, -0.8, -0.6),
         *flips("ours: soft vote", -0.05, -0.12, 0.02)]
    )  # fmt: skip
    shown = audit.ways(record, rows).data
    assert "average precision **0.80** (0.60 to 0.90)" in shown
    assert "70 % are; 12 are heard" in shown and shown.endswith("Better: none; worse: random.")
    drawn, methods = audit.ways_shown(rows, {"uniform, 5 %": "any"})
    assert list(methods) == [audit.DEFAULT, "random", "ours: soft vote"]
    assert set(drawn.metric) == {"uniform, 5 %"} and len(drawn) == 3


def test_what_an_audit_pays_is_beside_hearing_at_random(record, monkeypatch):
    monkeypatch.setattr(audit, "CORPORA", {"homes": "homes"})
    columns = ["method", "decisions", "mean", "diff_to_random", "diff_low", "diff_high"]
    rows = [("nobody", 0, 0.6, None, None, None), ("audit, relabelled", 1, 0.8, 0.1, 0.05, 0.15)]
    rows += [("random, relabelled", 1, 0.7, 0, 0, 0), ("truth, relabelled", 1, 0.9, 0.2, 0.1, 0.3)]
    shown = audit.pays(record, pd.DataFrame(rows, columns=columns).assign(corpus="homes")).data
    assert "0.60 before" in shown and "**0.80** in the audit's order, 0.70 at random" in shown
    assert "+0.10 (+0.05 to +0.15)" in shown
    assert record.numbers["f1_of_audit_less_random_homes"] == [0.1, 0.05, 0.15]
