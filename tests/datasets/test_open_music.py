"""The reader of open music on a made-up tree, and the list that comes with the suite."""

import json
import logging
import re
import runpy

import pytest
from corpora import ROOT, noise, text, write

from thesis_lib.datasets import archives, open_music, registry, validate
from thesis_lib.util.errors import InputError

# Kept for judging what was learned: never to be learned from.
KEPT = {"naev-data", "warzone2100-music", "marsshooter-data"}
MUSIC = "usr/share/games/data/music"
COPYRIGHT = """\
Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/

Files: *
Copyright: 2001-2016, Somebody <somebody@example.org>
           2003 Another
License: GPL-2+

Files: music/b*
Copyright: 2010 B. (https://example.org)
License: CC-BY-SA-3.0
"""


@pytest.fixture(scope="module")
def maker():
    return runpy.run_path(ROOT / "data" / "make_open_music.py")


@pytest.fixture
def made(maker, tmp_path, monkeypatch):
    """A tree of two packages and its list, which the suite's own script makes: both paths."""
    root, games = tmp_path / "to", {"one-music": "One", "two-data": "Two"}
    for number, package in enumerate(games):
        text(root / package / "usr" / "share" / "doc" / package / "copyright", COPYRIGHT)
        for track in range(3):
            path = root / package / MUSIC / f"{'abc'[track]} song.ogg"
            write(path, noise(2 + track / 10, seed=3 * number + track))
        write(root / package / MUSIC / "short.ogg", noise(0.5))
        write(root / package / MUSIC / "a song_fast.ogg", noise(2, seed=99))
        (root / package / MUSIC / "link.ogg").symlink_to("a song.ogg")
    one = {
        package: maker["Game"](name, "music", loops={"c song": 1.5})
        for package, name in games.items()
    }
    inside = maker["make"].__globals__
    monkeypatch.setitem(inside, "GAMES", one)
    monkeypatch.setitem(inside, "SHORTEST", 1.0)
    maker["write"](maker["make"](root), tmp_path / "list.json")
    return root, tmp_path / "list.json"


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
    maker["write"](maker["make"](root), tmp_path / "again.json")
    table = open_music.tracks(tmp_path / "again.json")
    assert table[table.path.str.contains("same")].group.nunique() == 1
    assert table.group.nunique() == 7


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


def test_a_folder_is_recognised_by_a_package_in_it(tmp_path):
    (tmp_path / "hyperrogue-music").mkdir()
    assert registry.recognise(tmp_path) == "music"
    (tmp_path / "hyperrogue-music" / "usr").mkdir()
    assert registry.recognise(tmp_path) == "open_music"


def test_the_list_holds_twelve_hours_of_songs_under_named_licences():
    table = open_music.tracks()
    assert table.duration.sum() > 12 * 3600
    assert table.seconds.min() > 45
    assert (table.start + table.duration <= table.seconds + 0.01).all()
    assert set(table.licence) <= {
        "GPL", "GPL-2", "GPL-2+", "GPL-3+", "CC-BY-SA-3.0", "CC-BY-SA-3.0+", "CC-BY-SA-4.0",
        "Drascula-License",
    }  # fmt: skip
    assert (table.copyright != "").all()
    assert table.path.is_unique and table.name.is_unique and table.sha256.is_unique
    assert all(re.fullmatch("[0-9a-f]{64}", one) for one in table.sha256)


def test_nothing_that_is_kept_or_comes_with_the_suite_is_in_the_list():
    packages = set(open_music.tracks().package)
    assert not packages & KEPT
    shipped = (ROOT / "data" / "mini_music" / "ATTRIBUTION.tsv").read_text()
    assert not [package for package in packages if package in shipped]


def test_each_package_of_the_list_is_fetched_with_its_tracks():
    table = open_music.tracks()
    about = json.loads(archives.ARCHIVES.read_text())["open_music"]
    declared = {one["folder"]: one for one in about["sets"]["bookworm"]["archives"]}
    assert set(declared) == set(table.package)
    for package, one in declared.items():
        version = one["version"].partition(":")[2] or one["version"]
        assert one["name"] == f"{package}_{version}_all.deb"
        assert re.fullmatch("sha256:[0-9a-f]{64}", one["checksum"])
        paths = table.path[table.package == package].str.partition("/")[2]
        assert all(path.startswith(one["only"][0]) for path in paths)
    assert table.bytes.sum() < about["sets"]["bookworm"]["unpacked"]
