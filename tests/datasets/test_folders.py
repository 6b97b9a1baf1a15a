"""What lies in a folder: links, hidden names, what cannot be read and what is passed over."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import pytest
import soundfile

from thesis_lib.audio import io as audio_io
from thesis_lib.datasets import folders


def tree(root, *names):
    for name in names:
        path = Path(root, name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    return root


def test_files_are_sorted_and_told_apart_by_their_endings(tmp_path):
    names = ["b/2.WAV", "a/deep/er/1.flac", "a/notes.txt", "top.mp3", "a/none", "a/3.mid"]
    walked = folders.walk(tree(tmp_path, *names))
    assert walked.audio == ["a/deep/er/1.flac", "b/2.WAV", "top.mp3"]
    assert walked.others == ["a/3.mid", "a/none", "a/notes.txt"]
    assert (walked.tops, walked.faults, walked.notes) == (["a", "b"], [], [])


def test_names_that_begin_with_dots(tmp_path):
    heard = ["..two dots.wav", "...And Justice for All/1.wav", ".38 Special/2.wav", "a/.45.wav"]
    system = ["a/._1.wav", "a/.DS_Store", ".Trash-1000/x.wav", "@eaDir/x.wav/y.jpg", ".git/x.wav"]
    system += ["__MACOSX/a/x.wav", "a/@eaDir/1.wav/c.jpg", "a/Thumbs.db", "lost+found/x.wav"]
    walked = folders.walk(tree(tmp_path, *heard, *system, "a/1.wav"))
    assert walked.audio == sorted([*heard, "a/1.wav"])
    assert (walked.others, walked.notes, walked.faults) == ([], [], [])
    walked = folders.walk(tree(tmp_path, ".stash/x.wav", "a/.hack.wav"))
    assert walked.audio == sorted([*heard, "a/1.wav"])
    (note,) = walked.notes
    assert note.startswith(f"{tmp_path}/.stash is hidden") and "(and 1 more like this)" in note


def test_folders_that_are_named_like_files(tmp_path):
    walked = folders.walk(tree(tmp_path, "Best.of.mp3/1.wav", "a/Album.flac/2.wav"))
    assert walked.audio == ["Best.of.mp3/1.wav", "a/Album.flac/2.wav"]


def test_links_to_files_and_folders_are_followed(tmp_path):
    tree(tmp_path / "else", "album/1.wav", "album/cd/2.wav", "one.wav", "Class/3.wav")
    root = tree(tmp_path / "music", "House/4.wav")
    (root / "House" / "album").symlink_to(tmp_path / "else" / "album")
    (root / "House" / "one.wav").symlink_to(tmp_path / "else" / "one.wav")
    (root / "Linked").symlink_to("../else/Class")
    walked = folders.walk(root)
    assert walked.audio == [
        "House/4.wav",
        "House/album/1.wav",
        "House/album/cd/2.wav",
        "House/one.wav",
        "Linked/3.wav",
    ]
    assert walked.tops == ["House", "Linked"] and walked.faults == walked.notes == []


def test_the_folder_itself_may_be_a_link(tmp_path):
    tree(tmp_path / "music", "a/1.wav")
    (tmp_path / "link").symlink_to("music")
    assert folders.walk(tmp_path / "link").audio == ["a/1.wav"]


@pytest.mark.parametrize("target", ["..", ".", "../..", "../b", "../b/back"])
def test_circles_of_links_end(tmp_path, target):
    root = tree(tmp_path / "music", "a/1.wav", "b/2.wav")
    (root / "a" / "loop").symlink_to(target)
    (root / "b" / "back").symlink_to("../a")
    walked = folders.walk(root)
    assert {"a/1.wav", "b/2.wav", "b/back/1.wav"} <= set(walked.audio)
    for top in "ab":  # nothing is there twice under one class
        real = [os.path.realpath(root / path) for path in walked.audio if path[0] == top]
        assert len(real) == len(set(real)) <= 2
    assert walked.notes or target.startswith("../b")


def test_a_file_and_its_link_are_one(tmp_path):
    root = tree(tmp_path, "a/deep/x.wav", "b/y.wav")
    (root / "a" / "link.wav").symlink_to("deep/x.wav")
    (root / "a" / "also deep").symlink_to("deep")
    (root / "b" / "link.wav").symlink_to("../a/deep/x.wav")  # another class
    walked = folders.walk(root)
    assert walked.audio == ["a/deep/x.wav", "b/link.wav", "b/y.wav"]
    (note,) = walked.notes
    assert f"{root}/a/also deep is a link to what is there already (and 1 more" in note


def test_links_that_lead_nowhere_are_named(tmp_path):
    root = tree(tmp_path, "a/1.wav")
    (root / "a" / "gone.wav").symlink_to("/nowhere.wav")
    (root / "a" / "self.wav").symlink_to("self.wav")
    (root / "class").symlink_to("/no folder")
    (root / "cover.jpg").symlink_to("/no cover.jpg")
    walked = folders.walk(root)
    assert walked.audio == ["a/1.wav"] and walked.others == ["cover.jpg"]
    for fault, says in zip(
        walked.faults,
        (
            f"{root}/a/gone.wav is a link to /nowhere.wav, which is missing",
            f"{root}/a/self.wav cannot be read (too many levels of symbolic links)",
            f"{root}/class is a link to /no folder, which is missing",
        ),
        strict=True,
    ):
        assert fault.startswith(says)


def test_a_pipe_is_named_and_not_waited_for(tmp_path):
    os.mkfifo(tree(tmp_path, "a/1.wav") / "a" / "pipe.wav")
    (fault,) = folders.walk(tmp_path).faults
    assert fault.startswith(f"{tmp_path}/a/pipe.wav is a device or a pipe")


@pytest.mark.parametrize("error", [PermissionError(13, "Permission denied"), OSError(5, "Fault")])
def test_a_folder_that_cannot_be_read_is_named(tmp_path, monkeypatch, error):
    root, true = tree(tmp_path, "a/1.wav", "b/2.wav", "a/c/3.wav"), os.scandir

    def scandir(path):
        if str(path).endswith(("/b", "/c")):
            raise error
        return true(path)

    monkeypatch.setattr(os, "scandir", scandir)
    walked = folders.walk(root)
    assert walked.audio == ["a/1.wav"] and walked.tops == ["a"]
    why = error.strerror.lower()
    assert [fault.split(";")[0] for fault in walked.faults] == [
        f"{root}/a/c cannot be read ({why})",
        f"{root}/b cannot be read ({why})",
    ]


def test_another_users_folder():
    """As a user who has no right to read it, if this is one who may become another."""
    if os.geteuid() != 0:
        pytest.skip("only root can become another user")
    code = (
        "import os, sys; from thesis_lib.datasets import folders; os.setuid(65534);"
        "walked = folders.walk(sys.argv[1]); print(*walked.faults, walked.audio)"
    )
    with tempfile.TemporaryDirectory() as root:  # pytest's own folders are closed to others
        os.chmod(tree(root, "a/1.wav", "b/2.wav"), 0o755)
        os.chmod(f"{root}/b", 0o700)
        done = subprocess.run(
            [sys.executable, "-c", code, root], capture_output=True, text=True, check=True
        )
    assert f"{root}/b cannot be read (permission denied); give yourself" in done.stdout
    assert "['a/1.wav']" in done.stdout


@pytest.mark.parametrize(
    "name, ending",
    [
        ("a/x.MP3", ".mp3"),
        ("x.mp3.part", ".mp3.part"),
        ("x.flac.crdownload", ".flac.crdownload"),
        ("v1.2.wav", ".wav"),
        ("a.mp3.wav", ".wav"),
        ("none", ""),
        ("song.v2", ".v2"),
        ("..two dots.wav", ".wav"),
        ("blank.mp3 ", ".mp3"),
        ("a/.wav", ".wav"),
        ("a/..wav", ".wav"),
        ("....wav", ".wav"),
        (".DS_Store", ""),
        ("dot.", ""),
        ("song.wav.", ".wav."),
        ("song.wav~", ".wav~"),
        ("song.wav.1", ".wav.1"),
    ],
)
def test_endings(name, ending):
    assert folders.ending(name) == ending


def test_what_is_passed_over_is_counted_by_its_ending():
    others = ["a/1.m4p", "a/2.m4p", "a/3.mp3.part", "a/c.jpg", "b/c.JPG", "b/t.txt", "b/none"]
    sound, rest = folders.passed_over("DIR", others)
    assert sound == (
        "DIR: 3 files of sound cannot be read by this ending (.m4p 2, .mp3.part 1), such as "
        "a/1.m4p; convert to FLAC or WAV."
    )
    assert rest == (
        "DIR: 4 files are not audio (.jpg 2, no ending 1, .txt 1); nothing needs to be done."
    )
    assert folders.passed_over("DIR", []) == []


def test_a_song_without_a_title_is_one(tmp_path):
    names = ["a/.wav", "a/..wav", "a/...wav", "a/.FLAC"]
    walked = folders.walk(tree(tmp_path, *names, "a/._.wav", "a/.hidden.wav", "a/.wav.txt"))
    assert walked.audio == sorted(names) and walked.others == []
    assert [note.split(" is hidden")[0] for note in walked.notes] == [f"{tmp_path}/a/.hidden.wav"]


@pytest.mark.parametrize(
    "name", ["1.wav.", "1.wav~", "1.wav_", "1.wav;1", "1.wav.1", "1.wav.bak", "1.mp3?dl=1"]
)
def test_sound_under_an_ending_that_was_changed_is_named_as_sound(name):
    (said,) = folders.passed_over("DIR", [name])
    assert said.startswith("DIR: 1 file of sound cannot be read by this ending (.")


@pytest.mark.parametrize("kind, subtype", [("WAV", None), ("FLAC", None), ("OGG", "VORBIS")])
@pytest.mark.parametrize("name", ["song", "song wav", "song.wa", "5. Title", "song.tmp"])
def test_sound_is_known_by_how_it_begins(tmp_path, name, kind, subtype):
    soundfile.write(tmp_path / name, np.zeros(800), 8000, format=kind, subtype=subtype)
    (tmp_path / "cover").write_bytes(b"\xff\xd8\xff\xe0" + bytes(500))
    sound, rest = folders.passed_over(tmp_path, ["cover", name])
    assert f"such as {name}; convert" in sound and "1 file is not audio (no ending 1)" in rest


@pytest.mark.parametrize(
    "end", "wmv mpg mpeg m4v ts m2ts mts vob f4v 3g2 3gp asf rmvb ogm mxf divx".split()
)
def test_films_are_of_sound(end):
    assert audio_io.ENDINGS >= {f".{end}"} or folders.of_sound("DIR", [f"a/clip.{end.upper()}"])


def test_a_link_to_a_device_is_told_as_one(tmp_path):
    (tree(tmp_path, "a/1.wav") / "a" / "zero.wav").symlink_to("/dev/zero")
    (fault,) = folders.walk(tmp_path).faults
    assert fault.startswith(f"{tmp_path}/a/zero.wav is a link to /dev/zero, a device and no file")
