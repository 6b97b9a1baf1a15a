"""A file or folder is written whole or not at all."""

import errno
import os
import stat
import tempfile

import numpy as np
import pytest

from thesis_lib.util.errors import InputError
from thesis_lib.util.files import atomic


def test_a_file_appears_whole_and_nothing_else_is_left(tmp_path):
    with atomic(tmp_path / "deep" / "numbers.txt") as place:
        place.write_text("42")
        assert not (tmp_path / "deep" / "numbers.txt").exists()
    assert (tmp_path / "deep" / "numbers.txt").read_text() == "42"
    assert os.listdir(tmp_path / "deep") == ["numbers.txt"]


def test_a_folder_takes_the_place_of_the_one_before(tmp_path):
    for text in ("old", "new"):
        with atomic(tmp_path / "store") as place:
            place.mkdir()
            (place / f"{text}.txt").write_text(text)
    assert os.listdir(tmp_path / "store") == ["new.txt"]
    assert os.listdir(tmp_path) == ["store"]


@pytest.mark.parametrize("error", [RuntimeError, KeyboardInterrupt])
@pytest.mark.parametrize("folder", [False, True])
def test_a_failure_leaves_what_was_there(tmp_path, folder, error):
    path = tmp_path / "thing"
    _fill(path, folder, "before")
    with pytest.raises(error), atomic(path) as place:
        _fill(place, folder, "half")
        raise error("stopped")
    assert (path / "part" if folder else path).read_text() == "before"
    assert os.listdir(tmp_path) == ["thing"]


@pytest.mark.parametrize("error", [OSError, KeyboardInterrupt])
def test_a_folder_that_cannot_be_moved_in_leaves_the_one_before(tmp_path, monkeypatch, error):
    path, rename = tmp_path / "store", os.rename
    _fill(path, True, "before")

    def stop_halfway(source, target):
        if (source / "part").read_text() == "after":
            raise error("stopped")
        rename(source, target)

    monkeypatch.setattr(os, "rename", stop_halfway)
    with pytest.raises(error), atomic(path) as place:
        _fill(place, True, "after")
    assert (path / "part").read_text() == "before"
    assert os.listdir(tmp_path) == ["store"]


@pytest.mark.parametrize("folder", [False, True])
def test_a_file_may_replace_a_folder_and_the_other_way(tmp_path, folder):
    path = tmp_path / "thing"
    _fill(path, not folder, "before")
    with atomic(path) as place:
        _fill(place, folder, "after")
    assert (path / "part" if folder else path).read_text() == "after"


def test_the_place_has_the_suffix_that_writers_look_at(tmp_path):
    with atomic(tmp_path / "array.npy") as place:
        np.save(place, np.arange(3))
    assert np.load(tmp_path / "array.npy").tolist() == [0, 1, 2]


def test_a_file_has_the_rights_any_new_file_would_have(tmp_path):
    (tmp_path / "plain").write_text("")
    with atomic(tmp_path / "moved") as place:
        place.write_text("")
    modes = [stat.S_IMODE((tmp_path / name).stat().st_mode) for name in ("plain", "moved")]
    assert modes[0] == modes[1]


def test_a_full_disk_is_one_clear_sentence(tmp_path):
    with pytest.raises(InputError, match=r"numbers\.txt: the disk is full"):
        with atomic(tmp_path / "numbers.txt") as place:
            place.write_text("ha")
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    assert os.listdir(tmp_path) == []


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="needs /dev/full, a disk always full")
def test_a_disk_that_is_really_full(tmp_path):
    with pytest.raises(InputError, match="the disk is full"), atomic(tmp_path / "thing") as place:
        place.symlink_to("/dev/full")
        place.write_text("x")
    assert os.listdir(tmp_path) == []


def test_other_errors_of_the_block_stay_what_they_are(tmp_path):
    with pytest.raises(FileNotFoundError), atomic(tmp_path / "thing"):
        (tmp_path / "nowhere").read_text()


def test_a_block_that_writes_nothing_is_refused(tmp_path):
    with pytest.raises(InputError, match="nothing was written"), atomic(tmp_path / "thing"):
        pass


def test_a_parent_that_is_a_file_is_refused(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match="file/thing: cannot be written"):
        with atomic(tmp_path / "file" / "thing") as place:
            place.write_text("")


def _fill(path, folder, text):
    if folder:
        path.mkdir()
        (path / "part").write_text(text)
    else:
        path.write_text(text)


def test_an_error_without_a_text_of_its_own_is_told_all_the_same(tmp_path, monkeypatch):
    def refuse(*_, **__):
        raise OSError("Odd disk")  # one argument: no number and no text of the system's

    monkeypatch.setattr(tempfile, "mkdtemp", refuse)
    with pytest.raises(InputError, match=r"thing: cannot be written \(odd disk\)"):
        with atomic(tmp_path / "thing"):
            pass
