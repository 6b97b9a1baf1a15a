"""The reader of FMA, on a small tree in its exact layout."""

import csv
import logging

import pytest
from corpora import noise, text, write

from thesis_lib.audio import io as audio_io
from thesis_lib.datasets import fma
from thesis_lib.datasets.validate import headers
from thesis_lib.util.errors import InputError

# The columns of FMA's own tracks.csv, in order.
ALBUM = (
    "comments date_created date_released engineer favorites id information listens producer tags "
    "title tracks type"
)
ARTIST = (
    "active_year_begin active_year_end associated_labels bio comments date_created favorites id "
    "latitude location longitude members name related_projects tags website wikipedia_page"
)
TRACK = (
    "bit_rate comments composer date_created date_recorded duration favorites genre_top genres "
    "genres_all information interest language_code license listens lyricist number publisher tags "
    "title"
)
COLUMNS = [
    (top, name)
    for top, names in (
        ("album", ALBUM),
        ("artist", ARTIST),
        ("set", "split subset"),
        ("track", TRACK),
    )
    for name in names.split()
]
GENRES = {
    15: "Electronic",
    181: "Techno",
    182: "House",
    184: "Minimal Electronic",
    296: "Dance",
    337: "Drum & Bass",
    400: "Chill-out",
    495: "Downtempo",
    12: "Rock",
}


def tree(root, tracks, sets="fma_medium", without=()):
    """FMA's layout: {number: (genres, artist's number, artist, title)}, a second of noise each."""
    meta = root / "fma_metadata"
    meta.mkdir(parents=True)
    with open(meta / "tracks.csv", "w", newline="") as file:
        lines = csv.writer(file)
        lines.writerow(["", *(top for top, _ in COLUMNS)])
        lines.writerow(["", *(name for _, name in COLUMNS)])
        lines.writerow(["track_id"] + [""] * len(COLUMNS))
        for number, (genres, artist, by, title) in tracks.items():
            fields = {
                ("artist", "id"): artist,
                ("artist", "name"): by,
                ("artist", "bio"): '<p>Two lines,\nand "quotes"</p>',
                ("track", "genres"): str(genres),
                ("track", "title"): title,
            }
            lines.writerow([number, *(fields.get(column, "") for column in COLUMNS)])
    rows = [f"{key},1,15,{title},15\n" for key, title in GENRES.items()]
    text(meta / "genres.csv", "genre_id,#tracks,parent,title,top_level\n", *rows)
    for number in set(tracks) - set(without):
        path = root / sets / f"{number:06d}"[:3] / f"{number:06d}.mp3"
        write(path, noise(1, seed=number))
    return root


def tracks_of(genres=(181, 182), artists=4, songs=2):
    """So many songs of so many artists in each genre."""
    found = {}
    for genre in genres:
        for artist in range(artists):
            for song in range(songs):
                number = 1000 * (len(found) + 1) + song
                key = 10 * genre + artist
                found[number] = ([15, genre], key, f"Band {key}", f"Song {number}")
    return found


def test_a_track_is_of_the_one_class_among_its_genres(tmp_path, caplog):
    tracks = tracks_of() | {
        70001: ([181, 182], 1, "x", "both"),
        70002: ([12], 2, "x", "neither"),
        70003: ([], 3, "x", "nothing"),
        70004: ([1810, 18], 4, "x", "like it but not it"),
    }
    table = fma.read(tree(tmp_path, tracks)).table.set_index("path")
    want = {
        f"fma_medium/{number // 1000:03d}/{number:06d}.mp3": GENRES[genres[1]]
        for number, (genres, *_) in tracks.items()
        if number < 70000
    }
    assert table.label.to_dict() == want
    said = caplog.records[0].getMessage()
    assert said.startswith(f"FMA: {len(want)} tracks have one of the genres House, ")
    assert "; 1 with several of them" in said


def test_names_and_artists(tmp_path):
    tracks = tracks_of()
    tracks[90000] = ([182], 999, "Motörhead\t<b>", 'A "title", with all\nof it')
    corpus = fma.read(tree(tmp_path, tracks))
    assert (corpus.name, corpus.note, corpus.root) == ("FMA", "Creative Commons", tmp_path)
    row = corpus.table[corpus.table.path.str.contains("090000")].iloc[0]
    assert row["name"] == 'Motörhead <b> - A "title", with all of it'
    assert row.group == "Motörhead <b> (artist 999)"
    assert corpus.table.group.nunique() == 9
    assert headers(corpus) == []


@pytest.mark.parametrize("folds", [2, 3])
def test_no_artist_is_on_both_sides(tmp_path, folds):
    tracks = tracks_of(artists=6)
    for number in list(tracks)[:4]:  # one artist of both classes
        tracks[number] = (tracks[number][0], 5, "Both", f"Song {number}")
    tracks[99000] = ([182], 5, "Both", "Song 99000")
    corpus = fma.read(tree(tmp_path, tracks), folds=folds)
    tested = []
    for k in range(folds):
        table = corpus.fold(k).table
        sides = table.groupby("split").group.unique()
        assert not set(sides["train"]) & set(sides["test"])
        assert set(table.label[table.split == "test"]) == {"Techno", "House"}
        tested += list(sides["test"])
    assert sorted(tested) == sorted(set(corpus.table.group))


def test_the_split_is_the_same_each_time(tmp_path):
    root = tree(tmp_path, tracks_of(artists=6))
    splits = [fma.read(root, seed=seed).table.split.tolist() for seed in (1, 1, 2)]
    assert splits[0] == splits[1] != splits[2]


def test_a_set_fetched_in_part_and_damaged_tracks(tmp_path, caplog):
    known = min(fma.DAMAGED)
    tracks = tracks_of() | {known: ([181], 1, "x", "known to be damaged")}
    gone = list(tracks)[:3]
    root = tree(tmp_path, tracks, without=gone)
    broken = root / "fma_medium" / "006" / "006001.mp3"
    assert broken.is_file()
    broken.write_bytes(b"")
    with caplog.at_level(logging.WARNING):
        table = fma.read(root).table
    said = [record.getMessage() for record in caplog.records]
    assert f"3 of {len(tracks)} tracks have no file in fma_medium and are left out." in said
    assert sum("Left out: " in one and str(broken) in one for one in said) == 1
    assert len(table) == len(tracks) - 5
    assert not table.path.str.contains(f"{known:06d}").any()


def test_a_class_of_one_artist_is_left_out_by_name(tmp_path, caplog):
    tracks = tracks_of() | {90000: ([495], 7, "Alone", "One"), 90001: ([495], 7, "Alone", "Two")}
    corpus = fma.read(tree(tmp_path, tracks))
    assert corpus.labels == ["House", "Techno"]
    assert any(one.getMessage().startswith("Left out: Downtempo,") for one in caplog.records)


def test_the_longer_recording_is_taken(tmp_path):
    tracks = tracks_of()
    root = tree(tmp_path, tracks)
    number = min(tracks)
    write(root / "fma_large" / "001" / f"{number:06d}.mp3", noise(3, seed=number))
    corpus = fma.read(root)
    row = corpus.table[corpus.table.path.str.contains("fma_large")].iloc[0]
    assert audio_io.probe(corpus.path(row)).duration == pytest.approx(3, abs=0.1)
    assert len(corpus.table) == len(tracks)


def test_every_class_has_its_thesis_sub_genre():
    assert set(fma.TITLES) < set(GENRES.values())
    assert len(set(fma.TITLES)) == len(fma.NEAREST) == 7


def test_what_is_missing_is_named(tmp_path):
    for what, says in (
        ("fma_metadata/tracks.csv", "tracks.csv is missing; unpack fma_metadata.zip there"),
        ("fma_metadata/genres.csv", "genres.csv is missing; unpack fma_metadata.zip there"),
    ):
        root = tree(tmp_path / what, tracks_of())
        (root / what).unlink()
        with pytest.raises(InputError, match=says):
            fma.read(root)
    root = tree(tmp_path / "silent", tracks_of(), sets="elsewhere")
    with pytest.raises(InputError, match=f"{root} holds no fma_full, .*; unpack one of them there"):
        fma.read(root)


@pytest.mark.parametrize("name", ["tracks.csv", "genres.csv"])
@pytest.mark.parametrize("content", ["", "a,b\n1,2\n", "<html>\nnot found\n</html>\n"])
def test_lists_that_are_no_lists(tmp_path, name, content):
    root = tree(tmp_path, tracks_of())
    (root / "fma_metadata" / name).write_text(content)
    with pytest.raises(InputError, match=rf"{name} is not FMA's list .*unpack"):
        fma.read(root)


def test_a_genre_that_is_not_there(tmp_path):
    root = tree(tmp_path, tracks_of())
    path = root / "fma_metadata" / "genres.csv"
    path.write_text(path.read_text().replace("Techno", "Tekkno"))
    with pytest.raises(InputError, match=r"genres\.csv lacks the genre 'Techno'"):
        fma.read(root)
