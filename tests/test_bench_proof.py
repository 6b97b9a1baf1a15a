"""What the judgement of embeddings rests on: folds, early stopping, who is asked, what is kept."""

import json
from argparse import Namespace
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import torch
from corpora import noise, on_one_thread, write
from torch import nn

from thesis_lib.analysis.held_out import answers
from thesis_lib.analysis.linear_probe import macro_f1
from thesis_lib.corpus import COLUMNS, Corpus
from thesis_lib.recipe import SMALL_HOME
from thesis_lib.store import SpectrogramStore, lengthen

single = pytest.fixture(scope="module", autouse=True)(on_one_thread)


@pytest.fixture
def part(bench):
    """A function that imports a module of `bench/evaluation/`."""
    return lambda name: bench(f"evaluation.{name}")


def table(count, **columns):
    rows = pd.DataFrame(dict.fromkeys(COLUMNS, "x") | {"start": 0.0}, index=range(count))
    return rows.assign(**columns)


def store_of(lengths):
    """A store of recordings of so many frames, each frame numbered."""
    count = np.array(lengths)
    frames = np.arange(count.sum())[:, None] * np.ones(4)
    index = pd.DataFrame({"n_frames": count, "first_frame": count.cumsum() - count})
    return SpectrogramStore(frames.astype(np.float16), index, SMALL_HOME.features, {})


def test_esc10_has_its_official_folds(part):
    paths = ["rain/1-17367-A.ogg", "rain/5-1-B.ogg", "rooster/3-2-A.ogg"]
    corpus = Corpus("esc10", Path("esc10"), table(3, path=paths))
    official = part("corpora").official(corpus)
    assert official.table.split.tolist() == ["0", "4", "2"]
    for number, tested in ((0, [0]), (2, [2]), (4, [1])):
        assert np.flatnonzero(official.fold(number).table.split == "test").tolist() == tested


def test_a_group_is_not_on_both_sides_even_where_official_folds_have_it(part):
    index = store_of([1] * 4).index.assign(group=list("abab"), split="train")
    index.loc[[2], "split"] = "test"
    found = part("corpora").without_tested(replace(store_of([1] * 4), index=index)).index
    assert found.split.tolist() == ["left out", "train", "test", "train"]


def test_short_recordings_are_repeated_and_none_is_left_out():
    store = lengthen(store_of([2, 7, 3]), 5)
    assert store.index.n_frames.tolist() == [5, 7, 5]
    found = [store.spectrogram(row)[:, 0].tolist() for row in range(3)]
    assert found == [[0, 1, 0, 1, 0], [2, 3, 4, 5, 6, 7, 8], [9, 10, 11, 9, 10]]


def test_waves_are_repeated_as_spectrograms_are(part, tmp_path):
    write(tmp_path / "short.wav", noise(0.5, 1))
    rows = table(1, path="short.wav", duration=0.5, channel=-1)
    (wave,) = part("recordings").waves(Corpus("one", tmp_path, rows))
    assert len(wave) == 2 * 16000 and np.array_equal(wave[:8000], wave[24000:])


def test_excerpts_are_spread_over_a_track_and_stay_in_it(part):
    corpus = Corpus("music", Path(), table(2, start=[1.0, 2.0], duration=[100.0, 7.0]))
    found = part("corpora").excerpts(corpus).table
    assert found.start.tolist() == [16.0, 46.0, 76.0, 2.0]
    assert found.duration.tolist() == [10.0, 10.0, 10.0, 7.0]


EXTRAS = {"egemaps", "compare", "scattering", "musicnn", "aisfx"}  # packages outside the lock


def test_it_runs_with_every_method_there_is(bench, part, tmp_path, capsys):
    methods = part("methods").METHODS
    names = [name for name in methods if name not in EXTRAS]
    bench("proof").main(["--quick", "--out", str(tmp_path), "--methods", ",".join(names)])
    *rows, machine = json.loads((tmp_path / "proof.json").read_text())
    printed, table = capsys.readouterr().out, pd.DataFrame(rows)
    left_out = {name for name in names if f"{name} is left out: " in printed}
    assert set(table.method) == set(names) - left_out and left_out <= {"shipped"}
    assert (table.kind == table.method.map(lambda name: methods[name].kind)).all()
    counts = table.groupby("method").metric.agg(["size", "nunique"])
    assert (counts == 7).all(axis=None)  # two of the microphone among them
    assert ((table.ci_low <= table["mean"]) & (table["mean"] <= table.ci_high)).all()
    own = table[table.method == "shipped"]
    assert (own[["diff_to_ours", "diff_low", "diff_high"]] == 0).all(axis=None)
    assert machine["quick"] and machine["set"] == "quick"


def test_vectors_by_a_file_are_one_more_method(bench, part, tmp_path, capsys):
    args = ["--quick", "--out", str(tmp_path), "--methods", "logmel", "--reference", "logmel"]
    (material,) = part("corpora").made_up("quick", Namespace(out=tmp_path))
    paths = material.table.path.to_numpy(str)
    labels = material.table.label.to_numpy(str)
    vectors = (labels[:, None] == np.unique(labels)).astype(float)
    for name, count in (("all", len(paths)), ("some", 5)):
        file = str(tmp_path / f"{name}.npz")
        np.savez(file, path=paths[:count], vectors=vectors[:count])
        bench("proof").main([*args, "--embeddings", file])
        rows = pd.DataFrame(json.loads((tmp_path / "proof.json").read_text())[:-1])
        own = rows[rows.method == file].set_index("metric")
        if name == "all":
            assert own["mean"]["macro_f1"] == own["mean"]["map"] == 1
            assert (own.kind == "from a file").all()
        else:
            assert own.empty and "31 of 36 recordings" in capsys.readouterr().out


def test_unknown_methods_are_said(bench, tmp_path):
    with pytest.raises(SystemExit, match="best: unknown; choose of logmel"):
        bench("proof").main(["--quick", "--out", str(tmp_path), "--methods", "ours,best"])


class Weights(nn.Module):
    """Trained, its weight counts the steps."""

    def __init__(self):
        super().__init__()
        self.register_buffer("steps", torch.tensor(0.0))


@pytest.mark.parametrize(
    "scores, looks, best", [([1, 3, 2, 2, 2, 9], 5, 2), ([5, 4, 3, 2], 4, 1), ([1, 2, 3, 4], 4, 4)]
)
def test_training_stops_where_held_out_groups_gain_no_more(part, scores, looks, best):
    """Patience is three looks; the weights of the best one are kept."""
    model, said = Weights(), iter(scores)
    clock = iter(range(100))
    most = 5 if scores[-1] == 4 else np.inf  # seconds, one a look

    def advance():
        model.steps += 1

    found = part("ceilings").until_no_better(
        advance, lambda: next(said), model, 3, most, clock=lambda: next(clock) - 1
    )
    assert found == scores[:looks] and model.steps == best


def test_groups_that_training_stops_by_are_not_trained_on(part):
    label, group = np.repeat(list("ab"), 20), np.arange(40) // 4
    rows = pd.DataFrame({"label": [*label, "c"], "group": [*group, 99]}, index=range(10, 51))
    own, held = part("ceilings").apart(rows, 0)
    assert not set(own.group) & set(held.group)
    assert set(held.label) == {"a", "b"} and set(own.label) == {"a", "b", "c"}
    assert sorted([*own.index, *held.index]) == [*range(10, 51)]


def test_tiles_are_drawn_evenly_by_class_and_within_their_recording(part):
    rows = pd.DataFrame({"label": [*"aaaaaaab"], "n_frames": 20, "first_frame": range(0, 160, 20)})
    rng = np.random.default_rng(0)
    starts, label = part("ceilings").balanced(rows, ["a", "b"], 15, 4000, rng)
    assert 0.45 < label.mean() < 0.55  # 0.5, and six standard errors
    assert np.array_equal(np.unique(starts[label == 1]), 140 + np.arange(6))
    assert set(starts[label == 0] % 20) == set(range(6)) and starts[label == 0].max() < 140


def fold_of(seed, good):
    """The index of a made-up fold, and vectors that tell its classes apart as well as `good`."""
    rng = np.random.default_rng(seed)
    label = np.tile(list("abc"), 32)
    group = [f"{one}{row // 12}" for row, one in enumerate(label)]
    index = pd.DataFrame({"label": label, "group": group, "known": True, "node": ""})
    index["split"] = np.where(index.group.str[1:].astype(int) % 2, "test", "train")
    places = np.array([{"a": 0.0, "b": good, "c": 2 * good}[one] for one in label])
    return index, rng.normal(size=(96, 3)) + places[:, None]


def answered(good):
    """The answers in two homes of one seed each."""
    found = []
    for seed in (0, 1):
        index, vectors = fold_of(seed, good)
        about = {"home": f"home {seed}", "seed": 7}
        found.append((about, answers(vectors, index, choose=False)))
    return found


def test_two_homes_are_scored_together_their_sessions_apart(part):
    found = {"ours": answered(2.0), "poor": answered(0.3)}
    rows = pd.DataFrame(part("scoring").rows(found, "ours", "poor", ["ours"], draws=300))
    f1 = rows[rows.metric == "macro_f1"].set_index("method")
    tables = [each.classes.assign(home=about["home"]) for about, each in found["ours"]]
    joined = pd.concat(tables)
    groups = joined.group + joined.home
    assert f1["mean"]["ours"] == pytest.approx(macro_f1(joined.label, joined.predicted))
    assert f1.groups.unique() == [groups.nunique()]
    assert set(rows.metric) == {"macro_f1", "precision_at_10", "map", "r_precision"}
    poor = rows[rows.method == "poor"]
    assert (poor["diff"] < 0).all() and (poor.better == "ours").all()
    assert (poor.recovered == 0).all() and (rows[rows.method == "ours"].recovered == 1).all()


def test_methods_that_are_added_later_are_as_if_all_had_been_asked_at_once(part):
    scoring = part("scoring")
    answered_ = {"ours": answered(2.0)} | {f"m{n}": answered(0.3 + 0.3 * n) for n in range(4)}

    def written(names):
        found = scoring.rows({name: answered_[name] for name in names}, "ours", "", (), draws=300)
        return [{"corpus": "homes"} | scoring.plain(row, 1) for row in found]

    first = written(["ours", "m0", "m2"])
    together = list(scoring.joined(first, written(["ours", "m1", "m2", "m3"]), "ours"))
    key = ["method", "metric"]
    found, wanted = (pd.DataFrame(rows).set_index(key) for rows in (together, written(answered_)))
    found = found.loc[wanted.index]
    assert (found.better == wanted.better).all()
    numbers = ["mean", "ci_low", "ci_high", "diff_to_ours", "p", "p_corrected"]
    assert np.allclose(found[numbers], wanted[numbers], atol=1e-4, equal_nan=True)
    with pytest.raises(ValueError, match="ours has other scores than before"):
        list(scoring.joined(first, [one | {"mean": 0.1} for one in first], "ours"))


def test_a_space_of_the_microphone_is_told_from_one_of_the_sound(part):
    """Vectors that hold nothing but the node have neighbours of the same node alone."""
    index, vectors = fold_of(0, 3.0)
    index = index.assign(node=np.tile(["1", "2"], 48))
    node = np.where(index.node == "1", 1.0, -1.0)[:, None].repeat(3, axis=1)
    noise_ = np.random.default_rng(0).normal(0, 1e-3, node.shape)
    of_node = answers(node + noise_, index, choose=False)
    of_sound = answers(vectors, index, choose=False)
    assert (of_node.space.microphone_share_at_30 == 1).all()
    assert of_sound.space.microphone_share_at_30.mean() < 0.7
    assert of_sound.space.chance.mean() == pytest.approx(0.5, abs=0.02)
    across = of_sound.found.precision_at_10_across_microphones
    assert across.mean() > of_node.found.precision_at_10_across_microphones.mean()


def test_vectors_are_computed_once_for_a_split_and_a_seed(part, monkeypatch, tmp_path):
    methods, calls = part("methods"), []

    def compute(material, training):
        calls.append(training.seed)
        return np.zeros((2, 3))

    compute.__module__ = "evaluation.handcrafted"
    own = {"learned": methods.Method(compute, "trained"),
           "plain": methods.Method(compute, "statistics", False)}  # fmt: skip
    monkeypatch.setattr(methods, "METHODS", own)
    index = pd.DataFrame({"split": ["train", "test"]})
    store = replace(store_of([2, 2]), index=index, meta={"hash": "abc"})
    for split in (["train", "test"], ["train", "test"], ["test", "train"]):
        material = Namespace(stores=[store], table=index.assign(split=split))
        for seed in (0, 1, 0):
            training = part("networks").Training(seed, 1.0, 1.0)
            for name in own:
                assert methods.vectors(name, material, training, tmp_path).shape == (2, 3)
    assert len(calls) == 1 + 2 * 2  # plain: once; learned: two seeds in two splits
