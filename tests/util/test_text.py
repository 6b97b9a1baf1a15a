"""Names that other people chose, as HTML, Markdown and names of files, read back by others."""

import re
from html.parser import HTMLParser

import mistune
import numpy as np
import pandas as pd
import pytest

from thesis_lib.listening import players
from thesis_lib.plots.style import nice
from thesis_lib.reporting import summary
from thesis_lib.util.text import (
    as_attribute,
    as_html,
    as_markdown,
    one_line,
    readable,
    slug,
    slugs,
    table_as_html,
)

NASTY = [
    "<img src=x onerror=alert(1)>", "</th></table><h1>big", "<script>alert(1)</script>", "Ca$$h",
    "A$AP & Ke$ha", "US$ and CA$ $x^2$", "[x](y)", "![x](y)", "*b* **b** _i_ __i__", "a|b", "|",
    "it's \"x\"", "back\\pipe", "\\(x\\) \\[y\\]", "\\begin{equation}x\\end{equation}", "日本語 🎧",
    "two\nlines", "# one", "1. one", "1) one", "- one", "+ one", "> one", "=", "&amp; &lt; &#36;",
    "`code`", "~~gone~~", "{brace}", "50% off #1", "_under_", "None", "01", "nul\x07bell", "",
    "a<b>c", "[x]: y", "---", "| - |", "\u202eback to front", "^up^", "A. Zz", "***",
]  # fmt: skip


class Page(HTMLParser):
    """The texts of a page, node by node, and the elements that hold them."""

    def __init__(self, html):
        super().__init__(convert_charrefs=True)
        self.nodes, self.elements, self.attributes = [""], [], []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.elements.append(tag)
        self.attributes += [value for _, value in attrs]
        self.nodes.append("")

    def handle_endtag(self, tag):
        self.nodes.append("")

    def handle_data(self, data):
        self.nodes[-1] += data

    @property
    def text(self):
        return "".join(self.nodes)


def no_formula(nodes):
    """MathJax looks for formulas within one text, never across elements."""
    return all(node in ("$", "\\") for node in nodes if re.search(r"[$\\]", node))


@pytest.mark.parametrize("name", NASTY)
def test_html_shows_the_name_and_nothing_else(name):
    page = Page(f"<p>{as_html(name)}</p>")
    assert page.text == name
    assert set(page.elements) <= {"p", "span"}
    assert no_formula(page.nodes)


@pytest.mark.parametrize("name", NASTY)
def test_an_attribute_holds_the_name_in_one_line(name):
    page = Page(f'<audio aria-label="{as_attribute(name)}">')
    assert page.elements == ["audio"] and page.attributes == [one_line(name)]


@pytest.mark.parametrize("around", ["{}", "A **{}** and", "*{}*", "- {}: 3", "{} {}"])
@pytest.mark.parametrize("name", [name for name in NASTY if name])
def test_markdown_shows_the_name_and_nothing_else(name, around):
    html = mistune.create_markdown(plugins=["strikethrough", "table", "url"], escape=False)
    page = Page(html(around.format(*[as_markdown(name)] * 2)))
    plain = around.replace("*", "").removeprefix("- ").format(*[one_line(name)] * 2)
    assert page.text.strip() == plain
    assert set(page.elements) <= {"p", "ul", "li", "em", "strong", "span"}
    assert no_formula(page.nodes)


@pytest.mark.parametrize("name", [name for name in NASTY if name])
def test_a_row_of_the_summary_stays_a_row(name):
    pairs = pd.DataFrame([{"what": name, "thesis": None, "here": name, "unit": ""}])
    html = mistune.create_markdown(plugins=["table"], escape=False)
    page = Page(html("\n".join(summary.markdown(pairs))))
    assert page.elements.count("tr") == 2 and page.elements.count("td") == 3
    assert page.text.split() == [*"thesis here".split(), *name_cells(name)]


def name_cells(name):
    return [*one_line(name).split(), "-", *one_line(name).split()]


@pytest.mark.parametrize("name", NASTY)
def test_a_table_shows_names_in_cells_columns_and_index(name):
    table = pd.DataFrame({name: [name, 1.5]}, index=pd.Index([name, "other"], name=name))
    page = Page(table_as_html(table))
    assert set(page.elements) <= {"table", "thead", "tbody", "tr", "th", "td", "span"}
    assert page.text.count(one_line(name)) >= 4
    assert page.elements.count("tr") == 4  # header, the index's name, two rows
    assert no_formula(page.nodes)


def test_a_table_of_several_levels_and_long_cells():
    table = pd.DataFrame({"a": ["x" * 80, "<i>"]}, pd.MultiIndex.from_tuples([("$", 1), ("$", 2)]))
    table.columns = pd.MultiIndex.from_tuples([("<b>", "c$")])
    page = Page(table_as_html(table))
    assert "x" * 47 + "..." in page.nodes and "<i>" in page.text and "<b>" in page.text
    assert table.columns[0] == ("<b>", "c$")  # the table itself is as it was


@pytest.mark.parametrize("name", NASTY)
def test_cells_of_players_show_the_name(name):
    page = Page(players.chip(name, "#000", remark=name))
    assert one_line(name.replace("_", " ")) in page.text.replace("\xa0", " ")
    assert set(page.elements) == {"span"} and no_formula(page.nodes)
    cell = players.table(["", name], [["first", as_html(name)]], as_html(name))
    page = Page(cell.split("</style>")[1])
    assert page.elements.count("td") == 1 and page.elements.count("table") == 1
    assert not {"h1", "img", "script", "b", "i"} & set(page.elements)


def test_bytes_that_are_no_utf8_are_read_as_windows_wrote_them():
    assert readable(b"Drum\x92n\x92Bass".decode("utf-8", "surrogateescape")) == "Drum’n’Bass"
    assert readable("E\u0301lectro") == "Électro"
    assert readable("half \ud83c of a pair").encode()  # can be written down


def test_file_names_are_safe_short_and_never_the_same():
    names = [
        "a b",
        "a_b",
        "A B",
        "a-b",
        "日本語",
        "中文",
        "🎧",
        "",
        "...",
        "x" * 300,
        "x" * 301,
        "/",
        "../up",
        "con\x00",
        "Köln",
        "Koln",
        "social_activity",
        "David Reeves",
    ]
    found = slugs(names)
    assert all(re.fullmatch(r"\w{1,90}", one, re.ASCII) for one in found.values())
    assert len({one.casefold() for one in found.values()}) == len(names)
    assert found["social_activity"] == "social_activity"
    assert found["David Reeves"] == "David_Reeves" == slug("David Reeves")
    assert slugs(names[::-1]) == found  # whatever the order


@pytest.mark.parametrize(
    "label, expected",
    [
        ("vacuum_cleaner", "vacuum cleaner"),
        ("", "no label"),
        ("_", "'_'"),
        ("_under_", "under"),
        ("a\nb\tc", "a b c"),
        (np.str_("esc10"), "ESC-10"),
        ("None", "None"),
    ],
)
def test_nice_names(label, expected):
    assert nice(label) == expected
