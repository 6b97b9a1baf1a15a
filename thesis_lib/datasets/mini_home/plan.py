"""What is recorded in the simulated home: sessions, segments, and what is planted in which."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from thesis_lib.datasets.mini_home.faults import FAULTS
from thesis_lib.datasets.sins import CLASSES
from thesis_lib.util.errors import InputError

FOLDS = 4

# Segments of each session; every class can be split by session, and the order of size is SINS's.
FULL = {
    "dev": {
        "absence": (4, 4, 3, 3, 3, 3),
        "cooking": (3, 3, 2, 2, 2, 2),
        "dishwashing": (2, 2, 2, 2, 2),
        "eating": (2, 2, 2, 2, 2),
        "other": (1,) * 10,
        "social_activity": (3, 3, 2, 2, 2, 2),
        "vacuum_cleaner": (2, 2, 2, 2),
        "watching_tv": (5, 4, 4, 4, 3),
        "working": (4, 4, 3, 3, 3, 3),
    },
    "eval": {
        "absence": (3, 3, 2),
        "cooking": (2, 2, 2),
        "dishwashing": (2, 2, 1),
        "eating": (2, 2, 2),
        "other": (1,) * 6,
        "social_activity": (2, 2, 2),
        "vacuum_cleaner": (2, 1, 1),
        "watching_tv": (3, 3, 2),
        "working": (3, 3, 2),
    },
}
SMOKE = {
    "dev": {
        label: (2, 1) if label in ("social_activity", "watching_tv", "working") else (1, 1)
        for label in CLASSES
    },
    "eval": {label: (1,) for label in CLASSES},
}


@dataclass(frozen=True)
class Size:
    """How much is made: segments of each session, nodes of each archive, and what is planted."""

    segments: dict
    nodes: dict
    wrong_labels: int  # moments of 10 s, wrong on all nodes
    faults: int  # files, each on one node
    silences: int  # moments inside an activity with nothing of it to hear


SIZES = {
    "full": Size(FULL, {"dev": (1, 2, 3, 4), "eval": (1, 3, 5, 6)}, 3, 8, 6),
    "smoke": Size(SMOKE, {"dev": (1, 2, 3, 4), "eval": (1, 5, 6)}, 1, 2, 0),
}


@dataclass
class Session:
    """One continuous recording: what it is, and what is planted in which of its segments."""

    split: str
    number: int
    label: str
    segments: int
    fold: int
    wrong: dict = field(default_factory=dict)  # segment -> what is really to be heard
    silent: tuple = ()  # segments in which the activity pauses
    faults: dict = field(default_factory=dict)  # (segment, node) -> kind


def planted_more(size: Size, labels: float | None, faults: int | None) -> Size:
    """The size with other numbers of planted faults.

    Parameters
    ----------
    size : Size
    labels : float, optional
        Share of the moments of the development part whose label is wrong.
    faults : int, optional
        Files of it whose microphone is broken.

    Raises
    ------
    InputError
        There are not so many moments or files that something can be planted in.
    """
    moments = [count for label, counts in size.segments["dev"].items() for count in counts]
    room = sum(count - 1 for label, counts in size.segments["dev"].items() if label != "other"
               for count in counts)  # fmt: skip
    wrong = size.wrong_labels if labels is None else round(labels * sum(moments))
    broken = size.faults if faults is None else faults
    files = sum(moments) * len(size.nodes["dev"])
    if not 0 <= wrong <= room // 2 or not 0 <= broken <= files:
        raise InputError(
            f"{wrong} wrong labels and {broken} faults cannot be planted: at most {room // 2} "
            f"moments and {files} files can have one; choose less."
        )
    return replace(size, wrong_labels=wrong, faults=broken)


def schedule(seed: int, size: Size) -> tuple[list[Session], list[np.random.SeedSequence]]:
    """All sessions with what is planted, and a seed for each.

    Returns
    -------
    list of Session, list of numpy.random.SeedSequence
    """
    root = np.random.SeedSequence(seed)
    of_plan, of_sessions = root.spawn(2)
    rng = np.random.default_rng(of_plan)
    plan = []
    for split, segments in size.segments.items():
        drawn = [
            Session(split, 0, label, count, (place + row) % FOLDS + 1)
            for row, (label, counts) in enumerate(segments.items())
            for place, count in enumerate(counts)
        ]
        plan += [drawn[number] for number in rng.permutation(len(drawn))]
    for number, session in enumerate(plan):
        session.number = number + 1
    _plant(rng, [session for session in plan if session.split == "dev"], size)
    return plan, of_sessions.spawn(len(plan))


def _plant(rng, sessions, size):
    """Choose the moments of wrong labels, of silence and of broken microphones."""
    inner = [(s, k) for s in sessions for k in range(1, s.segments) if s.label != "other"]
    order = [inner[number] for number in rng.permutation(len(inner))]
    # The first is the thesis's own case: a social activity with nobody there.
    order.sort(key=lambda item: item[0].label != "social_activity")
    first, rest = order[0], [item for item in order[1:] if item[0] is not order[0][0]]
    if size.wrong_labels:
        first[0].wrong[first[1]] = "absence"
    rest = [rest[number] for number in rng.permutation(len(rest))]
    for session, segment in rest[: max(0, size.wrong_labels - 1)]:
        others = [name for name in CLASSES if name not in (session.label, "other")]
        session.wrong[segment] = str(rng.choice(others))
    _plant_silence(rest, size.silences)
    everywhere = [(s, k, n) for s in sessions for k in range(s.segments) for n in size.nodes["dev"]]
    for number, where in enumerate(rng.choice(len(everywhere), size.faults, replace=False)):
        session, segment, node = everywhere[where]
        session.faults[segment, node] = FAULTS[number % len(FAULTS)]


def _plant_silence(moments, count):
    """Let activities pause for a whole segment, one in a session, long sessions only."""
    for session, segment in moments:
        free = not (session.wrong or session.silent) and session.segments > 2
        if count and free and session.label != "absence":
            session.silent = (segment,)
            count -= 1


def original(session: Session, node: int, segment: int) -> str:
    prefix = "DevNode" if session.split == "dev" else "EvalNode"
    return f"{prefix}{node}_ex{session.number}_{segment + 1}"


def anonymous(seed: int, plan: Sequence[Session], size: Size) -> dict[str, str]:
    """Original name -> number, for the evaluation files, in random order."""
    originals = [
        original(session, node, segment)
        for session in plan
        if session.split == "eval"
        for segment in range(session.segments)
        for node in size.nodes["eval"]
    ]
    order = np.random.default_rng([seed, 1]).permutation(len(originals)) + 1
    return {original: str(number) for original, number in zip(originals, order, strict=True)}
