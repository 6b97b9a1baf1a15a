"""The same recording under another name is found, and nothing else is taken for it."""

import logging
from pathlib import Path

import numpy as np
import pytest
import soxr
from corpora import MINI_MUSIC, noise, real, write, write_aac

from thesis_lib.audio import io as audio_io
from thesis_lib.audio.fingerprint import Listener, copies, pairs
from thesis_lib.datasets import music

RATE = 44100


def song(seed, seconds=30.0, rate=RATE, level=0.2):
    """Chords and beats that nobody has played before, a chord every quarter of a second."""
    random = np.random.default_rng(seed)
    time = np.arange(round(0.25 * rate)) / rate
    beat = np.exp(-time * 30) * random.standard_normal(len(time))
    blocks = []
    for _ in range(int(seconds * 4)):
        pitch = 220 * 2 ** (random.integers(0, 36, 3) / 12)
        chord = np.sin(2 * np.pi * pitch[:, None] * time).sum(0) * np.exp(-time * 4)
        blocks.append(level * (chord / 3 + 0.5 * beat * random.integers(0, 2)))
    return np.concatenate(blocks).astype(np.float32)


def drums(seconds=30.0, rate=RATE):
    """One bar of drums, again and again."""
    bar = song(99, 2.0, rate)
    return np.tile(bar, round(seconds / 2))[: round(seconds * rate)]


COPIES = {  # how a recording gets onto a disk a second time
    "mp3 of 64 kbit/s": lambda path, wave: write(
        path.with_suffix(".mp3"), wave, RATE, bitrate_mode="CONSTANT", compression_level=0.8
    ),
    "ogg": lambda path, wave: write(
        path.with_suffix(".ogg"), wave, RATE, subtype="VORBIS", compression_level=0.9
    ),
    "opus": lambda path, wave: write(
        path.with_suffix(".opus"), soxr.resample(wave, RATE, 48000), 48000, format="OGG",
        subtype="OPUS",
    ),
    "m4a": lambda path, wave: write_aac(path.with_suffix(".m4a"), wave, RATE),
    "half the rate": lambda path, wave: write(
        path.with_suffix(".wav"), soxr.resample(wave, RATE, 22050), 22050
    ),
    "8 bit at 8 kHz": lambda path, wave: write(
        path.with_suffix(".wav"), soxr.resample(wave, RATE, 8000), 8000, subtype="PCM_U8"
    ),
    "6 dB less": lambda path, wave: write(path.with_suffix(".flac"), wave / 2, RATE),
    "5 s cut off in front": lambda path, wave: write(
        path.with_suffix(".mp3"), wave[round(5.0123 * RATE) :], RATE
    ),
    "5 s cut off at the end": lambda path, wave: write(
        path.with_suffix(".mp3"), wave[: -5 * RATE], RATE
    ),
    "an excerpt of 10 s, quieter": lambda path, wave: write(
        path.with_suffix(".mp3"), 0.3 * wave[round(11.377 * RATE) :][: 10 * RATE], RATE
    ),
    "silence around it": lambda path, wave: write(
        path.with_suffix(".wav"), np.pad(wave, 3 * RATE), RATE
    ),
}  # fmt: skip


def fingerprint(wave, sample_rate):
    listener = Listener(sample_rate)
    listener.add(wave)
    return listener.words()


def of_file(path):
    return fingerprint(audio_io.read(path, 16000), 16000)


@pytest.mark.parametrize("how", COPIES)
def test_a_copy_is_found_among_other_songs(tmp_path, how):
    songs = [write(tmp_path / f"{seed}.wav", song(seed), RATE) for seed in range(4)]
    copy = COPIES[how](tmp_path / "copy", song(2))
    assert pairs([of_file(path) for path in [*songs, copy]]) == [(2, 4)]


def test_excerpts_that_have_no_moment_in_common_are_not_the_same():
    wave = song(1)
    halves = [fingerprint(part, RATE) for part in (wave[: 14 * RATE], wave[15 * RATE :])]
    assert pairs(halves) == []
    assert pairs([*halves, fingerprint(wave, RATE)]) == [(0, 2), (1, 2)]


def test_a_few_seconds_in_common_are_not_enough():
    """Two songs may begin with one sample; an excerpt lies in the other by half at least."""
    begin = song(5, 6.0)
    songs = [np.concatenate([begin, song(seed, 24.0)]) for seed in (1, 2)]
    assert pairs([fingerprint(wave, RATE) for wave in songs]) == []


@pytest.mark.parametrize("loud", [0.1, 0.2, 0.3, 1.0])
def test_songs_over_the_same_loop_are_not_the_same(loud):
    waves = [drums() + loud * song(seed) for seed in (1, 2, 3)]
    assert pairs([fingerprint(wave, RATE) for wave in waves]) == []


def test_loops_alone_are_not_the_same():
    waves = [drums()[shift:] for shift in (0, 1000, RATE)]
    assert pairs([fingerprint(wave, RATE) for wave in waves]) == []


@pytest.mark.parametrize("level", [1e-4, 1e-2])
def test_hum_alone_is_not_the_same(level):
    time = np.arange(30 * 16000) / 16000
    hum = sum(np.sin(2 * np.pi * 50 * k * time) / k for k in range(1, 40)) / 10
    waves = [(hum + noise(30, seed=seed, level=level)).astype(np.float32) for seed in range(3)]
    assert pairs([fingerprint(wave, 16000) for wave in waves]) == []


def test_silence_and_next_to_nothing():
    silent = [np.zeros(16000 * 20, np.float32)] * 2
    padded = [np.pad(noise(1, seed=seed), 16000 * 10) for seed in (1, 2)]
    short = [noise(seconds) for seconds in (0.01, 0.01, 1, 1)]
    waves = [*silent, *padded, *short]
    assert pairs([fingerprint(wave, 16000) for wave in waves]) == []
    assert pairs([]) == [] and pairs([fingerprint(song(1), RATE)]) == []


def test_recordings_of_noise_are_told_apart_and_found_again():
    """Rain and vacuum cleaners have no melody to go by."""
    rain = [noise(10, seed=seed) for seed in range(3)]
    assert pairs([fingerprint(wave, 16000) for wave in [*rain, rain[1][16000:] / 3]]) == [(1, 3)]


def test_copies_are_as_long_and_excerpts_are_not():
    rain = [noise(10, seed=seed) for seed in range(3)]
    waves = [*rain, rain[1][:-16000] / 3, rain[2][32001:]]  # 1 s and a little over 2 s shorter
    lengths = [len(wave) / 16000 for wave in waves]
    words = [fingerprint(wave, 16000) for wave in waves]
    assert pairs(words) == [(1, 3), (2, 4)] and copies(words, lengths) == [(1, 3)]
    assert copies(words, lengths, within=3) == [(1, 3), (2, 4)]


def test_copies_of_a_song_stay_on_one_side_and_are_reported(tmp_path, caplog):
    for seed in range(8):
        label = "ab"[seed % 2]
        write(tmp_path / label / f"song {seed}.wav", song(seed, 12.0, 16000), 16000)
    # in the other class, twice: the three files are one song
    write(tmp_path / "b" / "another name.mp3", song(4, 12.0, 16000)[32000:], 16000)
    write(tmp_path / "a" / "a third.flac", song(4, 12.0, 16000) / 2, 16000)
    with caplog.at_level(logging.WARNING):
        corpus = music.read(tmp_path)
    group = corpus.table.set_index("path").group
    same = ["a/song 4.wav", "b/another name.mp3", "a/a third.flac"]
    assert group[same].nunique() == 1 and group.nunique() == 8
    said = [record.getMessage() for record in caplog.records]
    ends = " are the same recording; kept on one side of the split."
    assert len(said) == 2 and all(one.endswith(ends) for one in said)
    assert all(sum(path in one for one in said) >= 1 for path in same)
    for k in range(3):
        split = corpus.fold(k).table.set_index("path").split
        assert split[same].nunique() == 1


def test_in_the_music_that_comes_with_the_suite_only_excerpts_of_one_track_are_the_same():
    paths = sorted(MINI_MUSIC.glob("*/*.ogg"))
    if not paths:
        pytest.skip(f"no music in {MINI_MUSIC}")
    found = pairs([of_file(path) for path in paths])
    tracks = [Path(path).stem[:-2] for path in paths]
    assert [(paths[a], paths[b]) for a, b in found if tracks[a] != tracks[b]] == []


def test_no_two_classes_of_real_sounds_hold_the_same_recording():
    paths = sorted(real("esc10").glob("*/*.ogg"))
    assert len(paths) > 300
    found = pairs([of_file(path) for path in paths])
    assert all(paths[a].parent == paths[b].parent for a, b in found)
    assert len(found) < len(paths) / 20
