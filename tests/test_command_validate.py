"""The commands about data, `validate` and `fetch`: faults are told, and the status tells too."""

import os
import subprocess
import sys

import command_line
import pytest
from command_line import one_sentence
from corpora import noise, sins_lists, text, write

from thesis_lib import __main__ as command

said = pytest.fixture(command_line.said)
songs = pytest.fixture(command_line.songs)


def test_validate_ends_with_a_status_that_tells(songs, said, capsys):
    assert said("validate", songs) is None
    assert "6 files" in capsys.readouterr().out
    path = songs / "a" / "x.wav"
    path.write_bytes(path.read_bytes()[:-1000])
    assert one_sentence(said("validate", songs))
    assert f"{path} is truncated" in capsys.readouterr().out


def test_validate_counts_what_a_home_lacks(tmp_path, said, capsys):
    dev = [(1, s, k, "eating") for s in (1, 2, 3) for k in (1, 2)]
    for path in sins_lists(tmp_path, dev)[1:]:
        write(path, noise(10, channels=4), subtype="PCM_16")
    assert "has 1 fault(s)" in said("validate", tmp_path)
    assert "session s1 (dev) has 1 of 2 files" in capsys.readouterr().out


def test_fetch_says_what_it_would_fetch_and_fetches_nothing(tmp_path, said, capsys):
    to = tmp_path / "sins"
    assert said("fetch", "sins", "--to", to, "--set", "eval", "--parts", "2-3", "--dry-run") is None
    out = capsys.readouterr().out
    assert "eval.audio.2.zip" in out and "eval.audio.3.zip" in out and "free" in out
    assert "audio.1.zip" not in out and "-dev." not in out
    assert not to.exists()


def test_open_music_may_be_typed_as_in_english(tmp_path, said, capsys):
    to = tmp_path / "music"
    assert said("fetch", "open-music", "--to", to, "--from", tmp_path, "--dry-run") is None
    out = capsys.readouterr().out
    assert "16 archives, 16 to fetch: 1.9 GB" in out and str(to / "hyperrogue-music") in out
    assert not to.exists()
    assert one_sentence(said("validate", tmp_path, "--name", "open-music"))
    assert "is missing; `thesis fetch open-music` fetches it" in capsys.readouterr().out


@pytest.mark.parametrize("name", ["open-music-report", "open-sounds"])
def test_the_other_lists_are_fetched_and_validated_by_their_names(tmp_path, said, capsys, name):
    to = tmp_path / "to"
    assert said("fetch", name, "--to", to, "--dry-run") is None
    assert "_all.deb" in capsys.readouterr().out and not to.exists()
    assert one_sentence(said("validate", tmp_path, "--name", name))
    assert f"is missing; `thesis fetch {name}` fetches it" in capsys.readouterr().out


@pytest.mark.parametrize("name", ["dev", "eval"])
def test_validate_takes_music_for_music_whatever_its_classes_are_called(songs, said, name):
    (songs / "a").rename(songs / name)
    text(songs / "meta.txt", "about this music")
    assert said("validate", songs) is None


def test_validate_says_what_a_folder_was_taken_for(tmp_path, said):
    text(tmp_path / "dev" / "evaluation_setup" / "fold1_test.txt", "x")
    message = said("validate", tmp_path)
    assert one_sentence(message) and "dev/meta.txt is missing" in message
    assert message.endswith("(It is taken for sins; if it is not, give --name.)")


def test_validate_names_some_of_many_faults_and_counts_them_all(songs, said, capsys):
    rows = (f"gone/{i}.wav,a\n" for i in range(1000))
    text(songs / "s.csv", "path,label\n", "a/x.wav,a\n", *rows)
    assert "has 1000 fault(s)" in said("validate", songs)
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) < 30 and lines[-1] == "and 980 more like this: restore it or take it out."


def test_a_reader_that_has_seen_enough(songs):
    text(songs / "s.csv", "path,label\n", "a/x.wav,a\n", "gone.wav,a\n")
    end, pipe = os.pipe()
    os.close(end)  # nobody reads
    line = [sys.executable, "-m", "thesis_lib", "validate", songs]
    done = subprocess.run(line, stdout=pipe, stderr=subprocess.PIPE, text=True)
    os.close(pipe)
    assert done.returncode == command.CLOSED
    assert "Traceback" not in done.stderr and "BrokenPipe" not in done.stderr
