"""Pictures of sound: waveform, spectrogram, Mel bank, log-Mel, MFCC."""

from collections.abc import Iterable

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.image import AxesImage
from numpy.typing import ArrayLike

from thesis_lib.plots import style

TICKS = (125, 250, 500, 1000, 2000, 4000, 8000, 16000)  # Hz, where a Mel axis is labelled


def waveform(wave: np.ndarray, sample_rate: int, title: str = "") -> Figure:
    """A waveform over time.

    Parameters
    ----------
    wave : float array, shape (samples,), full scale is 1
    sample_rate : int, Hz
    title : str

    Returns
    -------
    Figure
    """
    figure, axes = style.subplots(height=2.4)
    axes.plot(np.arange(len(wave)) / sample_rate, wave, color=style.HERE, linewidth=0.4)
    axes.set(title=title, xlabel="time (s)", ylabel="amplitude\n(full scale = 1)")
    axes.margins(x=0)
    return figure


def spectrogram(
    levels: np.ndarray, frame_rate: float, top: float, title: str = "", span: float = 80
) -> Figure:
    """A spectrogram on a linear frequency axis.

    Parameters
    ----------
    levels : float array, shape (frames, bins), dB
    frame_rate : float, frames a second
    top : float, frequency of the last bin, Hz
    title : str
    span : float, dB below the loudest that are shown

    Returns
    -------
    Figure
    """
    figure, axes = _over_time(levels, frame_rate, top / 1000, title, span, "power (dB)")
    axes.set_ylabel("frequency (kHz)")
    return figure


def mel_bank(bank: np.ndarray, sample_rate: int, title: str = "") -> Figure:
    """The triangular filters of a Mel bank.

    Parameters
    ----------
    bank : float array, shape (bins, n_mels)
    sample_rate, title
        As for `waveform`.

    Returns
    -------
    Figure
    """
    figure, axes = style.subplots(height=2.8)
    hertz = np.linspace(0, sample_rate / 2, len(bank))
    tones = np.linspace(0, 1, bank.shape[1])
    for tone, weights in zip(tones, np.asarray(bank).T, strict=True):
        axes.plot(hertz / 1000, weights * 1000, color=_tone(tone), linewidth=1.2)
    axes.set(title=title, xlabel="frequency (kHz)", ylabel="weight (1/1000)")
    axes.margins(x=0)
    axes.set_ylim(bottom=0)
    return figure


def log_mel(
    levels: np.ndarray, frame_rate: float, centres: ArrayLike, title: str = "", span: float = 70
) -> Figure:
    """A log-Mel spectrogram.

    Parameters
    ----------
    levels : float array, shape (frames, n_mels), dB
    centres : float array, shape (n_mels,), Hz
    frame_rate, title, span
        As for `spectrogram`.

    Returns
    -------
    Figure
    """
    bands = levels.shape[1]
    figure, axes = _over_time(levels, frame_rate, bands, title, span, "level (dB)")
    mel_axis(axes, centres)
    return figure


def log_mel_rows(
    rows: dict[str, np.ndarray], frame_rate: float, centres: ArrayLike, span: float = 70
) -> Figure:
    """Several log-Mel spectrograms below each other, on one scale of colours.

    Parameters
    ----------
    rows : dict, title -> float array (frames, n_mels), dB
    frame_rate, centres, span
        As for `log_mel`.

    Returns
    -------
    Figure
    """
    figure, axes = style.subplots(
        len(rows), height=0.5 + 1.25 * len(rows), sharex=True, squeeze=False
    )
    top = loudest(rows.values())
    for one, (title, levels) in zip(axes[:, 0], rows.items(), strict=True):
        extent = (0, len(levels) / frame_rate, 0, levels.shape[1])
        picture = picture_of(one, levels, extent, top, span)
        mel_axis(one, centres, sparse=True)
        one.set_title(title, fontsize=10)
    axes[-1, 0].set_xlabel("time (s)")
    figure.colorbar(picture, ax=axes[:, 0], label="level (dB)", pad=0.01, aspect=40)
    return figure


def mfcc(coefficients: np.ndarray, frame_rate: float, title: str = "") -> Figure:
    """Mel-frequency cepstral coefficients, each drawn on its own scale.

    Parameters
    ----------
    coefficients : float array, shape (frames, coefficients)
    frame_rate : float, frames a second
    title : str

    Returns
    -------
    Figure
    """
    figure, axes = style.subplots(height=3.0)
    spread = (coefficients - coefficients.mean(0)) / np.maximum(coefficients.std(0), 1e-9)
    count = coefficients.shape[1]
    extent = (0, len(coefficients) / frame_rate, -0.5, count - 0.5)
    picture = axes.imshow(
        spread.T, cmap=style.DIVERGING, vmin=-3, vmax=3, extent=extent, origin="lower",
        aspect="auto",
    )  # fmt: skip
    axes.set(title=title, xlabel="time (s)", ylabel="coefficient", yticks=range(0, count, 3))
    figure.colorbar(picture, ax=axes, label="standard deviations\nfrom its mean", pad=0.01)
    return figure


def mel_axis(axes: Axes, centres: ArrayLike, sparse: bool = False) -> None:
    """Label the bands of a log-Mel picture, drawn from 0 to n_mels, with their frequencies."""
    centres = np.asarray(centres)
    hertz = [tick for tick in TICKS if centres[0] <= tick <= centres[-1] * 1.05]
    hertz = hertz[::2] if sparse else hertz
    places = np.interp(hertz, centres, np.arange(len(centres)) + 0.5)
    names = [f"{tick / 1000:g}k" if tick >= 1000 else str(tick) for tick in hertz]
    axes.set_yticks(places, names)
    axes.set_ylabel("Hz" if sparse else "frequency (Hz, Mel scale)")


def loudest(pictures: Iterable[np.ndarray]) -> float:
    """The level (dB) drawn brightest: the loudest but for one frame and band in two hundred.

    A click, or a constant part of the signal (0 Hz), would leave all else in the dark.
    """
    return max(np.quantile(levels, 0.995) for levels in pictures)


def _over_time(levels, frame_rate, height, title, span, unit):
    """Levels from 0 to `height` over time, with their scale of colours: figure and axes."""
    figure, axes = style.subplots(height=3.4)
    extent = (0, len(levels) / frame_rate, 0, height)
    picture = picture_of(axes, levels, extent, loudest([levels]), span)
    axes.set(title=title, xlabel="time (s)")
    figure.colorbar(picture, ax=axes, label=unit, pad=0.01)
    return figure, axes


def picture_of(
    axes: Axes,
    levels: ArrayLike,
    extent: tuple[float, float, float, float],
    top: float,
    span: float,
) -> AxesImage:
    """Draw levels (frames, bands), bright at `top` dB, dark from `span` dB below it."""
    return axes.imshow(
        np.asarray(levels).T, cmap=style.SPECTROGRAM, vmin=top - span, vmax=top, extent=extent,
        origin="lower", aspect="auto",
    )  # fmt: skip


def _tone(share):
    """A colour from blue to orange, without the pale ends of a map."""
    return style.sns.color_palette("viridis", as_cmap=True)(0.9 * share)
