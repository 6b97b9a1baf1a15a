"""Files are heard piece by piece: what is found is what the whole would give, in little memory."""

import tracemalloc

import librosa
import numpy as np
import pytest
from corpora import noise, tone, write

from thesis_lib.audio import io as audio_io
from thesis_lib.audio.ends import Ends
from thesis_lib.audio.fingerprint import Listener
from thesis_lib.datasets import recordings


def pieces(wave, seed):
    """A wave cut anywhere, also into nothing."""
    cuts = np.sort(np.random.default_rng(seed).integers(0, len(wave) + 1, 9))
    return np.split(wave, cuts)


def song(seed):
    """Noise that fades in and out of silence, of any length."""
    random = np.random.default_rng(seed)
    wave = noise(random.uniform(0.001, 4), seed)
    fade = np.interp(np.arange(len(wave)) / len(wave), [0, 0.5, 1], [-4, 0, -5])
    wave *= np.float32(10) ** np.float32(fade)
    return np.pad(wave, random.integers(0, 9000, 2))


@pytest.mark.parametrize("seed", range(40))
@pytest.mark.parametrize("top_db", [20, 60])
def test_the_ends_are_those_that_librosa_finds(seed, top_db):
    wave, ends = song(seed), Ends(top_db)
    for piece in pieces(wave, seed):
        ends.add(piece)
    assert ends.found() == tuple(librosa.effects.trim(wave, top_db=top_db)[1])


@pytest.mark.parametrize("seed", range(10))
def test_a_fingerprint_is_the_same_however_the_recording_comes(seed):
    wave, listener, at_once = song(seed), Listener(16000), Listener(16000)
    for piece in pieces(wave, seed):
        listener.add(piece)
    at_once.add(wave)
    np.testing.assert_array_equal(listener.words(), at_once.words())


@pytest.mark.parametrize("ending", ["wav", "flac", "ogg", "mp3"])
@pytest.mark.parametrize("start, duration", [(0.0, None), (1.3, None), (0.7, 1.9)])
def test_blocks_are_what_is_read_at_once(tmp_path, ending, start, duration):
    path = write(tmp_path / f"a.{ending}", noise(4, rate=44100, channels=2), 44100)
    parts = list(audio_io.blocks(path, 16000, start=start, duration=duration))
    assert len(parts) > 1
    whole = audio_io.read(path, 16000, start=start, duration=duration)
    np.testing.assert_array_equal(np.concatenate(parts), whole)
    assert len(whole) == round((4 - start if duration is None else duration) * 16000)


def test_a_long_file_is_never_in_memory_as_a_whole(tmp_path):
    minute = np.stack([tone(60, 440), tone(60, 550)], axis=1).astype(np.float32)
    _heard(tmp_path, minute, 1)  # loads what is loaded but once
    peak, words = _heard(tmp_path, minute, 10)  # 77 MB in memory
    assert len(words) > 23000
    assert peak < 20e6


def _heard(folder, minute, minutes):
    """The peak of memory while so many minutes are heard, and the words of what was heard."""
    path = write(folder / f"{minutes}.wav", np.tile(minute, (minutes, 1)))
    row = recordings.pd.DataFrame([dict(path=path.name, label="a", song="x", name="")])
    tracemalloc.start()
    found, words = recordings._scan_file(folder, next(row.itertuples()))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert (found["start"], found["duration"]) == (0, 60 * minutes)
    return peak, words
