"""A node whose gain changed reaches the audit's table and page, with sessions by their numbers."""

from types import SimpleNamespace

import numpy as np
import pandas as pd

from thesis_lib.analysis.channel_measures import BANDS
from thesis_lib.listening.audit_table import of_gains
from thesis_lib.pipeline import audit


def house(step, nodes="1234"):
    """24 sessions on some nodes that hear the same; from session 13 on node 2 is softer."""
    rng, rows = np.random.default_rng(0), []
    for session in range(24):
        for node in nodes:
            level = rng.normal(-40, 0.3) - step * (node == "2" and session >= 13)
            rows.append((f"ex{session}", 1, node, "cooking", 0, level))
    table = pd.DataFrame(rows, columns=["group", "position", "node", "label", "channel", "level"])
    table = table.join(pd.DataFrame({band: table.level for band in BANDS}))
    return table.sort_values("group")  # as names are listed: ex0, ex1, ex10, ...


def found(step, monkeypatch, nodes="1234"):
    monkeypatch.setattr(audit.channels, "of_corpus", lambda corpus: house(step, nodes))
    monkeypatch.setattr(audit.channel_faults, "faults", lambda table: None)
    none = pd.DataFrame({"score": [0.0]})
    monkeypatch.setattr(audit.channel_faults, "by_recording", lambda table, faults: none)
    corpus = SimpleNamespace(table=pd.DataFrame({"channels": [2], "node": ["1"]}))
    return audit._faults(corpus, [])


def test_a_step_is_found_at_its_session_whatever_the_order_of_names(monkeypatch):
    faults, gains = found(6.0, monkeypatch)
    assert faults.empty and list(gains.index) == ["2"] and gains.group.tolist() == ["ex13"]
    ((what, *_, session, node, _, cause, _, why),) = of_gains(SimpleNamespace(gains=gains))
    assert (what, session, node, cause) == ("fault", "ex13", "2", "gain")
    assert why.startswith("From session ex13 on, node 2 is ") and " dB quieter " in why
    assert abs(float(why.split(" is ")[1].split()[0]) - 6) < 1


def test_nodes_that_stay_as_they_are_are_not_named(monkeypatch):
    assert found(0.0, monkeypatch)[1].empty


def test_of_three_nodes_nobody_can_tell_whose_gain_changed(monkeypatch):
    assert found(6.0, monkeypatch, "123")[1].empty
