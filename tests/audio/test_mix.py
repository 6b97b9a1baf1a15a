"""Crossfades: how loud they are, how long, where the beats fall, and what is written."""

import numpy as np
import pytest
import soundfile
from corpora import RATE, noise, tone

from thesis_lib.audio import mix
from thesis_lib.audio.mix import GAIN, Part, crossfaded, mixed, overlap
from thesis_lib.util.errors import InputError


def part(wave, beats=()):
    return Part(np.asarray(wave, np.float32).reshape(len(wave), -1), np.array(beats, float))


def whole(parts, fade):
    return np.concatenate(list(mixed(parts, RATE, fade)))


def test_a_crossfade_keeps_the_power():
    one, other = (noise(20, seed)[:, None] for seed in (1, 2))
    faded = crossfaded(one, other)
    power = [np.mean(stretch**2) for stretch in np.array_split(faded, 20)]
    np.testing.assert_allclose(power, 0.01, rtol=0.06)  # 0.1 squared; a linear fade drops to half
    angle = np.linspace(0, 1, 5)
    ones = crossfaded(np.ones((5, 1)), np.zeros((5, 1))) ** 2
    np.testing.assert_allclose(ones + crossfaded(np.zeros((5, 1)), np.ones((5, 1))) ** 2, 1)
    assert np.all(np.diff(ones[:, 0]) < 0) and len(angle) == 5


def test_lengths_and_what_is_heard_where():
    parts = [
        part(np.full(5 * RATE, 0.1)),
        part(np.full(6 * RATE, 0.2)),
        part(np.full(4 * RATE, 0.4)),
    ]
    got = whole(parts, 2.0)[:, 0] / GAIN
    assert len(got) == (5 + 6 + 4 - 2 * 2) * RATE
    np.testing.assert_allclose(got[: 3 * RATE], 0.1, rtol=1e-6)
    np.testing.assert_allclose(got[5 * RATE : 7 * RATE], 0.2, rtol=1e-6)
    np.testing.assert_allclose(got[9 * RATE :], 0.4, rtol=1e-6)
    middle = got[4 * RATE]  # half way through the first fade
    assert middle == pytest.approx(0.3 * 0.5**0.5, rel=1e-3)


def test_nothing_is_clipped_however_much_two_sounds_are_alike():
    got = whole([part(np.ones(RATE)), part(np.ones(RATE))], 0.5)
    assert 0.999 < np.abs(got).max() <= 1


def test_one_sound_is_itself_and_short_ones_are_not_faded_in_and_out_at_once():
    np.testing.assert_allclose(whole([part(tone(1, 440))], 4), GAIN * part(tone(1, 440)).wave)
    got = whole([part(np.ones(RATE)), part(np.ones(RATE)), part(np.ones(RATE))], 4.0)
    assert len(got) == 3 * RATE - 2 * (RATE // 2)


def test_the_first_beat_of_the_next_falls_on_one_that_is_playing():
    clicks = np.zeros(10 * RATE)
    beats = np.arange(0.3, 10, 0.5)
    clicks[(beats * RATE).astype(int)] = 1
    other, own = np.zeros(10 * RATE), np.arange(0.13, 10, 0.5)
    other[(own * RATE).astype(int)] = 1
    at, length = overlap(part(clicks, beats), part(other, own), RATE, 2.0)
    assert abs(at / RATE - 8.0) <= 0.25 + 1e-3 and length == 10 * RATE - at
    off = (at / RATE + 0.13 - 0.3) % 0.5
    assert min(off, 0.5 - off) < 1e-3
    # Without beats it begins where the fade asks for.
    assert overlap(part(clicks), part(other, own), RATE, 2.0) == (8 * RATE, 2 * RATE)
    got = whole([part(clicks, beats), part(other, own)], 2.0)[:, 0]
    during = np.flatnonzero(got[at : at + length] > 0.1) / RATE
    assert np.diff(during).min() > 0.49  # the clicks of both are one, not two beside each other


def test_beats_go_on_through_several_sounds():
    beats = np.arange(0.1, 8, 0.4)
    parts = [part(np.zeros(8 * RATE), beats) for _ in range(3)]
    pieces = list(mixed(parts, RATE, 1.7))
    begins = np.cumsum([0, *map(len, pieces)])[[1, 3]] / RATE  # where the second and third begin
    for begin, before in zip(begins, (0.0, begins[0]), strict=True):
        assert (begin - before) / 0.4 == pytest.approx(round((begin - before) / 0.4), abs=1e-3)


@pytest.mark.parametrize("ending", [".wav", ".flac", ".FLAC"])
def test_what_is_written_can_be_read_and_is_the_same_each_time(tmp_path, ending):
    parts = [part(noise(2, seed, channels=2)) for seed in range(3)]
    length = mix.write(tmp_path / f"a{ending}", parts, RATE, 2, fade=0.5)
    read, rate = soundfile.read(tmp_path / f"a{ending}")
    assert (rate, length) == (RATE, pytest.approx(5.0)) and read.shape == (5 * RATE, 2)
    np.testing.assert_allclose(read, whole(parts, 0.5), atol=1e-4)
    mix.write(tmp_path / f"b{ending}", parts, RATE, 2, fade=0.5)
    assert (tmp_path / f"a{ending}").read_bytes() == (tmp_path / f"b{ending}").read_bytes()


def test_bad_input_is_one_sentence_and_leaves_nothing(tmp_path, monkeypatch):
    with pytest.raises(InputError, match=r"a\.mp3 does not end in \.wav or \.flac"):
        mix.write(tmp_path / "a.mp3", [part(noise(1))], RATE, 1)
    with pytest.raises(InputError, match="parts: are empty"):
        mix.write(tmp_path / "a.wav", [], RATE, 1)
    with pytest.raises(InputError, match="parts: have different numbers of channels"):
        whole([part(noise(1)), part(noise(1, channels=2))], 0.1)
    assert not list(tmp_path.iterdir())
