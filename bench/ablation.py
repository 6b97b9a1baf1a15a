"""What each part of ours is worth, and what was tried in its place.

Run ``python bench/ablation.py``; it writes ``bench/results/ablation.json``, measured as
`embedding.py` says: scores with intervals, and differences from ours. Each row names its
experiment:

- ladder: from the thesis's recipe to ours, each step on top of the one before;
- left out: ours without one of its parts;
- alternative: ours with a part done in another way, which was not taken.
"""

from dataclasses import replace

import alternatives
import numpy as np
import torch
from embedding import (
    CPU,
    asked,
    compared,
    embed_whole,
    mean_and_deviation,
    measure,
    of_tiles,
    runs,
    trained,
    whole,
)
from harness import publish, start
from torch import nn

from thesis_lib.contrastive.encoder import Encoder, projection
from thesis_lib.train import new_model
from thesis_lib.training.objective import make_objective

ALIKE = {"gain_db": 0.0, "equaliser_db": 0.0}  # tiles as they are
LADDER = (
    "thesis",
    "+ our optimiser",
    "+ many opposites and a head",
    "+ neighbours elsewhere",
    "+ changed tiles",
    "+ all stages",
    "+ whole recordings",
    "+ one block a stage",
    "+ energy normalised (ours)",
)
LEFT_OUT = {
    "without a random gain": {"gain_db": 0.0},
    "without a random equaliser": {"equaliser_db": 0.0},
    "without any change": ALIKE,
    "without neighbours elsewhere": {"cross_recording_prob": 0.0},
    "without weights by time": {"position_decay": 1e9},  # of the recordings of a session
}
MORE_LEFT_OUT = (
    "tiles averaged",
    "the two first stages alone",
    "without warm-up and cosine",
    "without a head",
    "read behind the head",
    "own group as opposites too",
)
LOSSES = {
    "semi-hard triplets": alternatives.semi_hard,
    "multi-similarity": alternatives.multi_similarity,
    "VICReg": alternatives.vicreg,
}
ENCODERS = {
    "decibels, half centred": alternatives.HalfCentred,
    "decibels, wholly centred": alternatives.WhollyCentred,
    "PCEN, running mean and root": alternatives.Pcen,
    "bands not normalised": alternatives.NotNormalised,
}
CHANGES = {
    "tiles mixed too": alternatives.mixed,
    "tiles partly hidden too": alternatives.partly_hidden,
    "tiles cropped too": alternatives.cropped,
    "several lengths": alternatives.several_lengths,
}
SIZES = {"batch 256": {}, "batch 256, rate higher": {"learning_rate": 5.7e-3}}  # eight times ours


class ThesisPooling(alternatives.Decibels):
    """ResNet18 of whose last stage the mean over time and bands is taken."""

    def __init__(self, width, n_mels, level):
        super().__init__(width, n_mels, level, blocks=2)
        self.project = projection(8 * width)

    def forward(self, x):
        *_, last = self.stages(x)
        return last.float().mean((2, 3))  # (n, 8 * width)


def ablation(thesis, ours, store, seed, seconds):
    """Vectors of every recording by each method."""
    yield from ladder(thesis, ours, store, seed, seconds)
    for name, change in LEFT_OUT.items():
        recipe = changed(ours, change)
        yield name, embed_whole(trained(store, recipe, seed, seconds), store, recipe)
    model = trained(store, ours, seed, seconds, rates=constant)
    yield "without warm-up and cosine", embed_whole(model, store, ours)
    model = built(Encoder, store, ours, seed)
    model.project = nn.Identity()
    model = trained(store, ours, seed, seconds, model=model)
    yield "without a head", embed_whole(model, store, ours)
    objective = alternatives.with_loss(store, ours, alternatives.own_as_opposites)
    model = trained(store, ours, seed, seconds, objective)
    yield "own group as opposites too", embed_whole(model, store, ours)
    yield from others(store, ours, seed, seconds)


def ladder(thesis, ours, store, seed, seconds):
    """From the thesis's recipe to ours; and what costs no training of its own."""
    yield LADDER[0], of_tiles(trained(store, thesis, seed, seconds), store, thesis)
    model = new_model(thesis, store, seed)
    model = trained(store, ours, seed, seconds, make_objective(store, thesis, CPU), model)
    yield LADDER[1], of_tiles(model, store, thesis)
    changes = ALIKE | {"cross_recording_prob": 0.0}, ALIKE, {}
    for name, change in zip(LADDER[2:5], changes, strict=True):
        model = built(ThesisPooling, store, ours, seed)
        recipe = changed(ours, change)
        model = trained(store, recipe, seed, seconds, model=model)
        yield name, of_tiles(model, store, recipe)
    model = built(alternatives.Decibels, store, ours, seed, blocks=2)
    model = trained(store, ours, seed, seconds, model=model)
    yield LADDER[5], of_tiles(model, store, ours)
    yield LADDER[6], embed_whole(model, store, ours)
    model = built(alternatives.Decibels, store, ours, seed)
    yield LADDER[7], embed_whole(trained(store, ours, seed, seconds, model=model), store, ours)
    model = trained(store, ours, seed, seconds)
    vectors = embed_whole(model, store, ours)
    yield LADDER[8], vectors
    yield "read behind the head", behind(model.project, vectors)
    yield "tiles averaged", of_tiles(model, store, ours)
    yield "the two first stages alone", vectors[:, : vectors.shape[1] // 2]
    yield "and the input as a stage", np.hstack([vectors, whole(store, mean_and_deviation)])


def others(store, ours, seed, seconds):
    """Ours with a part done in another way."""
    for name, loss in LOSSES.items():
        objective = alternatives.with_loss(store, ours, loss)
        yield name, embed_whole(trained(store, ours, seed, seconds, objective), store, ours)
    model, guess = built(Encoder, store, ours, seed), alternatives.guesser()
    objective = alternatives.own_teacher(store, ours, model, guess)
    model = trained(store, ours, seed, seconds, objective, model, [guess])
    yield "own teacher (BYOL-A)", embed_whole(model, store, ours)
    model = trained(store, ours, seed, seconds, model=built(Encoder, store, ours, seed, blocks=2))
    yield "two blocks a stage", embed_whole(model, store, ours)
    for name, encoder in ENCODERS.items():
        model = built(encoder, store, ours, seed)
        model = trained(store, ours, seed, seconds, model=model)
        yield name, embed_whole(model, store, ours)
    for name, change in CHANGES.items():
        objective = change(store, ours)
        yield name, embed_whole(trained(store, ours, seed, seconds, objective), store, ours)
    for name, change in SIZES.items():
        recipe = replace(ours, batch=8 * ours.batch, **change)
        yield name, embed_whole(trained(store, recipe, seed, seconds), store, recipe)


def constant(recipe, _progress):
    """The mean of the rates of a cosine."""
    return recipe.learning_rate / 2


def behind(head, vectors):
    with torch.inference_mode():
        return head(torch.from_numpy(vectors)).numpy()


def changed(recipe, change):
    return replace(recipe, contrast=replace(recipe.contrast, **change))


def built(encoder, store, recipe, seed, **sizes):
    """A network of a class with the first weights that `seed` gives."""
    torch.manual_seed(seed)
    model = encoder(recipe.width, store.features.n_mels, store.meta["mean"], **sizes)
    model.std.fill_(store.meta["std"])  # of those that hear decibels
    return model


def experiments():
    """Of each method, which of the three experiments it is of."""
    found = dict.fromkeys(LADDER, "ladder")
    found |= dict.fromkeys([*LEFT_OUT, *MORE_LEFT_OUT], "left out")
    more = "own teacher (BYOL-A)", "two blocks a stage", "and the input as a stage"
    return found | dict.fromkeys([*LOSSES, *ENCODERS, *CHANGES, *SIZES, *more], "alternative")


def main(argv=None):
    args, about = asked(__doc__, argv, 10.0)
    found, experiment = runs(args), experiments()
    if args.quick:
        found.pop("mini_home")
    pools = measure(found, ablation, args)
    rows = compared(pools, dict.fromkeys(pools, LADDER[-1]), args)
    publish(
        args, "ablation", [one | {"experiment": experiment[one["method"]]} for one in rows], about
    )


if __name__ == "__main__":
    start(main)
