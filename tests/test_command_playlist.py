"""`thesis playlist`: every way to make a list, what is written, and what is wrong with input."""

import json
import os
import re

import command_line
import numpy as np
import pandas as pd
import pytest
import soundfile
from command_line import one_sentence
from corpora import listing, noise, tone, write

from thesis_lib.datasets import playlists

said = pytest.fixture(command_line.said)
NAMES = [f"{kind}/{kind} {number}.wav" for kind in ("low", "high") for number in range(5)]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Tones, five low and five high, each a little higher, one again under another name."""
    root = tmp_path_factory.mktemp("playlist") / "my songs"
    for number, name in enumerate(NAMES):
        pitch = 110 * 2 ** (number / 2)
        write(root / name, tone(5, pitch, level=0.3) + noise(5, number, level=0.01))
    write(root / "low" / "the same.wav", 0.5 * soundfile.read(root / "low/low 1.wav")[0])
    return root


@pytest.fixture(scope="module")
def vectors(folder, tmp_path_factory):
    """Vectors of another model: the songs lie on a quarter of a circle, by their pitch."""
    place = tmp_path_factory.mktemp("vectors") / "pitch.npz"
    angle = np.array([*np.linspace(0, 1.5, len(NAMES)), 0.17])
    paths = [*NAMES, "low/the same.wav"]
    np.savez(place, path=paths, vectors=np.stack([np.cos(angle), np.sin(angle)], axis=1) * 7)
    return place


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    return tmp_path_factory.mktemp("runs")


@pytest.fixture
def made(said, folder, vectors, runs, tmp_path, capsys):
    """Make a list: the songs in it, and what was printed."""

    def make(*args, out=tmp_path / "lists" / "set.m3u8", of=folder):
        end = said("playlist", of, "--embeddings", vectors, "--runs", runs, "--out", out, *args)
        assert end is None, end
        found = [os.path.relpath(one.path, folder) for one in playlists.read(out)]
        return found, capsys.readouterr().out

    return make


@pytest.fixture
def wrong(said, folder, vectors, runs):
    def fails(*args, of=folder, more=("--embeddings", vectors)):
        message = said("playlist", of, *more, "--runs", runs, *args)
        assert one_sentence(message)
        return message

    return fails


def test_an_order_goes_along_the_circle_without_the_copy(made):
    found, printed = made("--order")
    assert found in (NAMES, NAMES[::-1])
    assert "1 copy of the same recording is not in the list, such as low/" in printed
    assert "10 songs: a step is 0.166 on average and 0.166 at most; two songs at random" in printed
    with_copy, printed = made("--order", "--keep-copies")
    assert sorted(with_copy) == sorted([*NAMES, "low/the same.wav"]) and "copy" not in printed


def test_an_order_from_a_song_to_a_song(made):
    found, _ = made("--order", "--from", "high 0", "--to", "low 4")
    assert (found[0], found[-1]) == ("high/high 0.wav", "low/low 4.wav") and len(found) == 10


def test_a_walk_from_a_song_through_a_song_to_a_class(made):
    found, _ = made("--from", "low 0", "--through", "high 4", "--to", "low", "--steps", "7")
    assert found[0] == NAMES[0] and NAMES[9] in found and len({*found}) == 7
    there = found.index(NAMES[9])
    assert [NAMES.index(one) for one in found[: there + 1]] == sorted(
        map(NAMES.index, found[: there + 1])
    )


def test_what_fits_after_a_song(made):
    found, printed = made("--after", "high/high 0.wav", "--count", "4")
    assert found == [NAMES[5], *found[1:]] and {*found[1:]} == {
        NAMES[3],
        NAMES[4],
        NAMES[6],
        NAMES[7],
    }
    assert re.search(r"high 0 +0 +0\.000", printed)


def of_a_dj(place, folder, names):
    """A playlist as somebody has it."""
    place.write_text("#EXTM3U\n" + "".join(f"{folder / name}\n" for name in names))
    return place


def test_the_weakest_transitions_of_a_set_and_what_goes_between(made, folder, tmp_path):
    chosen = [NAMES[0], NAMES[1], NAMES[7], NAMES[8]]
    dj = of_a_dj(tmp_path / "mine.m3u8", folder, chosen)
    found, _ = made("--weakest", dj, "--count", "1")
    assert found == [NAMES[1], NAMES[7]]
    table = pd.read_csv(tmp_path / "lists" / "set.csv")
    assert table.bridge.eq(NAMES[4]).all() and table.position_in_set.tolist() == [2, 2]


def test_a_list_that_grows_from_songs_and_a_playlist(made, folder, tmp_path):
    found, _ = made("--grow", "low 0", "--threshold", "0.35")
    assert found == NAMES[:3]  # the copy of low 1 is not heard a second time
    dj = of_a_dj(tmp_path / "mine.m3u8", folder, [NAMES[0], NAMES[9]])
    found, _ = made("--grow", dj, "--threshold", "0.2", "--exclude", "low 1", "--keep", "high 0")
    assert found[:3] == [NAMES[0], NAMES[9], NAMES[5]]
    assert {*found[3:]} == {NAMES[8], NAMES[4], NAMES[6]}


def test_a_sum(made):
    found, _ = made("--plus", "low 0", "--minus", "low", "--plus", "high", "--count", "2")
    assert found[0] == NAMES[9] and len(found) == 2


def test_recordings_that_are_there_twice(made):
    assert made("--duplicates")[0] == ["low/low 1.wav", "low/the same.wav"]


def test_all_files_of_a_list_and_again_byte_for_byte(made, said, runs, folder, tmp_path):
    made("--from", "low", "--to", "high 4", "--steps", "5", "--audio", tmp_path / "lists/set.flac",
         "--fade", "1", "--seconds", "3")  # fmt: skip
    before = listing(tmp_path / "lists")
    assert {*before} == {
        str(tmp_path / "lists" / f"set.{e}") for e in ("m3u8", "csv", "json", "flac")
    }
    assert soundfile.info(tmp_path / "lists/set.flac").duration == pytest.approx(5 * 3 - 4, abs=1.5)
    table = pd.read_csv(tmp_path / "lists/set.csv")
    assert table.position.tolist() == [1, 2, 3, 4, 5] and table.to_next.isna().tolist()[-1]
    assert all((tmp_path / "lists" / path).resolve().is_file() for path in table.path)
    kept = json.loads((tmp_path / "lists/set.json").read_text())
    assert kept["corpus"]["sounds"] == 11 and kept["embedding"]["model"] == "pitch.npz"
    assert not os.path.isabs(kept["folder"])
    assert said("playlist", "--again", tmp_path / "lists/set.m3u8", "--runs", runs) is None
    assert listing(tmp_path / "lists") == before
    other = tmp_path / "lists" / "other.m3u8"
    assert said("playlist", "--again", tmp_path / "lists/set.json", "--out", other, "--runs", runs)
    (tmp_path / "lists/set.flac").unlink()
    assert (
        said("playlist", "--again", tmp_path / "lists/set.json", "--out", other, "--runs", runs)
        is None
    )
    for ending in ("m3u8", "csv"):
        assert (
            other.with_suffix(f".{ending}").read_bytes()
            == before[str(tmp_path / f"lists/set.{ending}")]
        )


def test_again_after_the_folder_has_changed_says_so(said, runs, tmp_path):
    for seed in range(3):
        write(tmp_path / "music" / f"{seed}.wav", noise(3, seed))
    out = tmp_path / "set.m3u8"
    assert said("playlist", tmp_path / "music", "--order", "--out", out, "--runs", runs) is None
    write(tmp_path / "music" / "3.wav", noise(3, 3))
    before = out.read_bytes()
    message = said("playlist", "--again", out, "--runs", runs)
    assert one_sentence(message) and "holds other songs now (4 in place of 3" in message
    assert out.read_bytes() == before
    (tmp_path / "music" / "3.wav").unlink()
    assert said("playlist", "--again", out, "--runs", runs) is None and out.read_bytes() == before


def test_the_suites_own_network_puts_like_beside_like(said, folder, runs, tmp_path, capsys):
    assert (
        said("playlist", folder, "--order", "--runs", runs, "--out", tmp_path / "set.m3u8") is None
    )
    found = [os.path.basename(one.path) for one in playlists.read(tmp_path / "set.m3u8")]
    kinds = [name.split()[0] for name in found]
    assert sum(one != other for one, other in zip(kinds, kinds[1:], strict=False)) <= 3
    bars = capsys.readouterr().err
    assert (
        said("playlist", folder, "--order", "--runs", runs, "--out", tmp_path / "set.m3u8") is None
    )
    assert "spectrograms" in bars and "reading all files" not in capsys.readouterr().err


@pytest.mark.parametrize(
    "args, message",
    [
        (["--after", "lo 3"], "'lo 3' is no song of my songs; close to it are low 3, "),
        (["--after", "low"], "--after: low is a class; name a song."),
        (["--after", "LOW 3", "--plus", "x"], "--after and --plus make two lists"),
        (["--after", "wav"], "'wav' can be 11 songs"),
        (["--from", "low 0"], "--to is missing; a walk goes --from one song or class --to"),
        (["--grow", "low 0"], "--threshold is missing; a list grows by --grow SONG"),
        (
            ["--grow", "low 0", "--threshold", "0.01"],
            "no song is that near to the seeds; the nearest is at 0.",
        ),
        (
            ["--from", "low 0", "--to", "low 1", "--steps", "12"],
            "steps: is 12, but only 8 sounds or songs",
        ),
        (
            ["--from", "low 0", "--to", "low 0"],
            "a walk names low/low 0.wav twice; no song comes twice",
        ),
        (["--order", "--to", "low"], "--to: is a class; an order begins and ends with a song"),
        (["--minus", "low 0"], "--plus is missing; a sum begins with --plus SONG"),
        ([], "no list is asked for; give one of --order, --from, --after"),
        (["--order", "--out", "set.txt"], "set.txt does not end in .m3u8"),
        (["--order", "--audio", "set.mp3"], "set.mp3 does not end in .wav or .flac"),
        (["--weakest", "nowhere.m3u8"], "nowhere.m3u8 is missing"),
    ],
)
def test_what_is_wrong_is_one_sentence(wrong, args, message):
    assert message in wrong(*args)


def test_nothing_of_anybody_is_written_over_or_becomes_a_song(wrong, folder, tmp_path):
    assert "would be at the top of" in wrong("--order", "--out", folder / "set.m3u8")
    assert "would be one of the songs" in wrong("--order", "--audio", folder / "low" / "mix.wav")
    for name in ("set.m3u8", "set.csv", "set.json"):
        (tmp_path / name).write_text("mine")
        assert str(tmp_path / name) in wrong("--order", "--out", tmp_path / "set.m3u8")
        assert (tmp_path / name).read_text() == "mine" and len([*tmp_path.iterdir()]) == 1
        (tmp_path / name).unlink()
    assert not [*folder.rglob("set.*")]


def test_a_set_with_a_track_from_elsewhere_is_named(wrong, folder, tmp_path):
    dj = of_a_dj(tmp_path / "mine.m3u8", folder, [NAMES[0], "gone.wav", NAMES[1]])
    assert re.search(r"mine.m3u8 names 1 of 3 tracks that .*gone.wav", wrong("--weakest", dj))
    of_a_dj(dj, folder, [NAMES[0]])
    assert "order: holds 1 sound(s)" in wrong("--weakest", dj)


def test_a_folder_with_one_song_and_no_folder(wrong, tmp_path):
    one, none = tmp_path / "one", tmp_path / "x.json"
    write(one / "song.wav", noise(3))
    assert "one holds 1 sound(s); a list needs two at least" in wrong("--order", of=one)
    assert "nowhere does not exist" in wrong("--order", of=tmp_path / "nowhere")
    assert "nowhere.json is missing" in wrong("--again", tmp_path / "nowhere.m3u8", of="", more=())
    none.write_text("{}")
    assert "x.json holds no parameters of a list" in wrong("--again", none, of="", more=())


@pytest.mark.parametrize("value", ["-1", "x", "nan", "inf"])
def test_a_threshold_that_is_none(said, folder, capsys, value):
    assert said("playlist", folder, "--grow", "x", f"--threshold={value}") == 2
    assert "is no number of 0 or more" in capsys.readouterr().err
