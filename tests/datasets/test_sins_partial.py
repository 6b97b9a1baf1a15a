"""SINS of which only a part was fetched, or that lies otherwise than its archives unpack it."""

import shutil

import pandas as pd
import pytest
import small_sins
from corpora import text
from small_sins import DEV

from thesis_lib.datasets import sins
from thesis_lib.util.errors import InputError

both = pytest.fixture(small_sins.both)
dev = pytest.fixture(small_sins.dev)


def test_an_empty_folder_and_none_at_all(tmp_path):
    for folder in (tmp_path, tmp_path / "nowhere"):
        with pytest.raises(InputError, match=f"{folder} holds neither"):
            sins.read(folder)


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
