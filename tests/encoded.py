"""Sound that others encoded: made by FFmpeg's encoders, and compared where delays differ."""

from fractions import Fraction

import av
import numpy as np
from corpora import tone

RATE = 44100  # Hz


def melody(seconds=4.0, rate=RATE, channels=1, seed=0):
    """Tones that change four times a second: every moment sounds otherwise. Float32."""
    pitches = np.random.default_rng(seed).uniform(200, 1500, round(4 * seconds))
    wave = np.float32(np.concatenate([tone(0.25, pitch, rate, 0.4) for pitch in pitches]))
    return wave if channels == 1 else np.stack([wave, 0.5 * wave], axis=1)


def encode(path, wave, rate, codec, kind, layout=None, copts=None, kbps=None, **options):
    """Encode sound by FFmpeg; returns the path."""
    wave = wave.reshape(len(wave), -1)
    layout = layout or {1: "mono", 2: "stereo"}[wave.shape[1]]
    with av.open(str(path), "w", format=kind, options=options) as file:
        stream = file.add_stream(codec, rate=rate, layout=layout, options=copts or {})
        if kbps:
            stream.bit_rate = int(kbps * 1000)
        form = stream.codec_context.codec.audio_formats[0].name
        size = stream.codec_context.frame_size or 1024
        resampler = av.AudioResampler(format=form, layout=layout, rate=rate, frame_size=size)
        planes = np.ascontiguousarray(wave.T, np.float32)
        frame = av.AudioFrame.from_ndarray(planes, format="fltp", layout=layout)
        frame.sample_rate, frame.pts, frame.time_base = rate, 0, Fraction(1, rate)
        for one in [*resampler.resample(frame), *resampler.resample(None)]:
            file.mux(stream.encode(one))
        file.mux(stream.encode(None))
    return path


def correlation(got, want):
    """How alike two waves are, 1 at most, at the best of the shifts that encoders make."""
    size = min(len(got), len(want))
    spectrum = np.fft.rfft(got[:size], 2 * size) * np.fft.rfft(want[:size], 2 * size).conj()
    shifts = np.fft.irfft(spectrum)
    energy = np.sum(got[:size] ** 2) * np.sum(want[:size] ** 2)
    return max(shifts[:4000].max(), shifts[-4000:].max()) / np.sqrt(energy)


def mp3(path, wave, rate=RATE, kbps=128, vbr=False, told=True):
    """An MP3 with or without the frame that counts the others."""
    options = {"write_xing": "1" if told else "0", "id3v2_version": "0"}
    copts = {"global_quality": "236", "flags": "+qscale"} if vbr else {}
    kbps = None if vbr else kbps
    return encode(path, wave, rate, "libmp3lame", "mp3", copts=copts, kbps=kbps, **options)
