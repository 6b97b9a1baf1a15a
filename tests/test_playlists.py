"""Playlists as they are written by DJ programs, players and by hand."""

import os
from pathlib import Path

import pytest

from thesis_lib.datasets import playlists
from thesis_lib.util.errors import InputError


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


def test_a_line_with_a_hash_that_names_a_file_is_a_file(tmp_path):
    for name in ("#1 hit.mp3", "#sub/x.mp3", "#EXTREME.mp3", "1.mp3"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    lines = ["#EXTM3U", "#EXTINF:1,A", "#1 hit.mp3", "#sub/x.mp3", "#EXTREME.mp3", "# a comment"]
    got = listed(tmp_path, "\n".join([*lines, "#EXTART:B", "#1 miss.mp3", "1.mp3"]).encode())
    names = ["#1 hit.mp3", "#sub/x.mp3", "#EXTREME.mp3", "1.mp3"]
    assert [one.path for one in got] == [tmp_path / name for name in names]
    assert [one.title for one in got] == ["A", "", "", ""]


@pytest.mark.parametrize(
    "line, title",
    [
        ("#EXTINF", ""),
        ("#EXTINF:", ""),
        ("#EXTINF:12", ""),
        ("#EXTINF:12,Artist - Title, with comma", "Artist - Title, with comma"),
        ('#EXTINF:-1 tvg-id="a,b" group="x",T1', "T1"),
        ('#EXTINF:-1 tvg-id="a,b,T1', "b,T1"),
        ("#extinf:1,x", "x"),
    ],
)
def test_titles_as_they_are_written(tmp_path, line, title):
    (one,) = listed(tmp_path, f"{line}\nx.mp3\n".encode())
    assert one.title == title


@pytest.mark.parametrize("name", ["set.pls", "set.m3u"])
def test_pls(tmp_path, name):
    lines = "[Playlist]\nfile2=b.mp3\nTitle2=B\nFile1=in/a=1.mp3\nLength1=-1\nFile3=http://x/y\n"
    got = listed(tmp_path, f"{lines}NumberOfEntries=3\nVersion=2\n".encode(), name)
    assert got == [
        (tmp_path / "in/a=1.mp3", "", "in/a=1.mp3"),
        (tmp_path / "b.mp3", "B", "b.mp3"),
        (None, "", "http://x/y"),
    ]


@pytest.mark.parametrize(
    "encoding, name", [("cp1251", "Кино"), ("shift_jis", "日本"), ("cp1252", "Don’t – “Mix”")]
)
def test_code_pages_are_told_by_the_files(tmp_path, encoding, name):
    (tmp_path / f"{name}.mp3").touch()
    content = f"#EXTINF:1,{name}\n{name}.mp3\nother.mp3\n".encode(encoding)
    got = listed(tmp_path, content, "set.m3u")
    assert got[0] == (tmp_path / f"{name}.mp3", name, f"{name}.mp3")


def test_files_whose_names_are_the_bytes_of_the_list(tmp_path):
    name = os.fsencode(tmp_path) + b"/mod\xe0.mp3"
    open(name, "wb").close()
    (one,) = listed(tmp_path, b"mod\xe0.mp3\n", "set.m3u")
    assert os.fsencode(one.path) == name and one.line == "modà.mp3"


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
