"""Fetching from a server on this machine that breaks off, ignores ranges or sends wrong bytes."""

import hashlib
import json
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import archive_server
import pytest
from archive_server import expected, found, packed

from thesis_lib.datasets import download as module
from thesis_lib.datasets.download import fetch
from thesis_lib.util.errors import InputError

server = pytest.fixture(archive_server.server)
declared = pytest.fixture(archive_server.declared)


@pytest.fixture(autouse=True)
def at_once(monkeypatch):
    monkeypatch.setattr(module, "PAUSE", 0.001)
    monkeypatch.setattr(module, "CHUNK", 4096)


AUDIO = "DCASE2018-task5-dev.audio.2.zip"


def test_a_whole_data_set(declared, server, tmp_path):
    table = fetch("sins", tmp_path / "to", declared=declared)
    assert found(tmp_path / "to") == expected()
    assert sorted(name for name, _ in server.asked) == sorted(table.name) == sorted(server.files)
    left = {path.suffix for path in (tmp_path / "to" / "archives").iterdir()}
    assert left == {".json"}


@pytest.mark.parametrize("parts, numbers", [("1-3", {1, 2, 3}), ("2", {2}), ("1, 3", {1, 3})])
def test_some_parts_of_one_set(declared, tmp_path, parts, numbers):
    fetch("sins", tmp_path / "to", "dev", parts, declared=declared)
    assert found(tmp_path / "to") == expected(["dev"], sorted(numbers))


def test_what_is_there_is_not_fetched_again(declared, server, tmp_path):
    fetch("sins", tmp_path / "to", "dev", "1", declared=declared)
    server.asked.clear()
    table = fetch("sins", tmp_path / "to", "dev", "1-2", declared=declared)
    assert {name for name, _ in server.asked} == {AUDIO} == set(table.name[~table.there])
    assert found(tmp_path / "to") == expected(["dev"], [1, 2])
    shutil.rmtree(tmp_path / "to" / "dev" / "audio")
    fetch("sins", tmp_path / "to", "dev", "1-2", declared=declared)
    assert found(tmp_path / "to") == expected(["dev"], [1, 2])


def test_archives_may_be_kept_and_are_used_again(declared, server, tmp_path):
    fetch("sins", tmp_path / "to", "dev", keep=True, declared=declared)
    kept = tmp_path / "to" / "archives"
    assert {path.name for path in kept.glob("*.zip")} == {
        name for name in server.files if "dev" in name
    }
    shutil.rmtree(tmp_path / "to" / "dev")
    server.asked.clear()
    fetch("sins", tmp_path / "to", "dev", declared=declared)
    assert found(tmp_path / "to") == expected(["dev"]) and not server.asked


def test_a_broken_line_is_taken_up_where_it_broke(declared, server, tmp_path):
    server.faults[AUDIO] = ["break", "break", 503]
    fetch("sins", tmp_path / "to", "dev", declared=declared)
    asked = [begin for name, begin in server.asked if name == AUDIO]
    half = len(server.files[AUDIO]) // 2
    assert asked[0] == 0 and half - module.CHUNK < asked[1] <= half
    assert half < asked[2] == asked[3] < len(server.files[AUDIO])
    assert found(tmp_path / "to") == expected(["dev"])


def begin(server, to, share=0.3, wrong=False):
    part = to / "archives" / f"{AUDIO}.part"
    part.parent.mkdir(parents=True)
    size = int(share * len(server.files[AUDIO]))
    part.write_bytes(bytes(size) if wrong else server.files[AUDIO][:size])
    return size


@pytest.mark.parametrize("share", [0.3, 1.0])
def test_what_an_earlier_run_left_is_gone_on_with(declared, server, tmp_path, share):
    size = begin(server, tmp_path / "to", share)
    fetch("sins", tmp_path / "to", "dev", declared=declared)
    assert [begin for name, begin in server.asked if name == AUDIO] == [size]
    assert found(tmp_path / "to") == expected(["dev"])


def test_a_server_without_ranges(declared, server, tmp_path):
    begin(server, tmp_path / "to")
    server.faults[AUDIO] = ["no ranges"]
    fetch("sins", tmp_path / "to", "dev", declared=declared)
    assert found(tmp_path / "to") == expected(["dev"])


@pytest.mark.parametrize("share", [0.3, 1.0, 1.2])
def test_wrong_bytes_of_an_earlier_run_are_fetched_again(declared, server, tmp_path, share):
    size = begin(server, tmp_path / "to", share, wrong=True)
    fetch("sins", tmp_path / "to", "dev", declared=declared)
    assert [begin for name, begin in server.asked if name == AUDIO] == [size, 0]
    assert found(tmp_path / "to") == expected(["dev"])


def test_wrong_bytes_once_and_twice(declared, server, tmp_path):
    server.faults[AUDIO] = ["corrupt"]
    fetch("sins", tmp_path / "to", "dev", declared=declared)
    assert found(tmp_path / "to") == expected(["dev"])
    server.faults[AUDIO] = ["corrupt", "corrupt"]
    with pytest.raises(InputError, match=rf"{AUDIO} came twice without its checksum md5:"):
        fetch("sins", tmp_path / "other", "dev", declared=declared)
    assert found(tmp_path / "other") == expected(["dev"], [1, 3])
    assert not list((tmp_path / "other" / "archives").glob("*.part"))


def test_archives_that_fail_are_listed_and_the_others_come(declared, server, tmp_path):
    gone = ["DCASE2018-task5-dev.audio.1.zip", "DCASE2018-task5-eval.meta.zip"]
    kept = {name: server.files.pop(name) for name in gone}
    with pytest.raises(InputError, match="2 of 10 archives failed") as error:
        fetch("sins", tmp_path / "to", declared=declared)
    assert all(name in str(error.value) for name in gone) and "404" in str(error.value)
    lacking = set(expected()) - set(found(tmp_path / "to"))
    assert lacking == {"dev/audio/DevNode1_ex1_1.wav", "eval/meta.txt"}
    server.files.update(kept)
    server.asked.clear()
    fetch("sins", tmp_path / "to", declared=declared)
    assert found(tmp_path / "to") == expected()
    assert sorted(name for name, _ in server.asked) == sorted(gone)


def test_an_archive_that_does_harm_is_listed(declared, server, tmp_path):
    evil = packed({"DCASE2018-task5-dev/../../evil.txt": b"x"})
    data = json.loads(declared.read_text())
    one = next(a for a in data["sins"]["sets"]["dev"]["archives"] if a["name"] == AUDIO)
    one["checksum"] = "md5:" + hashlib.md5(evil).hexdigest()
    declared.write_text(json.dumps(data))
    server.files[AUDIO] = evil
    with pytest.raises(InputError, match=r"1 of 5 archives failed:\n.*leads out of its folder"):
        fetch("sins", tmp_path / "to", "dev", declared=declared)
    assert found(tmp_path / "to") == expected(["dev"], [1, 3])


def test_no_network_is_one_sentence(declared, server, tmp_path):
    server.shutdown()
    server.server_close()
    with pytest.raises(InputError, match=r"^127\.0\.0\.1:\d+ cannot be reached; .*\.$") as error:
        fetch("sins", tmp_path / "to", declared=declared)
    assert "\n" not in str(error.value)
    assert found(tmp_path / "to") == {}


def test_ctrl_c_leaves_what_came_and_the_next_run_goes_on(declared, server, tmp_path):
    server.goes_on.clear()  # each archive comes to a halt after two of its 37 pieces
    code = (
        "import signal, sys; from thesis_lib.datasets import download\n"
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"  # ignored in the background
        "download.CHUNK = 4096\n"
        "download.fetch('sins', sys.argv[1], declared=sys.argv[2], jobs=2)"
    )
    to, archives = tmp_path / "to", tmp_path / "to" / "archives"
    command = [sys.executable, "-c", code, str(to), str(declared)]
    run = subprocess.Popen(command, cwd=Path(__file__).parents[2], stderr=subprocess.DEVNULL)
    while run.poll() is None and not any(p.stat().st_size for p in archives.glob("*audio*.part")):
        time.sleep(0.01)
    run.send_signal(signal.SIGINT)
    assert run.wait(timeout=60) != 0
    begun = {path.name: path.stat().st_size for path in archives.glob("*audio*.part")}
    assert begun
    server.goes_on.set()
    server.asked.clear()
    fetch("sins", to, declared=declared)
    assert found(to) == expected() and not list(archives.glob("tmp*"))
    assert {(name.removesuffix(".part"), size) for name, size in begun.items()} <= set(server.asked)
