"""Decisions of reviewers on their way into a run, a probe, and a job of the pipeline."""

import command_line
import numpy as np
import pytest
from corpora import noise, write

from thesis_lib.datasets import music
from thesis_lib.listening import decisions
from thesis_lib.listening.decisions import BROKEN, KEEP, WRONG
from thesis_lib.pipeline import front_door, stages
from thesis_lib.pipeline.job import Job
from thesis_lib.pipeline.run import Run
from thesis_lib.util.errors import InputError

said = pytest.fixture(command_line.said)


@pytest.fixture
def folder(tmp_path):
    """Nine songs of each of two classes."""
    for number in range(18):
        write(tmp_path / "songs" / "ab"[number % 2] / f"{number}.wav", noise(1, number))
    return tmp_path / "songs"


def decide(place, path, answer, detail="", who="ann"):
    place.mkdir(exist_ok=True)
    decisions.append(
        decisions.file_of(place, who), who=who, path=path, start=0.0, label=path[0],
        answer=answer, detail=detail, shown="suspect", score=0.5,
    )  # fmt: skip


def test_a_run_has_the_labels_of_reviewers_and_not_what_is_broken(folder, tmp_path):
    review = tmp_path / "review"
    decide(review, "a/0.wav", WRONG, "b")
    decide(review, "b/1.wav", BROKEN, "dead", who="bob")
    stages.corpus("music", folder, tmp_path / "run", "smoke, music", 2, None, review)
    corpus = Run(tmp_path / "run").corpus
    label = corpus.table.set_index("path").label
    assert label["a/0.wav"] == "b" and label["a/2.wav"] == "a" and "b/1.wav" not in label
    assert len(label) == 17 and "b/1.wav is left out: broken" in corpus.left_out[-1]
    assert (folder / "b" / "1.wav").is_file() and (folder / "a" / "0.wav").is_file()
    stages.corpus("music", folder, tmp_path / "run", "smoke, music", 2)  # as it is
    label = Run(tmp_path / "run").corpus.table.set_index("path").label
    assert label["a/0.wav"] == "a" and len(label) == 18


def test_the_probe_is_scored_by_corrected_labels(folder, tmp_path, said, capsys):
    """Vectors say the truth; two labels are wrong, until they are corrected."""
    (folder / "a" / "0.wav").rename(folder / "b" / "0.wav")
    (folder / "b" / "1.wav").rename(folder / "a" / "1.wav")
    paths = music.read(folder).table.path
    truth = paths.map(lambda path: int(path.split("/")[1].removesuffix(".wav")) % 2)
    vectors = truth.to_numpy()[:, None] + np.random.default_rng(0).normal(0, 0.01, (18, 5))
    np.savez(tmp_path / "x.npz", path=paths.to_numpy(str), vectors=vectors)
    decide(tmp_path / "review", "b/0.wav", WRONG, "a")
    decide(tmp_path / "review", "a/1.wav", WRONG, "b")

    def macro_f1(*more):
        assert said("probe", "--embeddings", tmp_path / "x.npz", "--music", folder, *more) is None
        lines = [line.split() for line in capsys.readouterr().out.splitlines()]
        return next(float(line[1]) for line in lines if line[:1] == ["macro_f1"])

    assert macro_f1() < 1 and macro_f1("--corrections", tmp_path / "review") == 1


COMMANDS = {
    "probe": lambda songs, at: ("--embeddings", at / "x.npz", "--music", songs),
    "audit": lambda songs, at: (songs, "--out", at / "page.html"),
    "corpus": lambda songs, at: ("music", songs, at / "run", "--recipe", "smoke, music"),
}


@pytest.mark.parametrize("command", COMMANDS)
def test_decisions_that_cannot_be_meant_are_a_sentence_everywhere(folder, tmp_path, said, command):
    np.savez(tmp_path / "x.npz", path=["a/0.wav"], vectors=[[1.0]])
    review, typed = tmp_path / "review", COMMANDS[command](folder, tmp_path)

    def sentence():
        message = said(command, *typed, "--corrections", review)
        assert command_line.one_sentence(message)
        return message

    assert "does not exist; give the CSV of a review, or its folder" in sentence()
    decide(review, "a/0.wav", WRONG, "b")
    decide(review, "a/0.wav", KEEP, who="bob")
    assert "opposite decisions on a/0.wav (ann: b, bob: a)" in sentence()
    decisions.file_of(review, "bob").unlink()
    decide(review, "a/nowhere.wav", KEEP)
    assert "corrects a/nowhere.wav, which is not in this corpus" in sentence()
    decisions.file_of(review, "ann").write_text("path,label\n")
    assert "decisions_ann.csv is no list of decisions" in sentence()
    assert not (tmp_path / "run").exists() and not (tmp_path / "page.html").exists()


def test_a_job_takes_decisions_for_the_one_corpus_that_is_given(tmp_path):
    own = {"music": ("music", str(tmp_path))}
    job = Job(own, corrections="review")
    assert (job.corrections_of("music"), job.corrections_of("home")) == ("review", "")
    assert Job(**job.as_config()) == job
    both = own | {"home": ("sins", str(tmp_path))}
    for given in ({}, both):
        with pytest.raises(InputError, match="CORRECTIONS are decisions on one corpus"):
            front_door.pipeline(Job(given, corrections="review"))
    with pytest.raises(InputError, match="nowhere does not exist"):
        front_door.pipeline(Job(own, corrections=str(tmp_path / "nowhere")))
