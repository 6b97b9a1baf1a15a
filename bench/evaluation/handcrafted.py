"""Features that nobody trained: statistics, a rich vector, openSMILE's sets, scattering.

openSMILE (its licence is for research) and kymatio are extras, outside the lock: ``pip install
opensmile``, ``pip install --no-deps kymatio``. Without them their rows are left out.
"""

import functools

import numpy as np
from embedding import mean_and_deviation, whole

from evaluation.recordings import RATE, of_spectrograms, of_waves, over_channels
from thesis_lib.analysis.handmade import rich_statistics
from thesis_lib.spectrogram import cosines

SCALE = 11  # of the scattering transform: it averages over 2**11 samples, 0.128 s
QUALITY = 8  # wavelets an octave
PIECE = 10.0  # s; longer sound is transformed in pieces


class Missing(Exception):
    """A package, or a file, that a method needs and that is not there."""


def log_mel(material, _):
    """Mean and deviation of each band, dB."""
    return over_channels(material, lambda store: whole(store, mean_and_deviation))


def mfcc(material, _):
    """Mean and deviation of the cepstral coefficients, and of their first and second change."""
    bands = cosines(material.stores[0].features).numpy().astype(np.float32)

    def statistics(spectrograms):
        steps = [spectrograms @ bands]  # (n, frames, coefficients)
        steps += [delta(steps[0])]
        steps += [delta(steps[1])]
        return np.concatenate([part for one in steps for part in (one.mean(1), one.std(1))], axis=1)

    return of_spectrograms(material, statistics)


def delta(values, width=4):
    """The slope of a straight line through nine frames, as HTK and librosa have it."""
    step = np.arange(-width, width + 1, dtype=np.float32)
    padded = np.pad(values, ((0, 0), (width, width), (0, 0)), mode="edge")
    frames = values.shape[1]
    terms = [weight * padded[:, place : place + frames] for place, weight in enumerate(step)]
    return sum(terms) / (step**2).sum()


def rich(material, _):
    """The hand-made vector of about a thousand numbers."""
    rate = material.stores[0].features.frame_rate
    return of_spectrograms(material, lambda levels: rich_statistics(levels, rate))


def egemaps(material, _):
    """openSMILE's eGeMAPSv02: 88 functionals for voices (Eyben et al., 2016)."""
    return of_waves(material, functools.partial(functionals, _smile("eGeMAPSv02")))


def compare(material, _):
    """openSMILE's ComParE 2016: 6373 functionals (Schuller et al., 2016)."""
    return of_waves(material, functools.partial(functionals, _smile("ComParE_2016")))


def functionals(smile, wave):
    """What a set makes of a waveform; silence has values that are none, and these become 0."""
    return np.nan_to_num(smile.process_signal(wave, RATE).to_numpy()[0])


def _smile(name):
    try:
        import opensmile
    except ImportError as error:
        raise Missing(f"opensmile does not load ({error}); `pip install opensmile`") from None
    return opensmile.Smile(opensmile.FeatureSet[name], opensmile.FeatureLevel.Functionals)


def scattering(material, _):
    """Mean and deviation over time of log scattering coefficients (Andén and Mallat, 2014)."""
    transform = _transform()

    def statistics(wave):
        wave = np.resize(wave, -(-len(wave) // RATE) * RATE)  # filters are made for each length
        size = round(PIECE * RATE)
        pieces = [wave[first : first + size] for first in range(0, len(wave), size)]
        pieces = [piece for piece in pieces if len(piece) >= RATE] or pieces[:1]
        found = np.concatenate([_log(transform(len(piece))(piece)) for piece in pieces], axis=1)
        return np.concatenate([found.mean(1), found.std(1)])

    return of_waves(material, statistics)


def _log(coefficients):
    return np.log(np.abs(coefficients) + 1e-6)  # (paths, frames)


def _transform():
    """A function of the length of a waveform that gives the transform for it."""
    import scipy.special

    # kymatio 0.3 looks for a function that scipy 1.17 no longer has; only its 3-D part calls it.
    scipy.special.sph_harm = getattr(scipy.special, "sph_harm", None)
    try:
        from kymatio.scattering1d.frontend.numpy_frontend import ScatteringNumPy1D
    except ImportError as error:
        raise Missing(f"kymatio does not load ({error}); `pip install --no-deps kymatio`") from None
    return functools.cache(lambda length: ScatteringNumPy1D(SCALE, length, QUALITY))
