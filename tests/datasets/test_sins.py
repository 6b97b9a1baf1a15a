"""The reader of SINS on a small tree in the official layout, at full size, and on real segments."""

import os
import re
import time

import numpy as np
import pytest
import small_sins
from corpora import noise, real, sins_lists, text, write
from small_sins import DEV, UNSEEN

from thesis_lib.audio import io as audio_io
from thesis_lib.datasets import registry, sins
from thesis_lib.datasets.validate import headers
from thesis_lib.util.errors import InputError

both = pytest.fixture(small_sins.both)
dev = pytest.fixture(small_sins.dev)


def column(corpus, name):
    return corpus.table[name].tolist()


def test_both_archives(both):
    corpus = sins.read(both)
    dev = [f"dev/audio/DevNode{n}_ex{s}_{k}.wav" for n, s, k, _ in DEV]
    assert column(corpus, "path") == dev + [f"eval/audio/{i}.wav" for i in (1, 2, 3)]
    assert column(corpus, "label") == [row[3] for row in DEV + UNSEEN]
    assert column(corpus, "group") == "s7 s7 s7 s12 s41 s14 s301 s301 s302".split()
    assert column(corpus, "node") == list("112342") + list("517")
    assert column(corpus, "position") == [1, 2, 1, 1, 133, 1, 2, 2, 1]
    assert column(corpus, "split") == ["train"] * 6 + ["test"] * 3
    assert column(corpus, "known") == [True] * 6 + [False, True, False]
    assert (corpus.name, corpus.note) == ("SINS", "")
    assert corpus.path(corpus.table.iloc[6]) == both / "eval" / "audio" / "1.wav"


def test_what_all_segments_share(both):
    table = sins.read(both).table
    shared = ["start", "duration", "sample_rate", "channels", "channel"]
    assert table[shared].drop_duplicates().values.tolist() == [[0.0, 10.0, 16000, 4, 0]]


def test_the_same_moment_on_another_node_has_the_same_group_and_position(both):
    moments = sins.read(both).table.groupby(["group", "position"]).node.agg(set)
    assert moments["s7", 1] == {"1", "2"}
    assert moments["s301", 2] == {"5", "1"}


@pytest.mark.parametrize("fold", [1, 2, 3, 4])
def test_the_development_archive_alone_is_split_by_a_fold(dev, fold):
    table = sins.read(dev, fold).table
    lists = dev / "evaluation_setup"
    held = (lists / f"fold{fold}_test.txt").read_text().split()
    train = [line.split("\t")[0] for line in (lists / f"fold{fold}_train.txt").open()]
    assert table.path[table.split == "test"].tolist() == held
    assert table.path[table.split == "train"].tolist() == train
    assert len(table) == len(DEV) and not set(table.group[table.split == "test"]) & set(
        table.group[table.split == "train"]
    )


def test_all_folds_hold_each_recording_out_once(dev):
    table = sins.read(dev, fold=None).table
    assert column(sins.read(dev, fold=None), "split") == [
        str(next(k for k in range(4) if (s + k + 1) % 4 == 0)) for _, s, _, _ in DEV
    ]
    assert table.known.all()
    for number in range(4):
        alone = sins.read(dev, number + 1).table.split
        assert (
            alone.tolist() == registry.in_all_folds("sins", dev).fold(number).table.split.tolist()
        )


def test_beside_an_evaluation_set_there_are_no_folds(both):
    assert sins.read(both, fold=None).table.equals(sins.read(both).table)


def test_what_two_folds_hold_out_is_an_error(dev):
    lists = dev / "evaluation_setup"
    for kind in ("test", "train"):
        own = lists / f"fold2_{kind}.txt"
        own.write_text((lists / f"fold1_{kind}.txt").read_text())
    assert sins.read(dev, 1).table.equals(sins.read(dev, 2).table)
    with pytest.raises(InputError, match="fold2_test.txt holds out .* another fold"):
        sins.read(dev, fold=None)


def test_a_fold_of_the_development_set_is_not_the_evaluation_set(dev, tmp_path):
    assert sins.tests_on_fold(sins.read(dev).table)
    for path in sins_lists(tmp_path / "known alone", DEV, [(1, 301, 2, "working")]):
        text(path)
    table = sins.read(tmp_path / "known alone").table
    assert table.known.all() and not sins.tests_on_fold(table)
    assert not sins.tests_on_fold(table[table.split == "train"])


def test_sessions_of_the_evaluation_set_are_not_mixed_up_with_others_of_the_same_number(tmp_path):
    for path in sins_lists(tmp_path, DEV, [(5, 7, 1, "working"), (6, 8, 1, "other")]):
        text(path)
    table = sins.read(tmp_path).table
    assert table.group.nunique() == 6
    assert not set(table.group[table.split == "test"]) & set(table.group[table.split == "train"])


def test_a_bare_folder_of_segments(tmp_path):
    for name in ("DevNode3_ex67_5.wav", "deeper/DevNode1_ex43_1.wav", "DevNode6_ex62_14.wav"):
        text(tmp_path / name, "")
    table = sins.read(tmp_path).table
    assert table.path.tolist() == [
        "DevNode3_ex67_5.wav",
        "DevNode6_ex62_14.wav",
        "deeper/DevNode1_ex43_1.wav",
    ]
    assert table.group.tolist() == ["s67", "s62", "s43"]
    assert table.node.tolist() == ["3", "6", "1"]
    assert table.position.tolist() == [5, 14, 1]
    assert set(table.label) == {""} and set(table.split) == {"train"}


def test_node_6_among_the_development_files_is_a_node_like_others(tmp_path):
    dev, unseen = DEV + [(6, 62, 14, "eating")], UNSEEN + [(6, 303, 1, "eating")]
    for path in sins_lists(tmp_path, dev, unseen):
        text(path)
    table = sins.read(tmp_path).table
    assert table[table.node == "6"].split.tolist() == ["train", "test"]
    assert table[table.node == "6"].known.tolist() == [True, True]


def test_a_note_that_the_home_is_simulated(both):
    text(both / "made.json", "{}")
    corpus = sins.read(both)
    assert (corpus.name, corpus.note) == ("mini home", "simulated")


def test_whole_files_have_no_faults(tmp_path):
    for path in sins_lists(tmp_path, DEV, UNSEEN):
        write(path, noise(10, channels=4), subtype="PCM_16")
    corpus = sins.read(tmp_path)
    assert headers(corpus) == []
    assert len(audio_io.read(corpus.path(corpus.table.iloc[6]))) == 160000


@pytest.mark.parametrize(
    "wave, rate, says",
    [
        (noise(10, rate=8000, channels=4), 8000, "has 8000 Hz and 4 channel"),
        (noise(10, channels=1), 16000, "has 16000 Hz and 1 channel"),
        (noise(10, channels=2), 16000, "has 16000 Hz and 2 channel.* 16000 Hz and 4 are expected"),
        (noise(9, channels=4), 16000, "lasts 9.000 s where 10.000 s are expected"),
        (np.zeros((0, 4)), 16000, "lasts 0.000 s"),
        (b"", 16000, "is empty"),
        (b"no audio at all", 16000, "cannot be read as audio"),
    ],
)
def test_a_segment_that_is_not_as_it_should_be(tmp_path, wave, rate, says):
    good, bad = sins_lists(tmp_path, [(1, 7, 1, "cooking"), (2, 7, 1, "eating")])
    write(good, noise(10, channels=4))
    if isinstance(wave, bytes):
        bad.write_bytes(wave)
    else:
        write(bad, wave, rate)
    corpus = sins.read(tmp_path)
    (fault,) = headers(corpus)
    assert str(bad) in fault
    assert re.search(says, fault)


@pytest.mark.parametrize("channel", [-1, 0, 3])
def test_one_microphone_or_the_mean(dev, channel):
    assert set(sins.read(dev, channel=channel).table.channel) == {channel}


@pytest.mark.parametrize("channel", [-2, 4])
def test_a_microphone_there_is_not(dev, channel):
    with pytest.raises(InputError, match=f"channel={channel} .* 0 to 3, or -1"):
        sins.read(dev, channel=channel)


# Segments and sessions of the development set, class by class (thesis, data).
FULL = {
    "absence": (18860, 42),
    "cooking": (5124, 13),
    "dishwashing": (1424, 10),
    "eating": (2308, 13),
    "other": (2060, 118),
    "social_activity": (4944, 21),
    "vacuum_cleaner": (972, 9),
    "watching_tv": (18648, 9),
    "working": (18644, 33),
}


def full_set(nodes):
    """Rows (node, session, position, label): four nodes hear each moment."""
    number = 0
    for label, (segments, sessions) in FULL.items():
        for session in range(sessions):
            number += 1
            for moment in range(session, segments // 4, sessions):
                yield from ((node, number, moment // sessions + 1, label) for node in nodes)


@pytest.fixture(scope="module")
def full(tmp_path_factory):
    root = tmp_path_factory.mktemp("full")
    dev, unseen = list(full_set((1, 2, 3, 4))), list(full_set((1, 2, 5, 6)))
    paths = sins_lists(root, dev, unseen)
    for folder in {path.parent for path in paths}:
        folder.mkdir(parents=True)
    for path in paths:
        os.close(os.open(path, os.O_CREAT | os.O_WRONLY))
    return root


def test_the_full_set(full, record_property):
    began = time.perf_counter()
    table = sins.read(full).table
    seconds = time.perf_counter() - began
    print(f"\n{len(table)} rows in {seconds:.2f} s")
    record_property("seconds", seconds)
    for split in ("train", "test"):
        found = (
            table[table.split == split].groupby("label").agg({"path": "count", "group": "nunique"})
        )
        assert dict(zip(found.index, found.itertuples(index=False, name=None), strict=True)) == FULL
    assert table.group.nunique() == 2 * 268 and len(table) == 2 * 72984
    assert table[~table.known].node.unique().tolist() == ["5", "6"]


def test_one_look_at_each_audio_folder(full, monkeypatch):
    looked, scandir = [], os.scandir
    monkeypatch.setattr(os, "scandir", lambda path: looked.append(path) or scandir(path))
    sins.read(full)
    assert looked == [full / "dev" / "audio", full / "eval" / "audio"]


def test_real_segments():
    corpus = sins.read(real("sins"))
    found = corpus.table.set_index("path")
    assert sorted(found.index) == [
        "DevNode1_ex43_1.wav",
        "DevNode1_ex65_3.wav",
        "DevNode2_ex66_4.wav",
        "DevNode3_ex67_5.wav",
        "DevNode6_ex62_14.wav",
    ]
    assert headers(corpus) == []
    last = found.loc["DevNode6_ex62_14.wav"]
    assert (last.node, last.group, last.position, last.label) == ("6", "s62", 14, "")
    for row in corpus.table.itertuples():
        waves = [audio_io.read(corpus.path(row), channel=channel) for channel in range(4)]
        assert all(wave.shape == (160000,) and wave.std() > 0 for wave in waves)
        np.testing.assert_allclose(audio_io.read(corpus.path(row)), np.mean(waves, 0), atol=1e-6)
