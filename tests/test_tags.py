"""Names out of tags, whatever the tags hold; they are written here by mutagen."""

import unicodedata

import mutagen
import mutagen.id3
import mutagen.mp4
import numpy as np
import pytest
from corpora import noise, write, write_aac
from hypothesis import given
from hypothesis import strategies as st

from thesis_lib.datasets import metadata


def tagged(path, **said):
    """A sound file with tags: artist, title, genre, bpm."""
    if path.suffix == ".m4a":
        write_aac(path, noise(0.3))
        keys = {"artist": "\xa9ART", "title": "\xa9nam", "genre": "\xa9gen", "bpm": "tmpo"}
        said = {keys[key]: [int(v)] if key == "bpm" else [v] for key, v in said.items()}
        file = mutagen.mp4.MP4(path)
        file.update(said)
    elif path.suffix in (".mp3", ".wav", ".aiff"):
        write(path, noise(0.3))
        file = mutagen.File(path)
        file.add_tags() if file.tags is None else None
        keys = {"artist": "TPE1", "title": "TIT2", "genre": "TCON", "bpm": "TBPM"}
        for key, value in said.items():
            file.tags.add(getattr(mutagen.id3, keys[key])(encoding=3, text=[value]))
    else:
        kind = {"format": "OGG", "subtype": "OPUS"} if path.suffix == ".opus" else {}
        write(path, noise(0.3), **kind)
        file = mutagen.File(path)
        file.update({key: [value] for key, value in said.items()})
    file.save()
    return path


@pytest.mark.parametrize("ending", ["mp3", "wav", "aiff", "flac", "ogg", "opus", "m4a"])
def test_all_formats(tmp_path, ending):
    said = {"artist": "Björk", "title": "Jóga", "genre": "Downtempo", "bpm": "87"}
    path = tagged(tmp_path / f"a.{ending}", **said)
    assert metadata.read(path) == ("Björk - Jóga (87 BPM)", "Downtempo")


@pytest.mark.parametrize(
    "said, name",
    [
        ({"artist": "A", "title": "T"}, "A - T"),
        ({"title": "T", "bpm": "126.48"}, "T (126 BPM)"),
        ({"artist": "A", "bpm": "120"}, ""),
        ({}, ""),
        ({"title": "T", "bpm": "fast"}, "T"),
        ({"title": "T", "bpm": "0"}, "T"),
        ({"title": "T", "bpm": "1e999"}, "T"),
        ({"title": "T", "bpm": "nan"}, "T"),
        ({"artist": "\x07A\x1b[31m", "title": " T\r\n\tU\u202e "}, "A [31m - T U"),
        ({"title": "<script>x</script> & $1$"}, "<script>x</script> & $1$"),
    ],
)
def test_what_is_known_makes_the_name(tmp_path, said, name):
    assert metadata.read(tagged(tmp_path / "a.flac", **said)).name == name


@pytest.mark.parametrize(
    "said, genre",
    [
        ("(17)", "Rock"),
        ("17", "Rock"),
        ("(17)Rock", "Rock"),
        ("(4)Eurodisco", "Eurodisco"),
        ("(4)(17)", "Disco"),
        ("(RX)", "Remix"),
        ("CR", "Cover"),
        ("(255)", ""),
        ("Rock/Pop", "Rock"),
        ("Rock; Pop", "Rock"),
        ("Rock, Pop", "Rock"),
        ("Rock\0Pop", "Rock"),
        (" Rock \n", "Rock"),
        (";Rock", "Rock"),
        ("Minimal / Deep Tech", "Minimal / Deep Tech"),
        ("Techno (Peak Time / Driving)", "Techno (Peak Time / Driving)"),
        ("Techno (Raw, Deep)/House", "Techno (Raw, Deep)"),
        ("((Foo)", "(Foo)"),
        ("2000s", "2000s"),
        ("1999", "1999"),
        ("Тест", "Тест"),
        ("", ""),
    ],
)
def test_genres_as_taggers_write_them(said, genre):
    assert metadata.genre(said) == genre


@pytest.mark.parametrize(
    "said, genre",
    [
        (["(17)"], "Rock"),
        (["17"], "Rock"),
        (["(17)Rock"], "Rock"),
        (["Rock", "Pop"], "Rock"),
        (["(RX)"], "Remix"),
        (["Rock; Pop"], "Rock"),
        (["(255)"], ""),
    ],
)
def test_genres_in_files(tmp_path, said, genre):
    path = write(tmp_path / "a.mp3", noise(0.3))
    file = mutagen.id3.ID3()
    file.add(mutagen.id3.TCON(encoding=1, text=said))
    file.save(path)
    assert metadata.read(path).genre == genre
    path = write(tmp_path / "a.flac", noise(0.3))
    file = mutagen.File(path)
    file["genre"] = said
    file.save()
    assert metadata.read(path).genre == genre


def test_the_genres_that_have_numbers():
    assert metadata.GENRES == mutagen.id3.TCON.GENRES


def test_bytes_that_are_no_text_and_accents():
    assert metadata.clean("mod\udce0 e\u0301 \ud800x") == "modà é \ufffdx"


def test_a_name_of_ten_thousand_characters(tmp_path):
    said = {"artist": "a" * 10000, "title": "t" * 10000, "genre": "g" * 10000, "bpm": "128"}
    name, genre = metadata.read(tagged(tmp_path / "a.mp3", **said))
    assert len(name) == len(genre) == metadata.LONGEST
    assert name.startswith("aaaa") and name.endswith("… (128 BPM)")


@given(st.text())
def test_any_text_becomes_one_short_line(text):
    got = metadata.clean(text)
    assert len(got) <= metadata.LONGEST and got == got.strip() and "  " not in got
    assert not any(unicodedata.category(one)[0] == "C" for one in got)
    assert metadata.clean(got) == got


@pytest.mark.parametrize("ending", ["mp3", "flac", "ogg", "m4a", "wav"])
@pytest.mark.parametrize("seed", range(5))
def test_damaged_tags_do_no_harm(tmp_path, ending, seed):
    path = tagged(tmp_path / f"a.{ending}", artist="A" * 50, title="T" * 50, genre="G")
    content = np.frombuffer(path.read_bytes(), np.uint8).copy()
    random = np.random.default_rng(seed)
    places = random.integers(0, min(len(content), 400), 20)
    content[places] = random.integers(0, 256, 20)
    path.write_bytes(content.tobytes()[: random.integers(1, len(content))])
    name, genre = metadata.read(path)
    assert name == metadata.clean(name) and genre == metadata.clean(genre)


@pytest.mark.parametrize("name", ["a.mp3", "a.txt", "gone.mp3"])
def test_no_tags_at_all(tmp_path, name):
    if name != "gone.mp3":
        (tmp_path / name).write_bytes(b"no audio")
    assert metadata.read(tmp_path / name) == ("", "")
