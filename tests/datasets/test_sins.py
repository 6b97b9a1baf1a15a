"""The reader of SINS on a small tree in the official layout, and on what may be wrong with it."""

import os
import re
import shutil
import time

import numpy as np
import pandas as pd
import pytest
from corpora import noise, real, sins_lists, text, write

from thesis_lib.audio import io as audio_io
from thesis_lib.datasets import sins
from thesis_lib.datasets.validate import headers
from thesis_lib.util.errors import InputError

DEV = [
    (1, 7, 1, "cooking"),
    (1, 7, 2, "cooking"),
    (2, 7, 1, "cooking"),
    (3, 12, 1, "absence"),
    (4, 41, 133, "watching_tv"),
    (2, 14, 1, "eating"),
]
UNSEEN = [(5, 301, 2, "working"), (1, 301, 2, "working"), (7, 302, 1, "other")]


@pytest.fixture
def both(tmp_path):
    for path in sins_lists(tmp_path, DEV, UNSEEN):
        text(path)
    return tmp_path


@pytest.fixture
def dev(tmp_path):
    for path in sins_lists(tmp_path, DEV):
        text(path)
    return tmp_path


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
    assert headers(corpus, tile_s=5.0) == []
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


def spoil(path, old, new):
    content = path.read_text()
    assert old in content
    path.write_text(content.replace(old, new, 1))


def test_a_label_that_is_none_of_the_nine(dev):
    spoil(dev / "meta.txt", "absence", "sleeping")
    with pytest.raises(InputError, match=r"meta\.txt, line 4: .*ex12_1\.wav .*'sleeping'.*absence"):
        sins.read(dev)


def test_an_unknown_label_in_the_evaluation_set(both):
    spoil(both / "eval" / "evaluation_setup" / "evaluate.txt", "other", "others")
    with pytest.raises(InputError, match=r"evaluate\.txt, line 3: audio/3\.wav .*'others'"):
        sins.read(both)


def test_a_session_that_is_not_the_files(dev):
    spoil(dev / "meta.txt", "s12", "s13")
    with pytest.raises(InputError, match=r"meta\.txt, line 4: .*'s13'.*'s12'"):
        sins.read(dev)


def test_an_evaluation_file_that_no_map_knows(both):
    mapped = both / "eval" / "evaluation_setup" / "map.txt"
    mapped.write_text("".join(line for line in mapped.open() if "audio/2.wav" not in line))
    with pytest.raises(InputError, match=r"evaluate\.txt lists audio/2\.wav, which map\.txt does"):
        sins.read(both)


def test_a_fold_that_lists_what_meta_does_not(dev):
    text(dev / "evaluation_setup" / "fold1_test.txt", "audio/DevNode1_ex999_1.wav\n")
    with pytest.raises(InputError, match=r"fold1_test\.txt lists audio/DevNode1_ex999_1\.wav"):
        sins.read(dev)


@pytest.mark.parametrize(
    "name", ["dev/meta.txt", "eval/evaluation_setup/evaluate.txt", "eval/evaluation_setup/map.txt"]
)
@pytest.mark.parametrize("how", ["missing", "empty", "one column", "no text"])
def test_a_list_that_cannot_be_used(both, name, how):
    path = both / name
    if how == "missing":
        path.unlink()
    else:
        path.write_bytes({"empty": b"", "one column": b"a\nb\n", "no text": b"\xff\xfe\0\t"}[how])
    with pytest.raises(InputError, match=str(path)):
        sins.read(both)


def test_a_missing_fold(dev):
    with pytest.raises(InputError, match=r"fold5_test\.txt is missing"):
        sins.read(dev, fold=5)


@pytest.mark.parametrize("name", ["audio/kitchen.wav", "audio/DevNode1_ex4.wav", "audio/ex4_1.wav"])
def test_a_name_that_says_no_node(dev, name):
    spoil(dev / "meta.txt", "audio/DevNode3_ex12_1.wav", name)
    with pytest.raises(InputError, match=rf"meta\.txt: '{name}' is not named like"):
        sins.read(dev)


def test_an_empty_folder_and_none_at_all(tmp_path):
    for folder in (tmp_path, tmp_path / "nowhere"):
        with pytest.raises(InputError, match=f"{folder} holds neither"):
            sins.read(folder)


# Partly fetched ---------------------------------------------------------------------------------


def without(root, *names):
    for name in names:
        (root / name).unlink()


def test_sessions_that_are_not_whole_are_left_out_and_told(both, caplog):
    without(
        both, "dev/audio/DevNode2_ex7_1.wav", "eval/audio/1.wav", "dev/audio/DevNode2_ex14_1.wav"
    )
    table = sins.read(both).table
    assert table.group.unique().tolist() == ["s12", "s41", "s302"]
    (warning,) = caplog.messages
    assert "3 of 6 sessions are left out" in warning
    assert "dev s7: 2 of 3 files, dev s14: 0 of 1 files, eval s301: 1 of 2 files" in warning
    expected = [("dev", "s7", 3, 2), ("dev", "s14", 1, 0), ("eval", "s301", 2, 1)]
    assert list(sins.missing(both).itertuples(index=False, name=None)) == expected


def test_of_many_incomplete_sessions_the_first_are_named(dev, caplog):
    without(dev, *(f"audio/DevNode{n}_ex{s}_{k}.wav" for n, s, k, _ in DEV[2:]))
    with pytest.raises(InputError, match=r"no session in full \(dev s7: 2 of 3 .*s41.*, \.\.\.\)"):
        sins.read(dev)
    text(dev / "audio" / "DevNode3_ex12_1.wav")
    assert sins.read(dev).table.group.tolist() == ["s12"]
    assert "3 of 4 sessions" in caplog.text and len(sins.missing(dev)) == 3


def test_whole_sets_miss_nothing(both, caplog):
    sins.read(both)
    assert sins.missing(both).empty and not caplog.messages


@pytest.mark.parametrize("how", ["no folder", "no audio"])
def test_development_set_below_a_folder_without_evaluation_set(both, how, caplog):
    if how == "no folder":
        shutil.rmtree(both / "eval")
    else:
        shutil.rmtree(both / "eval" / "audio")
    table = sins.read(both, fold=3).table
    held = (both / "dev" / "evaluation_setup" / "fold3_test.txt").read_text().split()
    assert table.path[table.split == "test"].tolist() == [f"dev/{path}" for path in held]
    assert len(table) == len(DEV) and bool(caplog.messages) == (how == "no audio")


@pytest.mark.parametrize("how", ["no folder", "no audio", "alone", "alone, with meta.txt"])
def test_evaluation_set_without_development_set(both, how):
    root, below = both, "eval/"
    if how == "no audio":
        shutil.rmtree(both / "dev" / "audio")
    else:
        shutil.rmtree(both / "dev")
    if how.startswith("alone"):
        root, below = both / "eval", ""
    if how.endswith("meta.txt"):  # the official archive holds one, of the anonymous names
        shutil.copy(root / "evaluation_setup" / "evaluate.txt", root / "meta.txt")
    table = sins.read(root).table
    assert table.path.tolist() == [f"{below}audio/{i}.wav" for i in (1, 2, 3)]
    assert set(table.split) == {"test"}
    assert table.known.tolist() == [False, True, False]  # of nodes 5, 1 and 7


def test_no_audio_at_all(both):
    for name in ("dev", "eval"):
        shutil.rmtree(both / name / "audio")
    with pytest.raises(InputError, match=rf"{both} has lists but the audio of no session in full"):
        sins.read(both)
    assert sins.missing(both).there.tolist() == [0] * 6


@pytest.mark.parametrize("nested", [False, True])
def test_sets_under_the_names_that_their_archives_unpack_to(both, nested):
    want = sins.read(both).table
    for name in ("dev", "eval"):
        place = both / f"DCASE2018-task5-{name}"
        (both / name).rename(place)
        if nested:  # unpacked into a folder of the archive's name
            place.rename(both / "x")
            place.mkdir()
            (both / "x").rename(place / place.name)
    corpus = sins.read(both)
    assert all(corpus.path(row).is_file() for row in corpus.table.itertuples())
    assert corpus.table.drop(columns="path").equals(want.drop(columns="path"))
    below = corpus.table.path.str.replace(r"(DCASE2018-task5-(\w+)/)+", r"\2/", regex=True)
    assert below.tolist() == want.path.tolist() and sins.missing(both).empty


@pytest.mark.parametrize("name, sets", [("dev", {"train", "test"}), ("eval", {"test"})])
def test_one_of_them_below_the_folder_or_as_the_folder(both, name, sets):
    (both / name).rename(both / f"DCASE2018-task5-{name}")
    shutil.rmtree(both / {"dev": "eval", "eval": "dev"}[name])
    below, itself = sins.read(both), sins.read(both / f"DCASE2018-task5-{name}")
    assert set(below.table.split) == set(itself.table.split) == sets
    assert len(below.table) == len(itself.table)


def test_what_is_missing_of_an_archive_is_said(both):
    (both / "dev").rename(both / "DCASE2018-task5-dev")
    (both / "DCASE2018-task5-dev" / "meta.txt").unlink()
    with pytest.raises(InputError, match=r"DCASE2018-task5-dev/meta\.txt is missing; unpack"):
        sins.read(both)
    (both / "dev").mkdir()
    with pytest.raises(InputError, match="holds the same set twice, as dev/ and DCASE2018-task5"):
        sins.read(both)


def test_stray_files_are_nobodys_business(both):
    before = sins.read(both).table
    for name in ("dev/audio/._DevNode1_ex7_1.wav", "dev/audio/notes.txt", "eval/audio/99.wav"):
        text(both / name, "stray")
    (both / "dev" / "audio" / "deeper.wav").mkdir()
    text(both / "archives" / "DCASE2018-task5-dev.audio.1.zip.part", "half")
    pd.testing.assert_frame_equal(sins.read(both).table, before)


def test_stray_files_in_a_bare_folder(tmp_path):
    for name in ("DevNode3_ex67_5.wav", "._DevNode3_ex67_5.wav", "kitchen.wav", "README"):
        text(tmp_path / name)
    text(tmp_path / ".hidden" / "DevNode1_ex1_1.wav")
    assert sins.read(tmp_path).table.path.tolist() == ["DevNode3_ex67_5.wav"]


def test_the_evaluation_list_may_have_another_name(both):
    setup = both / "eval" / "evaluation_setup"
    expected = sins.read(both).table
    (setup / "evaluate.txt").rename(setup / "evaluation.txt")
    pd.testing.assert_frame_equal(sins.read(both).table, expected)


@pytest.mark.parametrize("channel", [-1, 0, 3])
def test_one_microphone_or_the_mean(dev, channel):
    assert set(sins.read(dev, channel=channel).table.channel) == {channel}


@pytest.mark.parametrize("channel", [-2, 4])
def test_a_microphone_there_is_not(dev, channel):
    with pytest.raises(InputError, match=f"channel={channel} .* 0 to 3, or -1"):
        sins.read(dev, channel=channel)


# Lists that contradict themselves ---------------------------------------------------------------


def test_a_file_that_is_listed_twice(dev):
    lines = (dev / "meta.txt").read_text()
    (dev / "meta.txt").write_text(lines + lines.splitlines()[1] + "\n")
    with pytest.raises(InputError, match=r"meta\.txt, line 7: audio/DevNode1_ex7_2\.wav is listed"):
        sins.read(dev)


def test_an_original_that_is_mapped_twice(both):
    mapped = both / "eval" / "evaluation_setup" / "map.txt"
    first, *rest = mapped.read_text().splitlines()
    again = rest[0].split("\t")[0] + "\t" + first.split("\t")[1]
    mapped.write_text("\n".join([again, *rest]))
    with pytest.raises(
        InputError, match=r"evaluate\.txt, line 3: .*second recording of session s301"
    ):
        sins.read(both)
    mapped.write_text("\n".join([first, *rest, again]))
    with pytest.raises(InputError, match=r"map\.txt, line 4: audio/3\.wav is listed a second time"):
        sins.read(both)


def test_one_moment_under_two_names(dev):
    spoil(dev / "meta.txt", "DevNode1_ex7_2.wav", "DevNode1_ex7_01.wav")
    with pytest.raises(InputError, match=r"line 2: .*second recording of session s7, position 1"):
        sins.read(dev)


def test_a_session_on_both_sides(dev):
    fold = dev / "evaluation_setup" / "fold1_test.txt"
    fold.write_text(fold.read_text().replace("audio/DevNode2_ex7_1.wav\n", ""))
    with pytest.raises(InputError, match=r"fold1_test\.txt, line 1: .*not all of its session s7"):
        sins.read(dev)


def test_a_fold_that_lost_a_session(dev):
    test = dev / "evaluation_setup" / "fold1_test.txt"
    test.write_text("".join(line for line in test.open() if "ex7" in line))
    train = dev / "evaluation_setup" / "fold1_train.txt"
    train.write_text("".join(line for line in train.open() if "ex12" not in line))
    with pytest.raises(InputError, match=r"fold1_train\.txt and fold1_test\.txt do not share out"):
        sins.read(dev)


def test_the_same_segment_in_two_folders(tmp_path):
    for name in ("DevNode3_ex67_5.wav", "copy/DevNode3_ex67_5.wav"):
        text(tmp_path / name)
    with pytest.raises(InputError, match=r"second recording of session s67, position 5 on node 3"):
        sins.read(tmp_path)


# The full size ----------------------------------------------------------------------------------

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
    assert headers(corpus, tile_s=5.0) == []
    last = found.loc["DevNode6_ex62_14.wav"]
    assert (last.node, last.group, last.position, last.label) == ("6", "s62", 14, "")
    for row in corpus.table.itertuples():
        waves = [audio_io.read(corpus.path(row), channel=channel) for channel in range(4)]
        assert all(wave.shape == (160000,) and wave.std() > 0 for wave in waves)
        np.testing.assert_allclose(audio_io.read(corpus.path(row)), np.mean(waves, 0), atol=1e-6)
