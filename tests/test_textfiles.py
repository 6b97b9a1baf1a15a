"""Lists as programs of many countries write them, to text."""

import codecs

import pytest

from thesis_lib.datasets import textfiles
from thesis_lib.util.errors import InputError


def read(tmp_path, content, fits=None):
    path = tmp_path / "list.m3u"
    path.write_bytes(content)
    return textfiles.read(path, fits)


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"]
)
def test_unicode_with_and_without_a_mark(tmp_path, encoding):
    said = "#EXTM3U\nCafé – Кино.wav\n"
    assert read(tmp_path, said.encode(encoding)).content == said


def test_utf_16_of_the_other_byte_order(tmp_path):
    content = codecs.BOM_UTF16_BE + "Кино.wav\n".encode("utf-16-be")
    assert read(tmp_path, content).content == "Кино.wav\n"


def test_windows_letters_and_the_bytes_that_it_lacks(tmp_path):
    text = read(tmp_path, "Don’t – “Mix” café".encode("cp1252"))
    assert text == ("Don’t – “Mix” café", "cp1252")
    every = bytes(range(1, 256))
    text = read(tmp_path, every)
    assert len(text.content) == 255
    assert text.content[0x80 - 1] == "€" and text.content[0x81 - 1] == "\x81"
    assert text.raw(text.content).encode("utf-8", "surrogateescape") == every


@pytest.mark.parametrize(
    "encoding, name",
    [("cp1251", "Кино"), ("shift_jis", "日本"), ("koi8_r", "Кино"), ("cp1250", "Dvořák")]
    + [("gb18030", "音乐"), ("cp949", "음악"), ("mac_roman", "Noël")],
)
def test_the_code_page_under_which_files_are_there(tmp_path, encoding, name):
    found = read(tmp_path, f"{name}.wav".encode(encoding), lambda text: name in text.content)
    assert found.content == f"{name}.wav"


def test_the_end_as_dos_marks_it(tmp_path):
    assert read(tmp_path, b"a.wav\r\n\x1a\x1a").content == "a.wav\r\n"


def test_cp1252_where_no_code_page_fits(tmp_path):
    assert read(tmp_path, "Кино".encode("cp1251"), lambda text: 0) == ("Êèíî", "cp1252")


@pytest.mark.parametrize("content", [b"\0\1\2", b"a\0b\xff", b"MZ\0\0\0\0\1\2\3\4"])
def test_what_is_no_text(tmp_path, content):
    with pytest.raises(InputError, match=r"list\.m3u is not a text in UTF-8, UTF-16 or cp1252"):
        read(tmp_path, content)


def test_a_list_that_cannot_be_read(tmp_path, monkeypatch):
    with pytest.raises(InputError, match=r"gone\.m3u is missing; give"):
        textfiles.read(tmp_path / "gone.m3u")

    def refuse(path):
        raise PermissionError(13, "Permission denied")

    (tmp_path / "list.m3u").touch()
    monkeypatch.setattr("pathlib.Path.read_bytes", refuse)
    with pytest.raises(InputError, match=r"list\.m3u cannot be read \(permission denied\)"):
        textfiles.read(tmp_path / "list.m3u")
