"""The report on embeddings as readers get it: table, counts, exceptions."""

import json

import pandas as pd

from thesis_lib.plots import benchmarks
from thesis_lib.reporting import proof

SCORES = {"logmel": 0.5, "rich": 0.6, "thesis": 0.4, "compare": 0.7, "shipped": 0.8,
          "dcase_baseline": 0.75, "supervised": 0.9, "musicnn": 0.95}  # fmt: skip


def report(**better):
    """Rows of one corpus; `better`: method -> who is better after the correction."""
    return pd.DataFrame(
        {"corpus": "esc10", "kind": "x", "method": method, "metric": metric, "mean": mean,
         "ci_low": mean - 0.1, "ci_high": mean + 0.02, "seeds": 1, "recovered": (mean - 0.5) / 0.4,
         "recovered_low": 0.5, "recovered_high": 0.875,
         "better": better.get(method, "shipped") if method != "shipped" else ""}
        for metric in proof.METRICS for method, mean in SCORES.items()
    )  # fmt: skip


def test_the_table_has_a_row_a_corpus_and_score_and_the_better_ceiling():
    lines = proof.for_readme(report())
    assert len(lines) == 2 + 2 + 2 and len({line.count("|") for line in lines[:4]}) == 1
    cells = [cell.strip() for cell in lines[2].split("|")[1:-1]]
    assert cells[0] == "ESC-10: macro-F1"
    assert cells[1:] == [
        f"{mean:.2f} ({mean - 0.1:.2f} to {mean + 0.02:.2f})" for mean in (0.5, 0.6, 0.4, 0.8, 0.9)
    ]


def test_what_saw_labels_is_not_compared_and_exceptions_are_named():
    found = proof.standing(report(compare="compare", rich=""))
    assert set(found.method) == {"logmel", "rich", "thesis", "compare"}
    assert found.set_index("method").place.to_dict() == {
        "logmel": "better", "thesis": "better", "rich": "level", "compare": "worse",
    }  # fmt: skip
    said = proof.in_words(report(compare="compare", rich=""))
    assert "in 4 of 6 comparisons" in said and "without labels in 4 of 8" in said
    assert "level: rich hand-made vector (ESC-10, macro-F1; ESC-10, precision@10)" in said
    assert said.endswith("worse than: openSMILE, ComParE (ESC-10, macro-F1; ESC-10, precision@10).")
    assert proof.in_words(report()).endswith("worse than: none.")


def test_where_labels_win_is_said_beside_the_table():
    rows = report(supervised="supervised", dcase_baseline="")
    said = "Better than ours: ResNet18, supervised (ESC-10, macro-F1; ESC-10, precision@10)."
    assert proof.against_labels(rows) == f"{said} Worse: none."
    assert proof.for_readme(rows)[-1].endswith(f"{said} Worse: none.")
    assert "in 4 of 8 (ESC-10 4 of 8); worse" in proof.in_words(report(compare="compare", rich=""))


def test_the_page_is_written_between_its_marks(tmp_path):
    page, kept = tmp_path / "README.md", tmp_path / "report.json"
    kept.write_text(json.dumps([*report().to_dict("records"), {"machine": "one"}]))
    page.write_text(f"before\n\n{proof.BEGIN}\nold\n{proof.END}\n\nafter\n")
    proof.write_into(page, kept)
    text = page.read_text()
    assert "old" not in text and text.startswith("before\n") and text.endswith("\n\nafter\n")
    proof.write_into(page, kept)
    assert page.read_text() == text


class Book:
    """A record that keeps what it is told."""

    def __init__(self):
        self.numbers = {}

    def number(self, name, value):
        self.numbers[name] = value


def test_what_is_left_of_the_error_and_how_near_labels_come():
    book = Book()
    text = proof.goals(book, report())
    assert book.numbers == {
        "error_to_thesis_esc10": round(0.2 / 0.6, 2),
        "share_of_the_ceiling_esc10": round(0.8 / 0.9, 2),
    }
    assert "**0.33** times" in text and "89 % of what ResNet18, supervised reaches" in text
    assert "75 % in macro-F1 (50 to 88) and 75 % in precision@10" in text


def test_what_the_space_holds_of_the_microphone():
    rows, book = report().query("metric == 'macro_f1'").assign(corpus="homes"), Book()
    both = [rows.assign(metric="microphone_share_at_10", chance=0.2),
            rows.assign(metric="precision_at_10_across_microphones")]  # fmt: skip
    text = proof.microphones(book, pd.concat(both))
    assert book.numbers["microphone_share_at_10"] == {
        "logmel": 0.5, "rich": 0.6, "thesis": 0.4, "shipped": 0.8, "chance": 0.2,
    }  # fmt: skip
    assert "- ours: comes with the suite: the own microphone heard 80 %" in text
    assert text.endswith("- by chance: 20 %.")
    assert "- lower shares than ours, beyond chance: none." in text
    less = pd.concat([both[0].assign(better="thesis"), both[1]])
    assert "beyond chance: thesis's recipe (40 %)." in proof.microphones(Book(), less)


def test_intervals_are_drawn():
    figure = benchmarks.scores(report(), {"rich": "r", "shipped": "s"}, proof.METRICS, ("shipped",))
    bars = [bar for axis in figure.axes for box in axis.containers for bar in box.lines[2]]
    (start, _), (end, _) = bars[0].get_segments()[0]
    assert any(abs(mean - start - 0.1) < 1e-9 and abs(end - mean - 0.02) < 1e-9
               for mean in (0.6, 0.8))  # fmt: skip


def test_panels_have_the_titles_that_readers_know():
    rows = report().assign(corpus="homes")
    figure = benchmarks.scores(rows, {"rich": "r"}, proof.METRICS, titles=proof.TITLES)
    assert {axis.get_title() or axis.get_title("left") for axis in figure.axes} == {
        "five homes, simulated"
    }
