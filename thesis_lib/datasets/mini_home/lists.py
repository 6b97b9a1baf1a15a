"""The lists of the simulated home: those of the DCASE 2018 challenge, and what was planted."""

from pathlib import Path

import pandas as pd

from thesis_lib.datasets.mini_home.plan import FOLDS


def write_lists(place: Path, rows: pd.DataFrame) -> None:
    """Write the official lists, `truth.csv` and `activity.csv`.

    Parameters
    ----------
    place : Path
    rows : DataFrame
        A row a file, as `home` makes them.
    """
    rows["id"] = "s" + rows.session.astype(str)
    dev, unseen = rows[rows.split == "dev"], rows[rows.split == "eval"]
    labelled = ["path", "label", "id"]
    _tabs(dev[labelled], place / "dev" / "meta.txt")
    for fold in range(1, FOLDS + 1):
        setup = place / "dev" / "evaluation_setup"
        held = dev.fold == fold
        _tabs(dev.loc[~held, labelled], setup / f"fold{fold}_train.txt")
        _tabs(dev.loc[held, ["path"]], setup / f"fold{fold}_test.txt")
        _tabs(dev.loc[held, ["path", "label"]], setup / f"fold{fold}_evaluate.txt")
    setup = place / "eval" / "evaluation_setup"
    numbered = unseen.assign(number=unseen.path.str.extract(r"(\d+)").astype(int))
    _tabs(numbered.sort_values("number")[labelled], setup / "evaluate.txt")
    _tabs(numbered.sort_values("original")[["original", "path"]], setup / "map.txt")
    _truth(rows).to_csv(place / "truth.csv", index=False)
    _activity(rows).to_csv(place / "activity.csv", index=False)


def _tabs(table, path):
    table.to_csv(path, sep="\t", header=False, index=False)


def _truth(rows):
    """What was planted, one row per file and fault."""
    base = rows.assign(path=rows.split + "/" + rows.path)
    wrong = base[base.heard != base.label].assign(planted="wrong_label", detail="")
    broken = base[base.fault != ""].assign(planted="microphone")
    broken["detail"] = broken.fault
    both = pd.concat([wrong, broken]).sort_values(["session", "segment", "node", "planted"])
    return both[["path", "session", "segment", "node", "planted", "detail", "label", "heard"]]


def _activity(rows):
    """How much of each file the labelled activity can be heard, and the silent ones."""
    silent = (rows.sounding < 0.03) & (rows.label != "absence") & (rows.heard == rows.label)
    out = rows.assign(path=rows.split + "/" + rows.path, silent=silent.astype(int))
    return out[["path", "session", "segment", "node", "label", "sounding", "silent"]]
