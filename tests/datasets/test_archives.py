"""What archives a data set is declared to have, and what is said before any is fetched."""

import json
import re
import shutil
from collections import namedtuple
from pathlib import Path

import archive_server
import pytest
from corpora import listing

from thesis_lib.datasets.archives import ARCHIVES, describe, plan
from thesis_lib.datasets.download import fetch
from thesis_lib.util.errors import InputError

server = pytest.fixture(archive_server.server)
declared = pytest.fixture(archive_server.declared)


def test_a_plan_fetches_nothing(declared, server, tmp_path):
    before = listing(tmp_path)
    table = plan("sins", tmp_path / "to", "eval", "2-3", declared=declared)
    assert listing(tmp_path) == before and not server.asked
    assert list(table.columns[:5]) == ["name", "size", "url", "checksum", "to"]
    assert set(table.to) == {tmp_path / "to" / "eval"} and len(table) == 4
    said = describe(table, tmp_path / "to")
    assert all(url in said for url in table.url) and all(sum in said for sum in table.checksum)
    assert "4 archives, 4 to fetch: 0.0 GB" in said and "GB are free" in said


def test_a_disk_that_is_too_small(declared, server, tmp_path, monkeypatch):
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage(2**40, 2**40 - 10**6, 10**6))
    with pytest.raises(InputError, match=r"needs \d+\.\d GB and 0\.0 GB are free; .*fewer parts"):
        fetch("sins", tmp_path / "to", declared=declared)
    assert not server.asked and not (tmp_path / "to").exists()


@pytest.mark.parametrize("parts", ["0", "4", "2-1", "1-4", "a", "", "1,,2", "-1", "1-"])
def test_parts_that_are_none(declared, tmp_path, parts):
    with pytest.raises(InputError, match=r"parts=.*1-3 or 2,5-7.*1 to 3"):
        fetch("sins", tmp_path, parts=parts, declared=declared)


def test_unknown_names(declared, tmp_path):
    with pytest.raises(InputError, match="data set 'birds' is unknown; choose one of sins, fma"):
        fetch("birds", tmp_path)
    with pytest.raises(InputError, match="set of sins 'test' is unknown; choose one of dev, eval"):
        fetch("sins", tmp_path, "test", declared=declared)
    with pytest.raises(InputError, match="parts='1' does not name"):
        fetch("fma", tmp_path, parts="1")


@pytest.mark.filterwarnings("ignore:pkg_resources")
@pytest.mark.parametrize("which", ["Development", "Evaluation"])
def test_the_declaration_of_sins_is_that_of_dcase_util(which, tmp_path):
    datasets = pytest.importorskip("dcase_util.datasets")
    reference = getattr(datasets, f"DCASE2018_Task5_{which}Set")(data_path=str(tmp_path))
    ours = plan("sins", tmp_path, {"Development": "dev", "Evaluation": "eval"}[which])
    theirs = [
        (Path(one["filename"]).name, one["remote_bytes"], one["remote_file"], one["remote_md5"])
        for one in reference.package_list
    ]
    md5 = ours.checksum.str.removeprefix("md5:")
    assert list(zip(ours.name, ours["size"], ours.url, md5, strict=True)) == theirs


def test_every_data_set_says_what_it_is():
    for about in json.loads(ARCHIVES.read_text()).values():
        assert about["licence"] and about["page"].startswith("https://")
        for one in about["sets"].values():
            whole = [archive for archive in one["archives"] if "only" not in archive]
            assert one["unpacked"] >= sum(archive["bytes"] for archive in whole)
            kinds = "(md5:.{32}|sha1:.{40}|sha256:.{64})$"
            assert all(re.match(kinds, archive["checksum"]) for archive in one["archives"])


def test_the_tables_of_fma_come_once(tmp_path):
    table = plan("fma", tmp_path, ["medium", "large"])
    assert table.name.tolist() == ["fma_metadata.zip", "fma_medium.zip", "fma_large.zip"]
