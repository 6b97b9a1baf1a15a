"""Damaged input, hundreds of cases: it is read, or one error names it; never a crash, never half.

Each case takes a good file or folder, damages bytes of it, and hands it to a reader. A reader that
crashed the interpreter would end this test run; `faulthandler` ends one that hangs, and says where.
"""

import faulthandler
import io
import zipfile
from itertools import count

import av
import numpy as np
import pytest
import soundfile
from corpora import noise, sins_lists, text, write
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from test_fma import tracks_of, tree

from thesis_lib.audio import io as audio_io
from thesis_lib.datasets import fma, music, sins
from thesis_lib.datasets.unpack import unpack
from thesis_lib.util.errors import InputError

NUMBERS = count()
PATIENCE = 60  # s for one case; it takes milliseconds
SOUND = ["wav", "flac", "ogg", "opus", "mp3", "aiff", "m4a"]
THOROUGH = settings(
    max_examples=100,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


@pytest.fixture(autouse=True)
def impatience():
    """End the whole run, with a traceback of the place, where a case hangs."""
    yield
    faulthandler.cancel_dump_traceback_later()


damages = st.lists(
    st.tuples(
        st.sampled_from(["flip", "cut", "drop", "insert", "zero", "repeat"]),
        st.floats(0, 1, exclude_max=True),
        st.binary(min_size=1, max_size=16),
    ),
    min_size=1,
    max_size=6,
)


def damaged(data, hits):
    """The bytes of a file after some accidents."""
    for kind, share, extra in hits:
        at, n = int(share * len(data)), len(extra)
        if kind == "cut":
            data = data[:at]
        elif kind == "drop":
            data = data[:at] + data[at + n :]
        elif kind == "insert":
            data = data[:at] + extra + data[at:]
        elif kind == "repeat":
            data = data[: at + n] + data[at:]
        else:
            new = bytes(n) if kind == "zero" else extra
            data = data[:at] + new + data[at + n :]
    return data


def attempt(work, *args, **more):
    """What a reader makes of it, or the sentence of its error; any other error is a fault."""
    faulthandler.dump_traceback_later(PATIENCE, exit=True)
    try:
        return work(*args, **more), None
    except InputError as error:
        return None, str(error)
    finally:
        faulthandler.cancel_dump_traceback_later()


@pytest.fixture(scope="module")
def sounds(tmp_path_factory):
    """The bytes of one second of sound in each format."""
    folder = tmp_path_factory.mktemp("sounds")
    wave = noise(1, rate=48000, channels=2)
    made = {}
    for kind in SOUND:
        path = folder / f"sound.{kind}"
        if kind == "m4a":
            _m4a(path, wave)
        else:
            coding = {"opus": {"format": "OGG", "subtype": "OPUS"}}.get(kind, {})
            soundfile.write(path, wave, 48000, **coding)
        made[kind] = path.read_bytes()
    return made


def _m4a(path, wave):
    with av.open(str(path), "w") as container:
        stream = container.add_stream("aac", rate=48000, layout="stereo")
        planes = np.ascontiguousarray(wave.T)
        frame = av.AudioFrame.from_ndarray(planes, format="fltp", layout="stereo")
        frame.sample_rate = 48000
        for packet in [*stream.encode(frame), *stream.encode(None)]:
            container.mux(packet)


@pytest.mark.parametrize("kind", SOUND)
@THOROUGH
@given(hits=damages)
def test_a_damaged_sound_is_read_or_named(sounds, tmp_path, kind, hits):
    # Another name each time: lengths are kept by name, size and time, which may be the same.
    path = tmp_path / f"sound {next(NUMBERS)}.{kind}"
    path.write_bytes(damaged(sounds[kind], hits))
    header, error = attempt(audio_io.probe, path)
    if header is None:
        assert str(path) in error
        return
    assert header.sample_rate > 0 and header.channels > 0
    wave, error = attempt(audio_io.read, path)
    if wave is None:
        assert str(path) in error
        return
    assert wave.dtype == np.float32 and np.isfinite(wave).all()
    assert abs(len(wave) - header.duration * 16000) <= 1  # as long as the file says it is


@pytest.mark.parametrize("kind", ["wav", "flac", "ogg", "opus", "aiff", "m4a"])
@settings(THOROUGH, max_examples=30)
@given(share=st.floats(0, 0.95))
def test_a_sound_that_breaks_off_is_never_taken_for_whole(sounds, tmp_path, kind, share):
    path = tmp_path / f"sound.{kind}"
    path.write_bytes(sounds[kind][: int(share * len(sounds[kind]))])
    wave, error = attempt(audio_io.read, path)
    assert wave is None and str(path) in error


DEV = [(n, s, k, label) for n in (1, 2) for s, label in enumerate(sins.CLASSES) for k in (1, 2)]
UNSEEN = [(n, s, 1, label) for n in (2, 5) for s, label in enumerate(sins.CLASSES[:4])]
LISTS = [
    "dev/meta.txt",
    "eval/evaluation_setup/evaluate.txt",
    "eval/evaluation_setup/map.txt",
]


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """A home with both archives' lists; its files are empty, for no reader of lists opens them."""
    root = tmp_path_factory.mktemp("home")
    for path in sins_lists(root, DEV, UNSEEN):
        text(path)
    return root


@pytest.mark.parametrize("name", LISTS)
@settings(THOROUGH, max_examples=60)
@given(hits=damages)
def test_damaged_lists_of_a_home_are_read_or_named(home, name, hits):
    good = (home / name).read_bytes()
    try:
        (home / name).write_bytes(damaged(good, hits))
        corpus, error = attempt(sins.read, home)
    finally:
        (home / name).write_bytes(good)
    if corpus is None:
        assert str(home) in error
        return
    table = corpus.table
    assert set(table.label) <= set(sins.CLASSES)
    assert all(corpus.path(row).is_file() for row in table.itertuples())
    assert not table.path.duplicated().any()
    by_moment = table.groupby(["split", "group", "position", "node"]).size()
    assert (by_moment == 1).all(), "two recordings claim to be one moment on one node"


@pytest.mark.parametrize("name", ["fold1_test.txt"])
@settings(THOROUGH, max_examples=40)
@given(hits=damages)
def test_damaged_folds_are_read_or_named(tmp_path, name, hits):
    for path in sins_lists(tmp_path, DEV):
        text(path)
    fold = tmp_path / "evaluation_setup" / name
    fold.write_bytes(damaged(fold.read_bytes(), hits))
    corpus, error = attempt(sins.read, tmp_path)
    if corpus is None:
        assert str(tmp_path) in error
        return
    sides = corpus.table.groupby("group").split.nunique()
    assert (sides == 1).all(), "a session lies on both sides of the split"


@pytest.fixture(scope="module")
def songs(tmp_path_factory):
    """A folder of songs for lists to name: two classes of three songs."""
    root = tmp_path_factory.mktemp("songs")
    for seed in range(6):
        write(root / "audio" / f"song{seed}.wav", noise(2, seed), subtype="PCM_16")
    return root


def csv_of(songs):
    lines = [f"audio/song{i}.wav,{'ab'[i % 2]},song {i}\n" for i in range(6)]
    return "songs.csv", "path,label,song\n" + "".join(lines)


def playlist_of(songs):
    lines = [f"#EXTINF:2,Somebody - Song {i}\naudio/song{i}.wav\n" for i in range(6)]
    return "set.m3u8", "#EXTM3U\n" + "".join(lines)


def pls_of(songs):
    lines = [f"File{i}=audio/song{i}.wav\nTitle{i}=Zoë {i}\n" for i in range(6)]
    return "set.pls", "[playlist]\n" + "".join(lines)


@pytest.mark.parametrize("listing", [csv_of, playlist_of, pls_of])
@settings(THOROUGH, max_examples=40)
@given(hits=damages)
def test_damaged_lists_of_music_are_read_or_named(songs, listing, hits):
    name, content = listing(songs)
    path = songs / name
    path.write_bytes(damaged(content.encode(), hits))
    try:
        corpus, error = attempt(music.read, songs)
    finally:
        path.unlink()
    if corpus is None:
        assert str(songs) in error
        return
    assert all(corpus.path(row).is_file() for row in corpus.table.itertuples())
    assert (corpus.table.groupby("group").split.nunique() == 1).all()


def archive():
    """A small archive as the data sets' are: folders, some files that pack well and some not."""
    packed = io.BytesIO()
    rng = np.random.default_rng(0)
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as file:
        for i in range(4):
            content = bytes(2000) if i % 2 else rng.bytes(2000)
            file.writestr(f"set/audio/DevNode1_ex1_{i}.wav", content)
        file.writestr("set/meta.txt", "audio/DevNode1_ex1_0.wav\teating\ts1\n")
    return packed.getvalue()


@settings(THOROUGH, max_examples=150)
@given(hits=damages)
def test_a_damaged_archive_unpacks_whole_or_not_at_all(tmp_path_factory, hits):
    root = tmp_path_factory.mktemp("unpacked")
    path, folder, beside = root / "set.zip", root / "to", root / "beside"
    beside.mkdir()
    path.write_bytes(damaged(archive(), hits))
    _, error = attempt(unpack, path, folder)
    found = {p.relative_to(folder).as_posix(): p.read_bytes() for p in files_in(folder)}
    assert not files_in(beside) and set(root.iterdir()) <= {path, folder, beside}
    if error:
        assert str(path) in error and found == {}
        return
    with zipfile.ZipFile(path) as file:  # what its own checksums vouch for
        whole = {name.split("/", 1)[1]: file.read(name) for name in file.namelist()}
    assert found == whole


def files_in(folder):
    return [path for path in folder.rglob("*") if path.is_file()] if folder.exists() else []


@pytest.fixture(scope="module")
def open_music(tmp_path_factory):
    """A small tree in FMA's layout."""
    return tree(tmp_path_factory.mktemp("fma"), tracks_of(artists=3, songs=1))


@pytest.mark.parametrize("name", ["tracks.csv", "genres.csv"])
@settings(THOROUGH, max_examples=40)
@given(hits=damages)
def test_damaged_tables_of_fma_are_read_or_named(open_music, name, hits):
    path = open_music / "fma_metadata" / name
    good = path.read_bytes()
    try:
        path.write_bytes(damaged(good, hits))
        corpus, error = attempt(fma.read, open_music)
    finally:
        path.write_bytes(good)
    if corpus is None:
        assert str(open_music) in error
        return
    assert all(corpus.path(row).is_file() for row in corpus.table.itertuples())
    assert set(corpus.table.label) <= set(fma.TITLES)
    assert (corpus.table.groupby("group").split.nunique() == 1).all()
