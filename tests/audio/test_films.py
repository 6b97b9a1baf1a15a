"""Films: their sound is read whole, a cut one is named, and an open one is as long as it is."""

import io
import struct
from fractions import Fraction

import av
import numpy as np
import pytest
from encoded import RATE, correlation, encode, melody

from thesis_lib.audio import films
from thesis_lib.audio import io as audio_io
from thesis_lib.util.errors import InputError

KINDS = {
    "mkv": ("matroska", "mpeg4", "aac"), "flv": ("flv", "flv", "libmp3lame"),
    "avi": ("avi", "mpeg4", "libmp3lame"), "mkv, samples": ("matroska", "mjpeg", "pcm_s16le"),
    "avi, samples": ("avi", "mjpeg", "pcm_s16le"), "mov, samples": ("mov", "mjpeg", "pcm_s16le"),
}  # fmt: skip


def film(path, kind, pictures, codec, seconds=4, wave=None, pipe=False):
    """A film of noise, 64 x 64 at 25 pictures a second, with a melody; returns the path."""
    sink = io.BytesIO()
    target = type("Pipe", (), {"write": lambda _, content: sink.write(content)})()
    wave = melody(seconds) if wave is None else wave
    with av.open(target if pipe else str(path), "w", format=kind) as file:
        video = file.add_stream(pictures, rate=25)
        video.width = video.height = 64
        video.pix_fmt = "yuvj420p" if pictures == "mjpeg" else "yuv420p"
        sound = file.add_stream(codec, rate=RATE, layout="mono")
        form = sound.codec_context.codec.audio_formats[0].name
        size = sound.codec_context.frame_size or 1024
        resampler = av.AudioResampler(format=form, layout="mono", rate=RATE, frame_size=size)
        pictures = [*_pictures(seconds * 25), None]
        packets = [packet for one in pictures for packet in video.encode(one)]
        frame = av.AudioFrame.from_ndarray(wave[None], format="fltp", layout="mono")
        frame.sample_rate, frame.pts, frame.time_base = RATE, 0, Fraction(1, RATE)
        for one in [*resampler.resample(frame), *resampler.resample(None), None]:
            packets += sound.encode(one)
        for packet in sorted(packets, key=lambda packet: packet.pts * packet.time_base):
            file.mux(packet)
    if pipe:
        path.write_bytes(sink.getvalue())
    return path


def _pictures(count):
    random = np.random.default_rng(0)
    for number in range(count):
        pixels = random.integers(0, 256, (64, 64, 3), dtype=np.uint8)
        picture = av.VideoFrame.from_ndarray(pixels, format="rgb24")
        picture.pts, picture.time_base = number, Fraction(1, 25)
        yield picture


@pytest.mark.parametrize("name", KINDS)
@pytest.mark.parametrize("pipe", [False, True])
def test_the_sound_of_a_film_is_read_whole(tmp_path, name, pipe):
    if pipe and name.startswith("mov"):
        pytest.skip("MOV is not written into pipes")
    path = film(tmp_path / "film.x", *KINDS[name], pipe=pipe)
    got = audio_io.read(path, RATE)
    assert 4 <= len(got) / RATE < 4.06 and audio_io.probe(path).duration == len(got) / RATE
    assert correlation(got, melody(4)) > (0.9999 if "samples" in name else 0.98)


@pytest.mark.parametrize("name", KINDS)
@pytest.mark.parametrize("share", [0.3, 0.6])
def test_a_film_that_was_cut_is_named(tmp_path, name, share):
    path = film(tmp_path / "film.x", *KINDS[name])
    content = path.read_bytes()
    path.write_bytes(content[: int(len(content) * share)])
    for reader in (audio_io.probe, audio_io.read):
        with pytest.raises(InputError, match=r"film\.x (is truncated|breaks off)"):
            reader(path)


@pytest.mark.parametrize("less", [1, 100, 2000])
def test_the_very_end_of_matroska(tmp_path, less):
    path = film(tmp_path / "film.mkv", *KINDS["mkv"])
    path.write_bytes(path.read_bytes()[:-less])
    with pytest.raises(InputError, match=r"film\.mkv is truncated"):
        audio_io.read(path)


@pytest.mark.parametrize("name", ["mkv", "flv", "avi", "avi, samples"])
def test_sound_that_ends_before_the_pictures_is_whole(tmp_path, name):
    path = film(tmp_path / "film.x", *KINDS[name], seconds=4, wave=melody(1))
    assert audio_io.probe(path).duration == pytest.approx(1, abs=0.06)


def test_how_long_a_film_says_it_is():
    """By hand: Matroska's and FLV's own words."""
    unit = b"\x2a\xd7\xb1\x83" + (10**6).to_bytes(3, "big")
    for length in (struct.pack(">d", 2500.0), struct.pack(">f", 2500.0)):
        head = unit + b"\x44\x89" + bytes([0x80 + len(length)]) + length + b"rest of it"
        assert films.LOOKS["matroska"](head) == 2.5
    assert films.LOOKS["matroska"](unit + b"rest of it") == 0
    assert films.LOOKS["flv"](b"\0\x08duration\0" + struct.pack(">d", 7.5)) == 7.5


def late(path, kind, codec, begins):
    """A melody that begins so many seconds after the file's beginning."""
    with av.open(str(path), "w", format=kind) as file, av.open(str(path) + ".mov") as other:
        source = other.streams.audio[0]
        stream = file.add_stream_from_template(source)
        for packet in other.demux(source):
            if packet.size:
                packet.pts += round(begins / packet.time_base)
                packet.dts = packet.pts
                packet.stream = stream
                file.mux(packet)
    return path


@pytest.mark.parametrize("kind", ["ipod", "matroska"])
@pytest.mark.parametrize("codec", ["alac", "aac"])
@pytest.mark.parametrize("begins", [0.1, 1.5])
def test_sound_that_begins_late_is_read_to_its_end(tmp_path, kind, codec, begins):
    path = tmp_path / "late.x"
    encode(tmp_path / "late.x.mov", melody(4), RATE, codec, "mov")
    late(path, kind, codec, begins)
    got = audio_io.read(path, RATE)
    assert 4 <= len(got) / RATE < 4.06
    assert correlation(got, melody(4)) > 0.98
    if codec == "alac":
        np.testing.assert_allclose(got, melody(4), atol=2**-15)
