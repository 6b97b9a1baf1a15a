"""The audit of a tree in the official layout of SINS: what the thesis names is looked up."""

from itertools import product

import numpy as np
import pytest
import soundfile
from corpora import on_one_thread, sins_lists

from thesis_lib.analysis import findings
from thesis_lib.analysis.channel_faults import CAUSES
from thesis_lib.analysis.fault_planting import each
from thesis_lib.datasets import registry
from thesis_lib.listening.audit_table import listed
from thesis_lib.pipeline import audit, channels, store_builder
from thesis_lib.recipe import SMALL_HOME

single = pytest.fixture(scope="module", autouse=True)(on_one_thread)
RATE, SECONDS = 16000, 10
SESSIONS = {201: "social_activity", 53: "cooking", 1: "social_activity", 2: "cooking",
            3: "absence", 4: "absence"}  # fmt: skip
PLACES = {201: (9, 10, 11), 53: (41, 42, 43)}


@pytest.fixture(scope="module")
def corpus(tmp_path_factory):
    """Two classes that differ in pitch; ex201_10 is silent, on node 3 ex53_42 is noise."""
    folder = tmp_path_factory.mktemp("sins")
    rows = [(node, session, place, label) for session, label in SESSIONS.items()
            for place, node in product(PLACES.get(session, (1, 2, 3)), (1, 2, 3, 4))]  # fmt: skip
    for path, row in zip(sins_lists(folder, rows), rows, strict=True):
        path.parent.mkdir(parents=True, exist_ok=True)
        soundfile.write(path, wave(*row), RATE)
    return registry.read("sins", folder)


def wave(node, session, place, label):
    rng = np.random.default_rng([node, session, place])
    noise = 1e-4 * rng.standard_normal((SECONDS * RATE, 4))
    if (node, session, place) == (3, 53, 42):
        return 1000 * noise
    if label == "absence" or (session, place) == (201, 10):
        return noise
    pitch = {"social_activity": 300, "cooking": 2000}[label]
    tone = np.sin(2 * np.pi * pitch * np.arange(len(noise)) / RATE)[:, None]
    return 100 * noise + 0.1 * np.sign(tone)  # in all bands above the floor


def test_both_recordings_are_found_and_suspected(corpus, tmp_path):
    store = store_builder.build(corpus, SMALL_HOME.features, tmp_path / "store", progress=False)
    pictures = [store.spectrogram(row).astype(float) for row in range(len(corpus.table))]
    vectors = np.stack([np.r_[one.mean(axis=0), one.std(axis=0)] for one in pictures])
    found = audit.judge(corpus, store, vectors, "absence", "statistics")
    named = found.named.set_index("name")
    assert list(named.index) == list(findings.THESIS)
    silent, broken = named.loc["DevNode4_ex201_10"], named.loc["DevNode3_ex53_42"]
    assert silent.rose < findings.WITHIN and np.isnan(silent["rank"])  # silence is no wrong label
    assert broken.off_rank == 1 and broken.deviation > findings.ODD
    rows = listed(found)
    assert rows.path[rows.what == "silence"].str.contains("ex201_10").all()
    assert rows.path[rows.what == "microphone"].iloc[0].endswith("DevNode3_ex53_42.wav")


def test_what_is_said_of_each_planted_fault_begins_with_its_cause(corpus):
    row = int(corpus.table.index[corpus.table.path.str.endswith("DevNode1_ex1_2.wav")][0])
    intact = channels.channels_of(corpus.path(corpus.table.loc[row]))
    broken = each(intact, RATE)
    broken = {kind: broken[kind] for kind in ("dead", "stuck", "clipped")}
    said = channels.said_of(corpus, row, broken, 20).set_index("planted")
    assert said.cause.to_dict() == {kind: kind for kind in broken}
    assert all(said.why[kind].startswith(CAUSES[kind]) for kind in broken)
    assert (said.hit == said.channel.astype(str)).all() and (said.score > 1).all()
    panels = channels.pictured(intact, broken, RATE, SMALL_HOME.features)
    assert [title for title, *_ in panels] == ["intact", *broken]
    assert panels[0][2].shape == (round(channels.STRETCH * RATE),)
    assert panels[1][1].max() == -100 and panels[0][1].max() > -60  # dead: the floor of log_mel
