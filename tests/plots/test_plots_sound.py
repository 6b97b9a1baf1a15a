"""Pictures of sound, of data sets and of triplets: axes with units, everything drawn."""

import re

import numpy as np
import pandas as pd
import pytest
from matplotlib import pyplot as plt

from thesis_lib.datasets.mini_home import flats
from thesis_lib.plots import data, sound, style, triplets
from thesis_lib.reporting import thesis_data
from thesis_lib.spectrogram import Features, mel_bank, mel_centres

RATE, MELS = 100.0, 64
FEATURES = Features(n_mels=MELS)
UNIT = re.compile(
    r"\((s|kHz|Hz.*|dB|%|full scale = 1|1/1000|logarithmic)\)|^(Hz|m|songs|triplets)$"
)


@pytest.fixture(autouse=True)
def close():
    yield
    plt.close("all")


@pytest.fixture
def levels():
    return np.random.default_rng(0).normal(-40, 10, (200, MELS)).astype(np.float32)


def texts(figure):
    """All that is written in a figure."""
    figure.draw_without_rendering()
    found = figure.findobj(plt.Text)
    return {text.get_text() for text in found if text.get_visible()} - {""}


def check_axes(figure, names=("x", "y")):
    """Every labelled axis has a unit, and the lowest row has a label."""
    for axes in figure.axes:
        for name in names:
            label = getattr(axes, f"get_{name}label")()
            assert not label or UNIT.search(label.replace("\n", " ")), f"{label!r} has no unit"
    assert any(axes.get_xlabel() for axes in figure.axes)


def check_fits(figure):
    assert figure.get_figwidth() <= 10
    small = [t for t in figure.findobj(plt.Text) if t.get_text() and t.get_fontsize() < 9]
    assert not [text.get_text() for text in small]


def test_sounds_have_units_and_fit(levels):
    centres = mel_centres(FEATURES)
    for figure in (
        sound.waveform(np.sin(np.arange(1600) / 9), 16000, "tone"),
        sound.spectrogram(levels, RATE, 8000),
        sound.mel_bank(mel_bank(Features(n_mels=20)).numpy(), 16000),
        sound.log_mel(levels, RATE, centres),
        sound.log_mel_rows({"one": levels, "two": levels[:50]}, RATE, centres),
    ):
        check_axes(figure)
        check_fits(figure)
    check_axes(sound.mfcc(levels[:, :13], RATE), names="x")


def test_every_filter_and_every_row_is_drawn(levels):
    bank = mel_bank(Features(n_mels=20)).numpy()
    assert len(sound.mel_bank(bank, 16000).axes[0].lines) == 20
    rows = {name: levels for name in ("one", "two", "three")}
    figure = sound.log_mel_rows(rows, RATE, mel_centres(FEATURES))
    assert set(rows) <= {axes.get_title(loc="left") for axes in figure.axes}


def test_mel_axis_puts_a_frequency_on_its_band(levels):
    centres = np.asarray(mel_centres(FEATURES))
    axes = sound.log_mel(levels, RATE, centres).axes[0]
    ticks = dict(
        zip((t.get_text() for t in axes.get_yticklabels()), axes.get_yticks(), strict=True)
    )
    band = np.abs(centres - 1000).argmin()
    assert ticks["1k"] == pytest.approx(band + 0.5, abs=1)


def test_a_click_does_not_leave_the_rest_in_the_dark(levels):
    levels[0, 0] = 100
    assert sound.loudest([levels]) < 0


@pytest.mark.parametrize("labels", [["a", "b"], [f"class {n}" for n in range(14)]])
def test_one_colour_a_class_whatever_the_order(labels):
    colours = style.class_colours(labels)
    assert colours == style.class_colours([*reversed(labels), labels[0], ""])
    assert set(colours) == {*labels, ""}
    assert len(set(colours.values())) == len(labels) + 1


def test_class_balance_draws_and_counts_every_class():
    table = thesis_data.SINS[["segments"]].set_axis(["SINS"], axis=1)
    table = table.assign(here=np.arange(9) * 10)
    figure = data.class_balance(table, "SINS", "here")
    check_axes(figure)
    assert len(figure.axes[0].patches) == 18
    written = texts(figure)
    assert {style.nice(label) for label in table.index} <= written
    assert {f"{count:,}" for count in table.SINS} <= written


def test_songs_per_class_draws_both_data_sets():
    here = pd.DataFrame({"songs": [3, 4], "minutes": [1.5, 2.5]}, index=["jazz", "blues"])
    figure = data.songs_per_class({"thesis": thesis_data.SONGS, "here": here})
    check_axes(figure)
    assert {"thesis", "here", "jazz", "blues", "Trance", "3  (1.5 min)", "30"} <= texts(figure)


def test_session_lengths_draw_every_class():
    sessions = pd.DataFrame({"label": ["a", "a", "b_c"], "seconds": [10, 10, 30]})
    real = pd.DataFrame({"label": ["a"], "low": [100], "median": [200], "high": [300]})
    figure = data.session_lengths(sessions, real, style.class_colours(["a", "b_c"]))
    check_axes(figure)
    assert {"a", "b c", "2"} <= texts(figure)


def test_floor_plan_shows_every_node_and_place():
    plan = flats.SUITE
    figure = data.floor_plan(plan)
    check_axes(figure)
    names = {str(node.number) for node in plan.nodes} | {spot.name for spot in plan.places}
    assert names <= texts(figure)


def test_input_pipeline_draws_every_way_of_every_corpus():
    rows = [
        (c, m, mean, 1.0) for c in ("home", "music") for m, mean in (("old", 2.0), ("new", 900))
    ]
    table = pd.DataFrame(rows, columns=["corpus", "method", "mean", "spread"])
    figure = data.input_pipeline(table)
    check_axes(figure)
    assert {"home", "music", "old", "new", "2.0", "900"} <= texts(figure)


def test_strips_frame_the_three_tiles(levels):
    marked = [(0, 0.0, 0.5, "anchor"), (0, 1.0, 0.5, "neighbour"), (1, 0.2, 0.5, "opposite")]
    figure = triplets.strips({"a": levels, "b": levels}, marked, RATE, mel_centres(FEATURES))
    check_axes(figure)
    assert [len(axes.patches) for axes in figure.axes] == [2, 1]
    assert set(style.ROLES) <= texts(figure)


def test_neighbour_range_draws_every_tile_in_the_colour_of_its_role():
    table = pd.DataFrame(
        {
            "recording": ["own", "own", "own", "other"],
            "start": [0.0, 1.0, 2.0, 0.0],
            "duration": 1.0,
            "role": ["anchor", "neighbour", "", "opposite"],
        }
    )
    figure = triplets.neighbour_range({"home": table, "music": table})
    check_axes(figure)
    for axes in figure.axes:
        colours = [tuple(bar.get_facecolor()[0]) for bar in axes.collections]
        assert len(colours) == 4 and len(set(colours)) == 4
    assert {"may be its neighbour", "may be its opposite", "neither"} <= texts(figure)


def test_examples_draw_each_triplet_with_its_titles(levels):
    tiles = np.stack([levels[:50]] * 6).reshape(2, 3, 50, MELS)
    titles = [["a", "+1 s", "b"], ["c", "-1 s", "d"]]
    figure = triplets.examples(tiles, titles, mel_centres(FEATURES), RATE)
    check_axes(figure)
    assert len(figure.axes) == 6
    assert {"a", "+1 s", "b", "c", "-1 s", "d", *style.ROLES} <= texts(figure)


def test_distances_and_labels_draw_what_is_expected_too():
    table = pd.DataFrame({"seconds": [-1, 1], "drawn": [5, 7], "expected": [6.0, 6.0]})
    figure = triplets.distances({"home": table})
    check_axes(figure)
    assert {"drawn", "expected", "home"} <= texts(figure)
    shares = pd.DataFrame({"share": [0.1, 0.3], "expected": [0.2, 0.2]}, index=["a", "b_c"])
    figure = triplets.same_label({"home": shares}, {"home": style.class_colours(["a", "b_c"])})
    check_axes(figure)
    assert {"a", "b c", "expected by chance"} <= texts(figure)
