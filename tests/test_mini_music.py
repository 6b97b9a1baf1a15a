"""The music that comes with the suite is whole, sounds, is declared, and may be passed on."""

import inspect
import json
import re
import runpy
import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import soundfile

from thesis_lib.datasets import manifest
from thesis_lib.datasets.mini_home import home
from thesis_lib.util.errors import InputError

DATA = Path(__file__).parents[1] / "data"
MUSIC = DATA / "mini_music"


@pytest.fixture(scope="module")
def decoded():
    """A row a file: what it says of itself, and what is heard in each of its seconds."""
    return pd.DataFrame([_heard(path) for path in sorted(MUSIC.glob("*/*.ogg"))])


@pytest.fixture
def copy(tmp_path):
    """A small corpus of the same kind, with its manifest: two songs and their licence."""
    music = tmp_path / "mini_music"
    rows = pd.read_csv(MUSIC / "ATTRIBUTION.tsv", sep="\t").groupby("composer").head(1).head(2)
    for file in [*rows.file, *(f"LICENSES/{name}.txt" for name in set(rows.licence))]:
        (music / file).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(MUSIC / file, music / file)
    rows.to_csv(music / "ATTRIBUTION.tsv", sep="\t", index=False)
    manifest.write(tmp_path / "manifest.json")
    assert manifest.check(tmp_path / "manifest.json") == []
    return tmp_path


def test_the_manifest_is_complete_and_true():
    assert manifest.check(DATA / "manifest.json") == []
    declared = json.loads((DATA / "manifest.json").read_text())["mini_music"]["files"]
    assert len(declared) > 90
    assert all(entry["source"] and entry["licence"] for entry in declared)


def test_the_manifest_is_what_would_be_written_now(tmp_path):
    (tmp_path / "mini_music").symlink_to(MUSIC)
    manifest.write(tmp_path / "manifest.json")
    assert (tmp_path / "manifest.json").read_text() == (DATA / "manifest.json").read_text()


def test_the_mini_home_is_declared_with_the_seed_it_is_made_with():
    declared = json.loads((DATA / "manifest.json").read_text())["mini_home"]
    assert declared["seed"] == inspect.signature(home.make).parameters["seed"].default
    assert declared["generator"] == f"{home.__name__}.make"


def test_every_file_is_mono_music_at_one_rate(decoded):
    assert (decoded.channels == 1).all()
    assert (decoded.sample_rate == 44100).all()
    assert decoded.finite.all()
    assert (decoded.peak < 1).all()


def test_no_file_pauses_for_a_second(decoded):
    assert (decoded.quietest > -40).all(), decoded[["file", "quietest"]]


def test_the_length_is_the_one_declared(decoded):
    rows = manifest.read_attribution(MUSIC)
    declared = [float(rows[file]["duration_s"]) for file in decoded.file]
    np.testing.assert_allclose(decoded.duration, declared, atol=1e-3)


def test_seven_classes_of_five_songs_and_six_minutes_or_more(decoded):
    songs = decoded.groupby("label").song.nunique()
    minutes = decoded.groupby("label").duration.sum() / 60
    assert len(songs) == 7
    assert songs.min() >= 5
    assert minutes.min() >= 6
    assert minutes.max() / minutes.min() < 1.2


def test_all_of_it_is_25_megabytes_at_most():
    assert sum(path.stat().st_size for path in MUSIC.rglob("*") if path.is_file()) <= 25e6


def test_no_class_is_given_away_by_its_level_or_its_treble(decoded):
    # Encoders cut the treble of the originals at 16 to 20 kHz, most composers' tracks alike.
    assert decoded.treble.max() < -60
    levels = decoded.groupby("label")["level"].median()
    assert levels.max() - levels.min() < 3


def test_each_file_names_its_author_and_licence_inside_too(decoded):
    rows = manifest.read_attribution(MUSIC)
    assert sorted(rows) == sorted(decoded.file)
    for file, row in rows.items():
        tags = soundfile.SoundFile(MUSIC / file).copy_metadata()
        assert tags["artist"] == row["composer"]
        assert tags["license"] == row["licence"]
        assert tags["comment"].startswith("Changed ")
        assert manifest.licence_text(MUSIC, row["licence"]).stat().st_size > 1000
        assert (MUSIC / "LICENSES" / f"{row['package']}.copyright.txt").is_file()


def test_excerpts_of_a_track_do_not_overlap():
    rows = pd.read_csv(MUSIC / "ATTRIBUTION.tsv", sep="\t")
    for _, takes in rows.sort_values("start_s").groupby("original"):
        assert (takes.start_s.diff().dropna() >= takes.duration_s.iloc[0]).all()


def test_excerpts_keep_clear_of_silence():
    made = runpy.run_path(DATA / "make_mini_music.py")
    wave = np.random.default_rng(1).normal(size=130 * made["SAMPLE_RATE"]).astype(np.float32)
    wave[: 20 * made["SAMPLE_RATE"]] = 0
    wave[90 * made["SAMPLE_RATE"] : 98 * made["SAMPLE_RATE"]] = 0
    first, second = made["starts"](wave, 2)
    assert 20 <= first <= 35
    assert 98 <= second <= 100


def test_a_changed_file_is_named(copy):
    path = next(copy.glob("mini_music/*/*.ogg"))
    raw = bytearray(path.read_bytes())
    raw[-1] ^= 1
    path.write_bytes(raw)
    (fault,) = manifest.check(copy / "manifest.json")
    assert str(path) in fault and "sha256 differs" in fault


def test_a_truncated_file_is_named_with_both_sizes(copy):
    path = next(copy.glob("mini_music/*/*.ogg"))
    size = path.stat().st_size
    path.write_bytes(path.read_bytes()[:100])
    (fault,) = manifest.check(copy / "manifest.json")
    assert f"{path} has 100 bytes, not {size}" in fault


def test_a_missing_and_an_extra_file_are_named(copy):
    path = next(copy.glob("mini_music/*/*.ogg"))
    path.rename(path.with_name("mine.ogg"))
    missing, extra = manifest.check(copy / "manifest.json")
    assert f"{path} is missing" in missing
    assert f"{path.with_name('mine.ogg')} is not declared" in extra


def test_what_a_desktop_leaves_behind_is_no_fault(copy):
    (copy / "mini_music" / ".DS_Store").write_text("x")
    assert manifest.check(copy / "manifest.json") == []


@pytest.mark.parametrize(("text", "said"), [(None, "is missing"), ('{"mini', "is damaged")])
def test_a_manifest_that_cannot_be_read_is_named(tmp_path, text, said):
    if text:
        (tmp_path / "manifest.json").write_text(text)
    (fault,) = manifest.check(tmp_path / "manifest.json")
    assert f"manifest.json {said}" in fault


def test_music_without_attribution_is_not_declared(copy):
    path = next(copy.glob("mini_music/*/*.ogg"))
    shutil.copy(path, path.with_name("unknown.ogg"))
    with pytest.raises(InputError, match=r"unknown\.ogg has no row in ATTRIBUTION\.tsv"):
        manifest.write(copy / "manifest.json")


def test_music_without_the_text_of_its_licence_is_not_declared(copy):
    text = next((copy / "mini_music" / "LICENSES").glob("CC*.txt"))
    text.unlink()
    with pytest.raises(InputError, match=re.escape(text.name)):
        manifest.write(copy / "manifest.json")


def _heard(path):
    wave, rate = soundfile.read(path, dtype="float32", always_2d=True)
    mono = wave[:, 0]
    power = (mono[: len(mono) // rate * rate].reshape(-1, rate) ** 2).mean(axis=1)
    spectrum = np.abs(np.fft.rfft(mono)) ** 2
    above = spectrum[np.fft.rfftfreq(len(mono), 1 / rate) > 16000].sum() / spectrum.sum()
    return {
        "file": path.relative_to(MUSIC).as_posix(),
        "label": path.parent.name,
        "song": re.sub(r"-[A-Z]$", "", path.stem),
        "sample_rate": rate,
        "channels": wave.shape[1],
        "duration": len(wave) / rate,
        "finite": np.isfinite(wave).all(),
        "peak": np.abs(wave).max(),
        "level": 10 * np.log10(power.mean()),
        "quietest": 10 * np.log10(power.min()),
        "treble": 10 * np.log10(above),
    }
