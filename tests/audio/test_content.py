"""What a file holds is looked at while it is read: that there is no sound in it is a sentence."""

import numpy as np
import pytest
from corpora import corpus_of, noise, tone, write

from thesis_lib.audio import io as audio_io
from thesis_lib.audio.content import Content
from thesis_lib.datasets import recordings, validate


def content(wave, blocks=3):
    wave = wave if wave.ndim == 2 else wave[:, None]
    found = Content("a.wav", wave.shape[1])
    for block in np.array_split(wave, blocks):
        found.add(np.float32(block))
    return found


def in_16_bit(wave):
    return np.round(np.asarray(wave) * 2**15) / 2**15


STILL = {
    "holds no samples": np.zeros((0, 2)),
    "is silent": np.zeros((8000, 2)),
    "holds a constant": np.full(8000, 0.3),
    "holds a constant, no": np.stack([np.zeros(8000), np.full(8000, -0.1)], axis=1),
    "holds NaN or infinite": np.where(np.arange(8000) == 7000, np.nan, noise(0.5)),
    "holds NaN or inf": np.where(np.arange(8000) == 7000, -np.inf, noise(0.5)),
    "reaches 16384 where full scale is 1": 32768 * tone(0.5, 1000),
    "holds a constant, no sound": in_16_bit(0.4 + 2e-5 * noise(0.5, level=1)),
}


@pytest.mark.parametrize("says", STILL)
def test_what_holds_no_sound(says):
    found = content(STILL[says])
    assert found.fault().startswith(f"a.wav {says}") and "\n" not in found.fault()


@pytest.mark.parametrize(
    "wave",
    [
        noise(0.5),
        4 * noise(0.5, level=1),  # a float file may go over full scale
        tone(0.5, 440) + 0.4,
        noise(0.5, level=2e-5),  # a 24 bit recording of a very quiet room
        in_16_bit(noise(0.5, level=5e-5)),
        np.stack([noise(0.5), np.zeros(8000)], axis=1),
        np.eye(1, 8000)[0] * 0.1,  # a click
    ],
)
def test_what_holds_sound(wave):
    assert content(wave).fault() is None and content(wave).cancels() is None


@pytest.mark.parametrize("channels", [1, 2])
def test_looking_changes_nothing(channels):
    block = noise(0.5, channels=channels).reshape(-1, channels) + np.float32(0.3)
    before = block.copy()
    Content("a.wav", channels).add(block)
    np.testing.assert_array_equal(block, before)


def test_in_a_home_silence_is_no_fault_but_nan_is():
    assert content(np.zeros((100, 4))).fault(sound=False) is None
    assert "constant" in content(np.full(100, 0.1)).fault()
    assert content(np.full(100, 0.1)).fault(sound=False) is None
    assert "NaN" in content(np.full(100, np.nan)).fault(sound=False)


@pytest.mark.parametrize("level", [1.0, 0.05, 0.002])
@pytest.mark.parametrize("bits", [16, 32])
def test_channels_that_cancel(level, bits):
    wave = level * tone(0.5, 440)
    two = np.stack([wave, -wave], axis=1)
    two = np.round(two * 2**15 + 0.01) / 2**15 if bits == 16 else two + 0.1
    assert content(two).fault() is None and "the channels cancel" in content(two).cancels()
    four = np.concatenate([two, two[:, ::-1]], axis=1)
    assert content(four).cancels()


@pytest.mark.parametrize("channels", [2, 6, 16])
def test_channels_that_have_nothing_in_common_do_not_cancel(channels):
    assert content(noise(0.5, channels=channels)).cancels() is None
    wave = noise(0.5)  # a stereo microphone's weak difference
    assert content(np.stack([wave, -0.8 * wave], axis=1)).cancels() is None


@pytest.fixture
def cancelling(tmp_path):
    """A song of 16 bit whose right channel is the left one turned upside down."""
    left = np.concatenate([np.zeros(16000), tone(3, 440), np.zeros(16000)])
    return write(tmp_path / "a" / "x.wav", np.stack([left, -left], axis=1))


def heard(path):
    row = recordings.pd.DataFrame([dict(path=path.name, label="a", song="x", name="")])
    return recordings._scan_file(path.parent, next(row.itertuples()))


def test_of_channels_that_cancel_the_first_is_heard(cancelling, caplog):
    row, words = heard(cancelling)
    (record,) = caplog.records
    assert str(cancelling) in record.getMessage() and "cancel" in record.getMessage()
    assert row["channel"] == 0 and 0.9 <= row["start"] <= 1 and 3 <= row["duration"] <= 3.2
    wave = audio_io.read(cancelling, channel=row["channel"], start=row["start"], duration=3)
    assert np.abs(wave).max() > 0.4 and np.count_nonzero(words) > 60


@pytest.mark.parametrize("channels", [1, 16])
@pytest.mark.parametrize("rate", [4000, 11025, 192000, 384000])
def test_any_rate_and_any_number_of_channels(tmp_path, rate, channels):
    path = write(tmp_path / "a.wav", noise(1, rate=rate, channels=channels), rate)
    row, _ = heard(path)
    assert (row["start"], row["duration"]) == (0, 1)
    assert (row["sample_rate"], row["channels"], row["channel"]) == (rate, channels, -1)


def test_validate_finds_songs_without_sound(tmp_path, cancelling):
    waves = [noise(1), np.zeros(16000), np.full(16000, 0.3), 32768 * noise(1), np.zeros(0)]
    corpus = corpus_of(tmp_path, waves)
    files = {corpus.path(row): [] for row in corpus.table.itertuples()} | {cancelling: []}
    found = {path.name: sentence for path, sentence in validate.examine(files, False).faults}
    says = ["silent", "constant", "full scale", "holds no samples", "cancel"]
    names = [f"0{i}.wav" for i in range(1, 5)] + ["x.wav"]
    assert list(found) == names
    assert all(word in found[name] for name, word in zip(names, says, strict=True))


def test_validate_takes_no_silence_of_a_home_for_a_fault(tmp_path):
    corpus = corpus_of(tmp_path, [np.zeros(16000)])
    corpus.table["node"] = "1"
    assert validate.examine(validate.by_file(corpus), False).faults == []
