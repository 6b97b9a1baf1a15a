"""Speech for the simulated home: espeak-ng, called as a library, one voice a person.

The engine keeps a state (random numbers, phases) that even its own restart does not clear, so
`fresh_engine` unloads and loads it: what it speaks after that depends on the arguments alone.
"""

import _ctypes
import ctypes
from collections.abc import Sequence
from dataclasses import dataclass

import espeakng_loader
import numpy as np
import soxr
from numpy.random import Generator

RATE = 16000  # Hz, of what the functions return

# espeak-ng's own numbers (speak_lib.h)
_SYNCHRONOUS = 2
_UTF8 = 1
_WORDS_PER_MINUTE, _PITCH, _PITCH_RANGE = 1, 3, 4

_VARIANTS = (
    "f1 f2 f3 f4 f5 m1 m2 m3 m4 m5 m6 m7 m8 "
    "Annie Alex belinda linda steph adam david john Michael paul grandma"
).split()

# A few dozen everyday words a language are enough: no classifier here understands them.
_WORDS = {
    "en": "the a we you they it is was have go come house kitchen water bread coffee tomorrow "
    "evening train friend really never always maybe because garden window remember "
    "nothing children telephone weather about with after before good little old new think "
    "know said asked found",
    "en-us": "the a so well I you he she it was has got to make table dinner money morning city "
    "doctor people problem question better yesterday minute number mother brother school "
    "working player government report minister market today percent north rain again only "
    "over through",
    "nl": "de het een wij jullie zij is was hebben gaan komen huis keuken water brood koffie "
    "morgen avond trein vriend echt nooit altijd misschien omdat tuin raam weten niets "
    "kinderen telefoon weer over met na voor goed klein oud nieuw denken zeggen vragen "
    "vinden gezellig eigenlijk",
    "de": "der die das ein wir ihr sie ist war haben gehen kommen Haus Wasser Brot Kaffee "
    "morgen Abend Zug Freund wirklich niemals immer vielleicht weil Garten Fenster wissen "
    "nichts Kinder Wetter mit nach vor gut klein alt neu denken sagen fragen finden "
    "eigentlich zusammen",
    "fr": "le la un une nous vous ils est avoir aller venir maison cuisine eau pain demain soir "
    "train amie vraiment jamais toujours jardin savoir rien enfants avec avant bon petit "
    "vieux nouveau penser dire demander trouver aujourd'hui ensemble beaucoup quelque "
    "chose",
    "es": "el la un una nosotros ustedes ellos es era tener ir venir casa cocina agua pan tarde "
    "tren amigo nunca siempre porque ventana saber nada con antes bueno viejo nuevo "
    "pensar decir preguntar encontrar hoy juntos mucho alguna cosa familia semana",
}


@dataclass(frozen=True)
class Voice:
    """One person: language, timbre, and how high, lively and fast they speak."""

    language: str
    variant: str
    pitch: int  # 0 to 99, espeak's scale
    pitch_range: int  # 0 to 99
    words_per_minute: int


class _Engine:
    """The loaded library and the callback that collects what it says."""

    def __init__(self) -> None:
        self.library = ctypes.CDLL(espeakng_loader.get_library_path())
        kind = ctypes.CFUNCTYPE(
            ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.c_void_p
        )
        self.callback = kind(self._collect)  # kept here, or it would be freed under the library
        self.pieces: list[np.ndarray] = []
        self.rate = 0

    def _collect(self, wave, count, _events):
        if wave and count > 0:
            self.pieces.append(np.ctypeslib.as_array(wave, (count,)).copy())
        return 0

    def start(self):
        data = espeakng_loader.get_data_path().encode()
        self.rate = self.library.espeak_Initialize(_SYNCHRONOUS, 0, data, 0)
        if self.rate <= 0:
            raise RuntimeError("espeak-ng could not start: reinstall the package espeakng-loader")
        self.library.espeak_SetSynthCallback(self.callback)
        self.library.espeak_ng_SetRandSeed(ctypes.c_long(1))
        ctypes.CDLL(None).srand(1)  # breath and flutter come from the C library's numbers

    def stop(self):
        self.library.espeak_Terminate()
        _ctypes.dlclose(self.library._handle)


_engine: _Engine | None = None


def fresh_engine() -> _Engine:
    """Restart the speech engine, so that what it spoke before changes nothing."""
    global _engine
    if _engine is not None:
        _engine.stop()
    _engine = _Engine()
    _engine.start()
    return _engine


def draw_voice(rng: Generator) -> Voice:
    """One random person."""
    return Voice(
        language=str(rng.choice(list(_WORDS))),
        variant=str(rng.choice(_VARIANTS)),
        pitch=int(rng.integers(15, 80)),
        pitch_range=int(rng.integers(30, 90)),
        words_per_minute=int(rng.integers(125, 215)),
    )


def sentence(rng: Generator, language: str, words: int | None = None) -> str:
    """Random words of a language with a sentence's punctuation, which gives it its melody."""
    count = int(words or rng.integers(3, 13))
    chosen = list(rng.choice(_WORDS[language].split(), count))
    if count > 6:
        chosen[count // 2] += ","
    return " ".join(chosen).capitalize() + str(rng.choice([".", ".", ".", "?", "!"]))


def speak(voice: Voice, text: str) -> np.ndarray:
    """Speak one text.

    Returns
    -------
    ndarray (samples,), float64, 16 kHz, root mean square 1 over the whole utterance
    """
    engine = _engine or fresh_engine()
    library = engine.library
    name = f"{voice.language}+{voice.variant}".encode()
    if library.espeak_SetVoiceByName(name) != 0:
        raise RuntimeError(f"espeak-ng has no voice {name.decode()!r}")
    library.espeak_SetParameter(_WORDS_PER_MINUTE, voice.words_per_minute, 0)
    library.espeak_SetParameter(_PITCH, voice.pitch, 0)
    library.espeak_SetParameter(_PITCH_RANGE, voice.pitch_range, 0)
    engine.pieces = []
    data = text.encode()
    library.espeak_Synth(data, ctypes.c_size_t(len(data) + 1), 0, 1, 0, _UTF8, None, None)
    library.espeak_Synchronize()
    return _at_16_khz(engine.pieces, engine.rate)


def _at_16_khz(pieces, rate):
    if not pieces:
        return np.zeros(0)
    wave = soxr.resample(np.concatenate(pieces).astype(np.float64), rate, RATE, quality="MQ")
    wave = np.trim_zeros(wave.round(3))
    return wave / max(np.sqrt(np.mean(wave**2)), 1.0) if len(wave) else wave


def talk(rng: Generator, voice: Voice, samples: int, pause: float) -> np.ndarray:
    """One person talking on and on.

    Parameters
    ----------
    samples : int, length of the result at 16 kHz
    pause : float, mean pause between sentences, s

    Returns
    -------
    ndarray (samples,), float64, about root mean square 1 while speaking
    """
    out = np.zeros(samples)
    at = int(rng.exponential(pause) * RATE)
    while at < samples:
        words = speak(voice, sentence(rng, voice.language)) * 10 ** (rng.normal(0, 2) / 20)
        piece = words[: samples - at]
        out[at : at + len(piece)] += piece
        at += len(words) + int((0.15 + rng.exponential(pause)) * RATE)
    return out


def conversation(
    rng: Generator, voices: Sequence[Voice], samples: int, pause: float = 0.4
) -> np.ndarray:
    """Several people taking turns, now and then over one another.

    Returns
    -------
    ndarray (people, samples), float64, 16 kHz
    """
    out = np.zeros((len(voices), samples))
    at, speaker = 0, 0
    while at < samples:
        for _ in range(int(rng.integers(1, 4))):  # sentences of this turn
            words = speak(voices[speaker], sentence(rng, voices[speaker].language))
            words = words * 10 ** (rng.normal(0, 2) / 20)
            piece = words[: max(samples - at, 0)]
            out[speaker, at : at + len(piece)] += piece
            at += len(words)
        at = max(at + int(rng.normal(pause, 0.4) * RATE), 0)
        speaker = (speaker + int(rng.integers(1, max(len(voices), 2)))) % len(voices)
    return out
