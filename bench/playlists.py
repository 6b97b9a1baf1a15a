"""How well lists of songs flow, and how often tempo and key are right.

Run ``python bench/playlists.py``; it writes ``bench/results/playlists.json``.

Orders: folders of 40 songs, drawn at random from a corpus, embedded by the network that comes with
the suite; copies of a recording are left out. Each is put in the order of `analysis.ordering`, in
that of names (which puts excerpts of one track side by side), in random ones, and in that of
networkx (Christofides). Per order the mean and the longest step. Walks: ten songs between two that
are drawn, shared out at once (`analysis.walk`), place by place, or at random; the mean step, and
the mean distance from the places on the straight line. `ci_low` and `ci_high` hold 95 % of the
drawn folders or pairs: what a folder or a pair of one's own may give, not how sure the mean is.

Tempo and key: made-up pieces of chords, bass and drums (`made_music.py`: simulated), whose truth is
known, a third of them without drums; other pieces than those that `analysis.tempo` was tried on. A
tempo is right within 6 %, as it is or with half and double. For real music no truth is at hand;
instead, how often two excerpts agree, of one track and of two. A share's interval is that of its
mean, over pieces or over tracks; where all are right, draws of them say no more than that.
"""

from functools import partial

import made_music
import networkx
import numpy as np
from harness import arguments, class_folders, machine, on_all_cores, publish, row, start
from joblib import delayed
from sklearn.metrics import pairwise_distances

from thesis_lib.analysis import keys, ordering, tempo, walk
from thesis_lib.analysis.intervals import mean_interval
from thesis_lib.pipeline import songs as songs_of
from thesis_lib.util.files import ROOT

OPTIONS = {
    "folder": ("data/mini_music", "", "folder of music, from the suite"),
    "draws": (100, 3, "folders and pairs that are drawn"),
    "songs": (40, 12, "songs of a folder"),
    "steps": (10, 5, "songs of a walk"),
    "pieces": (192, 4, "made-up pieces"),
}
SLOWEST, FASTEST = 60, 180  # beats a minute of made-up pieces
FIRST = 10_000  # seed of the first piece: those below were tried while the method was made


def christofides(vectors, _rng):
    """The order of networkx, a list."""
    graph = networkx.from_numpy_array(pairwise_distances(vectors))
    return networkx.approximation.traveling_salesman_problem(graph, cycle=False)


ORDERS = {
    "flows": lambda vectors, rng: ordering.order(vectors),
    "christofides": christofides,
    "by name": lambda vectors, rng: np.arange(len(vectors)),
    "at random": lambda vectors, rng: rng.permutation(len(vectors)),
}


def of_orders(vectors, args):
    """Rows on orders: the steps of each, and by how much shorter those of the first are."""
    found = {}
    for draw in range(args.draws):
        rng = np.random.default_rng(draw)
        chosen = np.sort(rng.choice(len(vectors), args.songs, replace=False))
        for name, order in ORDERS.items():
            own = vectors[chosen]
            steps = ordering.transitions(own, np.asarray(order(own, rng))).distance
            found.setdefault((name, "mean_step"), []).append(steps.mean())
            found.setdefault((name, "longest_step"), []).append(steps.max())
    for name in list(ORDERS)[1:]:
        gains = np.subtract(found[name, "mean_step"], found["flows", "mean_step"])
        found["flows", f"shorter_than_{name.replace(' ', '_')}"] = gains
    return found


def place_by_place(vectors, ends, steps):
    """A walk that takes the nearest song that is left, one place after the other."""
    places = np.linspace(vectors[ends[0]], vectors[ends[1]], steps)
    gaps, item = pairwise_distances(places, vectors), [ends[0]]
    gaps[:, ends] = np.inf
    for place in range(1, steps - 1):
        item.append(int(gaps[place].argmin()))
        gaps[:, item[-1]] = np.inf
    return np.array([*item, ends[1]])


def at_random(vectors, ends, steps, rng):
    others = rng.permutation(np.setdiff1d(np.arange(len(vectors)), ends))
    return np.array([ends[0], *others[: steps - 2], ends[1]])


def of_walks(vectors, args):
    """Rows on walks: the mean step, and how far the songs are from the straight line."""
    found = {}
    for draw in range(args.draws):
        rng = np.random.default_rng(draw)
        ends = rng.choice(len(vectors), 2, replace=False).tolist()
        ways = {
            "walk": walk.walk_through(vectors, ends, args.steps)["item"].to_numpy(),
            "walk, place by place": place_by_place(vectors, ends, args.steps),
            "walk, at random": at_random(vectors, ends, args.steps, rng),
        }
        places = np.linspace(vectors[ends[0]], vectors[ends[1]], args.steps)
        for name, item in ways.items():
            steps = ordering.transitions(vectors, item).distance
            off = np.linalg.norm(vectors[item] - places, axis=1)
            found.setdefault((name, "mean_step"), []).append(steps.mean())
            found.setdefault((name, "from_the_line"), []).append(off.mean())
    return found


def heard(number):
    """Of one made-up piece: what is right."""
    rng = np.random.default_rng(FIRST + number)
    bpm, key = float(rng.uniform(SLOWEST, FASTEST)), number % 24
    wave = made_music.piece(bpm, key, seed=FIRST + number, drums=number % 3 > 0)
    found = tempo.listen(wave, made_music.RATE)
    return {
        "tempo_found": not np.isnan(found.bpm),
        "tempo_right": abs(found.bpm / bpm - 1) <= tempo.WITHIN,
        "tempo_right_or_half_or_double": tempo.fits(bpm, [found.bpm])[0],
        "key_right": found.key == key,
        "key_goes_with_it": keys.goes_with(key, found.key),
    }


def of_pieces(args):
    """Rows on made-up pieces: shares of what is right, with their intervals."""
    work = [delayed(heard)(number) for number in range(args.pieces)]
    answers = on_all_cores(work, "made-up pieces", args.quick)
    for metric in answers[0]:
        values = np.array([one[metric] for one in answers], float)
        yield shared(
            "made-up pieces, simulated", "tempo and key", metric, values, np.arange(len(values))
        )


def of_excerpts(songs):
    """Rows on a corpus: how often excerpts agree on tempo and key, of one track and of two."""
    table, every = songs.corpus.table, np.arange(len(songs.corpus.table))
    found = songs_of.music(songs, every)
    group = table.group.to_numpy()
    one, other = np.triu_indices(len(table), 1)
    same = group[one] == group[other]
    bpm, key = (np.array([getattr(found[row], name) for row in every]) for name in ("bpm", "key"))
    tempos = np.concatenate([tempo.fits(bpm[row], bpm[row + 1 :]) for row in every[:-1]])
    is_there = np.isfinite(bpm)
    both = is_there[one] & is_there[other]
    say = partial(shared, songs.corpus.name, "tempo and key")
    yield say("tempo_found", is_there.astype(float), group)
    for which, rows in (("one_track", same), ("two_tracks", ~same)):
        with_tempo = rows & both
        yield say(
            f"tempos_fit_of_{which}", tempos[with_tempo].astype(float), group[one[with_tempo]]
        )
        agree = (key[one] == key[other])[rows].astype(float)
        yield say(f"keys_equal_of_{which}", agree, group[one[rows]])


def shared(corpus, method, metric, values, group):
    """A row of a share, with the interval of its mean over groups."""
    if not len(values):  # of a corpus without tempos
        return row(corpus, method, metric, [0.0], ci_low=0.0, ci_high=1.0)
    found = mean_interval(values, group)
    return row(corpus, method, metric, [found.value], ci_low=found.low, ci_high=found.high)


def measure(args):
    folder = class_folders(args.out / "made_up") if args.quick else ROOT / args.folder
    songs = songs_of.read(folder, work=args.out / "runs" if args.quick else "runs")
    vectors = songs.vectors[songs.copy_of == np.arange(len(songs.vectors))]
    found = of_orders(vectors, args) | of_walks(vectors, args)
    for (name, metric), values in found.items():
        low, high = np.percentile(values, [2.5, 97.5])
        yield row(songs.corpus.name, name, metric, values, ci_low=low, ci_high=high)
    yield from of_pieces(args)
    yield from of_excerpts(songs)


def main(argv=None):
    args = arguments(__doc__, argv, **OPTIONS)
    publish(args, "playlists", list(measure(args)), machine(songs=args.songs, steps=args.steps))


if __name__ == "__main__":
    start(main)
