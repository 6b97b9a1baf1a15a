"""Lists that are written: read back by the suite's own reader, and by ffprobe where it is there."""

import csv
import json
import os
import shutil
import subprocess
from pathlib import Path

import pandas as pd
import pytest
from corpora import noise, write

from thesis_lib.audio import playlist_file
from thesis_lib.audio.playlist_file import Track
from thesis_lib.datasets import playlists

ODD = [  # names that real disks hold, and that a line of a list has trouble with
    "plain.wav", "-dash.wav", "emoji 🎧.wav", "日本語.wav", "Zoë.wav", "#1 hit.wav", " leading.wav",
    "colon: semi; comma, quote\" apos' $HOME `id` %20 #1.wav", "back\\slash.wav", "~tilde.wav",
    "two\nlines.wav", "cr\rhere.wav", "tab\there.wav", "http:/x.wav", "C:\\x.wav", "..two dots.wav",
    "#EXTINF:1,x.wav", "{brace} <b>html</b> &amp;.wav", "100%41.wav", os.fsdecode(b"mod\xe0.wav"),
    os.fsdecode(b"Chanson fran\xe7aise/x.wav"), "sub/deeper/x.wav", "#sub/x.wav",
]  # fmt: skip


def written(folder, tracks):
    folder.mkdir(parents=True, exist_ok=True)
    playlist_file.write(folder / "set.m3u8", playlist_file.m3u8(tracks, folder))
    return folder / "set.m3u8"


@pytest.mark.parametrize("here", ["music", "lists", "music/lists/more", "."])
def test_every_name_a_disk_can_hold_is_found_again(tmp_path, here):
    paths = [tmp_path / "music" / name for name in ODD]
    for path in paths:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    for chosen in (paths, *([one] for one in paths)):
        tracks = [Track(path, 60.4, f"Title of {path.stem}") for path in chosen]
        entries = playlists.read(written(tmp_path / here, tracks))
        assert [os.path.realpath(one.path) for one in entries] == [*map(str, chosen)]


def test_the_text_by_hand(tmp_path):
    tracks = [
        Track(tmp_path / "music" / "a b.wav", 61.6, "A - B\nlive"),
        Track(tmp_path / "c.wav", 0.2, ""),
    ]
    content = playlist_file.m3u8(tracks, tmp_path / "lists")
    assert content == b"#EXTM3U\n#EXTINF:62,A - B live\n../music/a b.wav\n#EXTINF:0,\n../c.wav\n"


def test_titles_come_back(tmp_path):
    titles = [
        "Björk - Jóga, live",
        "日本語 🎧",
        '"quoted", twice',
        os.fsdecode(b"mod\xe0"),
        "half \ud83d",
    ]
    tracks = [Track(tmp_path / f"{i}.wav", 1, title) for i, title in enumerate(titles)]
    for track in tracks:
        track.path.touch()
    read = [one.title for one in playlists.read(written(tmp_path, tracks))]
    assert read == [*titles[:3], "modà", "half \N{REPLACEMENT CHARACTER}"]


def test_every_file_of_a_list_opens_in_ffprobe(tmp_path):
    if not shutil.which("ffprobe"):
        pytest.skip("ffprobe is not installed: what a list names is opened by the suite alone")
    tracks = [
        Track(write(tmp_path / "music" / name, noise(1)), 1, name) for name in ("a b.wav", "é.wav")
    ]
    for line in written(tmp_path / "lists", tracks).read_text().splitlines():
        if not line.startswith("#"):
            command = ["ffprobe", "-v", "error", "-show_format", "-of", "json", line]
            done = subprocess.run(command, cwd=tmp_path / "lists", capture_output=True, check=True)
            assert float(json.loads(done.stdout)["format"]["duration"]) == pytest.approx(
                1, abs=0.01
            )


def test_a_table_is_read_back_by_pandas_and_the_standard_library(tmp_path):
    rows = [
        (1, "a,b.wav", 'say "x"', 0.123456789),
        (2, os.fsdecode(b"mod\xe0.wav"), "two\nlines", float("nan")),
    ]
    place = Path(tmp_path, "set.csv")
    playlist_file.write(place, playlist_file.table(["position", "path", "name", "to_next"], rows))
    table = pd.read_csv(place, encoding_errors="surrogateescape")
    assert table.path.tolist() == ["a,b.wav", os.fsdecode(b"mod\xe0.wav")]
    assert table.name.tolist() == ['say "x"', "two\nlines"]
    assert table.to_next[0] == 0.123457 and pd.isna(table.to_next[1])
    with open(place, newline="", errors="surrogateescape") as file:
        assert len([*csv.reader(file)]) == 3
