"""What a folder of music is: a CSV, playlists or class folders, in this order."""

import os
import shutil
import unicodedata

import mutagen
import pytest
from corpora import noise, text, write

from thesis_lib.datasets import listing
from thesis_lib.util.errors import InputError


def files(root, *names):
    for i, name in enumerate(names):
        write(root / name, noise(0.1, seed=i))
    return root


def table_of(source):
    table = listing.find(source).table
    return {row.path: (row.label, row.song, row.name) for row in table.itertuples(index=False)}


def test_a_csv_goes_before_playlists_and_these_before_folders(tmp_path):
    root = files(tmp_path, "a/1.wav", "b/2.wav", "c/3.wav")
    assert list(table_of(root)) == ["a/1.wav", "b/2.wav", "c/3.wav"]
    text(root / "x.m3u", "a/1.wav\nb/2.wav\n")
    assert list(table_of(root)) == ["a/1.wav", "b/2.wav"]
    text(root / "songs.csv", "path,label,song\n", "c/3.wav,x,y\n")
    assert list(table_of(root)) == ["c/3.wav"]


def test_deeper_lists_other_tables_and_hidden_files_decide_nothing(tmp_path):
    root = files(tmp_path, "a/1.wav", "b/2.wav")
    text(root / "a" / "deep.m3u8", "1.wav\n")
    text(root / "a" / "deep.csv", "path\n1.wav\n")
    text(root / "sales.csv", "year,amount\n2020,1\n")
    text(root / "._x.m3u8", "a/1.wav\n")
    text(root / ".y.csv", "path\na/1.wav\n")
    assert list(table_of(root)) == ["a/1.wav", "b/2.wav"]


def test_songs_of_equal_name_in_different_folders_are_different_songs(tmp_path):
    root = files(
        tmp_path, "a/one/01.wav", "a/two/01.wav", "a/two/01-A.wav", "a/01.flac", "b/01.wav"
    )
    songs = {path: song for path, (_, song, _) in table_of(root).items()}
    assert songs.pop("a/two/01-A.wav") == songs["a/two/01.wav"]
    assert len(set(songs.values())) == 4


@pytest.mark.parametrize("start", ["", "\ufeff"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("mark", [",", ";"])
def test_a_csv_as_spreadsheets_write_it(tmp_path, start, end, mark):
    root = files(tmp_path / "music", "x/ö.wav", "x/2-A.wav", "3.wav", "4, 5.wav")
    rows = ["path,label,song", "x/ö.wav,house,one", "x/2-A.wav,,one", "", "3.wav,house,"]
    content = (
        start + end.join(rows).replace(",", mark) + end + f'"4, 5.wav"{mark}tech "no"{mark}{end}'
    )
    (root / "songs.csv").write_bytes(content.encode())
    want = {
        "x/ö.wav": ("house", "one", ""),
        "x/2-A.wav": ("", "one", ""),
        "3.wav": ("house", "3", ""),
        "4, 5.wav": ('tech "no"', "4, 5", ""),
    }
    assert table_of(root) == table_of(root / "songs.csv") == want


def test_a_csv_of_paths_alone_and_of_paths_elsewhere(tmp_path):
    files(tmp_path, "other/1.wav", "lists/2-B.wav")
    text(tmp_path / "lists" / "s.csv", "Path\n", "../other/1.wav\n", f"{tmp_path}/lists/2-B.wav\n")
    root, table, faults, _ = listing.find(tmp_path / "lists")
    assert (root, faults) == (tmp_path / "lists", [])
    assert table.path.tolist() == [f"{tmp_path}/other/1.wav", "2-B.wav"]
    assert table.label.tolist() == ["", ""] and table.song.tolist()[1] == "2"


@pytest.mark.parametrize(
    "rows, says",
    [
        (["path,label", "2.wav,b,c"], r"line 2: 3 field\(s\) where the header has 2"),
        (["path,label", ",a"], "line 2: '' is not a path"),
        (["path,path", "1.wav,2.wav"], "line 1: the header is 'path,path'"),
        (["what,label", "1.wav,a"], "line 1: the header is 'what,label', not path,label,song"),
        ([""], "line 1: the header is"),
        (["path,label", f'1.wav,"{"x" * 200000}'], "line 2: field larger than"),
    ],
)
def test_a_csv_that_is_wrong(tmp_path, rows, says):
    root = files(tmp_path, "1.wav", "2.wav")
    text(root / "s.csv", "\n".join(rows) + "\n")
    with pytest.raises(InputError, match=rf"{root / 's.csv'}, {says}.*; correct"):
        listing.find(root / "s.csv")


def test_several_lists(tmp_path):
    files(tmp_path, "1.wav")
    for name in ("a.csv", "b.csv"):
        text(tmp_path / name, "path\n1.wav\n")
    with pytest.raises(InputError, match="several lists, a.csv and b.csv; give one of them"):
        listing.find(tmp_path)


def test_what_a_csv_lists_and_is_not_there(tmp_path):
    root = files(tmp_path, "1.wav")
    text(root / "s.csv", "path,label\n", "1.wav,a\n", "gone.wav,b\n")
    _, table, (fault,), _ = listing.find(root)
    assert table.path.tolist() == ["1.wav"]
    assert fault.startswith(f"{root / 'gone.wav'} is missing, but line 3 of s.csv lists it")


def test_each_playlist_is_a_class(tmp_path):
    root = files(tmp_path / "dj", "in/1.wav", "in/2-A.wav", "in/3.wav")
    files(tmp_path, "elsewhere/4.wav")
    text(root / "Deep House.m3u8", "#EXTINF:1,A - \x07One\n", "in/1.wav\n", "in/1.wav\n")
    text(root / "Techno.m3u", "in/2-A.wav\r\n", "../elsewhere/4.wav\r\n")
    assert table_of(root) == {
        "in/1.wav": ("Deep House", "in/1", "A - One"),
        "in/2-A.wav": ("Techno", "in/2", ""),
        f"{tmp_path}/elsewhere/4.wav": ("Techno", f"{tmp_path}/elsewhere/4", ""),
    }


def test_what_a_playlist_lists_and_cannot_be_used(tmp_path):
    root = files(tmp_path, "1.wav", "2.wav", "3.wav")
    text(root / "a.m3u8", "1.wav\n", "http://radio.org/x\n", "2.wav\n", "gone.wav\n")
    text(root / "b.m3u8", "2.wav\n", "3.wav\n")
    _, table, faults, _ = listing.find(root)
    assert table.path.tolist() == ["1.wav", "3.wav"]
    for fault, says in zip(
        faults,
        (
            "a.m3u8 lists http://radio.org/x, a stream",
            "gone.wav is missing, but a.m3u8 lists it",
            "2.wav is in the playlists a and b, but a song has one class",
        ),
        strict=True,
    ):
        assert says in fault and fault.endswith(".")


def test_a_single_playlist_has_the_classes_of_its_tracks(tmp_path):
    root = files(tmp_path, "house/1.flac", "house/2.flac", "techno/3.flac")
    text(root / "set.m3u8", "house/1.flac\n", "house/2.flac\n", "techno/3.flac\n", "gone.flac\n")
    labels = {path: label for path, (label, *_) in table_of(root / "set.m3u8").items()}
    assert labels == {path: path.split("/")[0] for path in labels} and len(labels) == 3
    for name, genre in (("house/1", "Deep"), ("house/2", "Raw"), ("techno/3", "Deep")):
        file = mutagen.File(root / f"{name}.flac")
        file["genre"] = genre
        file.save()
    labels = [label for label, *_ in table_of(root / "set.m3u8").values()]
    assert labels == ["Deep", "Raw", "Deep"]


@pytest.mark.parametrize("name", ["gone", "gone.csv", "gone.m3u8"])
def test_nothing_there(tmp_path, name):
    with pytest.raises(InputError, match=rf"{tmp_path / name} is (not a folder|missing); give"):
        listing.find(tmp_path / name)


def test_loose_files_alone_are_read_without_a_class(tmp_path):
    root = files(tmp_path, "1.wav", "2.wav")
    text(root / "list.csv", "name;genre\n", "one;x\n")
    found = listing.find(root)
    assert table_of(root) == {"1.wav": ("", "1", ""), "2.wav": ("", "2", "")}
    assert found.faults == [] and len(found.notes) == 2
    assert (
        "list.csv is not read as a list of songs: its header has no column `path`"
        in (found.notes[0])
    )
    assert "no class folders; its 2 files are read without a class" in found.notes[1]


def test_loose_files_beside_classes_are_named(tmp_path):
    root = files(tmp_path, "a/1.wav", "a/2.wav", "loose.wav")
    found = listing.find(root)
    assert found.table.path.tolist() == ["a/1.wav", "a/2.wav"] and found.notes == []
    (fault,) = found.faults
    assert "1 file beside the class folders is of no class and left out (loose.wav)" in fault


def test_folders_without_audio(tmp_path):
    text(tmp_path / "a" / "notes.txt", "x")
    text(tmp_path / "b" / "song.m4p", "x")
    with pytest.raises(InputError, match=r"no class folders with audio.*header path") as error:
        listing.find(tmp_path)
    assert "1 file is not audio (.txt 1)" in str(error.value)
    assert "b holds no audio that can be read (.m4p 1)" in str(error.value)


def test_lists_below_the_top_are_named(tmp_path):
    root = files(tmp_path, "a/1.wav", "a/2.wav", "b/3.wav", "b/4.wav")
    text(root / "a" / "both.csv", "path,label\n", "1.wav,deep\n", "2.wav,raw\n")
    text(root / "b" / "set.m3u", "3.wav\n")
    text(root / "b" / "levels.csv", "time,level\n", "0,1\n")
    found = listing.find(root)
    assert found.table.label.tolist() == ["a", "a", "b", "b"] and found.faults == []
    others, lists = found.notes
    assert "1 file is not audio (.csv 1)" in others
    assert "2 lists below the top are not read, such as a/both.csv; give one in place" in lists


def test_an_empty_folder_is_one_short_sentence(tmp_path):
    (tmp_path / "a").mkdir()
    with pytest.raises(InputError) as error:
        listing.find(tmp_path)
    assert str(error.value) == f"{tmp_path} holds no audio; give a folder with music in it."


def test_what_a_csv_hides_is_said(tmp_path):
    root = files(tmp_path, "a/1.wav", "a/2.wav", "b/3.wav", "b/4.wav", "5.wav")
    text(root / "export.csv", "Path,Size\n", "a/1.wav,1\n", "b/3.wav,1\n")
    text(root / "set.m3u", "a/1.wav\n")
    text(root / "other.xspf", "<playlist/>")
    found = listing.find(root)
    assert found.table.path.tolist() == ["a/1.wav", "b/3.wav"] and found.faults == []
    said = "\n".join(found.notes)
    for what in (
        "export.csv is read, with 2 files; 3 more in the folder are not listed and not read, such "
        "as 5.wav, a/2.wav, b/4.wav",
        "export.csv is read and playlists are not (set.m3u)",
        "lists of this kind are not read (other.xspf)",
        "export.csv has no column `label` (its columns are path, size)",
    ):
        assert what in said


def test_a_list_that_names_all_there_is_hides_nothing(tmp_path):
    root = files(tmp_path, "a/1.wav", "b/2.wav")
    (root / "c").symlink_to(root / "b")
    text(root / "s.csv", "path,label\n", "a/1.wav,x\n", "b/2.wav,y\n")
    assert listing.find(root).notes == []


@pytest.mark.parametrize(
    "rows, says",
    [
        ("a/1.wav,x\nb/2.wav,y\n", "it names files but has no header; write path,label,song"),
        ("filename\na/1.wav\n", "it has the column `filename`, but no `label`"),
        ("year,amount\n2020,1\n", "header has no column `path` (its columns are year, amount)"),
        ("a\0b", "is not a text"),
    ],
)
def test_a_csv_that_is_not_read_is_named_with_the_reason(tmp_path, rows, says):
    root = files(tmp_path, "a/1.wav", "b/2.wav")
    text(root / "x.csv", rows)
    found = listing.find(root)
    assert found.table.path.tolist() == ["a/1.wav", "b/2.wav"]
    (note,) = found.notes
    assert note.startswith("x.csv is not read as a list of songs: ") and says in note


def test_classes_of_one_look(tmp_path):
    first, second = (unicodedata.normalize(form, "Électro") for form in ("NFC", "NFD"))
    files(tmp_path, f"{first}/1.wav", f"{second}/1.wav", "House /2.wav", " House/3.wav")
    files(tmp_path, "Trance/4.wav", "trance/5.wav")
    found = listing.find(tmp_path)
    labels = dict(zip(found.table.path, found.table.label, strict=True))
    assert labels == {
        f"{first}/1.wav": "Électro",
        f"{second}/1.wav": "Électro",
        "House /2.wav": "House",
        " House/3.wav": "House",
        "Trance/4.wav": "Trance",
        "trance/5.wav": "trance",
    }
    assert found.table.song.nunique() == 6  # names that look alike are still different songs
    assert [note.split(" ways")[0] for note in found.notes[:2]] == [
        "The class 'House' is spelt in 2",
        "The class 'Électro' is spelt in 2",
    ]
    assert found.notes[2].startswith("The classes 'Trance' and 'trance' differ by upper and lower")


def test_names_of_any_bytes(tmp_path):
    folder = os.fsencode(tmp_path) + b"/Chanson fran\xe7aise"
    os.mkdir(folder)
    for name in (b"mod\xe0.wav", b"two\nlines.wav", "🎧.wav".encode(), b"x" * 251 + b".wav"):
        shutil.copy(write(tmp_path / "one.wav", noise(0.1)), os.path.join(folder, name))
    (tmp_path / "one.wav").unlink()
    found = listing.find(tmp_path)
    assert sorted(os.fsencode(path.split("/")[1]) for path in found.table.path) == sorted(
        os.listdir(folder)
    )
    assert set(found.table.label) == {"Chanson française"} and found.faults == []
    assert "Chanson française/modà" in set(found.table.song)
    assert "Chanson française/two lines" in set(found.table.song)
    found.table.song.str.encode("utf-8")  # whatever is shown can be
