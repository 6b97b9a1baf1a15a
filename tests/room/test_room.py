"""The room without a browser: what it sends, what it answers, and what it refuses."""

import io
import json

import numpy as np
import pandas as pd
import pytest
import soundfile
from corpora import noise, tone, write
from rooms import PLACES, room_of, table_of

from thesis_lib.pipeline.clips import clip_embedder
from thesis_lib.room import upload
from thesis_lib.room.answers import answer
from thesis_lib.room.sounds import Sounds
from thesis_lib.room.widget import Room, listen
from thesis_lib.util.errors import InputError

RATE = 16000


@pytest.fixture
def room(tmp_path):
    return room_of(tmp_path)


def ask(room, **question):
    found, blobs = answer(room, question, question.pop("buffers", []))
    json.dumps(found)  # it has to go through a message
    return found, blobs


def codes(room, column):
    own = room.columns[column]
    return np.frombuffer(own["codes"], "<u4").tolist(), own["names"], own["blank"]


def test_the_table_is_sent_as_names_and_numbers(room):
    assert room.columns["count"] == 6
    assert codes(room, "label") == ([0, 0, 0, 1, 1, 2], ["a", "b", "no label"], 2)
    assert codes(room, "group") == ([0, 0, 0, 1, 2, 2], ["s1", "s2", "s3"], -1)
    assert codes(room, "moment") == ([1, 1, 2, 3, 4, 0], [], 0)
    assert codes(room, "recording")[1] == ["0", "1", "2", "3", "4", "5"]
    bpm = np.frombuffer(room.columns["numbers"]["bpm"], "<f4")
    np.testing.assert_array_equal(bpm, [90, 100, 110, 120, 130, np.nan])
    assert len(room.colours) == 3 and all(one.startswith("#") for one in room.colours)


def test_the_first_map_is_there_and_spans_the_plane(room):
    places = np.frombuffer(room.maps["PCA"], "<f4").reshape(-1, 2)
    apart = np.abs(places[:, 0] - places[0, 0])
    np.testing.assert_allclose(apart / apart[-1], np.array(PLACES) / 10, atol=1e-5)
    assert np.abs(places).max() == pytest.approx(0.95)


def test_no_path_reaches_the_page(room, tmp_path):
    sent = repr({name: getattr(room, name) for name in room.trait_names(sync=True)})
    assert str(tmp_path) not in sent and ".wav" not in sent
    (tmp_path / "2.wav").unlink()
    found, _ = ask(room, ask="sound", item=2)
    assert found == {"error": "2.wav is missing; restore it or take it out of the list."}


def test_a_sound_is_what_the_file_holds(room):
    found, (opus, shades) = ask(room, ask="sound", item=3)
    heard, rate = soundfile.read(io.BytesIO(opus))
    assert (len(heard) / rate, found["channels"]) == (1.0, 1)
    assert np.abs(np.fft.rfft(heard)).argmax() == 1200
    assert len(shades) == found["columns"] * found["bands"] == 100 * 64
    large, _ = ask(room, ask="sound", item=3, large=True)
    assert large["bands"] == 128


def test_neighbours_by_the_page_s_wishes(room):
    found, whole = ask(room, ask="near", item=0, k=3)
    assert found == {"items": [3, 4, 5], "distances": [4, 6, 10]} and not whole
    assert ask(room, ask="near", item=0, k=2, apart=[])[0]["items"] == [1, 2]
    assert ask(room, ask="near", item=0, apart=[], label=1)[0]["items"] == [3, 4]
    assert ask(room, ask="near", item=0, apart=[], label=2)[0]["items"] == [5]
    assert ask(room, ask="near", item=0, apart=[], within=["bpm", 105, 125])[0]["items"] == [2, 3]
    _, (all_of_them,) = ask(room, ask="near", item=0, all=True)
    np.testing.assert_allclose(np.frombuffer(all_of_them, "<f4"), PLACES, atol=1e-5)


def test_a_map_comes_with_how_far_it_can_be_believed(room):
    found, (places, preserved) = ask(room, ask="places", name="PCA")
    assert found["mean"] == 1.0  # they lie on a line
    assert np.frombuffer(places, "<f4").shape == (12,) and len(preserved) == 24


@pytest.mark.parametrize(
    ("question", "sentence"),
    [
        ({"ask": "sound", "item": 6}, "from 0 to 5"),
        ({"ask": "sound", "item": -1}, "from 0 to 5"),
        ({"ask": "sound", "item": "../x"}, "from 0 to 5"),
        ({"ask": "sound"}, "cannot be answered"),
        ({"ask": "sound", "item": 0, "channel": 3}, "channel 3"),
        ({"ask": "files"}, "ask: is 'files'"),
        ({"ask": "near", "item": -1}, "No clip"),
        ({"ask": "near", "item": 0, "within": ["path", 0, 1]}, "path"),
        ({"ask": "places", "name": "os"}, "PCA"),
        ({"ask": "clip", "name": "a", "part": 0, "parts": 1, "buffers": [b""]}, "no network"),
    ],
)
def test_what_cannot_be_answered_is_a_sentence(room, question, sentence):
    found, blobs = ask(room, **question)
    assert sentence in found["error"] and not blobs


def test_a_message_is_answered_with_its_number(room, monkeypatch):
    sent = []
    monkeypatch.setattr(room, "send", lambda content, buffers: sent.append((content, buffers)))
    room._asked(room, {"ask": "sound", "item": 1, "id": 7}, [])
    room._asked(room, {"ask": "sound", "item": 99, "id": 8}, [])
    (one, blobs), (two, none) = sent
    assert one["id"] == 7 and len(blobs) == 2
    assert two["id"] == 8 and "error" in two and none == []


def test_a_table_that_leads_out_of_its_folder_is_not_read(tmp_path):
    write(tmp_path / "secret.wav", noise(1))
    table = table_of(tmp_path / "a").assign(path="../secret.wav")
    room = listen(table, np.eye(6), tmp_path / "a")
    assert "outside" in ask(room, ask="sound", item=0)[0]["error"]


def test_the_kept_list_holds_sounds_alone(room):
    room.kept = [3, 1]
    with pytest.raises(InputError, match="from 0 to 5"):
        room.kept = [3, 6]
    assert room.kept == [3, 1]


def clip(room, content, name="clip.wav", pieces=1):
    size = -(-len(content) // pieces)
    for part in range(pieces):
        piece = content[part * size : (part + 1) * size]
        found = ask(room, ask="clip", name=name, part=part, parts=pieces, buffers=[piece])
    return found


def wav(wave, rate=RATE):
    file = io.BytesIO()
    soundfile.write(file, wave, rate, format="WAV")
    return file.getvalue()


def test_an_uploaded_clip_is_placed_by_what_embeds(tmp_path):
    room = room_of(tmp_path, embed=lambda wave: [len(wave) / RATE, 0])
    found, (opus, _) = clip(room, wav(tone(3.2, 440, 44100), 44100), pieces=3)
    assert found["duration"] == pytest.approx(3.2)
    assert soundfile.info(io.BytesIO(opus)).duration == pytest.approx(3.2)
    near, _ = ask(room, ask="near", item=-1, k=2)
    assert near["items"] == [2, 3]
    np.testing.assert_allclose(near["distances"], [0.2, 0.8], atol=1e-5)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"%PDF-1.4 no sound at all", "<b>x</b>.pdf cannot be read as audio"),
        (wav(np.zeros(RATE)), "silent"),
        (wav(np.zeros(100)), "lasts 0.0063 s"),
        (wav(np.zeros(3600 * 1000, np.int16), 1000), "lasts 60 minutes"),
    ],
)
def test_what_is_no_clip_is_refused_in_a_sentence(tmp_path, content, sentence):
    room = room_of(tmp_path, embed=lambda wave: [0, 0])
    found, blobs = clip(room, content, "<b>x</b>.pdf")
    assert sentence in found["error"] and not blobs
    assert room.clip is None and room.pieces == []


def test_a_file_too_large_is_refused_on_the_way(tmp_path, monkeypatch):
    monkeypatch.setattr(upload, "LARGEST", 1000)
    room = room_of(tmp_path, embed=lambda wave: [0, 0])
    assert "larger" in clip(room, bytes(1200), pieces=2)[0]["error"]
    assert room.pieces == []


def test_tables_that_do_not_fit_are_refused(tmp_path):
    with pytest.raises(InputError, match="no column `path`"):
        listen(pd.DataFrame({"file": ["a"]}), np.ones((1, 2)))
    with pytest.raises(InputError, match="are 2 for a table of 1 rows"):
        listen(pd.DataFrame({"path": ["a"]}), np.ones((2, 2)))
    with pytest.raises(InputError, match="NaN"):
        listen(pd.DataFrame({"path": ["a"]}), [[np.nan, 1]])


def test_one_sound_alone_has_a_room(tmp_path):
    write(tmp_path / "a.wav", noise(1))
    room = listen(pd.DataFrame({"path": ["a.wav"]}), [[1, 2, 3]], tmp_path)
    assert ask(room, ask="near", item=0)[0]["items"] == []
    assert ask(room, ask="sound", item=0)[0]["duration"] == 1.0


@pytest.mark.parametrize(("unit", "count"), [("tile", 36), ("segment", 12), ("song", 12)])
def test_units_of_a_run(tiny_run, unit, count):
    sounds = Sounds.of_run(tiny_run, unit=unit)
    assert len(sounds) == len(sounds.vectors) == count
    assert set(sounds.table.label) == {"hiss", "hum", "ticks"}
    expected = {"tile": 2.0, "segment": 6.0, "song": 2.0}[unit]
    assert set(sounds.table.duration) == {expected}
    room = Room(sounds)
    assert ask(room, ask="sound", item=count - 1)[0]["duration"] == expected


def test_a_song_is_heard_at_its_most_typical_tile(tiny_run):
    tiles = tiny_run.embeddings("ours")
    songs = Sounds.of_run(tiny_run, unit="song")
    for row, vector in zip(songs.table.itertuples(), songs.vectors, strict=True):
        own = np.flatnonzero(tiles.tiles.group == row.group)
        unit = tiles.vectors[own] / np.linalg.norm(tiles.vectors[own], axis=1, keepdims=True)
        np.testing.assert_allclose(unit.mean(0), vector, atol=1e-5)
        nearest = own[np.linalg.norm(unit - vector, axis=1).argmin()]
        assert tiles.tiles.start[nearest] == row.start


def test_a_clip_of_a_run_s_own_sound_is_nearest_to_it(tiny_run, tiny_music):
    room = Room(Sounds.of_run(tiny_run), embed=clip_embedder(tiny_run))
    content = (tiny_music / "ticks" / "song2.wav").read_bytes()
    assert "error" not in clip(room, content)[0]
    near, _ = ask(room, ask="near", item=-1, k=3)
    assert set(room.sounds.table.path[near["items"]]) == {"ticks/song2.wav"}
