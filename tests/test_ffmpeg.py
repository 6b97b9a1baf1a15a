"""Reading AAC: the sound that was encoded, where it was, and what is wrong said by name."""

import av
import mutagen.mp4
import numpy as np
import pytest
from corpora import noise, tone, write, write_aac

from thesis_lib.audio import io as audio_io
from thesis_lib.util.errors import InputError

FRONT = {"movflags": "faststart"}  # the index in front: what is left of a cut file can be opened


def sweep(seconds, rate=16000):
    """A tone that rises from 200 Hz on, with some noise: every moment sounds otherwise."""
    time = np.arange(round(seconds * rate)) / rate
    wave = 0.3 * np.sin(2 * np.pi * (200 + 150 * time) * time)
    return wave + noise(seconds, rate=rate, level=0.02)


def snr(got, want):
    """How far the difference lies below the sound, dB."""
    return 10 * np.log10(np.mean(want**2) / np.mean((got - want) ** 2))


@pytest.mark.parametrize("rate", [8000, 16000, 22050, 44100, 48000, 96000])
@pytest.mark.parametrize("options", [{}, FRONT])
def test_what_comes_back_is_what_was_encoded(tmp_path, rate, options):
    wave = sweep(3.1, rate)
    path = write_aac(tmp_path / "a.m4a", wave, rate, **options)
    assert audio_io.probe(path) == (rate, 1, len(wave) / rate)
    got = audio_io.read(path, rate)
    assert got.dtype == np.float32 and got.shape == wave.shape
    assert snr(got, wave) > 15
    # shifted by a single sample, it fits less well
    assert snr(got[500:-500], wave[500:-500]) > snr(got[501:-499], wave[500:-500]) + 1


def test_apple_lossless_comes_back_to_the_bit(tmp_path):
    wave = np.round(sweep(2.3) * 2**15) / 2**15
    path = write_aac(tmp_path / "a.m4a", wave, codec="alac")
    np.testing.assert_array_equal(audio_io.read(path), wave.astype(np.float32))


@pytest.mark.parametrize("start, duration", [(0.0, 1.0), (0.1, 0.5), (2.5, 1.0), (4.0, None)])
def test_a_part_is_cut_from_the_whole(tmp_path, start, duration):
    path = write_aac(tmp_path / "a.m4a", sweep(5))
    first = round(start * 16000)
    last = None if duration is None else first + round(duration * 16000)
    part = audio_io.read(path, start=start, duration=duration)
    np.testing.assert_allclose(part, audio_io.read(path)[first:last], atol=1e-6)


def test_channels_and_their_mean(tmp_path):
    wave = np.stack([tone(2, 220 * (k + 1), level=0.2) for k in range(6)], axis=1)
    path = write_aac(tmp_path / "five_one.mp4", wave)
    assert audio_io.probe(path).channels == 6
    loud = [k for k in range(6) if k != 3]  # the bass channel keeps low tones only
    for k in loud:
        assert snr(audio_io.read(path, channel=k)[1000:-1000], wave[1000:-1000, k]) > 15
    single = [audio_io.read(path, channel=k) for k in range(6)]
    np.testing.assert_allclose(audio_io.read(path), np.mean(single, axis=0), atol=1e-6)
    with pytest.raises(InputError, match=r"five_one\.mp4 has 6 channel\(s\), but channel 6"):
        audio_io.read(path, channel=6)


def test_resampled_as_other_files_are(tmp_path):
    wave = sweep(3, 44100)
    got = audio_io.read(write_aac(tmp_path / "a.m4a", wave, 44100))
    want = audio_io.read(write(tmp_path / "a.wav", wave, 44100, subtype="FLOAT"))
    assert got.shape == want.shape and snr(got, want) > 15


@pytest.mark.parametrize("name, kind", [("a.aac", "adts"), ("a.mp4", "mp4")])
def test_without_a_word_on_what_the_encoder_put_in_front_it_starts_later(tmp_path, name, kind):
    options = {} if kind == "adts" else {"use_editlist": "0"}
    wave = sweep(3)
    got = audio_io.read(write_aac(tmp_path / name, wave, kind=kind, **options))
    assert len(wave) <= len(got) <= len(wave) + 2048
    assert snr(got[1024:][: len(wave)], wave[: len(got) - 1024]) > 15


def test_itunes_own_word_on_what_was_put_in_front(tmp_path):
    wave = sweep(3)
    path = write_aac(tmp_path / "a.m4a", wave, use_editlist="0")
    file = mutagen.mp4.MP4(path)
    said = f" 00000000 00000400 00000340 {len(wave):016X}" + " 00000000" * 8
    file["----:com.apple.iTunes:iTunSMPB"] = said.encode()
    file.save()
    got = audio_io.read(path)
    assert snr(got[: len(wave)], wave[: len(got)]) > 15


@pytest.mark.parametrize("share", [0.12, 0.5, 0.9, 0.99])
@pytest.mark.parametrize("name, options", [("a.m4a", {}), ("a.m4a", FRONT), ("a.aac", {})])
def test_a_file_that_breaks_off(tmp_path, capfd, name, share, options):
    kind = "adts" if name == "a.aac" else None
    path = write_aac(tmp_path / name, noise(8), kind=kind, **options)
    whole = path.read_bytes()
    path.write_bytes(whole[: int(len(whole) * share)])
    for reader in (audio_io.probe, audio_io.read):
        with pytest.raises(InputError, match=rf"{path} (is truncated|breaks off).*copy it again"):
            reader(path)
    assert capfd.readouterr() == ("", "")  # FFmpeg keeps its own remarks to itself


@pytest.mark.parametrize("seed", range(40))
def test_damage_anywhere_is_a_sentence_or_does_no_harm(tmp_path, capfd, seed):
    random = np.random.default_rng(seed)
    path = write_aac(tmp_path / "a.m4a", noise(2), **FRONT)
    content = np.frombuffer(path.read_bytes(), np.uint8).copy()
    places = random.integers(0, len(content) // (1 if seed % 2 else 20), 30)
    content[places] = random.integers(0, 256, 30)
    path.write_bytes(content.tobytes())
    try:
        seconds = audio_io.probe(path).duration
        assert np.isfinite(audio_io.read(path)).all() and seconds > 0
    except InputError as error:
        assert str(error).startswith(str(path)) and "\n" not in str(error)
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("content", [b"hello", b"\0" * 5000, b"\0\0\0\x20ftypM4A "])
@pytest.mark.parametrize("ending", ["m4a", "mp4", "aac"])
def test_a_file_that_is_no_audio(tmp_path, content, ending):
    path = tmp_path / f"text.{ending}"
    path.write_bytes(content)
    for reader in (audio_io.probe, audio_io.read):
        with pytest.raises(InputError, match=rf"text\.{ending} .*(copy|remove)"):
            reader(path)


def test_a_film_without_sound(tmp_path):
    with av.open(str(tmp_path / "film.mp4"), "w") as file:
        stream = file.add_stream("mpeg4", rate=10)
        stream.width = stream.height = 32
        for _ in range(5):
            file.mux(stream.encode(av.VideoFrame(32, 32, "yuv420p")))
        file.mux(stream.encode(None))
    with pytest.raises(InputError, match=r"film\.mp4 holds no audio"):
        audio_io.read(tmp_path / "film.mp4")


@pytest.mark.parametrize("start, duration", [(0.5, 0.6), (1.0, None), (3.0, 0.1)])
def test_a_part_beyond_the_end(tmp_path, start, duration):
    path = write_aac(tmp_path / "short.m4a", noise(1))
    with pytest.raises(InputError, match=r"short\.m4a is truncated"):
        audio_io.read(path, start=start, duration=duration)
