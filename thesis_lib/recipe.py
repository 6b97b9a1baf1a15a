"""Recipes: every number of a training run, named once."""

from dataclasses import dataclass, field, replace
from typing import Any

TRIPLETS = "thesis_lib.training.triplets"  # the thesis's method
CONTRASTIVE = "thesis_lib.contrastive.method"  # ours


@dataclass(frozen=True)
class Features:
    """How a waveform becomes a log-Mel spectrogram (thesis, preprocessing; 02_preprocessing).

    Attributes
    ----------
    sample_rate : int, Hz
    win_length, hop_length, n_fft : int, samples
    n_mels, n_mfcc : int, bands and coefficients
    """

    sample_rate: int = 16000
    win_length: int = 480
    hop_length: int = 160
    n_fft: int = 1024
    n_mels: int = 128
    n_mfcc: int = 13

    @property
    def frame_rate(self) -> float:
        """Frames a second."""
        return self.sample_rate / self.hop_length

    def frames(self, seconds: float) -> int:
        """Frames that fit wholly into `seconds` of sound (0 where not even one does)."""
        samples = round(seconds * self.sample_rate)
        return max(0, (samples - self.win_length) // self.hop_length + 1)


@dataclass(frozen=True)
class Contrast:
    """What a training with many opposites at once asks for beside what a `Recipe` has anyway.

    See 10_experiments.

    Attributes
    ----------
    temperature : float
        Of the contrastive loss.
    cross_recording_prob : float
        Chance that a neighbour is sought in another recording of the session or song.
    position_decay : float
        By so many positions in the session the chance of another recording falls to 1/e.
    gain_db, equaliser_db : float
        Of the random gain and the random equaliser curve, see `augment`: standard deviations, dB.
    warm_up : float
        Share of the steps in which the learning rate rises; from there it falls along a cosine.
    """

    temperature: float = 0.2
    cross_recording_prob: float = 0.75
    position_decay: float = 2.0
    gain_db: float = 3.0
    equaliser_db: float = 3.0
    warm_up: float = 0.05


@dataclass(frozen=True)
class Recipe:
    """What the thesis calls a configuration; the defaults are the thesis's, for SINS.

    See 04_gpu_training.

    Attributes
    ----------
    name : str
    features : Features
    tile : float
        Length of a tile, s; tiles are end to end.
    neighbour_range : float
        A neighbour starts at most this far from its anchor, s.
    width : int
        Channels after the network's first convolution.
    embedding : int
        Dimensions of the embedding.
    margin : float
        On squared Euclidean distances.
    reduction : str
        "nonzero" or "all", see `triplet_loss`.
    weight_decay : float
        Factor of the L2 penalty on the weights.
    learning_rate : float
        Of Adam.
    batch : int
        Triplets in a step.
    epochs : int
        One epoch is one triplet for each anchor.
    bfloat16 : bool
        Let the network compute in bfloat16 where the device can (`device.has_bfloat16`); weights,
        distances and loss stay float32.
    method : str
        The module that trains: network, optimiser, learning rate, objective (`training.method`).
    contrast : Contrast, optional
        What only `CONTRASTIVE` has; there `margin`, `reduction` and `embedding` do not count.
    """

    name: str = "thesis, SINS"
    features: Features = field(default_factory=Features)
    tile: float = 5.0
    neighbour_range: float = 5.0
    width: int = 64
    embedding: int = 256
    margin: float = 1.0
    reduction: str = "nonzero"
    weight_decay: float = 0.01
    learning_rate: float = 1e-5
    batch: int = 64
    epochs: int = 110
    bfloat16: bool = False
    method: str = TRIPLETS
    contrast: Contrast | None = None

    @property
    def tile_frames(self) -> int:
        """Frames in a tile."""
        return self.features.frames(self.tile)

    @property
    def tile_hop(self) -> int:
        """Frames from the start of one tile to the start of the next."""
        return round(self.tile * self.features.frame_rate)

    @property
    def neighbour_range_tiles(self) -> int:
        """How many tiles away a neighbour may start."""
        return int(self.neighbour_range / self.tile + 1e-9)


SEED = 1234  # thesis

# The thesis to the letter. It states 44100 Hz for music and 998 frames for 10 s; with a step of
# 160 samples these exclude each other (44100 Hz would give 2754 frames). The frames are kept, so
# music is brought to 16000 Hz.
THESIS_SINS = Recipe()
THESIS_MUSIC = replace(
    THESIS_SINS, name="thesis, music", tile=10.0, neighbour_range=40.0, batch=32, epochs=130
)

# The same in small, for minutes on two CPU cores.
SMALL_HOME = replace(
    THESIS_SINS,
    name="small, home",
    features=Features(n_mels=64, hop_length=320),
    tile=1.0,
    width=16,
    learning_rate=3e-4,
    epochs=3,
    bfloat16=True,
)
SMALL_MUSIC = replace(SMALL_HOME, name="small, music", tile=2.0, neighbour_range=40.0, epochs=8)

# What we would do today, on the same data and still without labels: many opposites at once, changed
# tiles, and an embedding of all stages. `bench/ablation.py` measures what each part is worth.
OURS: dict[str, Any] = {
    "method": CONTRASTIVE, "contrast": Contrast(),
    "weight_decay": 1e-4, "learning_rate": 2e-3, "batch": 32,
}  # fmt: skip
OURS_HOME = replace(SMALL_HOME, name="ours, home", **OURS)
OURS_MUSIC = replace(SMALL_MUSIC, name="ours, music", **OURS)

# The network that comes with the suite, see `data/make_pretrained.py`: wider, on far more sound.
PRETRAINED = replace(
    OURS_MUSIC, name="ours, pretrained", width=32, batch=64, learning_rate=2.5e-3, epochs=8
)

# Seconds, to see that everything runs; what it learns means nothing.
SMOKE_HOME = replace(SMALL_HOME, name="smoke, home", width=4, epochs=2)
SMOKE_MUSIC = replace(SMALL_MUSIC, name="smoke, music", width=4, epochs=2)

RECIPES = {
    recipe.name: recipe
    for recipe in (
        THESIS_SINS,
        THESIS_MUSIC,
        SMALL_HOME,
        SMALL_MUSIC,
        OURS_HOME,
        OURS_MUSIC,
        PRETRAINED,
        SMOKE_HOME,
        SMOKE_MUSIC,
    )
}
