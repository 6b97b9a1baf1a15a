"""Names in any script, drawn: a glyph for every letter, and never a formula."""

import logging

import matplotlib
import numpy as np
import pandas as pd
import pytest
from matplotlib import font_manager
from matplotlib import pyplot as plt
from matplotlib.text import Text

from thesis_lib.plots import fonts, style
from thesis_lib.plots.data import songs_per_class
from thesis_lib.plots.fonts import spell

NAMES = ["A$AP & Ke$ha", "Ca$$h", "US$ $x^2$ {", "日本語 🎧", "中文", "한국어", "हिन्दी", "عربية"]
NAMES += ["עברית", "ไทย"]
NAMES += ["русский", "🔥👨‍👩‍👧", "back\\alpha", "a\x07b", "\U0010fffd", "two\nlines"]


@pytest.fixture(params=["fonts of the system", "no other font"])
def system(request, monkeypatch):
    """With whatever fonts this machine has, and on a machine that has those of matplotlib only."""
    if request.param == "no other font":
        monkeypatch.setattr(fonts, "_system", lambda: [])
    fonts._font_of.cache_clear()
    fonts._warn_once.cache_clear()
    yield request.param
    fonts._font_of.cache_clear()


def drawing():
    figure, axes = style.subplots(height=4)
    axes.barh(range(len(NAMES)), 1)
    axes.set_yticks(range(len(NAMES)), NAMES)
    axes.set_title(" ".join(NAMES), weight="bold")
    axes.text(0, 0, NAMES[3])
    figure.legend([plt.Line2D([], [])], [NAMES[3]])
    return figure


def test_every_letter_is_drawn_by_a_font_that_has_it(system):
    figure = drawing()
    figure.draw_without_rendering()  # a missing glyph is a warning, and that is an error here
    for text in figure.findobj(Text):
        paths = [path for path in fonts._paths(text.get_fontproperties())]
        have = set().union(*(font_manager.get_font(path).get_charmap() for path in paths))
        assert {ord(c) for c in text.get_text()} - {10} <= have, text.get_text()
    plt.close(figure)


def test_dollars_are_dollars(system):
    figure = drawing()
    figure.canvas.draw()
    labels = [label.get_text() for label in figure.axes[0].get_yticklabels()]
    assert labels[:3] == NAMES[:3]
    assert not any(text.get_parse_math() for text in figure.findobj(Text))
    texts = [figure.axes[0].text(0, 0, name) for name in ("Ke$ha$", "Keha")]
    wide = [text.get_window_extent().width for text in texts]
    assert wide[0] > 1.2 * wide[1]  # were "$ha$" a formula, its dollars would not be drawn
    plt.close(figure)


def test_labels_that_are_spelled_stay_different(monkeypatch, caplog):
    monkeypatch.setattr(fonts, "_system", lambda: [])
    fonts._font_of.cache_clear()
    fonts._warn_once.cache_clear()
    with caplog.at_level(logging.WARNING):
        spelled = [spell(name) for name in NAMES]
    fonts._font_of.cache_clear()
    assert spelled[3] == "[U+65E5][U+672C][U+8A9E] [headphone]"
    assert spelled[5] == "hangugeo" and spell("カラ") == "KARA" and spell("から") == "kara"
    assert len(set(spelled)) == len(NAMES)
    assert "fonts-noto-cjk" in caplog.text and len(caplog.records) == 1


def test_letters_of_the_own_font_stay_and_nothing_is_said(caplog):
    names = ["Köln", "Motörhead", "Björk", "русский", "ελληνικά", "naïve → façade", "±3 µm"]
    with caplog.at_level(logging.WARNING):
        assert [spell(name) for name in names] == names
    assert caplog.text == ""


def test_a_name_that_is_no_utf8_is_drawn(system):
    name = b"caf\xe9".decode("utf-8", "surrogateescape")
    assert spell(name) == "café"
    figure, axes = style.subplots(height=1)
    axes.set_title(name)
    figure.draw_without_rendering()
    assert axes.get_title(loc="left") == "café"
    plt.close(figure)


def test_a_figure_of_plain_names_is_the_same_to_the_byte_with_and_without_fonts(monkeypatch):
    drawn = []
    for system in ([], fonts._system()):
        monkeypatch.setattr(fonts, "_system", lambda system=system: system)
        figure, axes = style.subplots(height=2)
        axes.set(title="Motörhead, ±3 → 4", xlabel="x (µm)")
        figure.canvas.draw()
        drawn.append(np.asarray(figure.canvas.buffer_rgba()).copy())
        assert set(axes.xaxis.label.get_fontfamily()) == set(matplotlib.rcParams["font.family"])
        plt.close(figure)
    assert (drawn[0] == drawn[1]).all()


def test_a_font_installed_since_is_found(monkeypatch, tmp_path):
    """matplotlib keeps a list of fonts from long ago; a person who is told to install one does."""
    source = font_manager.findfont("STIXSizeOneSym")
    known = [entry for entry in font_manager.fontManager.ttflist if entry.name != "STIXSizeOneSym"]
    monkeypatch.setattr(font_manager.fontManager, "ttflist", known)
    monkeypatch.setattr(fonts, "_system", lambda: [source])
    assert fonts._known(source) == "STIXSizeOneSym"
    assert "STIXSizeOneSym" in {entry.name for entry in font_manager.fontManager.ttflist}


def test_two_classes_called_alike_are_two_bars():
    table = pd.DataFrame({"songs": [3, 4]}, index=["a_b", "a b"])
    figure = songs_per_class({"here": table})
    assert [bar.get_width() for bar in figure.axes[0].patches] == [3, 4]
    assert [label.get_text() for label in figure.axes[0].get_yticklabels()] == ["a b", "a b"]
    assert [round(bar.get_y() + bar.get_height() / 2) for bar in figure.axes[0].patches] == [0, 1]
    plt.close(figure)
