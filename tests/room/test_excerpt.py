"""Excerpts: the right samples, a picture in step with them, and no way out of the folder."""

import numpy as np
import pytest
from corpora import noise, tone, write

from thesis_lib.room import excerpt
from thesis_lib.util.errors import InputError

RATE = 16000


def test_samples_are_those_of_the_file(tmp_path):
    wave = noise(4)
    path = write(tmp_path / "a.wav", wave, subtype="FLOAT")
    found = excerpt.read(path, 1.0, 0.5)
    np.testing.assert_array_equal(found.wave, wave[RATE : RATE + RATE // 2])
    assert (found.rate, found.start, found.duration) == (RATE, 1.0, 0.5)


def test_context_ends_where_the_file_does(tmp_path):
    path = write(tmp_path / "a.wav", noise(4))
    found = excerpt.read(path, 1.0, 1.0, context=1.5)
    assert (found.start, found.duration) == (0.0, 3.5)
    assert excerpt.read(path, 3.0, 1.0, context=5).duration == 4.0


def test_a_duration_that_nobody_knows_is_what_is_there(tmp_path):
    path = write(tmp_path / "a.wav", noise(7))
    assert excerpt.read(path, 0.0, float("nan")).duration == excerpt.HEARD
    assert excerpt.read(path, 5.0).duration == 2.0
    with pytest.raises(InputError, match="ends before 9 s"):
        excerpt.read(path, 9.0, 1.0)


def test_channels_one_by_one(tmp_path):
    both = noise(1, channels=2)
    path = write(tmp_path / "a.wav", both, subtype="FLOAT")
    np.testing.assert_array_equal(excerpt.read(path, channel=1).wave, both[:, 1])
    np.testing.assert_allclose(excerpt.read(path).wave, both.mean(1), atol=1e-7)


def test_music_keeps_its_highs(tmp_path):
    path = write(tmp_path / "a.wav", tone(1, 12000, 44100), 44100)
    found = excerpt.read(path)
    assert found.rate == 48000
    peak = np.abs(np.fft.rfft(found.wave * np.hanning(len(found.wave)))).argmax()
    assert peak / len(found.wave) * found.rate == pytest.approx(12000, abs=3)


def test_picture_is_in_step_with_the_sound(tmp_path):
    """A click at a quarter is at a quarter of the width, whatever the width."""
    wave = np.zeros(2 * RATE, np.float32)
    wave[RATE // 2] = 1
    found = excerpt.read(write(tmp_path / "a.wav", wave))
    for columns in (40, 160):
        shade = excerpt.picture(found, (-100, 0), (columns, 64))
        assert shade.shape == (64, columns)
        loud = shade.sum(0).astype(float)
        assert np.average(np.arange(columns) + 0.5, weights=loud) == pytest.approx(
            columns / 4, abs=0.6
        )


def test_low_is_at_the_bottom_and_levels_are_shades(tmp_path):
    found = excerpt.read(write(tmp_path / "a.wav", tone(1, 300)))
    shade = excerpt.picture(found, (-60, 20))
    assert shade.sum(1).argmax() > shade.shape[0] * 0.7
    mel = excerpt.decibels(found)
    assert len(mel) == 100
    loudest = (mel.max() + 60) / 80 * 255
    assert excerpt.picture(found, (-60, 20), (100, 128)).max() == round(min(255, loudest))


def test_what_is_played_as_it_was_recorded_is_the_same(tmp_path):
    found = excerpt.read(write(tmp_path / "a.wav", noise(1), subtype="FLOAT"))
    np.testing.assert_array_equal(excerpt.levelled(found, recorded=True), found.wave)


@pytest.mark.parametrize(("peak", "expected"), [(0.1, 0.5), (0.001, 0.01), (1.0, 0.5), (0.0, 0.0)])
def test_quiet_sounds_are_raised_and_silence_stays_quiet(peak, expected):
    wave = np.array([0, peak, -peak / 2], np.float32)
    heard = excerpt.levelled(excerpt.Excerpt(wave, RATE, 0, 0.5))
    np.testing.assert_allclose(heard, [0, expected, -expected / 2], rtol=1e-6)


@pytest.mark.parametrize("path", ["../b.wav", "/etc/passwd", "x/../../b.wav", ".", "x/.."])
def test_a_path_outside_the_folder_is_refused(tmp_path, path):
    with pytest.raises(InputError, match="outside"):
        excerpt.inside(tmp_path / "a", path)


def test_a_folder_beside_with_the_same_beginning_is_outside(tmp_path):
    with pytest.raises(InputError, match="outside"):
        excerpt.inside(tmp_path / "a", "../ab/c.wav")
    assert excerpt.inside(tmp_path / "a", "b/../c.wav") == tmp_path / "a" / "c.wav"


def test_a_steady_tone_looks_the_same_to_its_ends(tmp_path):
    shade = excerpt.picture(excerpt.read(write(tmp_path / "a.wav", tone(1, 441.7))), (-60, 20))
    shade = shade.astype(int)
    assert np.abs(shade[:, [0, -1]] - shade[:, [50]]).max() <= 6
