"""Features learned from patches of the training part's spectrograms, without a network.

Principal components, and a dictionary by spherical k-means (Coates and Ng, 2012; Salamon and Bello,
2015, "Unsupervised feature learning for urban sound classification"): patches are whitened, each
word's activation is the product of patch and word, and a recording is described by mean and
deviation of the activations over time.
"""

import numpy as np
from sklearn.cluster import MiniBatchKMeans
from sklearn.decomposition import PCA
from sklearn.preprocessing import normalize

from evaluation.recordings import of_spectrograms

FRAMES = 8  # of a patch: 0.16 s
PATCHES = 40000  # learned from
COMPONENTS = 64
WORDS = 500
KEPT = 0.99  # of the variance, by whitened components


def components(material, training):
    """Mean and deviation of the first principal components of patches."""
    learned = PCA(COMPONENTS, random_state=training.seed)
    learned.fit(drawn_patches(material.stores[0], training.seed))
    return described(material, learned.transform)


def dictionary(material, training, words=WORDS):
    """Mean and deviation of a patch's likeness to each word of a dictionary."""
    seed = training.seed
    found = drawn_patches(material.stores[0], seed)
    whitening = PCA(KEPT, whiten=True, random_state=seed).fit(found)
    unit = normalize(whitening.transform(found))
    # scikit-learn has no spherical k-means; on the unit sphere the usual one comes near to it.
    words = min(words, len(unit) // 4)
    learned = MiniBatchKMeans(words, batch_size=4096, n_init=1, random_state=seed).fit(unit)
    names = normalize(learned.cluster_centers_).T  # (components, words)
    return described(material, lambda patches: whitening.transform(patches) @ names)


def drawn_patches(store, seed, count=PATCHES):
    """Patches of the training recordings, drawn at random: (count, frames * mels)."""
    rows = np.flatnonzero((store.index.split == "train") & (store.index.n_frames >= FRAMES))
    each = -(-count // len(rows))
    rng, found = np.random.default_rng(seed), []
    for row in rows:
        patches = patches_of(store.spectrogram(row)[None])[0]
        found.append(patches[rng.permutation(len(patches))[:each]])
    return np.concatenate(found)


def patches_of(spectrograms):
    """Every stretch of so many frames: (n, frames, mels) -> (n, frames - FRAMES + 1, values)."""
    windows = np.lib.stride_tricks.sliding_window_view(spectrograms, FRAMES, axis=1)
    return windows.reshape(*windows.shape[:2], -1)


def described(material, activations):
    """Mean and deviation over a recording's patches, every fourth one."""

    def statistics(spectrograms):
        parts = [activations(patches_of(own[None])[0, ::4]) for own in spectrograms]
        return np.stack([np.concatenate([one.mean(0), one.std(0)]) for one in parts])

    return of_spectrograms(material, lambda levels: statistics(levels).astype(np.float32))
