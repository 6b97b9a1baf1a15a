"""What is at a path, and what is said where the system does not tell."""

import errno
import os
import subprocess
import sys
import tempfile

import pytest
from corpora import noise, text, write

from thesis_lib.datasets import listing, registry
from thesis_lib.pipeline.job import given
from thesis_lib.util import disk
from thesis_lib.util.errors import InputError


def test_what_is_there(tmp_path):
    text(tmp_path / "file")
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "link").symlink_to("file")
    (tmp_path / "gone").symlink_to("nothing")
    kinds = {"file": "file", "pipe": "pipe", "link": "file", "gone": "", "x": "", "file/x": ""}
    assert {name: disk.kind(tmp_path / name) for name in kinds} == kinds
    assert [disk.kind(path) for path in (tmp_path, "/dev/null", "a\0b")] == [
        *("folder", "device", "")
    ]


@pytest.mark.parametrize(
    "number, says",
    [(errno.EACCES, "give yourself the right"), (errno.EIO, "its disk is well")]
    + [(errno.ELOOP, "leads back to itself"), (errno.ENAMETOOLONG, "shorter names")],
)
def test_what_the_system_refuses_has_its_own_advice(monkeypatch, number, says):
    def refuse(path):
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, "stat", refuse)
    why = os.strerror(number).lower()
    with pytest.raises(InputError, match=rf"^x cannot be read \({why}\); .*{says}.*\.$"):
        disk.kind("x")


DOORS = [registry.recognise, listing.find, lambda path: given("music", str(path))]
DOORS += [lambda path: given("home", str(path)), lambda path: registry.files("sins", path)]


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("name", ["x" * 300, "loop"])
def test_a_folder_that_cannot_be_is_one_sentence_at_every_door(tmp_path, door, name):
    (tmp_path / "loop").symlink_to("loop")
    with pytest.raises(InputError, match=rf"{tmp_path / name} cannot be read \("):
        door(tmp_path / name)


CODE = """
import contextlib, io, os
from thesis_lib import __main__
# The files of Python itself may be root's alone, so all that is needed is imported before.
with contextlib.suppress(SystemExit), contextlib.redirect_stdout(io.StringIO()):
    with contextlib.redirect_stderr(io.StringIO()):
        __main__.main()
os.setuid(65534)
__main__.main()
"""


@pytest.mark.parametrize(
    "below, mode, says",
    [
        ("House", 0o644, "House/1.wav cannot be opened (permission denied)"),
        ("", 0o644, "music cannot be read (permission denied); give yourself"),
        ("", 0o000, "music cannot be read (permission denied); give yourself"),
        ("..", 0o000, "music cannot be read (permission denied); give yourself"),
    ],
)
def test_another_users_folders(below, mode, says):
    """As a user who may not look into them, if this is one who may become another."""
    if os.geteuid() != 0:
        pytest.skip("only root can become another user")
    with tempfile.TemporaryDirectory() as place:  # pytest's own folders are closed to others
        os.chmod(place, 0o755)
        for name in ("House/1.wav", "Techno/2.wav"):
            write(f"{place}/music/{name}", noise(0.2))
        os.chmod(os.path.normpath(f"{place}/music/{below}"), mode)
        line = [sys.executable, "-c", CODE, "validate", f"{place}/music"]
        done = subprocess.run(line, capture_output=True, text=True)
        os.chmod(place, 0o755)
        os.chmod(f"{place}/music", 0o755)
    said = done.stdout + done.stderr
    assert done.returncode == 1 and says in said and "Traceback" not in said
    assert below != "House" or "2 files" in said  # the rest is looked at


DEV = "audio/DevNode1_ex1_1.wav\tcooking\ts1\n"


@pytest.mark.parametrize(
    "names, name",
    [
        (["dev/1.wav", "House/2.wav"], "music"),
        (["eval/1.wav", "dev/2.wav", "evaluation_setup/3.wav"], "music"),
        (["House/1.wav", "meta.txt"], "music"),
        (["dev/audio/1.wav", "dev/meta.txt"], "music"),
        (["House/1.wav", "DevNode1_ex1_1.wav"], "music"),
        (["a.wav", "DevNode1_ex1_1.wav"], "music"),
        (["fma_metadata/tracks.csv", "dev/1.wav"], "fma"),
        (["fma_metadata/x.txt", "fma_small/000/000002.mp3"], "fma"),
        (["fma_metadata/x.txt", "House/1.wav"], "music"),
        (["DevNode1_ex1_1.wav", "DevNode2_ex1_1.wav", "README.txt"], "sins"),
        (["audio/DevNode1_ex1_1.wav"], "sins"),
        (["dev/evaluation_setup/fold1_test.txt"], "sins"),
        (["DCASE2018-task5-eval/DCASE2018-task5-eval/evaluation_setup/map.txt"], "sins"),
        (["evaluation_setup/evaluate.txt"], "sins"),
    ],
)
def test_a_corpus_is_known_by_what_only_it_has(tmp_path, names, name):
    for one in names:
        text(tmp_path / one, "x")
    assert registry.recognise(tmp_path) == name


def test_sins_is_known_by_its_list_and_not_taken_for_music(tmp_path):
    text(tmp_path / "dev" / "meta.txt", DEV)
    assert registry.recognise(tmp_path) == "sins"
    with pytest.raises(InputError, match=f"MUSIC={tmp_path} looks like SINS; give it as SINS="):
        given("music", str(tmp_path))


def test_a_place_that_cannot_be_written_is_named_before_the_work(tmp_path):
    disk.check_writable(tmp_path / "new" / "folders" / "page.html")
    assert list(tmp_path.iterdir()) == []  # it only looks
    (tmp_path / "notes.txt").write_text("x")
    with pytest.raises(InputError, match="notes.txt is a file and no folder; choose another"):
        disk.check_writable(tmp_path / "notes.txt" / "page.html")
    with pytest.raises(InputError, match=f"{tmp_path} is a folder; give a file's name in it"):
        disk.check_writable(tmp_path)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_of_others_is_named(tmp_path):
    tmp_path.chmod(0o500)
    with pytest.raises(InputError, match=f"{tmp_path} cannot be written to; .* for page.html"):
        disk.check_writable(tmp_path / "page.html")
