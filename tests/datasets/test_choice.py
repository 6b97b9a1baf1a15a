"""Lists at the top of a folder that are of no use: each is named, and none hides the music."""

import os
import socket

import pytest
from corpora import text
from test_listing import files, table_of

from thesis_lib.datasets import listing
from thesis_lib.util.errors import InputError

CLASSES = {"House/1.wav": ("House", "House/1", ""), "Techno/2.wav": ("Techno", "Techno/2", "")}
NOT_READ = "is not read, for nothing that it lists can be ("
USELESS = {
    "zero.m3u": (b"", "lists no file"),
    "empty.m3u8": (b"#EXTM3U\n", "lists no file"),
    "empty.pls": (b"[playlist]\n", "lists no file"),
    "binary.m3u": (bytes(range(256)) * 4, "is not a text in UTF-8"),
    "dead.m3u": (b"C:\\Users\\dj\\gone 1.mp3\r\nC:\\Users\\dj\\gone 2.mp3\r\n", NOT_READ),
    "hls.m3u8": (b"#EXTM3U\n#EXT-X-VERSION:3\n#EXTINF:10,\nseg0.ts\n#EXT-X-ENDLIST\n", NOT_READ),
    "radio.m3u": (b"#EXTM3U\n#EXTINF:-1,Radio\nhttp://example.org/x\n", "/x is a stream"),
    "head.csv": (b"path,label,song\n", "lists no file"),
    "dead.csv": (b"path,size\n/home/a/x.txt,1\n", NOT_READ),
    "about.csv": (b"path,size\nabout.csv,30\n", "about.csv is no sound"),
    "twice.csv": (b"path,label,label\nHouse/1.wav,a,b\n", "the header is 'path,label,label'"),
}


@pytest.fixture
def root(tmp_path):
    return files(tmp_path / "music", "House/1.wav", "Techno/2.wav")


@pytest.mark.parametrize("name", USELESS)
def test_a_list_of_no_use_hides_nothing(root, name):
    content, says = USELESS[name]
    (root / name).write_bytes(content)
    assert table_of(root) == CLASSES
    (fault,) = listing.find(root).faults
    assert str(root / name) in fault and says in fault


@pytest.mark.parametrize("name", USELESS)
def test_where_nothing_else_is_there_it_is_the_error(tmp_path, name):
    content, says = USELESS[name]
    (tmp_path / name).write_bytes(content)
    with pytest.raises(InputError, match=str(tmp_path / name)) as error:
        listing.find(tmp_path)
    assert says in str(error.value) and "add some" not in str(error.value)


def test_every_list_of_no_use_is_named(root):
    for name, (content, _) in USELESS.items():
        (root / name).write_bytes(content)
    said = "\n".join(listing.find(root).faults)
    assert table_of(root) == CLASSES and all(str(root / name) in said for name in USELESS)


def test_a_dead_csv_leaves_playlists_and_a_dead_playlist_beside_one_is_no_matter(root):
    text(root / "House.m3u", "House/1.wav\n")
    text(root / "dead.csv", "path,label\nx/gone.wav,x\n")
    found = listing.find(root)
    assert found.table.path.tolist() == ["House/1.wav"]
    assert found.faults[0].startswith(f"{root}/dead.csv {NOT_READ}1 in all, the first: ")
    text(root / "good.csv", "path,label\nTechno/2.wav,x\n")
    assert table_of(root) == {"Techno/2.wav": ("x", "Techno/2", "")}


def test_a_playlist_that_is_a_link_to_nothing_is_named(root):
    (root / "House.m3u").symlink_to("/nowhere/House.m3u")
    assert table_of(root) == CLASSES
    (fault,) = listing.find(root).faults
    assert fault.startswith(f"{root}/House.m3u is a link to /nowhere/House.m3u, which is missing")
    text(root / "Techno.m3u", "Techno/2.wav\n")
    found = listing.find(root)
    assert table_of(root) == {"Techno/2.wav": ("Techno", "Techno/2", "")}
    assert found.notes[0].startswith(f"{root}: Techno.m3u is read, with 1 file; 1 more")
    assert fault in found.faults and "single playlist" not in "".join(found.notes)


@pytest.mark.parametrize("name", ["songs.csv", "songs.tsv", "songs.pls"])
def test_a_list_that_is_no_file_is_named_and_not_waited_for(root, name):
    os.mkfifo(root / name)
    assert table_of(root) == CLASSES
    assert listing.find(root).faults == [
        f"{root}/{name} is a pipe, not a file; take it away or give another."
    ]
    with pytest.raises(InputError, match=f"{name} is a pipe, not a file"):
        listing.find(root / name)


def test_what_a_list_names_and_is_no_file_is_called_what_it_is(root, monkeypatch):
    os.mkfifo(root / "House" / "pipe.wav")
    monkeypatch.chdir(root / "House")  # a socket's path may have a hundred letters
    with socket.socket(socket.AF_UNIX) as one:
        one.bind("socket.wav")
    (root / "House" / "loop.wav").symlink_to("loop.wav")
    (root / "House" / "gone.wav").symlink_to("/nowhere.wav")
    names = ["1.wav", "pipe.wav", "socket.wav", "loop.wav", "gone.wav", "d" * 300]
    text(root / "s.csv", "path,label\n", *(f"House/{name},x\n" for name in names))
    faults = listing.find(root).faults
    for fault, says in zip(
        faults,
        (
            "pipe.wav is a pipe, but line 3 of s.csv lists it; take it out.",
            "socket.wav is a socket, but line 4 of s.csv lists it; take it out.",
            "loop.wav cannot be read (too many levels of symbolic links); remove the link",
            "gone.wav is a link to /nowhere.wav, which is missing",
            "cannot be read (file name too long); give it",
        ),
        strict=True,
    ):
        assert says in fault


ITUNES = b'<?xml version="1.0"?>\n<!DOCTYPE plist PUBLIC>\n<plist version="1.0"><dict/></plist>'


@pytest.mark.parametrize(
    "name, content, is_one",
    [("Library.xml", ITUNES, True), ("collection.xml", b"<DJ_PLAYLISTS/>", True)]
    + [("House.txt", "Name\tArtist\tLocation\r\n".encode("utf-16"), True)]
    + [("notes.txt", b"Name of the band, and its Location", False)]
    + [("any.xml", b'<?xml version="1.0"?><html/>', False)]
    + [(f"x.{end}", b"x", True) for end in ("xspf", "crate", "b4s", "nml", "wpl", "aimppl4")],
)
def test_lists_of_other_programs_are_named(root, name, content, is_one):
    (root / name).write_bytes(content)
    said = [note for note in listing.find(root).notes if "lists of this kind are not read" in note]
    assert [f"({name})" in note for note in said] == [True] * is_one
