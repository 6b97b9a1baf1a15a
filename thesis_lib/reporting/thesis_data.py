"""What the thesis says of its data, to stand beside the data here."""

import pandas as pd

# SINS, development set of DCASE 2018 task 5: segments of 10 s on four nodes, and sessions.
SINS = pd.DataFrame(
    {
        "absence": (18860, 42),
        "cooking": (5124, 13),
        "dishwashing": (1424, 10),
        "eating": (2308, 13),
        "other": (2060, 118),
        "social_activity": (4944, 21),
        "vacuum_cleaner": (972, 9),
        "watching_tv": (18648, 9),
        "working": (18644, 33),
    },
    index=["segments", "sessions"],
).T

# The closed music collection: sub-genres as the record store labelled them, 30 songs each.
SONGS = pd.DataFrame(
    {"songs": 30},
    index=[
        "DeepHouse",
        "Electronica_Downtempo",
        "IndieDance",
        "MelodicHouseAndTechno",
        "Techno_PeakTime_Driving_Hard",
        "Techno_Raw_Deep_Hypnotic",
        "Trance",
    ],
)
MUSIC_HOURS = 18  # about

# How long things last in the home of the SINS recordings: quartiles of the sessions' lengths in s,
# one week in the living room, from the public annotation. Calls and visits are one class.
SESSION_LENGTHS = pd.DataFrame(
    [
        ("absence", "absence", 197, 455, 2459),
        ("calling", "social_activity", 122, 266, 461),
        ("cooking", "cooking", 521, 834, 1642),
        ("dishwashing", "dishwashing", 321, 389, 435),
        ("eating", "eating", 297, 437, 624),
        ("other", "other", 15, 26, 46),
        ("vacuum cleaner", "vacuum_cleaner", 164, 274, 420),
        ("visit", "social_activity", 476, 546, 908),
        ("watching tv", "watching_tv", 6002, 8970, 11587),
        ("working", "working", 323, 954, 2459),
    ],
    columns=["activity", "label", "low", "median", "high"],
)
