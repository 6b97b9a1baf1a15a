"""The lists of SINS: what is wrong with them, or contradicts itself, is named by file and line."""

import pandas as pd
import pytest
import small_sins
from corpora import text

from thesis_lib.datasets import sins
from thesis_lib.util.errors import InputError

both = pytest.fixture(small_sins.both)
dev = pytest.fixture(small_sins.dev)


def spoil(path, old, new):
    content = path.read_text()
    assert old in content
    path.write_text(content.replace(old, new, 1))


def test_a_label_that_is_none_of_the_nine(dev):
    spoil(dev / "meta.txt", "absence", "sleeping")
    with pytest.raises(InputError, match=r"meta\.txt, line 4: .*ex12_1\.wav .*'sleeping'.*absence"):
        sins.read(dev)


def test_an_unknown_label_in_the_evaluation_set(both):
    spoil(both / "eval" / "evaluation_setup" / "evaluate.txt", "other", "others")
    with pytest.raises(InputError, match=r"evaluate\.txt, line 3: audio/3\.wav .*'others'"):
        sins.read(both)


def test_a_session_that_is_not_the_files(dev):
    spoil(dev / "meta.txt", "s12", "s13")
    with pytest.raises(InputError, match=r"meta\.txt, line 4: .*'s13'.*'s12'"):
        sins.read(dev)


def test_an_evaluation_file_that_no_map_knows(both):
    mapped = both / "eval" / "evaluation_setup" / "map.txt"
    mapped.write_text("".join(line for line in mapped.open() if "audio/2.wav" not in line))
    with pytest.raises(InputError, match=r"evaluate\.txt lists audio/2\.wav, which map\.txt does"):
        sins.read(both)


def test_a_fold_that_lists_what_meta_does_not(dev):
    text(dev / "evaluation_setup" / "fold1_test.txt", "audio/DevNode1_ex999_1.wav\n")
    with pytest.raises(InputError, match=r"fold1_test\.txt lists audio/DevNode1_ex999_1\.wav"):
        sins.read(dev)


@pytest.mark.parametrize(
    "name", ["dev/meta.txt", "eval/evaluation_setup/evaluate.txt", "eval/evaluation_setup/map.txt"]
)
@pytest.mark.parametrize("how", ["missing", "empty", "one column", "no text"])
def test_a_list_that_cannot_be_used(both, name, how):
    path = both / name
    if how == "missing":
        path.unlink()
    else:
        path.write_bytes({"empty": b"", "one column": b"a\nb\n", "no text": b"\xff\xfe\0\t"}[how])
    with pytest.raises(InputError, match=str(path)):
        sins.read(both)


def test_a_missing_fold(dev):
    with pytest.raises(InputError, match=r"fold5_test\.txt is missing"):
        sins.read(dev, fold=5)


@pytest.mark.parametrize("name", ["audio/kitchen.wav", "audio/DevNode1_ex4.wav", "audio/ex4_1.wav"])
def test_a_name_that_says_no_node(dev, name):
    spoil(dev / "meta.txt", "audio/DevNode3_ex12_1.wav", name)
    with pytest.raises(InputError, match=rf"meta\.txt: '{name}' is not named like"):
        sins.read(dev)


def test_the_evaluation_list_may_have_another_name(both):
    setup = both / "eval" / "evaluation_setup"
    expected = sins.read(both).table
    (setup / "evaluate.txt").rename(setup / "evaluation.txt")
    pd.testing.assert_frame_equal(sins.read(both).table, expected)


def test_a_file_that_is_listed_twice(dev):
    lines = (dev / "meta.txt").read_text()
    (dev / "meta.txt").write_text(lines + lines.splitlines()[1] + "\n")
    with pytest.raises(InputError, match=r"meta\.txt, line 7: audio/DevNode1_ex7_2\.wav is listed"):
        sins.read(dev)


def test_an_original_that_is_mapped_twice(both):
    mapped = both / "eval" / "evaluation_setup" / "map.txt"
    first, *rest = mapped.read_text().splitlines()
    again = rest[0].split("\t")[0] + "\t" + first.split("\t")[1]
    mapped.write_text("\n".join([again, *rest]))
    with pytest.raises(
        InputError, match=r"evaluate\.txt, line 3: .*second recording of session s301"
    ):
        sins.read(both)
    mapped.write_text("\n".join([first, *rest, again]))
    with pytest.raises(InputError, match=r"map\.txt, line 4: audio/3\.wav is listed a second time"):
        sins.read(both)


def test_one_moment_under_two_names(dev):
    spoil(dev / "meta.txt", "DevNode1_ex7_2.wav", "DevNode1_ex7_01.wav")
    with pytest.raises(InputError, match=r"line 2: .*second recording of session s7, position 1"):
        sins.read(dev)


def test_a_session_on_both_sides(dev):
    fold = dev / "evaluation_setup" / "fold1_test.txt"
    fold.write_text(fold.read_text().replace("audio/DevNode2_ex7_1.wav\n", ""))
    with pytest.raises(InputError, match=r"fold1_test\.txt, line 1: .*not all of its session s7"):
        sins.read(dev)


def test_a_fold_that_lost_a_session(dev):
    test = dev / "evaluation_setup" / "fold1_test.txt"
    test.write_text("".join(line for line in test.open() if "ex7" in line))
    train = dev / "evaluation_setup" / "fold1_train.txt"
    train.write_text("".join(line for line in train.open() if "ex12" not in line))
    with pytest.raises(InputError, match=r"fold1_train\.txt and fold1_test\.txt do not share out"):
        sins.read(dev)


def test_the_same_segment_in_two_folders(tmp_path):
    for name in ("DevNode3_ex67_5.wav", "copy/DevNode3_ex67_5.wav"):
        text(tmp_path / name)
    with pytest.raises(InputError, match=r"second recording of session s67, position 5 on node 3"):
        sins.read(tmp_path)
