"""Every fault a file can have is found, by its header or by its samples, and told by kind."""

import numpy as np
import pandas as pd
import pytest
import soundfile
from corpora import corpus_of, noise, sins_lists, tone, write, write_aac

from thesis_lib.audio import decode, ffmpeg, sndfile
from thesis_lib.corpus import Corpus
from thesis_lib.datasets import recordings, registry, sins
from thesis_lib.datasets import validate as module
from thesis_lib.datasets.validate import by_file, examine, headers, report


@pytest.fixture
def corpus(tmp_path):
    waves = [noise(1, seed=i, channels=2) for i in range(6)]
    return corpus_of(tmp_path / "audio", waves)


def validate(corpus, progress=True):
    """The sentences on all faults of a corpus."""
    return [sentence for _, sentence in examine(by_file(corpus), progress).faults]


def in_blocks_of(samples, monkeypatch):
    """From now on files are decoded in blocks of so many samples."""
    monkeypatch.setattr(ffmpeg, "BLOCK", samples)
    monkeypatch.setattr(sndfile, "BLOCK", samples)


def paths(corpus):
    return [corpus.path(row) for row in corpus.table.itertuples()]


def test_whole_files(corpus, capsys):
    assert validate(corpus) == headers(corpus) == []
    assert "checking: 100%" in capsys.readouterr().err
    assert validate(corpus, progress=False) == [] and not capsys.readouterr().err


@pytest.mark.parametrize(
    "spoil, says",
    [
        (lambda path: path.unlink(), "is missing"),
        (lambda path: path.write_bytes(b""), "is empty"),
        (lambda path: path.write_bytes(b"no audio at all"), "cannot be read as audio"),
        (lambda path: path.write_bytes(path.read_bytes()[:-500]), "is truncated"),
        (lambda path: write(path, noise(1, channels=2), 8000), "has 8000 Hz"),
        (lambda path: write(path, noise(1)), "1 channel(s) where 16000 Hz and 2"),
        (lambda path: write(path, noise(0.5, channels=2)), "lasts 0.500 s where 1.000 s"),
    ],
)
def test_a_fault_that_the_header_shows(corpus, spoil, says):
    path = paths(corpus)[3]
    spoil(path)
    for faults in (validate(corpus, False), headers(corpus)):
        (fault,) = faults
        assert fault.startswith(f"{path} ") and says in fault


@pytest.mark.parametrize("value", [np.nan, np.inf])
@pytest.mark.parametrize("at", [0, 9000, 15999])
def test_one_sample_that_is_no_number_on_any_channel(corpus, monkeypatch, value, at):
    in_blocks_of(4800, monkeypatch)
    path, wave = paths(corpus)[2], noise(1, channels=2)
    wave[at, 1] = value
    write(path, wave, subtype="FLOAT")
    assert headers(corpus) == []
    (fault,) = validate(corpus, False)
    assert fault.startswith(f"{path} holds NaN or infinite samples")


@pytest.mark.parametrize("block", [4800, 2**20])
@pytest.mark.parametrize("ending", ["flac", "ogg", "mp3"])
def test_bytes_damaged_in_the_middle(tmp_path, monkeypatch, ending, block):
    in_blocks_of(block, monkeypatch)
    corpus = corpus_of(tmp_path, [noise(3), noise(3)])
    path = write(tmp_path / f"1.{ending}", noise(3))
    duration = soundfile.info(path).duration
    corpus.table.loc[1, ["path", "duration"]] = [path.name, duration]
    assert validate(corpus, False) == []
    data = bytearray(path.read_bytes())
    middle = len(data) // 2
    data[middle : middle + 3000] = bytes(3000)
    path.write_bytes(data)
    if ending != "mp3":  # it tells of no frame that it is lost
        assert headers(corpus) == []
        (fault,) = validate(corpus, False)
        assert fault.startswith(f"{path} ")


@pytest.mark.parametrize("ending", ["flac", "ogg", "opus", "mp3", "aiff", "m4a"])
@pytest.mark.parametrize("rate", [44100, 48000])
def test_no_fault_is_made_up_where_blocks_meet(tmp_path, monkeypatch, ending, rate):
    if ending == "opus" and rate != 48000:
        pytest.skip("Opus has no such rate")
    in_blocks_of(11000, monkeypatch)
    corpus, path = corpus_of(tmp_path, [noise(1)] * 2), tmp_path / f"0.{ending}"
    wave = tone(3.137, 440, rate)
    if ending == "m4a":
        write_aac(path, wave, rate)
    else:
        write(
            path, wave, rate, **({"format": "OGG", "subtype": "OPUS"} if ending == "opus" else {})
        )
    corpus.table.loc[0, ["path", "sample_rate", "duration"]] = [path.name, rate, 3.1]
    assert validate(corpus, False) == []


def test_a_file_of_several_recordings_is_looked_at_once(corpus, monkeypatch):
    looked, probe = [], module.audio_io.probe
    monkeypatch.setattr(module.audio_io, "probe", lambda path: looked.append(path) or probe(path))
    many = corpus.each_channel()
    paths(many)[0].unlink()
    (fault,) = headers(many)
    assert "is missing" in fault and sorted(looked) == paths(corpus)


def test_more_files_than_are_handed_out_at_once(corpus, monkeypatch):
    monkeypatch.setattr(module, "AT_ONCE", 2)
    for path in paths(corpus)[1::2]:
        path.write_bytes(b"")
    faults = validate(corpus, False)
    assert [fault.split(" is empty")[0] for fault in faults] == [
        str(p) for p in paths(corpus)[1::2]
    ]


def test_the_report_counts_and_groups(corpus):
    all_paths = paths(corpus)
    for path in all_paths[:4]:
        path.write_bytes(b"")
    write(all_paths[4], noise(0.25, channels=2))
    examined = examine(by_file(corpus), progress=False)
    assert examined.files == 6 and examined.seconds > 0
    assert examined.size == sum(path.stat().st_size for path in all_paths)
    first, *lines = report(examined).splitlines()
    assert first.startswith("6 files, 0.00 GB, in ") and first.endswith("MB/s): 5 fault(s).")
    assert lines[0].startswith(f"4 x {all_paths[0]} is empty (0 bytes)")
    assert lines[1:4] == [f"    also {p}" for p in all_paths[1:3]] + ["    and 1 more"]
    assert lines[4].startswith(f"1 x {all_paths[4]} lasts 0.250 s") and len(lines) == 5


def test_the_report_of_a_whole_corpus_is_one_line(corpus):
    assert report(examine(by_file(corpus), progress=False)).endswith("MB/s): no faults.")


def test_the_report_counts_what_was_not_looked_at(corpus):
    files = by_file(corpus.subset([True] * 5 + [False]))
    for name in ("cover.jpg", "b.JPG", "notes.txt", "song.m4p", ".DS_Store", "._00.wav"):
        (corpus.root / name).write_bytes(b"x")
    (corpus.root / "again.wav").symlink_to("00.wav")
    unseen = module.unseen(corpus.root, files)
    assert unseen == ["05.wav", "b.JPG", "cover.jpg", "notes.txt", "song.m4p"]
    last = report(examine(files, progress=False), unseen=unseen).splitlines()[-1]
    assert last == "Not looked at: 5 files (.jpg 2, .m4p 1, .txt 1, .wav 1)."
    assert module.unseen(corpus.root / "notes.txt", files) == []
    many = [f"x.{letter}" for letter in "abcdefghijklmnopqrst"]
    last = report(module.Examined([], 1, 1.0, 0), unseen=many).splitlines()[-1]
    assert last.count(" 1") == len(many) and "..." not in last


def test_the_report_of_nothing():
    assert "no faults" not in report(module.Examined([], 0, 0.0, 0))
    assert report(module.Examined([], 0, 0.0, 0)).endswith("): nothing was checked.")


def test_the_report_can_be_printed_whatever_files_are_called(corpus):
    faults = [(corpus.root / "mod\udce0.wav", "mod\udce0\n.wav is gone.")]
    said = report(module.Examined(faults, 1, 1.0, 0), unseen=["x.\udce9t\udce9"])
    assert said.encode().decode().splitlines()[1:] == [
        "1 x modà .wav is gone.",
        "Not looked at: 1 file (.été 1).",
    ]


def test_the_files_of_music_and_what_is_wrong_with_the_folder(tmp_path, caplog):
    root = tmp_path / "music"
    for name in ("a/1.wav", "b/2.wav", "loose.wav"):
        write(root / name, noise(0.1))
    (root / "b" / "x.m4p").write_bytes(b"x")
    files, faults = registry.files("music", root)
    assert list(files) == [root / "a/1.wav", root / "b/2.wav"]
    assert len(faults) == 1 and "left out (loose.wav)" in faults[0]
    assert "1 file of sound cannot be read by this ending (.m4p 1)" in caplog.text


def test_nothing_to_look_at_is_a_fault(tmp_path):
    (tmp_path / "fma_metadata").mkdir()
    files, faults = registry.files("fma", tmp_path)
    assert files == {} and faults == [
        f"{tmp_path} holds nothing that could be checked; give another folder."
    ]
    (tmp_path / "set.m3u").write_text("gone.wav\n")
    files, faults = registry.files("music", tmp_path / "set.m3u")
    assert files == {} and len(faults) == 1


def test_an_empty_corpus(corpus):
    assert validate(Corpus("x", corpus.root, corpus.table[:0]), False) == []


def test_a_home(tmp_path):
    files = sins_lists(tmp_path, [(1, 7, 1, "cooking"), (2, 7, 1, "cooking")], [(5, 9, 1, "other")])
    for path in files:
        write(path, noise(10, channels=4), subtype="PCM_16")
    write(files[2], noise(9.5, channels=4), subtype="PCM_16")
    (fault,) = validate(sins.read(tmp_path), False)
    assert fault.startswith(f"{files[2]} lasts 9.500 s where 10.000 s")


def test_what_a_stream_was_heard_to_last_is_remembered(tmp_path, monkeypatch):
    """An MP3 whose header lies is as long as it was when it was heard; it is not decoded again."""
    path = write(tmp_path / "a" / "x.mp3", noise(3, rate=44100), 44100)
    content = bytearray(path.read_bytes())
    at = max(content.find(b"Info"), content.find(b"Xing"))
    content[at + 8 : at + 12] = bytes(4)
    path.write_bytes(content)
    listing = pd.DataFrame([dict(path="a/x.mp3", label="a", song="x", name="")])
    table = recordings.scan_files(tmp_path, listing)[0].assign(split="train")
    corpus = Corpus("x", tmp_path, table)
    assert table.duration[0] == pytest.approx(3, abs=0.1)
    monkeypatch.setattr(decode, "opened", lambda *args: pytest.fail("decoded again"))
    assert headers(corpus) == []
