"""From what a list calls a file to the file, as the list's computer may have called it."""

import os
import unicodedata
from pathlib import Path

import pytest

from thesis_lib.datasets import lookup


@pytest.fixture
def shelf(tmp_path):
    for name in (
        "Music/Café Noël.wav",
        "Music/plain.wav",
        "Music/Слава.wav",
        "Music/100% pure.wav",
        "Music/end space .wav",
        "Music/back\\slash.wav",
        "Music/%41.wav",
        "Case/one.wav",
        "Case/ONE.wav",
        "Case/two.wav",
        "top.wav",
    ):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.touch()
    return tmp_path


NFD = unicodedata.normalize("NFD", "Café Noël")


@pytest.mark.parametrize(
    "line, path",
    [
        ("Music/plain.wav", "Music/plain.wav"),
        ("./Music/../Music/plain.wav", "Music/plain.wav"),
        ("  Music/plain.wav \t", "Music/plain.wav"),
        ("Music/end space .wav", "Music/end space .wav"),
        ("Music/end  space.wav", None),
        (f"Music/{NFD}.wav", "Music/Café Noël.wav"),
        ("Music/CAFÉ NOËL.WAV", "Music/Café Noël.wav"),
        ("music\\PLAIN.wav", "Music/plain.wav"),
        (".\\Music\\plain.wav", "Music/plain.wav"),
        ("Music/back\\slash.wav", "Music/back\\slash.wav"),
        ("Music/%D0%A1%D0%BB%D0%B0%D0%B2%D0%B0.wav", "Music/Слава.wav"),
        ("Music/Caf%C3%A9%20No%C3%ABl.wav", "Music/Café Noël.wav"),
        ("Music/100% pure.wav", "Music/100% pure.wav"),
        ("Music/100%25%20pure.wav", "Music/100% pure.wav"),
        ("Music/%41.wav", "Music/%41.wav"),
        ("file://{root}/Music/Caf%C3%A9%20No%C3%ABl.wav", "Music/Café Noël.wav"),
        ("file:///C:/Users/dj/Music/plain.wav", "Music/plain.wav"),
        ("{root}/music/plain.wav", "Music/plain.wav"),
        (r"C:\Users\dj\Music\plain.wav", "Music/plain.wav"),
        (r"\\server\share\Music\plain.wav", "Music/plain.wav"),
        ("/Users/dj/Music/plain.wav", "Music/plain.wav"),
        (r"\Users\dj\music\plain.wav", "Music/plain.wav"),  # from the root of a player
        (r"\Music\gone.wav", None),
        ("/Volumes/USB/top.wav", "top.wav"),
        ("~/top.wav", "top.wav"),
        ("Elsewhere/top.wav", None),  # of its own computer: not there is not there
        ("Case/one.wav", "Case/one.wav"),
        ("Case/One.wav", None),  # two are alike
        ("case/TWO.wav", "Case/two.wav"),
        ('"Music/plain.wav"', "Music/plain.wav"),
        ("\u202aC:\\Music\\plain.wav", "Music/plain.wav"),  # as Windows' properties are copied
        ("\ufeffMusic/plain.wav", "Music/plain.wav"),
        ("Music", None),
        ("x" * 5000, None),
        ("a\0b", None),
        ("", None),
    ],
)
def test_where_a_line_leads(shelf, line, path):
    found = lookup.locate(line.format(root=shelf) if "{root}" in line else line, shelf)
    assert found == path or os.path.normpath(found) == str(shelf / path)


def test_the_home_folder(shelf, monkeypatch):
    monkeypatch.setenv("HOME", str(shelf))
    (shelf / "lists").mkdir()
    assert lookup.locate("~/Music/plain.wav", shelf / "lists") == shelf / "Music" / "plain.wav"
    assert lookup.locate("../music/plain.wav", shelf / "lists").samefile(shelf / "Music/plain.wav")


@pytest.mark.parametrize("folder", [".", "Music", "Music/.."])
def test_from_the_working_folder(shelf, monkeypatch, folder):
    monkeypatch.chdir(shelf)
    above = "" if folder == "Music" else "music/"
    assert lookup.locate(f"{above}PLAIN.wav", Path(folder)).samefile("Music/plain.wav")
    assert lookup.locate(str(shelf / "music/plain.wav"), Path(folder)).samefile("Music/plain.wav")


def test_the_bytes_of_a_line_are_a_name_too(shelf):
    name = os.fsencode(shelf) + b"/mod\xe0.wav"
    open(name, "wb").close()
    assert os.fsencode(lookup.locate("modа.wav", shelf, "mod\udce0.wav")) == name
    assert os.fsencode(lookup.locate("modà.wav", shelf)) == name  # as it is shown
    assert os.fsencode(lookup.locate("mod%E0.wav", shelf)) == name


def test_accents_go_before_case(shelf):
    for name in ("é.wav", "É.wav"):
        (shelf / name).touch()
    found = lookup.locate(unicodedata.normalize("NFD", "é.wav"), shelf)
    assert found.name == "é.wav"


@pytest.mark.parametrize(
    "line, is_one",
    [("http://x/y", True), ("MMS://x", True), ("file:///x", False), ("C:/x", False)],
)
def test_streams(line, is_one):
    assert lookup.is_stream(line) == is_one


@pytest.mark.parametrize(
    "line, is_one",
    [("/x", True), ("~/x", True), ("C:\\x", True), ("\\\\nas\\x", True), ("\\x", True)]
    + [("file:///x", True), ("x/y", False), ("../x", False), ("x\\y", False)],
)
def test_paths_of_one_computer(line, is_one):
    assert lookup.is_absolute(line) == is_one
