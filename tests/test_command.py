"""The command `thesis`: a bad input is one sentence and a status that is not 0."""

import errno
import os
import re
import subprocess
import sys

import command_line
import numpy as np
import pytest
from command_line import SMOKE, one_sentence, thesis
from corpora import fill_disk, listing, noise, sins_lists, text, write

from thesis_lib.datasets.validate import headers
from thesis_lib.listening.clips import clip
from thesis_lib.pipeline.run import Run
from thesis_lib.recipe import RECIPES, SMOKE_MUSIC

said = pytest.fixture(command_line.said)
songs = pytest.fixture(command_line.songs)


def test_a_bad_input_in_a_process_of_its_own(tmp_path):
    done = thesis("corpus", "music", tmp_path / "nowhere", tmp_path / "run", *SMOKE)
    assert done.returncode == 1 and done.stdout == ""
    assert one_sentence(done.stderr.removesuffix("\n"))
    assert done.stderr.startswith(f"thesis corpus: {tmp_path}/nowhere is not a folder")
    assert not (tmp_path / "run").exists()


def test_a_good_input_in_a_process_of_its_own(songs, tmp_path):
    done = thesis("corpus", "music", "songs", "run", *SMOKE, "--seeds", 2, cwd=tmp_path)
    assert (done.returncode, done.stdout) == (0, "")
    assert "Left out" not in done.stderr and "Error" not in done.stderr  # nothing but the bar
    run = Run(tmp_path / "run")
    assert run.recipe == SMOKE_MUSIC and run.seeds == [1234, 1235]
    assert headers(run.corpus) == []


def test_as_many_trials_as_seeds_each_with_a_test(songs, tmp_path, said):
    assert said("corpus", "music", songs, tmp_path / "run", *SMOKE, "--seeds", 4) is None
    corpus = Run(tmp_path / "run").corpus_of_all_folds
    for trial in range(4):  # three songs a class: the fourth trial holds the first part out again
        assert set(corpus.fold(trial).table.split) == {"train", "test"}


def test_too_few_songs_to_train_on_are_told_before_anything_is_made(tmp_path, said):
    for name in ("a/x", "a/y"):
        write(tmp_path / "songs" / f"{name}.wav", noise(5, ord(name[-1])))
    message = said("corpus", "music", tmp_path / "songs", tmp_path / "run", *SMOKE)
    assert one_sentence(message) and "beside those that are tested, 1 is left" in message
    assert not (tmp_path / "run").exists()
    write(tmp_path / "songs" / "a" / "z.wav", noise(5, 9))
    assert said("corpus", "music", tmp_path / "songs", tmp_path / "run", *SMOKE) is None
    assert len(Run(tmp_path / "run").corpus.left_out) == 1  # one class only


HOME = [(1, 7, 1, "cooking"), (2, 8, 1, "eating")]


def a_home(root, wave=None, rate=16000):
    for path in sins_lists(root, HOME):
        write(path, noise(10, channels=4) if wave is None else wave, rate)


def missing_segment(root):
    a_home(root)
    (root / "audio" / "DevNode2_ex8_1.wav").unlink()


def wrong_label(root):
    a_home(root)
    text(root / "meta.txt", "audio/DevNode1_ex7_1.wav\tsleeping\ts7\n")


def wrong_session(root):
    a_home(root)
    text(root / "meta.txt", "audio/DevNode1_ex7_1.wav\teating\ts9\n")


HOMES = {
    "empty": (lambda root: root.mkdir(), "holds neither"),
    "missing": (missing_segment, "those that are tested, 0 is left"),  # what is there is held out
    "rate": (
        lambda root: a_home(root, noise(10, channels=4), 8000),
        "has 8000 Hz.*And 1 more like this",
    ),
    "channels": (lambda root: a_home(root, noise(10)), "has 16000 Hz and 1 channel"),
    "short": (lambda root: a_home(root, noise(9, channels=4)), "lasts 9.000 s where 10.000 s"),
    "label": (wrong_label, "carries the label 'sleeping'"),
    "session": (wrong_session, "is put into session 's9'"),
}


@pytest.mark.parametrize("case", HOMES)
def test_a_bad_home(tmp_path, said, case):
    make, says = HOMES[case]
    make(tmp_path / "home")
    message = said("corpus", "sins", tmp_path / "home", tmp_path / "run", "--recipe", "smoke, home")
    assert one_sentence(message) and re.search(says, message)
    assert str(tmp_path / "home") in message
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize(
    "args, says",
    [
        (["--recipe", "nonsense"], "recipe 'nonsense' is unknown; choose one of 'thesis, SINS', "),
        ([*SMOKE, "--seeds", "0"], "seeds=0 and limit=None must be 1 or more"),
        ([*SMOKE, "--limit", "0"], "limit=0 must be 1 or more"),
        ([*SMOKE, "--limit", "-1"], "limit=-1 must be 1 or more"),
    ],
)
def test_bad_arguments(songs, tmp_path, said, args, says):
    message = said("corpus", "music", songs, tmp_path / "run", *args)
    assert one_sentence(message) and says in message
    assert not (tmp_path / "run").exists()


def test_songs_shorter_than_a_tile_are_named_and_embedded_each(songs, tmp_path, said, caplog):
    write(songs / "a" / "jingle.wav", noise(1.5))
    assert said("corpus", "music", songs, tmp_path / "run", *SMOKE) is None
    (record,) = caplog.records
    named, advice = record.getMessage().split("; ")
    assert named == f"{songs}/a/jingle.wav lasts 1.50 s" and "is repeated to its length" in advice
    for stage in ("features", "ours"):
        assert said(stage, tmp_path / "run") is None
    run = Run(tmp_path / "run")
    tiles = run.embeddings("ours").tiles
    assert set(tiles.path) == set(run.corpus.table.path) and "a/jingle.wav" in set(tiles.path)
    (tile,) = tiles[tiles.path == "a/jingle.wav"].itertuples()
    wave = clip(run, tile)  # one sounds as the network gets it
    assert len(wave) == SMOKE_MUSIC.tile * 16000
    np.testing.assert_array_equal(wave[24000:], wave[: len(wave) - 24000])


def test_nothing_as_long_as_a_frame(songs, tmp_path, said):
    for path in songs.glob("*/*"):
        write(path, noise(0.02))
    message = said("corpus", "music", songs, tmp_path / "run", *SMOKE)
    assert one_sentence(message) and str(songs) in message


@pytest.mark.parametrize("stage", ["features", "training", "embeddings"])
def test_a_stage_before_its_turn(tmp_path, said, stage):
    message = said(stage, tmp_path)
    assert one_sentence(message)
    assert re.match(f"thesis {stage}: {tmp_path}(/corpus)? holds no (run|corpus) yet", message)


@pytest.mark.parametrize("stage", ["training", "embeddings"])
def test_a_stage_after_a_corpus_only(songs, tmp_path, said, stage):
    said("corpus", "music", songs, tmp_path / "run", *SMOKE)
    before = listing(tmp_path / "run")
    message = said(stage, tmp_path / "run")
    assert one_sentence(message) and f"{tmp_path}/run/store holds no spectrogram store" in message
    assert listing(tmp_path / "run") == before


def test_a_song_that_went_bad_after_it_was_checked(songs, tmp_path, said):
    said("corpus", "music", songs, tmp_path / "run", *SMOKE)
    wave = noise(5)
    wave[100] = np.nan
    write(songs / "b" / "y.wav", wave, subtype="FLOAT")
    message = said("features", tmp_path / "run")
    assert one_sentence(message) and "b/y.wav holds NaN or infinite samples" in message
    assert not (tmp_path / "run" / "store").exists()


def test_a_full_disk(songs, tmp_path, said, monkeypatch):
    fill_disk(monkeypatch, "run.json")
    message = said("corpus", "music", songs, tmp_path / "run", *SMOKE)
    assert one_sentence(message) and "run.json: the disk is full" in message
    monkeypatch.undo()
    assert said("features", tmp_path / "run").startswith("thesis features: ")


def test_a_place_that_cannot_be_written_to(songs, tmp_path, said):
    text(tmp_path / "file")
    message = said("corpus", "music", songs, tmp_path / "file" / "run", *SMOKE)
    assert one_sentence(message) and "cannot be written" in message


def test_no_results_yet(tmp_path, said):
    message = said("show", tmp_path)
    assert one_sentence(message) and "thesis_vs_here.json is missing" in message


def test_help_names_every_command_at_once(tmp_path):
    """Without the heavy imports: those take seconds."""
    script = "import sys; sys.argv = ['thesis', '--help']; from thesis_lib.__main__ import main\n"
    script += "try: main()\nexcept SystemExit: print('torch' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert done.stdout.splitlines()[-1] == "False"
    for name in ("home", "check", "corpus", "features", "training", "embeddings", "summary"):
        assert re.search(rf"^    {name} ", done.stdout, re.MULTILINE)


def test_every_recipe_can_be_named_on_the_command_line(songs, tmp_path, said, monkeypatch):
    asked = []
    monkeypatch.setattr("thesis_lib.pipeline.stages.corpus", lambda *args: asked.append(args[3]))
    for name in RECIPES:
        assert said("corpus", "music", songs, tmp_path / "run", "--recipe", name) is None
    assert asked == list(RECIPES)


@pytest.mark.parametrize("shard", ["2", "2-8", "x/y"])
def test_a_shard_that_is_none(tmp_path, shard):
    done = thesis("features", tmp_path, "--shard", shard)
    assert done.returncode == 2 and f"'{shard}' is no shard; write 2/8" in done.stderr


def test_shards_of_a_run_join(songs, tmp_path, said):
    said("corpus", "music", songs, tmp_path / "run", *SMOKE)
    for shard in ("2/2", "1/2"):
        assert said("features", tmp_path / "run", "--shard", shard) is None
        assert not (tmp_path / "run" / "store").exists()
    assert said("features", tmp_path / "run") is None
    assert (tmp_path / "run" / "store" / "meta.json").is_file()


@pytest.mark.parametrize(
    "option, value, says",
    [
        ("--seeds", "abc", "--seeds: 'abc' is no whole number; write one, such as 3"),
        ("--processes", "2.5", "--processes: '2.5' is no whole number"),
        ("--profile", "fast", "--profile: invalid choice: 'fast' (choose from 'full', 'smoke')"),
    ],
)
def test_a_word_that_is_none_of_the_choices_is_one_sentence(said, capsys, option, value, says):
    assert said("figures", option, value) == 2
    message = capsys.readouterr().err.removesuffix("\n")
    assert one_sentence(message) and says in message


def test_an_option_that_is_not_known_names_the_help_of_its_command(said, capsys):
    assert said("validate", "music", "--deep") == 2
    message = capsys.readouterr().err
    assert message == (
        "thesis validate: --deep is not known here; `thesis validate --help` tells more.\n"
    )


@pytest.mark.parametrize("number", [errno.EACCES, errno.ENAMETOOLONG, errno.ELOOP])
def test_what_the_system_refuses_is_one_sentence_wherever_it_does(said, monkeypatch, number):
    def refuse(path):
        raise OSError(number, os.strerror(number), "some/file")

    monkeypatch.setattr("thesis_lib.datasets.manifest.check", refuse)
    message = said("check")
    assert one_sentence(message) and message.startswith("thesis check: some/file cannot be used (")
