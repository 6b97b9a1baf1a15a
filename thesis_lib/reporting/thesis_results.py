"""Numbers of the thesis and of the challenge, to stand beside the ones found here.

The thesis: "Deep embedded music", Lucerne 2020. The challenge: DCASE 2018, task 5.
"""

import numpy as np
import pandas as pd

SINS_F1 = 62.19  # %, macro, evaluation set, per single mono tile of 5 s
MUSIC_F1 = 84  # %, macro, songs new to the classifier (not to the embedding)
ELBOW = (6, 7)  # the k between which the thesis saw the bend of the music space

_MEASURES = ["class", "precision", "recall", "f1"]

SINS_REPORT = pd.DataFrame(
    [
        ("absence", 0.62, 0.62, 0.62),
        ("cooking", 0.90, 0.86, 0.88),
        ("dishwashing", 0.33, 0.53, 0.40),
        ("eating", 0.14, 0.14, 0.14),
        ("other", 0.83, 0.16, 0.27),
        ("social_activity", 0.86, 0.87, 0.87),
        ("vacuum_cleaner", 0.99, 0.95, 0.97),
        ("watching_tv", 1.00, 0.99, 1.00),
        ("working", 0.44, 0.47, 0.46),
    ],
    columns=_MEASURES,
)

MUSIC_REPORT = pd.DataFrame(
    [
        ("DeepHouse", 0.95, 0.78, 0.86),
        ("Electronica_Downtempo", 0.81, 0.93, 0.86),
        ("IndieDance", 0.76, 0.64, 0.70),
        ("MelodicHouseAndTechno", 0.72, 0.96, 0.82),
        ("Techno_PeakTime_Driving_Hard", 0.99, 0.85, 0.92),
        ("Techno_Raw_Deep_Hypnotic", 0.73, 0.69, 0.71),
        ("Trance", 0.87, 1.00, 0.93),
    ],
    columns=_MEASURES,
)

# Macro-F1 in %, segments of 10 s: the evaluation set's unknown and known microphones, and the
# folds of the development set. All are supervised; the ranking counts unknown microphones only.
CHALLENGE = pd.DataFrame(
    [
        ("Inoue (winner)", 88.4, 90.4, 90.0),
        ("Kong, SurreyCNN8", 83.2, 87.6, 87.8),
        ("challenge baseline", 83.1, 85.0, 84.5),
        ("Delphin, GCNN_F", 82.5, 86.5, 88.7),
        ("Li, NPU_1", 79.0, 90.7, 89.7),
    ],
    columns=["system", "unknown", "known", "folds"],
)

# Tiles of each sub-genre in each of the 7 clusters; what the thesis does not list is 0.
_CLUSTERS = [
    {"Trance": 711, "Raw": 54, "Melodic": 28},
    {"Indie": 451, "Melodic": 362, "Deep": 183, "Electronica": 139, "Trance": 31},
    {
        "Deep": 395, "Melodic": 209, "Trance": 115, "Electronica": 112, "PeakTime": 105,
        "Indie": 99, "Raw": 86,
    },
    {"Raw": 521, "Indie": 165, "Electronica": 164, "Deep": 93, "Trance": 62, "PeakTime": 49},
    {"Electronica": 625, "Deep": 101, "Melodic": 91, "Raw": 53, "Indie": 43},
    {"Melodic": 644, "Deep": 373, "Indie": 300, "Electronica": 36},
    {"PeakTime": 975, "Raw": 174, "Trance": 91, "Melodic": 55, "Indie": 34},
]  # fmt: skip
CLUSTERS = pd.DataFrame(_CLUSTERS, index=range(1, 8)).fillna(0).astype(int).sort_index(axis=1)


def with_average(report: pd.DataFrame) -> pd.DataFrame:
    """A report with the plain mean over its classes as a last row, as `classify.report` has it."""
    mean = report.mean(numeric_only=True).to_dict() | {"class": "macro average"}
    return pd.concat([report, pd.DataFrame([mean])], ignore_index=True)


def beside_challenge(ours: pd.DataFrame) -> pd.DataFrame:
    """The challenge's systems, the thesis, and what was found here, as `plots.tables.challenge`.

    Parameters
    ----------
    ours : DataFrame
        `system`, `source`, `unknown` and `known` (segments of 10 s), `all` (single tiles), in %,
        and for each `..._low` and `..._high`, the ends of its interval.

    Returns
    -------
    DataFrame
        Also with `folds`, `folds_low` and `folds_high`; NaN where there is no number.
    """
    columns = ["unknown", "known", "folds", "all"]
    parts = [
        CHALLENGE.assign(source="challenge: SINS, learned from labels"),
        pd.DataFrame([{"system": "thesis", "source": "thesis: SINS", "all": SINS_F1}]),
        ours,
    ]
    ends = [f"{name}_{end}" for name in columns for end in ("low", "high")]
    wanted = ["source", "system", *columns, *ends]
    return pd.concat(parts, ignore_index=True).reindex(columns=wanted)


def tiles_of(table: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """A table of clusters x labels as one label and one cluster for each tile."""
    counts = table.to_numpy().ravel()
    labels = np.tile(np.asarray(table.columns), len(table))
    return np.repeat(labels, counts), np.repeat(np.repeat(table.index, table.shape[1]), counts)
