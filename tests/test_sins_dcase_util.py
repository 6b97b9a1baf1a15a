"""The reader of SINS beside that of dcase_util, the challenge organisers' own, on one tree."""

import pytest
from corpora import sins_lists, text

from thesis_lib.datasets import sins

pytestmark = pytest.mark.filterwarnings("ignore:pkg_resources")

DEV = [
    (node, session, position, label)
    for session, label in enumerate(sins.CLASSES * 3, start=1)
    for position in range(1, session % 3 + 2)
    for node in (1, 2, 3, 4)
]
UNSEEN = [
    (node, session, position, label)
    for session, label in enumerate(sins.CLASSES, start=300)
    for position in (1, 2)
    for node in (2, 4, 5, 7)
]


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    root = tmp_path_factory.mktemp("home")
    for path in sins_lists(root, DEV, UNSEEN):
        text(path)
    setup = root / "dev" / "evaluation_setup"
    labels = {f"audio/DevNode{n}_ex{s}_{k}.wav": label for n, s, k, label in DEV}
    for fold in (1, 2, 3, 4):  # the official archive holds these too
        held = (setup / f"fold{fold}_test.txt").read_text().split()
        lines = [f"{path}\t{labels[path]}\n" for path in held]
        text(setup / f"fold{fold}_evaluate.txt", *lines)
    return root


@pytest.fixture(scope="module")
def theirs(root):
    """Both sets as dcase_util reads them: it loads what lies there and fetches nothing."""
    datasets = pytest.importorskip("dcase_util.datasets")
    return {
        name: getattr(datasets, f"DCASE2018_Task5_{long}Set")(
            data_path=str(root), storage_name=name
        )
        for name, long in (("dev", "Development"), ("eval", "Evaluation"))
    }


def of_items(items, *more):
    return sorted((item.filename, *(getattr(item, name) for name in more)) for item in items)


def of_table(corpus, table, *columns):
    paths = [str(corpus.path(row)) for row in table.itertuples()]
    return sorted(zip(paths, *(table[column] for column in columns), strict=True))


def test_files_labels_and_sessions_of_the_development_set(root, theirs):
    corpus = sins.read(root / "dev")
    reference = theirs["dev"]
    assert [path for (path,) in of_table(corpus, corpus.table)] == reference.audio_files
    found = of_table(corpus, corpus.table, "label", "group")
    assert found == of_items(reference.train(), "scene_label", "identifier")
    assert corpus.labels == reference.scene_labels()


@pytest.mark.parametrize("fold", [1, 2, 3, 4])
def test_folds(root, theirs, fold):
    corpus = sins.read(root / "dev", fold)
    train = corpus.table[corpus.table.split == "train"]
    test = corpus.table[corpus.table.split == "test"]
    reference = theirs["dev"]
    expected = of_items(reference.train(fold), "scene_label", "identifier")
    assert of_table(corpus, train, "label", "group") == expected and len(expected)
    assert of_table(corpus, test) == of_items(reference.test(fold))
    assert of_table(corpus, test, "label") == of_items(reference.eval(fold), "scene_label")


def test_the_evaluation_set(root, theirs):
    corpus = sins.read(root)
    test = corpus.table[corpus.table.split == "test"]
    reference = theirs["eval"]
    assert [path for (path,) in of_table(corpus, test)] == reference.audio_files
    found = of_table(corpus, test, "label", "group")
    assert found == of_items(reference.eval(), "scene_label", "identifier")


def test_both_sets_fill_one_table(root, theirs):
    table = sins.read(root).table
    counts = table.groupby("split").size().to_dict()
    assert counts == {
        "train": theirs["dev"].audio_file_count,
        "test": theirs["eval"].audio_file_count,
    }
