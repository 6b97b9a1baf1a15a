"""Train the network that comes with the suite, `pretrained.safetensors`, without any label.

The network is part of the repository, so nobody needs to run this. It is here so that anybody can
train it again, on more sound or for longer (an hour on two cores; `make pretrain` calls it)::

    thesis fetch open-music --to MUSIC
    thesis fetch open-sounds --to SOUNDS
    python data/make_pretrained.py MUSIC SOUNDS

It is trained on the corpora in all folders that are named, and on simulated homes of other seeds
than those the suite shows or is judged by, each in a flat of its own with microphones of its own.
Of these only the spectrograms are kept, below `--work`, where the training also keeps its
checkpoints: started again, it is resumed. Which recipe, was chosen on yet other homes and on games
kept out then, see `bench/results/first_candidates.json`.
"""

import argparse
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import pandas as pd
import torch
from tqdm.auto import tqdm

from thesis_lib.contrastive import pretrained
from thesis_lib.datasets import registry
from thesis_lib.datasets.mini_home import flats, home
from thesis_lib.pipeline import store_builder
from thesis_lib.recipe import PRETRAINED, SEED
from thesis_lib.store import SpectrogramStore, join, lengthen
from thesis_lib.train import count_anchors, train
from thesis_lib.util.device import choose, describe
from thesis_lib.util.files import ROOT

HOMES = range(110, 120)  # seeds; 1234 is the suite's, 100 to 102, 200, 201 and 900 to 904 judge
WEIGHTS = {"open_music": 2, "open_sounds": 4}  # so many times as often each of its frames is drawn


def stores(folders, work, homes, sessions="full"):
    """The spectrograms of all that is trained on: dict, name -> SpectrogramStore."""
    found = {}
    for folder in folders:
        name = registry.recognise(folder)
        found[name] = prepared(built(name, folder, work / "stores" / name), WEIGHTS.get(name, 1))
    for seed in homes:
        name = f"home_{seed}"
        if not SpectrogramStore.is_there(work / "stores" / name):
            home.make(work / name, seed=seed, sessions=sessions, flat=flats.draw(seed))
            built("mini_home", work / name, work / "stores" / name)
            shutil.rmtree(work / name)  # a gigabyte each
        found[name] = prepared(SpectrogramStore.open(work / "stores" / name))
    return found


def built(reader, folder, place):
    """The store of a corpus."""
    return store_builder.build(registry.read(reader, folder), PRETRAINED.features, place)


def prepared(store, weight=1):
    """A store of which all is for training; a recording shorter than a tile is repeated."""
    store = lengthen(store, PRETRAINED.tile_frames)
    index = pd.concat(weight * [store.index.assign(split="train")], ignore_index=True)
    return replace(store, index=index)


def about(store, history, device):
    """What the file says of itself beside the recipe."""
    once = store.index.drop_duplicates(["corpus", "first_frame"])
    hours = once.groupby("corpus").duration.sum() / 3600
    commit = subprocess.run(["git", "rev-parse", "HEAD"], cwd=ROOT, capture_output=True, text=True)
    return {
        "hours": hours.round(2).to_dict(),
        "weights": WEIGHTS,
        "stores": store.meta["hash"],
        "commit": commit.stdout.strip(),
        "device": device,
        "torch": torch.__version__,
        "seed": SEED,
        "curve": history.round(4).to_dict("list"),
    }


def main(argv=None):
    """Read the command line; see the text at the top of this file."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("folders", type=Path, nargs="+", help="of corpora, say open music")
    parser.add_argument("--work", type=Path, default=ROOT / "runs" / "pretraining")
    parser.add_argument("--out", type=Path, default=pretrained.PATH, help="the file to write")
    parser.add_argument("--homes", type=int, nargs="*", default=HOMES, help="seeds of the homes")
    parser.add_argument("--sessions", choices=home.SIZES, default="full", help="size of a home")
    parser.add_argument("--epochs", type=int, default=PRETRAINED.epochs)
    args = parser.parse_args(argv)
    device, recipe = choose(), replace(PRETRAINED, epochs=args.epochs)
    store = join(stores(args.folders, args.work, args.homes, args.sessions))
    said = describe(device, bfloat16=recipe.bfloat16)
    print(said)
    with tqdm(total=count_anchors(store, recipe), desc="training", unit=" anchors") as bar:
        model, history = train(store, recipe, args.work / "train", SEED, device, bar)
    pretrained.save(model, recipe, about(store, history, said), args.out)
    print(f"{args.out}: written, {args.out.stat().st_size / 1e6:.1f} MB.")


if __name__ == "__main__":
    main()
