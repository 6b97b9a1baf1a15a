"""The listening test of a run: each embedding it has, and vectors of another model by a file."""

import shutil

import numpy as np
import pytest

from thesis_lib.listening.collection import Collection
from thesis_lib.listening.trial_results import NOBODY
from thesis_lib.listening.trial_room import three_sounds
from thesis_lib.listening.trials import RANDOM, SAME_CLASS
from thesis_lib.pipeline.listening_test import of_run, room_of, so_far
from thesis_lib.util.errors import InputError


def test_trials_are_of_the_tiles_and_compare_all_embeddings_there_are(tiny_run, tmp_path):
    tiles = tiny_run.embeddings("ours").tiles
    vectors = np.random.default_rng(0).normal(size=(len(tiles), 5))
    np.savez(tmp_path / "theirs.npz", path=tiles.path.tolist(), start=tiles.start, vectors=vectors)
    found = of_run(tiny_run, "ours", tmp_path / "theirs.npz", each=6)
    names = found.not_asked.comparison.tolist()
    assert names[:2] == [RANDOM, SAME_CLASS] and names[-1] == "the neighbour by theirs"
    assert [name for name in names if "log-Mel statistics" in name]
    told = " ".join(names)
    assert told.count("before its training") == 1 and "network trained here" in told
    group = tiles.group.to_numpy()
    assert (group[found.trials["query"]] != group[found.trials.left]).all()
    own = found.trials[found.trials.comparison == names[-1]].iloc[0]
    apart = np.linalg.norm(vectors - vectors[own["query"]], axis=1)
    apart[group == group[own["query"]]] = np.inf
    other = own.right if own.tested == "left" else own.left
    assert other == apart.argmin()
    sounds = three_sounds(found, 0, Collection(tiny_run).sound)
    assert all(len(wave) == 2 * 16000 and wave.any() for wave in sounds)
    with pytest.raises(InputError, match="no npz or parquet file"):
        of_run(tiny_run, "ours", tmp_path / "nowhere.npz")


def test_a_run_has_a_room_and_a_page_that_says_nobody_has_taken_it(tiny_run):
    collection = Collection(tiny_run)
    room = room_of(tiny_run, collection, each=4)
    assert room.folder == tiny_run.folder / "trials" / room.design.name
    assert not room.folder.exists() and room.trial == 0
    page = so_far(room)
    assert NOBODY in page and "How many trials" in page
    folder = room.folder
    folder.mkdir(parents=True)
    (folder / "answers_x.csv").write_text("a,b\n")
    assert "no list of answers" in so_far(room)
    shutil.rmtree(folder)
    refused = room_of(tiny_run, collection, file="nowhere.npz")
    assert so_far(refused) == refused.value and "no npz or parquet file" in refused.value
