"""Clips, the layer table, and the figures of training and of the embedding space."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
import torch
from matplotlib import pyplot as plt

from thesis_lib.analysis.centroids import arithmetic, centroid_distances
from thesis_lib.listening import clips
from thesis_lib.plots import audit, many, space, style, training
from thesis_lib.plots.maps import flat_map
from thesis_lib.recipe import SMALL_HOME, THESIS_SINS
from thesis_lib.reporting.recipe_table import numbers
from thesis_lib.resnet import ResNet18, layer_table
from thesis_lib.spectrogram import Features
from thesis_lib.util.errors import InputError
from thesis_lib.util.text import slug

LABELS = np.array(["a_b", "c", "d"] * 10)
COLOURS = style.class_colours(LABELS)


@pytest.fixture
def rng():
    return np.random.default_rng(0)


@pytest.fixture(autouse=True)
def close():
    yield
    plt.close("all")


def texts(figure):
    return " ".join([text.get_text() for text in figure.findobj(plt.Text) if text.get_text()])


def test_join_keeps_lengths_and_relative_levels():
    loud, quiet = np.sin(np.arange(1600) / 5), 0.1 * np.sin(np.arange(1600) / 5)
    wave = clips.join([loud, quiet], 16000, fade_s=0.01, gap_s=0.05)
    assert len(wave) == 1600 + 800 + 1600 and wave.dtype == np.float32
    ratio = np.abs(wave[:1600]).max() / np.abs(wave[-1600:]).max()
    assert ratio == pytest.approx(10, rel=0.05)
    silence = wave[1600:2400]  # constant: taking the mean away moves it, nothing else does
    assert np.ptp(silence) == 0


def test_join_begins_and_ends_softly():
    wave = clips.join([np.r_[np.ones(800), -np.ones(800)]], 16000)
    assert abs(wave[0]) < 1e-3 and abs(wave[-1]) < 1e-3


def test_join_of_nothing_says_what_to_do():
    with pytest.raises(InputError, match="give at least one wave"):
        clips.join([])


def test_picture_is_the_stretch_that_the_tile_names(rng):
    frames = rng.normal(size=(500, 8)).astype(np.float32)
    store = SimpleNamespace(
        index=pd.DataFrame({"start": [0.0, 2.0]}),
        features=Features(n_mels=8),
        spectrogram=lambda recording: frames,
    )
    tile = pd.Series({"recording": 1, "start": 3.0, "duration": 1.0})
    assert np.array_equal(clips.picture(store, tile), frames[100:198])


def test_a_moment_is_one_on_all_nodes_and_a_song_is_told_by_its_file():
    tiles = pd.DataFrame(
        {
            "path": ["n1.wav", "n2.wav", "n1b.wav", "x-A.ogg", "x-B.ogg"],
            "group": ["s1", "s1", "s1", "x", "x"],
            "position": [1, 1, 2, 0, 0],
            "node": ["1", "2", "1", "", ""],
            "start": 0.0,
        }
    )
    assert clips.moments(tiles).tolist()[:2] == ["s1 1 0.0"] * 2
    assert clips.moments(tiles).nunique() == 4


@pytest.mark.parametrize("name", ["drum & bass/live", "Köln"])
def test_slug_is_safe_in_a_file_name(name):
    assert slug(name).isidentifier()


def test_layer_table_counts_every_parameter_of_the_standard_network():
    model = ResNet18(channels=3, embedding=1000)
    table = layer_table(model, 224, 224)
    assert table.parameters.sum() == 11689512
    assert table.output.iloc[0] == (64, 112, 112) and table.output.iloc[-1] == (1000,)
    assert model.training


def test_layer_table_fits_the_comments_in_the_network():
    shapes = layer_table(ResNet18(), 498, 128).set_index("layer").output
    assert shapes["conv"] == (64, 249, 64)
    assert shapes["stage1.1.conv2"] == (64, 125, 32)
    assert shapes["stage4.1.conv2"] == (512, 16, 4)


def test_layers_figure_names_every_part():
    figure = training.layers(layer_table(ResNet18(width=4), 98, 64))
    assert all(part in texts(figure) for part in ("conv", "stage1", "stage4", "head"))


def test_triplets_figure_writes_the_losses():
    points = torch.tensor([[[0.0, 0.0], [1.0, 0.0], [0.0, 2.0]]]).numpy()
    figure = training.triplets(points, np.array([0.25]), np.zeros_like(points), ["one"])
    assert "0.25" in texts(figure)


def test_recipes_figure_shows_all_rows():
    table = pd.DataFrame({"thesis": ["5", "64"], "here": ["1", "64"]}, index=["tile", "batch"])
    figure = training.recipes({"home": table})
    assert "tile" in texts(figure) and "64" in texts(figure)


def test_curves_draw_each_seed_and_the_mean():
    history = pd.DataFrame(
        {"epoch": [0.5, 1.0], "loss": [2.0, 1.0], "near": 1.0, "far": 3.0, "active": 0.5}
    )
    figure = training.curves({1: history, 2: history}, thesis=0.1879)
    assert len(figure.axes) == 3 and "0.1879" in texts(figure)
    assert len(figure.axes[0].lines) == 2 + 1 + 1


def test_silhouettes_draw_the_baseline():
    table = pd.DataFrame({"seed": [1, 1, 2, 2], "epoch": [0, 1, 0, 1], "silhouette": 0.1})
    figure = training.silhouettes(table, baseline=-0.2)
    assert "log-Mel" in texts(figure)


def test_speed_has_a_bar_for_each_row():
    rows = [
        {"corpus": "tiles", "width": 16, "threads": threads, "method": method, "mean": 10.0,
         "spread": 1.0}
        for threads in (1, 2) for method in ("float32", "bfloat16")
    ]  # fmt: skip
    figure = training.speed(pd.DataFrame(rows))
    assert sum(len(box) for box in figure.axes[0].containers if hasattr(box, "patches")) == 4


def test_cloud_and_its_turning(rng):
    points, explained = rng.normal(size=(30, 3)), [0.5, 0.3, 0.1]
    both = {"ours": (points, explained), "trained": (-points, [0.4, 0.2, 0.1])}
    figure = space.clouds(both, LABELS, COLOURS)
    assert all(part in texts(figure) for part in ("50 %", "40 %", "a b"))
    assert len(figure.axes) == 4 and "trained, seen" in figure.axes[2].get_title()
    film = space.turning(points, LABELS, COLOURS, explained, frames=4)
    assert len(list(film.new_frame_seq())) == 4
    film._draw_was_started = True  # nobody looks at it here


def test_a_map_names_each_class_at_a_tile_of_its_own(rng):
    points = rng.normal(size=(30, 2)) + 9 * (LABELS == "c")[:, None]
    (axis,) = flat_map({"ours": points}, LABELS, COLOURS).axes
    assert [text.get_text() for text in axis.texts] == ["a b", "c", "d"]
    for text, label in zip(axis.texts, ["a_b", "c", "d"], strict=True):
        assert text.get_position() in set(map(tuple, points[LABELS == label]))


def test_matrices_name_the_classes(rng):
    centres = pd.DataFrame(rng.normal(size=(3, 5)), index=["a_b", "c", "d"])
    assert "a b" in texts(space.distances(centroid_distances(centres)))
    assert "a b" in texts(space.arithmetic({"home": arithmetic(centres)}, {"home": COLOURS}))


def test_walk_shows_every_tile(rng):
    tiles = rng.normal(size=(4, 3, 20, 8))
    labels = np.full((4, 3), "c")
    figure = space.walk(tiles, labels, COLOURS, "a_b", "d")
    assert len(figure.axes[0].images) == 12 and "a b" in texts(figure)


def test_contact_sheet_has_a_row_a_walk(rng):
    tiles = rng.normal(size=(2, 4, 20, 8))
    names = [("a_b", "c"), ("a_b", "d")]
    figure = space.contact_sheet(tiles, np.full((2, 4), "c"), names, COLOURS)
    assert "a b" in texts(figure) and "d" in texts(figure)


def test_numbers_of_a_recipe_name_what_changes():
    table = pd.DataFrame({"thesis": numbers(THESIS_SINS), "here": numbers(SMALL_HOME)})
    changed = set(table.index[table.thesis != table.here])
    assert {"tile (s)", "width of the network", "learning rate", "epochs"} <= changed
    assert "margin" not in changed


def test_many_classes_are_called_by_numbers_so_that_none_covers_another():
    labels = [f"quite a long name {number:02d}" for number in range(20)]
    centres = pd.DataFrame(np.random.default_rng(0).normal(size=(20, 4)), index=labels)
    table = arithmetic(centres)
    figure = space.arithmetic({"x": table}, {"x": style.class_colours(labels)})
    figure.draw_without_rendering()
    cells = figure.axes[0].texts
    assert len(cells) == 20 * 19 and cells[0].get_text() == str(labels.index(table.nearest[0]) + 1)
    boxes = [cell.get_window_extent() for cell in cells[:19]]
    assert all(a.x1 < b.x0 for a, b in zip(boxes, boxes[1:], strict=False))
    beside = [label.get_text() for label in figure.axes[0].get_yticklabels()]
    assert beside[2] == "quite a long name 02  3"


@pytest.mark.parametrize("name, columns", [("social activity", 5), ("x" * 40, 2), ("日" * 60, 1)])
def test_a_legend_is_no_wider_than_its_page(name, columns):
    points = np.random.default_rng(0).normal(size=(30, 3))
    labels = np.array([f"{name}{number % 10}" for number in range(30)])
    figure = space.clouds({"": (points, np.ones(3) / 3)}, labels, style.class_colours(labels))
    figure.draw_without_rendering()
    legend = figure.legends[0]
    assert legend._ncols == columns
    if columns > 1:
        assert legend.get_window_extent().width <= 1.01 * figure.bbox.width


def test_titles_of_panels_side_by_side_do_not_meet():
    rows = [[(np.zeros((20, 8)) + np.arange(8), "日本語の長い名前 and more of it\nx" * 2)] * 6]
    figure = audit.pictures(rows, 2.0)
    figure.draw_without_rendering()
    boxes = [axis._left_title.get_window_extent() for axis in figure.axes]
    assert all(a.x1 < b.x0 for a, b in zip(boxes, boxes[1:], strict=False))


MANY = np.array([f"class {number}" for number in range(20)])


def test_many_classes_are_named_where_they_are_and_no_name_over_another(rng):
    labels = np.repeat(MANY, 5)
    points = 0.05 * rng.normal(size=(100, 2))  # all in one heap
    figure = flat_map({"ours": points}, labels, style.class_colours(MANY))
    figure.draw_without_rendering()
    boxes = [text.get_window_extent() for text in figure.axes[0].texts]
    assert sorted(text.get_text() for text in figure.axes[0].texts) == sorted(MANY)
    assert not any(a.overlaps(b) for i, a in enumerate(boxes) for b in boxes[:i])


def test_many_classes_have_names_in_place_of_a_legend(rng):
    labels, colours = np.repeat(MANY, 5), style.class_colours(MANY)
    figure = space.clouds({"ours": (rng.normal(size=(100, 3)), [0.5, 0.3, 0.1])}, labels, colours)
    assert not figure.legends and set(MANY) <= {one.get_text() for one in figure.axes[0].texts}
    tiles = rng.normal(size=(4, 2, 9, 5))
    figure = space.walk(tiles, MANY[:8].reshape(4, 2), colours, MANY[0], MANY[1])
    assert not figure.legends and set(MANY[:8]) == {one.get_text() for one in figure.axes[0].texts}


def test_many_classes_that_are_alike_are_side_by_side(rng):
    """Twenty in ten pairs, shuffled: distances, and what is taken for what."""
    order = rng.permutation(20)
    pair = order // 2  # of each class
    apart = pd.DataFrame(10.0 * (pair[:, None] != pair) + (order[:, None] != order), MANY, MANY)
    found = [list(MANY).index(name) for name in many.ordered(apart)]
    assert all(pair[a] == pair[b] for a, b in zip(found[::2], found[1::2], strict=True))
    counts = pd.DataFrame(np.where(pair[:, None] == pair, 5, 0), MANY, MANY)
    taken = many.by_confusion(counts)
    found = [list(MANY).index(name) for name in taken.index]
    assert all(pair[a] == pair[b] for a, b in zip(found[::2], found[1::2], strict=True))
    assert list(taken.index) == list(taken.columns) and taken.to_numpy().sum() == 200
    few = counts.iloc[:5, :5]
    assert many.by_confusion(few) is few
