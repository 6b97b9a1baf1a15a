"""`thesis playlist`: what was typed to a list, and the list to what is printed."""

from argparse import Namespace
from typing import Any

import numpy as np

from thesis_lib.pipeline import playlist
from thesis_lib.pipeline.list_makers import ROLES
from thesis_lib.pipeline.playlist import Made
from thesis_lib.util.errors import InputError
from thesis_lib.util.notices import number, shown
from thesis_lib.util.text import cut

WIDE = 44  # letters of a name that is printed
# What makes a list each way: the options that ask for it, and of these what it cannot do without.
WAYS = {
    "order": ("order",),
    "walk": ("from_", "to_", "through_"),
    "after": ("after_",),
    "weakest": ("weakest_",),
    "grow": ("grow_", "keep_", "exclude_"),
    "arithmetic": ("plus_", "minus_"),
    "duplicates": ("duplicates",),
}
NEEDS = {"walk": ("from_", "to_"), "grow": ("grow_", "threshold"), "arithmetic": ("plus_",)}
SWITCHES = ("bpm", "boost", "keep_copies")


def run(args: Namespace) -> None:
    """Make, write and print the list that the command line asks for.

    Raises
    ------
    InputError
        It asks for nothing, for several lists, or for something that is not there.
    """
    if args.again_:
        made = playlist.again(args.again_, args.out, args.runs)
    else:
        asked = asked_by(args)
        made = playlist.playlist(args.folder, asked, args.out, args.embeddings, args.runs)
    print("\n".join(lines(made)))


def asked_by(args: Namespace) -> dict[str, Any]:
    """What `playlist.playlist` is asked, see `list_makers.resolve`."""
    how = _way(args)
    if not args.folder:
        raise InputError("no folder is given; name the folder of the songs first.")
    lacking = [name for name in NEEDS.get(how, ()) if getattr(args, name) in (None, "", [])]
    if lacking:
        raise InputError(f"--{lacking[0].strip('_')} is missing; {_advice(how)}.")
    typed = {role: getattr(args, role + "_", []) for role in ROLES if role != "set"}
    typed["set"] = args.weakest_
    asked: dict[str, Any] = {role: [one] if isinstance(one, str) and one else list(one)
                             for role, one in typed.items()}  # fmt: skip
    asked |= {name: getattr(args, name) for name in (*SWITCHES, "steps", "count", "threshold")}
    mix = {"file": args.audio, "fade": args.fade, "seconds": args.seconds}
    return asked | {"how": how, "harmonic": args.key, "audio": mix if args.audio else None}


def _way(args):
    """The one way that is asked for."""
    ways = [how for how, names in WAYS.items() if any(getattr(args, name) for name in names)]
    if args.order and ways[:2] == ["order", "walk"] and not args.through_:
        ways.remove("walk")  # --from and --to are the ends of an order, too
    if not ways:
        first = ", ".join(f"--{names[0].strip('_')}" for names in WAYS.values())
        raise InputError(f"no list is asked for; give one of {first}, --again.")
    if len(ways) > 1:
        both = " and ".join(f"--{WAYS[how][0].strip('_')}" for how in ways[:2])
        raise InputError(f"{both} make two lists; ask for one at a time.")
    return ways[0]


def _advice(how):
    return {
        "walk": "a walk goes --from one song or class --to another",
        "grow": "a list grows by --grow SONG --threshold 0.5",
        "arithmetic": "a sum begins with --plus SONG",
    }[how]


def lines(made: Made) -> list[str]:
    """What is printed of a list: its songs, how far apart they are, and where it was written."""
    table = made.table.drop(columns=["item", "path", "label", "duration"])
    for name in ("name", "nearest", "bridge"):
        if name in table:
            table[name] = [cut(shown(one), WIDE) for one in table[name]]
    found = table.to_string(index=False, float_format="{:.3f}".format, na_rep="")
    return [
        found,
        *_copies(made),
        *_distances(made),
        *(f"Written: {one}" for one in map(shown, made.written)),
    ]


def _distances(made):
    if "to_next" not in made.table or len(made.table) < 2:
        return
    steps = made.table.to_next.dropna()
    usual = playlist.random_step(made.songs.vectors)
    yield (
        f"{number(len(made.table), 'song')}: a step is {steps.mean():.3f} on average and "
        f"{steps.max():.3f} at most; two songs at random are {usual:.3f} from each other."
    )


def _copies(made):
    """A sentence on the copies that a list leaves out."""
    every = np.arange(len(made.songs.copy_of))
    copies = np.flatnonzero(made.songs.copy_of != every)
    left = np.setdiff1d(copies, made.table["item"])
    if len(left) and made.how in ("order", "grow"):
        paths = made.songs.corpus.table.path.to_numpy()
        first = left[0]
        yield (
            f"{number(len(left), 'copy', 'copies')} of the same recording "
            f"{'is' if len(left) == 1 else 'are'} not in the list, such as {shown(paths[first])}, "
            f"which is {shown(paths[made.songs.copy_of[first]])}."
        )
