"""The reader of open music on a made-up tree, and the lists that come with the suite."""

import json
import logging
import re
import runpy

import pytest
from corpora import ROOT, noise, text, write

from thesis_lib.audio import io as audio_io
from thesis_lib.datasets import archives, open_music, registry, validate
from thesis_lib.util.errors import InputError

# Kept for judging what was learned: never to be learned from.
KEPT = {"naev-data", "warzone2100-music", "marsshooter-data"}
LISTS = {
    "open_music": open_music.MANIFEST,
    "open_music_report": open_music.REPORT,
    "open_sounds": open_music.SOUNDS,
}
MUSIC = "usr/share/games/data/music"
COPYRIGHT = """\
Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/

Files: *
Copyright: 2001-2016, Somebody <somebody@example.org>
           2003 Another
License: GPL-2+

Files: music/b*
Copyright: Copyright (c) 2010 by B. (https://example.org)
License: CC-BY-SA-3.0
"""


@pytest.fixture(scope="module")
def maker():
    return runpy.run_path(ROOT / "data" / "make_open_music.py")


@pytest.fixture
def made(maker, tmp_path):
    """A tree of two packages and its list, which the suite's own script makes: both paths."""
    root = tmp_path / "to"
    for number, package in enumerate(["one-music", "two-data"]):
        text(root / package / "usr" / "share" / "doc" / package / "copyright", COPYRIGHT)
        for track in range(3):
            path = root / package / MUSIC / f"{'abc'[track]} song.ogg"
            write(path, noise(2 + track / 10, seed=3 * number + track))
        write(root / package / MUSIC / "short.ogg", noise(0.5))
        write(root / package / MUSIC / "a song_fast.ogg", noise(2, seed=99))
        (root / package / MUSIC / "link.ogg").symlink_to("a song.ogg")
    maker["write"](maker["make"](root, which(maker)), tmp_path / "open_music.json")
    return root, tmp_path / "open_music.json"


def which(maker, **options):
    """What the script makes a list of: both packages, with these options of a `Game`."""
    games = {"one-music": "One", "two-data": "Two"}
    options = {"loops": {"c song": 1.5}, **options}
    one = {package: maker["Game"](name, "music", **options) for package, name in games.items()}
    return maker["List"](one, 1.0)


def test_the_table(made):
    root, manifest = made
    corpus = open_music.read(root, manifest=manifest)
    table = corpus.table.set_index("path")
    assert corpus.root == root and corpus.labels == ["One", "Two"] and len(table) == 6
    row = table.loc[f"one-music/{MUSIC}/b song.ogg"]
    assert (row.group, row["name"]) == ("one-music/b song", "One - b song")
    assert row.duration == pytest.approx(2.1, abs=0.01) and row.start == 0
    assert (row.sample_rate, row.channels) == (16000, 1)
    assert table.loc[f"two-data/{MUSIC}/c song.ogg"].duration == 1.5  # played once
    assert not validate.examine(validate.by_file(corpus), progress=False).faults
    assert set(table.split) == {"0", "1", "2"} and corpus.left_out == ()


def test_licence_and_holders_are_those_of_the_copyright_file(made):
    table = open_music.tracks(made[1]).set_index("path")
    a, b = (table.loc[f"two-data/{MUSIC}/{name} song.ogg"] for name in "ab")
    assert (a.licence, a.copyright, a.author) == ("GPL-2+", "Somebody and others", "")
    assert (b.licence, b.copyright) == ("CC-BY-SA-3.0", "B.")


def test_no_song_is_on_both_sides(made):
    root, manifest = made
    corpus = open_music.read(root, manifest=manifest)
    tested = []
    for fold in range(3):
        sides = corpus.fold(fold).table.groupby("split").group.unique()
        assert not set(sides["train"]) & set(sides["test"])
        tested += list(sides["test"])
    assert sorted(tested) == sorted(corpus.table.group)


def test_two_files_of_one_recording_are_one_song(made, maker, tmp_path):
    root, _ = made
    for package in ("one-music", "two-data"):
        write(root / package / MUSIC / "same.ogg", noise(20, seed=9))
    maker["write"](maker["make"](root, which(maker)), tmp_path / "again.json")
    table = open_music.tracks(tmp_path / "again.json")
    assert table[table.path.str.contains("same")].group.nunique() == 1
    assert table.group.nunique() == 7


def test_what_is_taken_and_what_a_song_is_called_is_said_of_each_package(made, maker, tmp_path):
    """A song in a folder of its own; sounds of one name in several folders; other endings."""
    root, _ = made
    for song in ("first", "second"):
        for part in ("guitar.ogg", "all.wav"):
            write(root / "one-music" / MUSIC / song / part, noise(2, seed=len(song + part)))
    options = which(maker, take="/all[.]wav$", song=lambda path: path.parent.name)
    maker["write"](maker["make"](root, options), tmp_path / "again.json")
    table = open_music.tracks(tmp_path / "again.json")
    assert set(table.group) == {"one-music/first", "one-music/second"}
    assert set(table.path) == {f"one-music/{MUSIC}/{one}/all.wav" for one in ("first", "second")}


def test_what_is_no_sound_is_named_and_left_out(made, maker, capsys):
    root, _ = made
    text(root / "one-music" / MUSIC / "no sound.ogg", "no sound")
    games = maker["make"](root, which(maker))["games"]
    assert [len(game["tracks"]) for game in games] == [3, 3]
    assert "no sound.ogg" in capsys.readouterr().err


def test_a_track_that_is_missing_or_another_is_told(made, caplog):
    root, manifest = made
    (root / "one-music" / MUSIC / "a song.ogg").unlink()
    (root / "one-music" / MUSIC / "b song.ogg").write_bytes(b"another")
    with caplog.at_level(logging.WARNING):
        corpus = open_music.read(root, manifest=manifest)
    assert len(corpus.table) == 4
    assert any("2 of 3 tracks of One are missing" in said for said in corpus.left_out)
    assert "2 of 3 tracks of One" in caplog.text
    found, faults = open_music.files(root, manifest)
    assert len(found) == 5 and len(faults) == 2
    assert "a song.ogg is missing" in faults[0] and "sha256 differs" in faults[1]


def test_a_byte_that_changed_is_found_when_it_is_looked_for(made):
    root, manifest = made
    path = root / "two-data" / MUSIC / "a song.ogg"
    data = bytearray(path.read_bytes())
    data[-1] ^= 1
    path.write_bytes(data)
    _, (fault,) = open_music.files(root, manifest)
    assert str(path) in fault and "sha256 differs" in fault


def test_nothing_of_it_is_there(made, tmp_path):
    with pytest.raises(InputError, match="holds no track of open music; `thesis fetch"):
        open_music.read(tmp_path / "list.json", manifest=made[1])


@pytest.mark.parametrize("name", LISTS)
def test_a_folder_is_recognised_by_a_package_in_it(tmp_path, name):
    package = open_music.tracks(LISTS[name]).package[0]
    (tmp_path / package).mkdir()
    assert registry.recognise(tmp_path) == "music"
    (tmp_path / package / "usr").mkdir()
    assert registry.recognise(tmp_path) == name
    with pytest.raises(InputError, match=f"of {name.replace('_', ' ')}; `thesis fetch open-"):
        registry.read(name, tmp_path)


def test_open_music_is_twelve_hours_of_songs():
    table = open_music.tracks()
    assert table.duration.sum() > 12 * 3600
    assert table.seconds.min() > 45


def test_music_for_reporting_is_games_of_enough_songs():
    table = open_music.tracks(open_music.REPORT)
    assert table.duration.sum() > 4 * 3600
    assert table.seconds.min() > 30
    songs = table.groupby("label").group.nunique()
    assert len(songs) >= 7 and songs.min() >= 5


def test_open_sounds_are_short_and_many():
    table = open_music.tracks(open_music.SOUNDS)
    assert table.duration.sum() > 1.5 * 3600
    assert table.seconds.min() > 0.3 and table.seconds.median() < 5
    assert table.package.nunique() >= 10


@pytest.mark.parametrize("name", LISTS)
def test_a_list_names_each_track_once_under_a_licence_that_is_free(name):
    table = open_music.tracks(LISTS[name])
    assert (table.start + table.duration <= table.seconds + 0.01).all()
    assert set(table.licence) <= {
        "GPL", "GPL-2", "GPL-2+", "GPL-3+", "CC-BY-SA-3.0", "CC-BY-SA-3.0+", "CC-BY-SA-4.0",
        "CC-BY-3.0", "CC-BY-4.0", "CC0", "Expat", "MIT", "Drascula-License",
        "ETHYMONICS-FREE-MUSIC-LICENSE",
    }  # fmt: skip
    assert (table.copyright != "").all()
    assert table.path.is_unique and table.name.is_unique
    assert all(re.fullmatch("[0-9a-f]{64}", one) for one in table.sha256)


@pytest.mark.parametrize("name", LISTS)
def test_nothing_that_is_kept_or_comes_with_the_suite_is_in_a_list(name):
    packages = set(open_music.tracks(LISTS[name]).package)
    assert not packages & KEPT
    shipped = (ROOT / "data" / "mini_music" / "ATTRIBUTION.tsv").read_text()
    assert not [package for package in packages if package in shipped]


def test_what_is_reported_on_was_not_learned_from():
    """Neither games, nor packages, nor authors, nor recordings are those of the other lists."""
    report = open_music.tracks(open_music.REPORT)
    shipped = (ROOT / "data" / "mini_music" / "ATTRIBUTION.tsv").read_text()
    authors = set(report.author) - {""}
    assert authors and not [author for author in authors if author in shipped]
    for name in ("open_music", "open_sounds"):
        other = open_music.tracks(LISTS[name])
        for column in ("label", "package", "sha256"):
            assert not set(report[column]) & set(other[column])
        assert not authors & set(other.author)


@pytest.mark.parametrize("name", LISTS)
def test_each_package_of_a_list_is_fetched_with_its_tracks(name):
    table = open_music.tracks(LISTS[name])
    about = json.loads(archives.ARCHIVES.read_text())[name]
    declared = {one["folder"]: one for one in about["sets"]["bookworm"]["archives"]}
    assert set(declared) == set(table.package)
    for package, one in declared.items():
        version = one["version"].partition(":")[2] or one["version"]
        assert one["name"] == f"{package}_{version}_all.deb"
        assert re.fullmatch("sha256:[0-9a-f]{64}", one["checksum"])
        assert one["only"][-1] == f"usr/share/doc/{package}/copyright"
        paths = table.path[table.package == package].str.partition("/")[2]
        assert all(path.startswith(tuple(one["only"][:-1])) for path in paths)
    assert table.bytes.sum() < about["sets"]["bookworm"]["unpacked"]


def test_a_track_of_any_length_can_be_read_to_its_listed_end(maker, tmp_path):
    """50000 samples of 44100 Hz last 1.13379 s; 1.1338 s, rounded, are a sample more."""
    for track in range(3):
        path = tmp_path / "to" / "one-music" / MUSIC / f"{'abc'[track]} song.wav"
        write(path, noise(3.2, seed=track)[: 50000 + 3 * track], 44100)
    game = maker["Game"]("One", licence="GPL-2", holders="A")
    made = maker["make"](tmp_path / "to", maker["List"]({"one-music": game}, 1.0))
    maker["write"](made, tmp_path / "list.json")
    corpus = open_music.read(tmp_path / "to", manifest=tmp_path / "list.json")
    for row in corpus.table.itertuples():
        wave = audio_io.read(corpus.path(row), 16000, row.channel, row.start, row.duration)
        assert len(wave) == pytest.approx(row.duration * 16000, abs=1)
