"""What libsndfile believes of a file and FFmpeg does not, or neither should."""

import struct

import av
import numpy as np
import pytest
import soundfile
from corpora import noise, write
from encoded import RATE, correlation, encode, melody
from test_decode import PCM, SOUND, riff

from thesis_lib.audio import frames
from thesis_lib.audio import io as audio_io
from thesis_lib.util.errors import InputError


def counted(path, samples):
    """A FLAC whose header counts so many samples."""
    content = bytearray(path.read_bytes())
    content[21] = content[21] & 0xF0 | samples >> 32
    content[22:26] = struct.pack(">I", samples & 0xFFFFFFFF)
    path.write_bytes(content)
    return path


@pytest.mark.parametrize("rate, channels", [(RATE, 1), (8000, 2), (96000, 1), (11025, 1)])
@pytest.mark.parametrize("share", [0.01, 0.5, 0.999])
def test_a_flac_that_counts_too_few_is_read_to_its_end(tmp_path, rate, channels, share):
    wave = melody(3, rate, channels)
    path = write(tmp_path / "a.flac", wave, rate)
    want = soundfile.read(path, dtype="float32", always_2d=True)[0]
    counted(path, int(len(wave) * share))
    assert audio_io.probe(path) == (rate, channels, len(wave) / rate)
    np.testing.assert_array_equal(audio_io.read(path, rate, channel=0), want[:, 0])


@pytest.mark.parametrize("samples", [3 * RATE + 5000, 6 * RATE, 2**36 - 1])
def test_a_flac_that_counts_too_many_is_named(tmp_path, samples):
    path = counted(write(tmp_path / "a.flac", melody(3), RATE), samples)
    for reader in (audio_io.probe, audio_io.read):
        with pytest.raises(InputError, match=r"a\.flac is truncated"):
            reader(path)


@pytest.mark.parametrize("kind", ["WAV", "RF64", "AIFF", "W64", "AU"])
@pytest.mark.parametrize("subtype, size", [("PCM_16", 2), ("PCM_24", 3), ("FLOAT", 4)])
def test_a_last_sample_that_is_cut_is_all_that_is_lost(tmp_path, kind, subtype, size):
    wave, path = noise(1, channels=2, rate=RATE), tmp_path / "a.bin"
    soundfile.write(path, wave, RATE, format=kind, subtype=subtype)
    want, content = soundfile.read(path, dtype="float32")[0], path.read_bytes()
    for lost in (1, 2 * size):
        path.write_bytes(content[:-lost])
        np.testing.assert_array_equal(audio_io.read(path, RATE, channel=1), want[:-1, 1])
    path.write_bytes(content[: -2 * size - 1])
    with pytest.raises(InputError, match=r"a\.bin is truncated"):
        audio_io.read(path, RATE)


@pytest.mark.parametrize("level", [0, 5, 8])
@pytest.mark.parametrize("samples", [5, 4096, 4097, 3 * RATE, 20 * RATE])
def test_the_last_frame_of_a_flac_tells_where_it_ends(tmp_path, level, samples):
    path = tmp_path / "a.flac"
    soundfile.write(path, noise(20, rate=RATE)[:samples], RATE, compression_level=level / 8)
    behind = encode(tmp_path / "b.flac", noise(2, rate=RATE), RATE, "flac", "flac")
    for name, want in ((path, samples), (behind, 2 * RATE)):
        with open(name, "rb") as file:
            assert frames.stated_and_held(file.fileno()) == (want, want)


@pytest.mark.parametrize("told", [0, 8000, 16000, 44100, 48000])
def test_opus_is_decoded_at_its_own_rate(tmp_path, told):
    """RFC 7845, 5.1: the input sample rate is not the rate of playback."""
    path = tmp_path / "a.opus"
    wave = melody(3, 48000) + noise(3, rate=48000, level=0.05)
    soundfile.write(path, wave, 48000, format="OGG", subtype="OPUS")
    want = audio_io.read(path, 48000)
    content = bytearray(path.read_bytes())
    at = content.index(b"OpusHead") + 12
    content[at : at + 4] = struct.pack("<I", told)
    end = content.index(b"OggS", 4)
    content[22:26] = bytes(4)
    content[22:26] = struct.pack("<I", checksum(content[:end]))
    path.write_bytes(content)
    assert audio_io.probe(path) == (48000, 1, 3.0)
    got = audio_io.read(path, 48000)
    assert correlation(got, want) > 0.999 and len(got) == len(want)


def checksum(page):
    """Ogg's, bit by bit."""
    value = 0
    for byte in page:
        value ^= byte << 24
        for _ in range(8):
            value = (value << 1 ^ (0x104C11DB7 if value >> 31 else 0)) & 0xFFFFFFFF
    return value


def recounted(content, less):
    """An Ogg whose pages tell so many samples less, as one that was cut at its beginning."""
    content, at = bytearray(content), 0
    while at >= 0:
        end = content.find(b"OggS", at + 4)
        page = content[at : end if end >= 0 else None]
        place = struct.unpack_from("<q", page, 6)[0]
        struct.pack_into("<q", page, 6, place - less if place else 0)
        page[22:26] = bytes(4)
        page[22:26] = struct.pack("<I", checksum(page))
        content[at : at + len(page)] = page
        at = end
    return bytes(content)


def test_vorbis_that_was_cut_at_its_beginning(tmp_path):
    path = tmp_path / "a.ogg"
    soundfile.write(path, melody(3, RATE), RATE, format="OGG", subtype="VORBIS")
    want, content = audio_io.read(path, RATE), path.read_bytes()
    first = content.index(b"OggS", content.index(b"OggS", 4) + 4)  # page of sound
    told = struct.unpack_from("<q", content, first + 6)[0]
    path.write_bytes(recounted(content, told + 104))
    told = soundfile.info(path).frames
    assert len(soundfile.read(path)[0]) < told  # else there is nothing to see
    got = audio_io.read(path, RATE)
    assert len(got) == told == round(audio_io.probe(path).duration * RATE)
    np.testing.assert_array_equal(got[told - 100 :], 0)
    assert max(np.correlate(got, want[5000:9000], "valid")) > 0.99 * sum(want[5000:9000] ** 2)


@pytest.mark.parametrize("told, damaged", [(["", "a hole"], True), (["a hole"] * 2, False)])
def test_a_hole_that_is_told_before_anything_is_read_is_none(tmp_path, monkeypatch, told, damaged):
    """libogg tells of one where it jumps into the middle of a packet, as in music of Wesnoth."""
    path = tmp_path / "a.ogg"
    soundfile.write(path, melody(3, RATE), RATE, format="OGG", subtype="VORBIS")
    whole, said = audio_io.read(path, RATE), iter(told)
    info = property(lambda _: f"Ogg : Warning, libogg reports {next(said, told[-1])} at 2 bytes.")
    monkeypatch.setattr(soundfile.SoundFile, "extra_info", info)
    if damaged:
        with pytest.raises(InputError, match="truncated or damaged"):
            audio_io.read(path, RATE, start=1.0, duration=0.5)
    else:
        part = audio_io.read(path, RATE, start=1.0, duration=0.5)
        np.testing.assert_allclose(part, whole[RATE : RATE * 3 // 2], atol=1e-4)


def test_a_caf_whose_sound_goes_on_to_the_end(tmp_path):
    path = tmp_path / "a.caf"
    soundfile.write(path, SOUND, RATE, format="CAF", subtype="PCM_16")
    content = bytearray(path.read_bytes())
    at = content.index(b"data") + 4
    content[at : at + 8] = b"\xff" * 8
    path.write_bytes(content)
    assert audio_io.probe(path) == (RATE, 1, 1.0)
    np.testing.assert_array_equal(audio_io.read(path, RATE), SOUND.astype(np.float32) / 2**15)


@pytest.mark.parametrize("more", [8, 36, 44])
def test_a_size_that_counts_the_header_too(tmp_path, more):
    path = tmp_path / "a.wav"
    path.write_bytes(riff(PCM, SOUND.tobytes(), 2 * len(SOUND) + more))
    np.testing.assert_array_equal(audio_io.read(path, RATE), SOUND.astype(np.float32) / 2**15)


def coded(tmp_path):
    """AC-3 as IEC 61937 packs it, as samples of 16 bit and two channels."""
    packed = encode(tmp_path / "a.spdif", melody(3, RATE, 2), RATE, "ac3", "spdif", kbps=192)
    return np.frombuffer(packed.read_bytes(), "<i2").reshape(-1, 2)


def test_ac3_in_place_of_samples_is_decoded_in_wav_and_named_elsewhere(tmp_path):
    samples = coded(tmp_path)
    soundfile.write(tmp_path / "a.wav", samples, RATE, subtype="PCM_16")
    with av.open(str(tmp_path / "a.wav")) as file:
        assert file.streams.audio[0].codec_context.name == "ac3"
    got = audio_io.read(tmp_path / "a.wav", RATE, channel=0)
    assert correlation(got, melody(3)) > 0.98
    for ending in (".flac", ".aiff", ".w64"):
        path = tmp_path / f"a{ending}"
        soundfile.write(path, samples, RATE, subtype="PCM_16")
        with pytest.raises(InputError, match=rf"a{ending} holds surround sound"):
            audio_io.read(path)


def dts(order, width):
    """Frames of 512 samples each in 2048 bytes by hand, by ETSI TS 102 114; noise follows."""
    bits = f"{0x7FFE8001:032b}" + "1" + f"{31:05b}" + "0" + f"{15:07b}" + f"{1005:014b}" + "0" * 53
    words = [int(bits[at : at + width], 2) for at in range(0, 7 * width, width)]
    words = [word - (1 << 14) if width == 14 and word >> 13 else word for word in words]
    head = b"".join(struct.pack(order + "H", word & 0xFFFF) for word in words)
    return (head + np.random.default_rng(1).bytes(2048 - len(head))) * 40


@pytest.mark.parametrize("order", "<>")
@pytest.mark.parametrize("width, begin", [(16, "7ffe8001"), (14, "1fffe800")])
def test_dts_in_place_of_samples_is_named(tmp_path, order, width, begin):
    content = dts(order, width)
    first = struct.pack(order + "2H", *struct.unpack(">2H", bytes.fromhex(begin)))
    assert content.startswith(first)
    for ending in (".flac", ".aiff"):
        path = tmp_path / f"a{ending}"
        samples = np.frombuffer(bytes(400) + content, "<i2").reshape(-1, 2)
        soundfile.write(path, samples, RATE, subtype="PCM_16")
        with pytest.raises(InputError, match=rf"a{ending} holds surround sound"):
            audio_io.read(path)


@pytest.mark.parametrize("left, right", [(32766, -32767), (-385, 384), (8191, -6144)])
def test_samples_that_look_like_dts_now_and_then_are_samples(tmp_path, left, right):
    wave = np.random.default_rng(0).integers(-9999, 9999, (RATE, 2)).astype(np.int16)
    wave[::512] = left, right
    path = tmp_path / "a.flac"
    soundfile.write(path, wave, RATE, subtype="PCM_16")
    found = audio_io.read(path, RATE, channel=0)
    np.testing.assert_array_equal(found, wave[:, 0] / np.float32(2**15))
