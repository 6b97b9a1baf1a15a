"""A step in a node's gain is found against the other nodes, in a table made by hand."""

import numpy as np
import pandas as pd
import pytest

from thesis_lib.analysis.channel_measures import BANDS
from thesis_lib.analysis.node_gain import gain_steps

LABELS = ("cooking", "eating", "working")


def house(nodes=4, sessions=24, noise=0.5, segments=3):
    """Each node hears each activity at its own level; sessions and segments scatter."""
    rng = np.random.default_rng(0)
    usual = rng.uniform(-60, -30, (nodes, len(LABELS)))
    rows = []
    for session in range(sessions):
        label = session % len(LABELS)
        for position in range(segments):
            loud = rng.normal(0, 6)  # the same on all nodes
            for node in range(nodes):
                level = usual[node, label] + loud + rng.normal(0, noise)
                rows += [(f"s{session}", position, str(node), LABELS[label], channel, level)
                         for channel in range(2)]  # fmt: skip
    names = ["group", "position", "node", "label", "channel", "level"]
    table = pd.DataFrame(rows, columns=names)
    return table.join(pd.DataFrame({band: table.level for band in BANDS}))


def softer(table, node, first, decibel):
    number = table.group.str[1:].astype(int)
    hit = (table.node == node) & (number >= first)
    table = table.copy()
    table.loc[hit, BANDS] += decibel
    return table


@pytest.mark.parametrize("first, decibel", [(6, -3.0), (12, -6.0), (19, 3.0)])
def test_the_node_the_session_and_the_step(first, decibel):
    found = gain_steps(softer(house(), "2", first, decibel))
    assert found.deviations.abs().idxmax() == "2"
    row = found.loc["2"]
    assert row.group == f"s{first}" and (row.before, row.after) == (first, 24 - first)
    assert row.step == pytest.approx(decibel, abs=0.6)
    assert abs(row.deviations) > 8 > found.drop("2").deviations.abs().max()


def test_nothing_changes_where_nothing_was_changed():
    assert gain_steps(house()).deviations.abs().max() < 5


def test_a_node_that_stops_recording_is_no_step_of_the_others():
    """From then on the others are compared with fewer nodes, which are louder or softer."""
    table = house()
    number = table.group.str[1:].astype(int)
    found = gain_steps(table[(table.node != "3") | (number < 12)])
    assert found.deviations.abs().max() < 5


def test_a_node_alone_or_with_few_sessions_is_left_out():
    table = house()
    assert gain_steps(table[table.node == "0"]).empty
    assert gain_steps(house(sessions=7)).empty
