"""The simulated home: its layout, its determinism, what is planted, and that it is made whole."""

import hashlib
import json

import numpy as np
import pandas as pd
import pytest
import soundfile
from matplotlib.path import Path as MplPath

from thesis_lib.datasets.mini_home import flats, people, plan, rooms, scenes, things, voices
from thesis_lib.datasets.mini_home import home as module
from thesis_lib.datasets.mini_home.faults import FAULTS, fault
from thesis_lib.util.errors import InputError


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    return module.make(
        tmp_path_factory.mktemp("home") / "mini",
        seed=5,
        sessions="smoke",
        progress=False,
        workers=1,
    )


def digests(folder):
    """Relative path -> digest of every file below a folder."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in files
    }


def lines(path):
    return pd.read_csv(path, sep="\t", header=None)


def test_made_again_by_two_processes_it_is_the_same_to_the_byte(home, tmp_path, monkeypatch):
    """Four sessions of it, for the sake of time."""
    size, whole = plan.SIZES["smoke"], plan.schedule
    names = module.anonymous(5, whole(5, size)[0], size)  # numbered over all sessions
    monkeypatch.setattr(module, "anonymous", lambda *_: names)
    monkeypatch.setattr(module, "schedule", lambda *of: [part[-4:] for part in whole(*of)])
    monkeypatch.setattr(module, "write_lists", lambda *_: None)
    module._make_in(tmp_path, 5, size, flats.SUITE, False, 2)
    again, once = digests(tmp_path), digests(home)
    audio = [path for path in again if path.endswith(".wav")]
    assert len(audio) > 4 and {path: again[path] for path in audio}.items() <= once.items()


def test_a_home_made_by_other_code_is_made_again(home, tmp_path, monkeypatch):
    made = json.loads((home / "made.json").read_text())
    place = tmp_path / "home"
    place.mkdir()
    (place / "made.json").write_text(json.dumps(made | {"digest": "of other code"}))
    monkeypatch.setattr(
        module, "_make_in", lambda new, *_: (new / "made_again").mkdir(parents=True)
    )
    module.make(place, seed=5, sessions="smoke", progress=False)
    assert json.loads((place / "made.json").read_text()) == made
    assert (place / "made_again").is_dir()


def test_another_seed_is_another_home():
    size = plan.SIZES["smoke"]
    one, two = (plan.schedule(seed, size) for seed in (5, 6))
    assert [s.label for s in one[0]] != [s.label for s in two[0]]


@pytest.mark.parametrize("labels, faults", [(0.05, 20), (0.2, 0), (0.0, 3)])
def test_as_much_is_planted_as_is_asked_for(labels, faults):
    size = plan.planted_more(plan.SIZES["full"], labels, faults)
    sessions, _ = plan.schedule(7, size)
    moments = sum(session.segments for session in sessions if session.split == "dev")
    assert sum(len(session.wrong) for session in sessions) == round(labels * moments)
    assert sum(len(session.faults) for session in sessions) == faults
    turned = [(s.label, heard) for s in sessions for heard in s.wrong.values()]
    assert all(label != heard for label, heard in turned)
    assert not any(s.wrong or s.faults for s in sessions if s.split == "eval")


def test_more_than_there_is_room_for_is_refused_and_none_given_is_what_it_was():
    size = plan.SIZES["full"]
    assert plan.planted_more(size, None, None) == size
    for labels, faults in ((0.9, None), (None, 10**6), (-0.1, None)):
        with pytest.raises(InputError, match="cannot be planted: at most"):
            plan.planted_more(size, labels, faults)


def test_it_is_reused_when_made(home):
    before = (home / "made.json").stat().st_mtime_ns
    module.make(home, seed=5, sessions="smoke", progress=False)
    assert (home / "made.json").stat().st_mtime_ns == before


def test_a_killed_make_leaves_nothing(tmp_path, monkeypatch):
    def killed(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(module, "write_lists", killed)
    monkeypatch.setattr(
        module,
        "render",
        lambda session, flat, nodes, entropy: (
            np.zeros((len(nodes), 4, session.segments * 160000), np.int16),
            np.ones(session.segments * 100, bool),
        ),
    )
    with pytest.raises(KeyboardInterrupt):
        module.make(tmp_path / "home", sessions="smoke", progress=False, workers=1)
    assert list(tmp_path.iterdir()) == []


def test_it_overwrites_nothing_of_somebody_else(tmp_path):
    (tmp_path / "thesis.odt").write_text("mine")
    with pytest.raises(InputError, match="holds something else"):
        module.make(tmp_path, sessions="smoke", progress=False)
    assert (tmp_path / "thesis.odt").read_text() == "mine"


def test_an_unknown_size_is_named(tmp_path):
    with pytest.raises(InputError, match="'tiny'.*full"):
        module.make(tmp_path / "home", sessions="tiny")


def test_audio_has_the_official_form(home):
    files = sorted((home / "dev" / "audio").iterdir()) + sorted((home / "eval" / "audio").iterdir())
    for path in files:
        found = soundfile.info(path)
        form = (found.format, found.subtype, found.samplerate, found.channels, found.frames)
        assert form == ("WAV", "PCM_16", 16000, 4, 160000), path.name


def test_lists_and_audio_agree(home):
    meta = lines(home / "dev" / "meta.txt")
    assert set(meta[0]) == {f"audio/{path.name}" for path in (home / "dev" / "audio").iterdir()}
    assert set(meta[1]) == set(scenes.CLASSES)
    assert (meta.groupby(2)[1].nunique() == 1).all()  # a session has one label, as officially
    listed = lines(home / "eval" / "evaluation_setup" / "evaluate.txt")
    names = lines(home / "eval" / "evaluation_setup" / "map.txt")
    assert set(listed[0]) == {f"audio/{path.name}" for path in (home / "eval" / "audio").iterdir()}
    assert set(listed[1]) == set(scenes.CLASSES)
    assert sorted(names[1]) == sorted(listed[0])
    assert set(names[0].str[14].astype(int)) == {1, 5, 6}  # where others look for the node


def test_folds_hold_out_whole_sessions(home):
    setup = home / "dev" / "evaluation_setup"
    held = []
    for fold in range(1, 5):
        train, test = lines(setup / f"fold{fold}_train.txt"), lines(setup / f"fold{fold}_test.txt")
        assert not set(train[2]) & {"s" + path.split("_ex")[1].split("_")[0] for path in test[0]}
        assert list(lines(setup / f"fold{fold}_evaluate.txt")[0]) == list(test[0])
        held += list(test[0])
    assert sorted(held) == sorted(lines(home / "dev" / "meta.txt")[0])


def test_what_is_planted_is_listed(home):
    truth = pd.read_csv(home / "truth.csv")
    wrong = truth[truth.planted == "wrong_label"]
    assert len(wrong) == 4 and (wrong.label == "social_activity").all()
    assert (wrong.heard == "absence").all()
    assert (truth.planted == "microphone").sum() == plan.SIZES["smoke"].faults


def test_shares_of_the_full_corpus():
    size = plan.SIZES["full"]
    sessions, _ = plan.schedule(1234, size)
    dev = [session for session in sessions if session.split == "dev"]
    moments = sum(session.segments for session in dev)
    assert module._bytes(size) <= 1e9
    assert 0.02 <= sum(len(session.wrong) for session in dev) / moments <= 0.03
    assert 0.01 <= sum(len(session.faults) for session in dev) / (4 * moments) <= 0.02
    for label in scenes.CLASSES:
        count = {
            split: sum(s.label == label and s.split == split for s in sessions)
            for split in ("dev", "eval")
        }
        assert count["dev"] >= 4 and count["eval"] >= 2, label


def test_nodes_hear_the_same_moment(home):
    """The loudness over time is alike on two nodes, shifted by at most half a second."""
    meta = lines(home / "dev" / "meta.txt")
    path = meta[0][(meta[1] == "cooking") & meta[0].str.contains("Node1")].iloc[0]
    here, there = (
        soundfile.read(home / "dev" / path.replace("Node1", f"Node{node}"))[0][:, 0]
        for node in (1, 2)
    )
    ears = [np.diff(wave - wave.mean()) for wave in (here, there)]
    loud = [np.log(np.mean(ear[:159840].reshape(-1, 160) ** 2, axis=1)) for ear in ears]
    likeness = [
        np.corrcoef(loud[0][60:-60], loud[1][60 + lag : 939 + lag])[0, 1] for lag in range(-60, 61)
    ]
    assert max(likeness) > 0.4
    assert abs(np.argmax(likeness) - 60) <= 55


def test_every_sound_is_finite_and_as_long_as_asked():
    for name, sound in (vars(things) | vars(people)).items():
        own = getattr(sound, "__module__", "") in (things.__name__, people.__name__)
        if own and not name.startswith("_"):
            wave = sound(np.random.default_rng(1), 32000)
            assert wave.shape == (32000,) and np.isfinite(wave).all(), name


def test_speech_does_not_depend_on_what_was_said_before():
    voice = voices.Voice("nl", "f3", 50, 50, 160)
    voices.fresh_engine()
    first = voices.speak(voice, "Goede morgen, wil je koffie?")
    voices.speak(voices.Voice("de", "m2", 30, 60, 190), "Nein, danke.")
    voices.fresh_engine()
    assert np.array_equal(voices.speak(voice, "Goede morgen, wil je koffie?"), first)
    assert len(first) > 8000


def test_direct_sound_arrives_when_it_should():
    node = flats.SUITE.nodes[0]
    source = np.array([node.position]) + [[0.0, -1.0, 0.0]]
    heard = rooms.impulse_responses(np.random.default_rng(0), flats.SUITE, source, [node], 0.3)[0]
    ears = rooms.microphones(node).T
    metres = np.linalg.norm(ears - source[0], axis=1)
    peaks = np.argmax(np.abs(heard), axis=1) / 16000 * 343
    assert np.abs(np.diff(peaks - metres)).max() < 0.05


@pytest.mark.parametrize("seed", range(20))
def test_another_flat_has_everything_inside(seed):
    flat = flats.draw(seed)
    outline = MplPath(flat.outline)
    assert outline.contains_points([node.position[:2] for node in flat.nodes]).all()
    assert [spot.name for spot in flat.places] == [spot.name for spot in flats.SUITE.places]
    for spot in flat.places:
        heard = [rooms.draw_position(np.random.default_rng(n), flat, spot.name) for n in range(9)]
        assert outline.contains_points(np.array([spot.position, *heard])[:, :2]).all()
        heights = [point[2] for point in heard]
        assert 0 < min(heights) and max(heights) < flat.height
    assert flat == flats.draw(seed)


def test_two_flats_share_no_microphone():
    flat, other = flats.draw(1), flats.draw(2)
    for one, two in ((flat, other), (flat, flats.SUITE)):
        for name in ("position", "gain", "peak", "low_cut", "high_cut", "tilt", "self_noise"):
            of_one = {getattr(node, name) for node in one.nodes}
            assert not of_one & {getattr(node, name) for node in two.nodes}


@pytest.mark.parametrize("kind", FAULTS)
def test_faults_change_what_is_heard(kind):
    rng = np.random.default_rng(0)
    wave = 0.01 * rng.standard_normal((4, 160000))
    broken = fault(rng, kind, wave)
    assert broken.shape == wave.shape
    assert np.mean((broken - wave) ** 2) > 0.1 * np.mean(wave**2)
