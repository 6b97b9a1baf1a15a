"""A corpus is one module, found by its name."""

import json

import pytest
from corpora import ROOT

from thesis_lib.datasets import corpora, registry
from thesis_lib.util.errors import InputError

DECLARED = ("TITLE", "SOURCE", "LICENCE", "CITATION")
TOY = """
DOMAIN, TITLE, SOURCE, LICENCE, CITATION, ARCHIVES = "music", "toy", "here", "CC0", "", None

def recognises(folder):
    return (folder / "toy.txt").is_file()

def read(folder, folds):
    return f"{folder.name} in {folds}"

def files(folder):
    return {folder / "a.wav": []}, ["a fault"]
"""


@pytest.mark.parametrize("name", registry.names())
def test_each_says_where_it_is_from_and_what_is_allowed(name):
    module = registry.module_of(name)
    assert module.DOMAIN in ("home", "music")
    assert all(isinstance(getattr(module, what), str) for what in DECLARED)
    assert callable(module.read) and callable(module.files)


def test_archives_are_declared_as_the_module_says():
    declared = json.loads((ROOT / "data" / "archives.json").read_text())
    assert set(registry.fetched()) == set(declared)
    for name, about in declared.items():
        module = registry.module_of(name)
        assert (module.SOURCE, module.LICENCE) == (about["page"], about["licence"])


def test_a_new_corpus_is_one_new_file(tmp_path, monkeypatch):
    (tmp_path / "toy_corpus.py").write_text(TOY)
    monkeypatch.setattr(corpora, "__path__", [*corpora.__path__, str(tmp_path)])
    folder = tmp_path / "songs"
    folder.mkdir()
    assert registry.recognise(folder) == "music"
    (folder / "toy.txt").touch()
    assert registry.recognise(folder) == "toy_corpus"
    assert registry.domain_of("toy_corpus") == "music"
    assert registry.read("toy_corpus", folder, 4) == "songs in 4"
    assert registry.files("toy_corpus", folder) == ({folder / "a.wav": []}, ["a fault"])


def test_an_unknown_name_is_told_the_known_ones():
    with pytest.raises(InputError, match="'gtzan' is unknown; choose one of fma, mini_home, "):
        registry.read("gtzan", "somewhere")
