"""Playlists as they are written by DJ programs, players and by hand."""

from pathlib import Path

import pytest

from thesis_lib import playlists
from thesis_lib.errors import InputError


def listed(tmp_path, content, name="set.m3u8"):
    path = tmp_path / name
    path.write_bytes(content)
    return playlists.read(path)


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("start", ["", "\ufeff", "#EXTM3U\n"])
def test_titles_and_paths(tmp_path, start, end):
    lines = start + "#EXTINF:213,Björk - Jóga, live\nBjörk/01 Jóga.mp3\n\n#PLAYLIST:x\nplain.mp3\n"
    got = listed(tmp_path, lines.replace("\n", end).encode())
    assert [(one.path, one.title) for one in got] == [
        (tmp_path / "Björk/01 Jóga.mp3", "Björk - Jóga, live"),
        (tmp_path / "plain.mp3", ""),
    ]


def test_latin_1(tmp_path):
    (one,) = listed(tmp_path, "#EXTINF:-1,Zoë\nZoë.mp3\n".encode("latin-1"), "set.m3u")
    assert one == (tmp_path / "Zoë.mp3", "Zoë", "Zoë.mp3")


@pytest.mark.parametrize(
    "line, path",
    [
        ("/music/x y.mp3", "/music/x y.mp3"),
        ("file:///music/x%20y.mp3", "/music/x y.mp3"),
        ("file://localhost/music/Zo%C3%AB%231.mp3", "/music/Zoë#1.mp3"),
        ("file:///music/with#sign?.mp3", "/music/with#sign?.mp3"),
        ("FILE:/music/x.mp3", "/music/x.mp3"),
        ("../up/x.mp3", "{folder}/../up/x.mp3"),
        ("down\\deeper\\x.mp3", "{folder}/down/deeper/x.mp3"),
        ("  spaces around.mp3  ", "{folder}/spaces around.mp3"),
        ("file:///C:/Music/x.mp3", "{folder}/C:/Music/x.mp3"),
    ],
)
def test_where_a_line_points_to(tmp_path, line, path):
    (one,) = listed(tmp_path, line.encode())
    assert str(one.path) == path.format(folder=tmp_path)


def test_a_file_with_a_backslash_in_its_name(tmp_path):
    (tmp_path / "back\\slash.mp3").touch()
    (one,) = listed(tmp_path, b"back\\slash.mp3")
    assert one.path == tmp_path / "back\\slash.mp3"


@pytest.mark.parametrize("line", ["http://a.org/x.mp3", "https://a.org", "MMS://a.org/x"])
def test_streams_are_no_files(tmp_path, line):
    (one,) = listed(tmp_path, f"#EXTINF:-1,Radio\n{line}\n".encode())
    assert one == (None, "Radio", line)


@pytest.mark.parametrize("content", [b"", b"#EXTM3U\r\n", b"\n\n", b"\xef\xbb\xbf"])
def test_nothing_listed(tmp_path, content):
    with pytest.raises(InputError, match=r"set\.m3u8 lists no file"):
        listed(tmp_path, content)


def test_no_text_and_no_file(tmp_path):
    with pytest.raises(InputError, match=r"set\.m3u8 is not a text"):
        listed(tmp_path, b"\0\1\2")
    with pytest.raises(InputError, match=r"gone\.m3u is missing"):
        playlists.read(Path(tmp_path / "gone.m3u"))
