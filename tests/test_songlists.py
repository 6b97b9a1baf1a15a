"""CSV as spreadsheets, scripts and players write it: delimiters, headers, faulty rows."""

import pytest
from corpora import text

from thesis_lib.datasets import songlists
from thesis_lib.util.errors import InputError


@pytest.fixture
def shelf(tmp_path):
    for name in ("1.wav", "2.wav", "a, b.wav", "#1 hit.wav"):
        (tmp_path / name).touch()
    return tmp_path


def read(shelf, *lines, encoding="utf-8"):
    path = shelf / "s.csv"
    path.write_bytes("\n".join(lines).encode(encoding))
    return songlists.read(path)


def rows(found):
    return [(row.path.name, row.label, row.song) for row in found.rows]


WANT = [("1.wav", "house", "x"), ("2.wav", "techno", "y")]


@pytest.mark.parametrize("mark", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize(
    "header",
    [
        "path,label,song",
        '"path","label","song"',
        " Path , LABEL,song ",
        "# made by me\n\npath,label,song",
        "sep={mark}\npath,label,song",
        "My songs, 2020; all of them\npath,label,song",
        "#path,label,song",
    ],
)
def test_delimiters_encodings_and_headers(shelf, mark, encoding, header):
    lines = [header, "1.wav,house,x", "2.wav,techno,y"]
    lines = [line.replace(",", mark).replace("{mark}", mark) for line in lines]
    found = read(shelf, *lines, encoding=encoding)
    assert rows(found) == WANT and found.faults == found.notes == []


@pytest.mark.parametrize(
    "name", ["file", "filename", "File Name", "file_path", "Filepath", "Location", "audio_file"]
)
def test_other_names_of_the_column_of_files(shelf, name):
    found = read(shelf, f"id,{name},label", "1,1.wav,house", "2,2.wav,techno")
    assert [row[:2] for row in rows(found)] == [row[:2] for row in WANT]
    assert songlists.is_list(songlists.header(shelf / "s.csv"))


def test_path_goes_before_its_other_names(shelf):
    found = read(shelf, "file,path,label", "x.wav,1.wav,house")
    assert rows(found) == [("1.wav", "house", "")]


def test_delimiters_in_the_rows_decide_nothing(shelf):
    found = read(shelf, "path,label", "1.wav,a;b;c;d", "2.wav,e|f")
    assert rows(found) == [("1.wav", "a;b;c;d", ""), ("2.wav", "e|f", "")]


def test_a_list_of_paths_alone_needs_no_quotation_marks(shelf):
    found = read(shelf, "path", "a, b.wav", '"a, b.wav"', "1.wav,,")
    assert [row.path.name for row in found.rows] == ["a, b.wav", "a, b.wav", "1.wav"]
    (note,) = found.notes
    assert "has no column `label` (its columns are path)" in note


def test_a_faulty_row_is_named_and_the_rest_is_read(shelf):
    lines = ["path,label,song", "1.wav,house", "1.wav,a,b,c", ",a,b", "2.wav,techno,y,,", "# x,,"]
    found = read(shelf, *lines, '"#1 hit.wav",house,')
    assert rows(found) == [
        ("1.wav", "house", ""),
        ("2.wav", "techno", "y"),
        ("#1 hit.wav", "house", ""),
    ]
    path = shelf / "s.csv"
    assert found.faults == [
        f"{path}, line 3: 4 field(s) where the header has 3; correct the line.",
        f"{path}, line 4: '' is not a path; correct the line.",
    ]
    (note,) = found.notes
    assert "1 line (the first is 2) has fewer fields than the header" in note


def test_a_quotation_mark_that_is_not_closed_costs_its_own_row_only(shelf):
    found = read(shelf, "path,label", '1.wav,"house', "2.wav,techno", '"a, b.wav","x\ny"')
    assert [row.path.name for row in found.rows] == ["2.wav", "a, b.wav"]
    assert found.rows[1].label == "x\ny" and found.rows[1].line == 4
    (fault,) = found.faults
    assert fault == f"{shelf}/s.csv, line 2: a quotation mark is not closed; correct the line."


def test_a_field_that_is_too_long(shelf):
    found = read(shelf, "path,label", f'1.wav,"{"x" * 200000}', "2.wav,techno")
    assert [row.path.name for row in found.rows] == ["2.wav"]
    assert "line 2: field larger than field limit" in found.faults[0]


def test_the_code_page_of_other_countries(shelf):
    (shelf / "Кино.wav").touch()
    found = read(shelf, "path,label", "Кино.wav,Рок", "1.wav,Рок", encoding="cp1251")
    assert rows(found) == [("Кино.wav", "Рок", ""), ("1.wav", "Рок", "")]
    assert found.encoding == "cp1251"


def test_no_header(shelf):
    text(shelf / "s.csv", "1.wav,house\n2.wav,techno\n")
    with pytest.raises(InputError, match=r"s\.csv has no header, for its line 1 names a file"):
        songlists.read(shelf / "s.csv")


@pytest.mark.parametrize(
    "header, is_list",
    [("path", True), ("Path;Size", True), ("file,label", True), ("file", False), ("label", False)]
    + [("year,amount", False), ("", False), ("my path,label", False)],
)
def test_what_is_a_list_of_songs_unasked(shelf, header, is_list):
    text(shelf / "s.csv", header, "\n")
    assert songlists.is_list(songlists.header(shelf / "s.csv")) == is_list
