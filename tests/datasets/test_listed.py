"""What playlists and a CSV name: one class and one song each, files of other computers, faults."""

import os

import mutagen
import pytest
from corpora import text
from test_listing import files, table_of

from thesis_lib.datasets import listing


def test_a_csv_names_songs_within_their_class(tmp_path):
    root = files(tmp_path, *(f"{i}.wav" for i in range(5)))
    rows = ["0.wav,a,1\n", "1.wav,b,1\n", "2.wav,b,1\n", "3.wav,a,2\n", "4.wav,,2\n"]
    text(root / "s.csv", "path,label,song\n", *rows)
    found = listing.find(root)
    assert found.table.song.tolist() == ["1 (a)", "1 (b)", "1 (b)", "2", "2"]
    assert "songs of one name are in several classes (1)" in found.notes[0]


def test_one_file_on_several_lines(tmp_path):
    root = files(tmp_path, "1.wav", "2.wav", "3.wav")
    rows = ["1.wav,a\n", "2.wav,a\n", "./1.wav,b\n", f"{root}/2.wav,a\n", "3.wav,\n", "3.wav,b\n"]
    text(root / "s.csv", "path,label\n", *rows)
    found = listing.find(root)
    assert table_of(root) == {"2.wav": ("a", "2", ""), "3.wav": ("b", "3", "")}
    (fault,) = found.faults
    assert "1.wav is listed in s.csv as a (line 2) and b (line 4), but a song has one" in fault
    (note,) = found.notes
    assert "2 lines (the first is 5) name a file that another line has" in note


def test_files_of_another_computer(tmp_path):
    root = files(tmp_path, "Album/1.wav", "2.wav")
    lines = [r"C:\Music\album\1.wav", "/Users/dj/2.wav", r"D:\x\gone.wav", "/Users/dj/lost.wav"]
    text(root / "set.m3u8", "\n".join(lines) + "\n")
    found = listing.find(root / "set.m3u8")
    assert found.table.path.tolist() == ["Album/1.wav", "2.wav"]
    (fault,) = found.faults
    assert "lists 2 files of another computer, or that were moved, and they are not" in fault
    assert r"(the first is D:\x\gone.wav)" in fault
    assert r"2 paths of another computer, such as C:\Music\album\1.wav" in found.notes[0]


def test_a_list_says_what_encoding_was_assumed(tmp_path):
    root = files(tmp_path, "1.wav")
    (root / "set.m3u").write_bytes("1.wav\nКино.wav\n".encode("cp1251"))
    found = listing.find(root / "set.m3u")
    assert "Êèíî.wav is missing, but set.m3u lists it" in found.faults[0]
    assert "is not in UTF-8 and was read as cp1252" in found.notes[0]


def test_folders_and_faults_in_lists(tmp_path):
    root = files(tmp_path, "a/1.wav")
    rows = ["a/1.wav,x\n", "a,x\n", "http://x/y.wav,x\n", "~/n.wav,x\n"]
    text(root / "s.csv", "path,label\n", *rows)
    found = listing.find(root)
    assert found.table.path.tolist() == ["a/1.wav"]
    for fault, says in zip(
        found.faults,
        (
            f"{root}/a is a folder, but line 3 of s.csv lists it",
            "s.csv lists http://x/y.wav, a stream",
            f"{os.path.expanduser('~')}/n.wav is missing, but line 5 of s.csv lists it",
        ),
        strict=True,
    ):
        assert says in fault


def test_the_genres_of_a_single_playlist(tmp_path):
    said = ["House", "house ", "House; Techno", "Techno", "", "(18)"]
    root = files(tmp_path, *(f"{i}.flac" for i in range(len(said))))
    for i, genre in enumerate(said):
        file = mutagen.File(root / f"{i}.flac")
        file["genre"] = genre
        file.save()
    text(root / "set.m3u8", *(f"{i}.flac\n" for i in range(len(said))))
    found = listing.find(root / "set.m3u8")
    assert found.table.label.tolist() == ["House", "House", "House", "Techno", "", "Techno"]
    (note,) = found.notes
    assert "classes that their genre tags say (1 of 6 tracks have none, and no class)" in note


def test_a_single_playlist_of_one_folder_without_genres(tmp_path):
    root = files(tmp_path, "in/1.wav", "in/2.wav")
    text(root / "Warm up.m3u8", "in/1.wav\n", "in/2.wav\n")
    found = listing.find(root)
    assert set(found.table.label) == {"Warm up"} and "all of one class" in found.notes[0]


def test_a_playlist_that_cannot_be_read_does_not_stop_the_others(tmp_path):
    root = files(tmp_path, "1.wav", "2.wav")
    text(root / "a.m3u8", "1.wav\n")
    text(root / "b.m3u8", "2.wav\n")
    text(root / "empty.m3u", "#EXTM3U\n")
    (root / "damaged.m3u").write_bytes(b"1.wav\n\0\1\2")
    found = listing.find(root)
    assert table_of(root) == {"1.wav": ("a", "1", ""), "2.wav": ("b", "2", "")}
    assert "damaged.m3u is not a text" in found.faults[0]
    assert "empty.m3u lists no file" in found.faults[1]


@pytest.mark.parametrize(
    "encoding, label", [("cp1251", "Джаз"), ("shift_jis", "テクノ"), ("cp1250", "Łódź")]
)
def test_letters_that_were_guessed_are_told_once(tmp_path, encoding, label):
    root = files(tmp_path, "1.wav", "2.wav")
    rows = f"path,label\n1.wav,{label}\n2.wav,{label}\n"
    (root / "s.csv").write_bytes(rows.encode(encoding))
    assert listing.find(root).notes == [
        f"{root}/s.csv is not in UTF-8 and was read as cp1252; export it again as UTF-8 if names "
        "in it look odd."
    ]


def test_one_line_in_another_encoding_costs_no_label(tmp_path):
    root = files(tmp_path, "1.wav", "Café.wav")
    rows = "path,label\n1.wav,Électro\n".encode() + b"Caf\xe9.wav,Techno\n"
    (root / "s.csv").write_bytes(rows)
    found = listing.find(root)
    assert found.table.label.tolist() == ["Électro", "Techno"] and found.faults == []
    assert "was read as utf-8 and cp1252" in found.notes[0]


def test_a_path_of_windows_is_told_as_the_list_has_it(tmp_path):
    root = files(tmp_path, "House/1.wav", "2.wav")
    lines = [r"\Music\House\1.wav", "2.wav", r"\Music\gone.wav"]
    text(root / "set.m3u8", "\n".join(lines) + "\n")
    found = listing.find(root / "set.m3u8")
    assert found.table.path.tolist() == ["House/1.wav", "2.wav"]
    (fault,) = found.faults
    assert fault.startswith(r"\Music\gone.wav is missing, but set.m3u8 lists it")


@pytest.mark.parametrize("mark", [",", ";", "\t"])
@pytest.mark.parametrize("quote", ['"', "'"])
@pytest.mark.parametrize("blank", ["", " "])
def test_quotation_marks_around_cells_are_no_part_of_a_label(tmp_path, mark, quote, blank):
    root = files(tmp_path, "1.wav", "2.wav")
    rows = [("path", "label"), ("1.wav", "Deep House"), ("2.wav", "Techno")]
    lines = [f"{quote}{a}{quote}{mark}{blank}{quote}{b}{quote}\n" for a, b in rows]
    text(root / "s.csv", *lines)
    assert listing.find(root).table.label.tolist() == ["Deep House", "Techno"]
