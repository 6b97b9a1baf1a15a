"""The reader of SINS on a small tree in the official layout, and on what may be wrong with it."""

import re

import numpy as np
import pytest
from corpora import noise, real, sins_lists, text, write

from thesis_lib import audio, sins
from thesis_lib.errors import InputError

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
    sins_lists(tmp_path, DEV, UNSEEN)
    return tmp_path


@pytest.fixture
def dev(tmp_path):
    sins_lists(tmp_path, DEV)
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
    sins_lists(tmp_path, DEV, [(5, 7, 1, "working"), (6, 8, 1, "other")])
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
    sins_lists(tmp_path, DEV + [(6, 62, 14, "eating")], UNSEEN + [(6, 303, 1, "eating")])
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
    assert corpus.validate(tile_s=5.0) == []
    assert len(audio.read(corpus.path(corpus.table.iloc[6]))) == 160000


@pytest.mark.parametrize(
    "wave, rate, says",
    [
        (noise(10, rate=8000, channels=4), 8000, "has 8000 Hz and 4 channel"),
        (noise(10, channels=1), 16000, "has 16000 Hz and 1 channel"),
        (noise(10, channels=2), 16000, "has 16000 Hz and 2 channel.* 16000 Hz and 4 are expected"),
        (noise(9, channels=4), 16000, "lasts 9.000 s where 10.000 s are expected"),
        (np.zeros((0, 4)), 16000, "lasts 0.000 s"),
        (None, 16000, "is missing"),
        (b"", 16000, "is empty"),
        (b"no audio at all", 16000, "cannot be read as audio"),
    ],
)
def test_a_segment_that_is_not_as_it_should_be(tmp_path, wave, rate, says):
    good, bad = sins_lists(tmp_path, [(1, 7, 1, "cooking"), (2, 7, 1, "eating")])
    write(good, noise(10, channels=4))
    if isinstance(wave, bytes):
        bad.write_bytes(wave)
    elif wave is not None:
        write(bad, wave, rate)
    corpus = sins.read(tmp_path)
    (fault,) = corpus.validate()
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
    assert corpus.validate(tile_s=5.0) == []
    last = found.loc["DevNode6_ex62_14.wav"]
    assert (last.node, last.group, last.position, last.label) == ("6", "s62", 14, "")
    for row in corpus.table.itertuples():
        waves = [audio.read(corpus.path(row), channel=channel) for channel in range(4)]
        assert all(wave.shape == (160000,) and wave.std() > 0 for wave in waves)
        np.testing.assert_allclose(audio.read(corpus.path(row)), np.mean(waves, 0), atol=1e-6)
