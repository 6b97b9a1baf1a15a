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


def test_one_line_of_windows_in_a_list_of_utf_8(tmp_path):
    content = "Björk – Jóga\nКино\n".encode() + "Café\n".encode("cp1252") + "Ünder\n".encode()
    text = read(tmp_path, content)
    assert text.content == "Björk – Jóga\nКино\nCafé\nÜnder\n"
    assert text.encoding == "utf-8 and cp1252" and text.raw("Café") == "Caf\udce9"
    assert read(tmp_path, codecs.BOM_UTF8 + content).content == text.content


def test_one_line_of_utf_8_in_a_list_of_windows(tmp_path):
    content = "Café\nNoël\nDvořák".encode("cp1250") + b"\n" + "Björk\n".encode()
    assert read(tmp_path, content).content == "Café\nNoël\nDvoøák\nBjörk\n"  # ř is ø in cp1252


def test_within_one_line_bytes_of_two_encodings(tmp_path):
    """A row whose path is in Windows's letters and whose label is in UTF-8; a title cut short."""
    content = b"Caf\xe9.wav," + "Électro Überwältigend\nBjörk – Jóg".encode() + b"\xc3"
    assert read(tmp_path, content).content == "Café.wav,Électro Überwältigend\nBjörk – JógÃ"


def test_a_line_of_another_country_in_a_list_of_utf_8(tmp_path):
    content = "Björk\nDvořák\n".encode() + "Кино.wav\n".encode("cp1251")
    text = read(tmp_path, content, lambda text: "Кино" in text.content)
    assert text == ("Björk\nDvořák\nКино.wav\n", "utf-8 and cp1251")


def test_two_bytes_of_asia_that_look_like_utf_8(tmp_path):
    """The first line in GBK is UTF-8 by chance; the others tell."""
    content = b"\xc4\xa3\n" + "摇滚音乐\n爵士乐曲\n".encode("gb18030")
    text = read(tmp_path, content, lambda text: "摇滚" in text.content)
    assert text == ("模\n摇滚音乐\n爵士乐曲\n", "gb18030")


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("said", ["Группа крови\r\nКино\r\n", "音楽\n日本\n"])
def test_utf_16_without_a_mark_of_other_letters(tmp_path, encoding, said):
    assert read(tmp_path, said.encode(encoding)) == (said, encoding)


@pytest.mark.parametrize("encoding", ["utf-8", "cp1252"])
@pytest.mark.parametrize("zeros", [2, 3, 512])
def test_zeros_behind_the_end(tmp_path, encoding, zeros):
    content = "Café.wav\n".encode(encoding) + bytes(zeros)
    assert read(tmp_path, content) == ("Café.wav\n", encoding)
