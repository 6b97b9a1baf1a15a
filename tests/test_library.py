"""What a folder of music is: a CSV, playlists or class folders, in this order."""

import mutagen
import pytest
from corpora import noise, text, write

from thesis_lib import library
from thesis_lib.errors import InputError


def files(root, *names):
    for i, name in enumerate(names):
        write(root / name, noise(0.1, seed=i))
    return root


def table_of(source):
    table = library.find(source)[1]
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
    root, table, faults = library.find(tmp_path / "lists")
    assert (root, faults) == (tmp_path / "lists", [])
    assert table.path.tolist() == [f"{tmp_path}/other/1.wav", "2-B.wav"]
    assert table.label.tolist() == ["", ""] and table.song.tolist()[1] == "2"


@pytest.mark.parametrize(
    "rows, says",
    [
        (["path,label,song", "1.wav,a"], r"line 2: 2 field\(s\) where the header has 3"),
        (["path,label", "1.wav,a", "", "2.wav,b,c"], r"line 4: 3 field\(s\) where"),
        (["path,label", ",a"], "line 2: '' is not a path"),
        (["path", "1.wav", "1.wav"], r"line 3: '1\.wav' is listed before"),
        (["path,path", "1.wav,2.wav"], "line 1: the header is 'path,path'"),
        (["file,label", "1.wav,a"], "line 1: the header is 'file,label', not path,label,song"),
        ([""], "line 1: the header is"),
        (["path,label", f'1.wav,"{"x" * 200000}'], "line 2: field larger than"),
    ],
)
def test_a_csv_that_is_wrong(tmp_path, rows, says):
    root = files(tmp_path, "1.wav", "2.wav")
    text(root / "s.csv", "\n".join(rows) + "\n")
    with pytest.raises(InputError, match=rf"{root / 's.csv'}, {says}.*; correct"):
        library.find(root / "s.csv")


def test_several_lists(tmp_path):
    for name in ("a.csv", "b.csv"):
        text(tmp_path / name, "path\n")
    with pytest.raises(InputError, match="several lists, a.csv and b.csv; give one of them"):
        library.find(tmp_path)


def test_what_a_csv_lists_and_is_not_there(tmp_path):
    root = files(tmp_path, "1.wav")
    text(root / "s.csv", "path,label\n", "1.wav,a\n", "gone.wav,b\n")
    _, table, (fault,) = library.find(root)
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
    _, table, faults = library.find(root)
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
        library.find(tmp_path / name)


def test_loose_files_are_no_classes(tmp_path):
    root = files(tmp_path, "1.wav", "2.wav")
    text(root / "list.csv", "file;genre\n", "1.wav;x\n")
    with pytest.raises(
        InputError, match="no class folders.*header path,label,song.*list.csv there"
    ):
        library.find(root)
