"""What the labels are worth: networks trained with them until held-out groups gain no more.

A fifth of the training groups is held out; the weights kept are those that did best on them.
"""

import copy
import time

import embedding
import numpy as np
import torch
from sklearn.model_selection import StratifiedGroupKFold
from torch import nn
from torch.nn import functional as F

from evaluation.recordings import of_network
from thesis_lib.analysis.linear_probe import macro_f1
from thesis_lib.contrastive.augment import augment
from thesis_lib.contrastive.encoder import Encoder
from thesis_lib.store import gather

STEPS = 40  # between two looks at the held-out groups
PATIENCE = 12  # looks without a gain until it stops
HELD_OUT = 5  # one in so many groups
LEARNING_RATE = 1e-3
BATCH = 64


class BaselineCNN(nn.Module):
    """The baseline of DCASE 2018 task 5 (Dekkers et al., 2018): two convolutions over time.

    Each spans all bands; batch normalisation, ReLU, pooling by 5 and over all of time, dropout,
    and a dense layer of 64, which is the vector.
    """

    def __init__(self, mels, mean, std):
        super().__init__()
        self.mean, self.std = mean, std
        self.first = nn.Sequential(
            nn.Conv1d(mels, 32, 5), nn.BatchNorm1d(32), nn.ReLU(), nn.MaxPool1d(5), nn.Dropout(0.2)
        )
        self.second = nn.Sequential(nn.Conv1d(32, 64, 3), nn.BatchNorm1d(64), nn.ReLU())
        self.dense = nn.Linear(64, 64)

    def forward(self, x):
        """(n, 1, frames, mels) in dB -> (n, 64)."""
        x = self.first(((x - self.mean) / self.std)[:, 0].transpose(1, 2))
        x = F.dropout(self.second(x).amax(2), 0.2, self.training)
        return F.relu(self.dense(x))


def resnet18(material, training):
    """ResNet18 with the width, input and pooling of ours."""
    store = material.stores[0]
    _, recipe = embedding.recipes(material.domain, training.quick)
    torch.manual_seed(training.seed)
    model = Encoder(recipe.width, store.features.n_mels, store.meta["mean"], blocks=2)
    return _supervised(material, training, model, 64 * recipe.width, recipe)


def baseline_cnn(material, training):
    """The challenge's baseline, on stretches as long as the shortest recording."""
    store = material.stores[0]
    _, recipe = embedding.recipes(material.domain, training.quick)
    torch.manual_seed(training.seed)
    model = BaselineCNN(store.features.n_mels, store.meta["mean"], store.meta["std"])
    length = min(int(store.index.n_frames.min()), store.features.frames(10.0))
    return _supervised(material, training, model, 64, recipe, length)


def _supervised(material, training, model, size, recipe, length=None):
    store, length = material.stores[0], length or recipe.tile_frames
    rows = store.index[(store.index.split == "train") & (store.index.label != "")]
    own, held = apart(rows, training.seed)
    names = sorted(set(own.label))
    head = nn.Sequential(nn.BatchNorm1d(size, affine=False), nn.Linear(size, len(names)))
    both = nn.ModuleList([model, head])
    optimiser = torch.optim.AdamW(
        both.parameters(), lr=LEARNING_RATE, weight_decay=recipe.weight_decay
    )
    frames, rng = store.on(embedding.CPU), np.random.default_rng(training.seed)
    noise = torch.Generator().manual_seed(training.seed)

    def advance():
        both.train()
        for _ in range(2 if training.quick else STEPS):
            starts, label = balanced(own, names, length, 8 if training.quick else BATCH, rng)
            x = gather(frames, torch.from_numpy(starts), length)
            x = augment(x, recipe.contrast.gain_db, recipe.contrast.equaliser_db, noise)
            loss = F.cross_entropy(head(model(x)), torch.from_numpy(label))
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()

    def score():
        both.eval()
        return macro_f1(held.label.to_numpy(str), _answers(both, frames, held, names))

    until_no_better(
        advance, score, both, 2 if training.quick else PATIENCE, training.most, time.process_time
    )
    return of_network(material, model.eval(), recipe)


def until_no_better(advance, score, model, patience, most=np.inf, clock=time.process_time):
    """Train until so many looks in a row were no better; the model has the best weights then.

    Parameters
    ----------
    advance : function
        Trains a little.
    score : function
        Of held-out groups; higher is better.
    model : nn.Module
    patience : int
        Looks without a gain after which it stops.
    most : float
        Seconds, by `clock`, after which it stops anyway.

    Returns
    -------
    list of float
        The scores of all looks.
    """
    found, best, began = [], None, clock()
    while len(found) - int(np.argmax(found or [0])) <= patience and clock() - began < most:
        advance()
        found.append(score())
        if found[-1] > max(found[:-1], default=-np.inf):
            best = copy.deepcopy(model.state_dict())
    if best is not None:
        model.load_state_dict(best)
    return found


def apart(rows, seed, parts=HELD_OUT):
    """Rows to train on, and rows of held-out groups; a class's only group is trained on."""
    groups = rows.groupby("label").group.transform("nunique")
    several = rows[groups > 1]
    count = min(parts, int(groups[groups > 1].min())) if len(several) else 0
    if count < 2:
        return rows, rows
    folds = StratifiedGroupKFold(count, shuffle=True, random_state=seed)
    _, held = next(folds.split(several, several.label, several.group))
    held = several.iloc[held]
    return rows.drop(held.index), held


def balanced(rows, names, length, count, rng):
    """First frames of random tiles, every class as likely, and their classes: two int arrays."""
    label = rng.integers(len(names), size=count)
    of_class = [np.flatnonzero(rows.label == name) for name in names]
    chosen = rows.iloc[[rng.choice(of_class[number]) for number in label]]
    room = chosen.n_frames.to_numpy() - length + 1
    return chosen.first_frame.to_numpy() + (rng.random(count) * room).astype(int), label


def _answers(both, frames, rows, names):
    """The most probable class of each whole recording."""
    model, head = both
    found = np.empty(len(rows), dtype=object)
    with torch.inference_mode():
        for length in rows.n_frames.unique():
            alike = np.flatnonzero(rows.n_frames == length)
            for some in np.array_split(alike, -(-len(alike) // 32)):
                starts = torch.from_numpy(rows.first_frame.to_numpy()[some])
                number = head(model(gather(frames, starts, int(length)))).argmax(1)
                found[some] = np.array(names)[number.numpy()]
    return found.astype(str)
