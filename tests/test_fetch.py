"""Fetching from a server on this machine that breaks off, ignores ranges or sends wrong bytes."""

import hashlib
import io
import json
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
import zipfile
from collections import namedtuple
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
import pytest
from corpora import listing

from thesis_lib.datasets import download as module
from thesis_lib.datasets.download import ARCHIVES, describe, fetch
from thesis_lib.util.errors import InputError

SIZE = 300_000  # bytes of noise in an archive


@pytest.fixture(autouse=True)
def at_once(monkeypatch):
    monkeypatch.setattr(module, "PAUSE", 0.001)
    monkeypatch.setattr(module, "CHUNK", 4096)


class Handler(BaseHTTPRequestHandler):
    """Serves `server.files`; `server.faults[name]` lists what happens, request by request."""

    def do_GET(self):
        name = self.path.lstrip("/")
        data, faults = self.server.files.get(name), self.server.faults.get(name, [])
        fault = faults.pop(0) if faults else None
        asked = re.fullmatch(r"bytes=(\d+)-", self.headers.get("Range", ""))
        begin = int(asked[1]) if asked and fault != "no ranges" else 0
        self.server.asked.append((name, begin))
        if data is None or isinstance(fault, int):
            return self.send_error(fault or 404)
        if begin >= len(data):
            return self.send_error(416)
        if fault == "corrupt":
            data = bytes(len(data))
        self.send_response(206 if begin else 200)
        if begin:
            self.send_header("Content-Range", f"bytes {begin}-{len(data) - 1}/{len(data)}")
        self.send_header("Content-Length", str(len(data) - begin))
        self.end_headers()
        with suppress(ConnectionError):  # the other end was stopped
            self._send(data[begin:], fault)

    def _send(self, data, fault):
        if fault == "break":
            data = data[: len(data) // 2]
        for start in range(0, len(data), 8192):
            self.wfile.write(data[start : start + 8192])
            if start:  # some has come: wait for who wants to look at that
                self.server.goes_on.wait(timeout=120)

    def log_message(self, *_):
        pass


@pytest.fixture
def server():
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.files, server.faults, server.asked = {}, {}, []
        server.goes_on = threading.Event()
        server.goes_on.set()
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield server
        server.shutdown()


def packed(files):
    memory = io.BytesIO()
    with zipfile.ZipFile(memory, "w") as file:
        for name, content in files.items():
            file.writestr(name, content)
    return memory.getvalue()


def content(which, kind, part):
    """What an archive of the official layout holds, below its first folder."""
    if kind == "audio":
        name = f"audio/DevNode{part}_ex{part}_1.wav" if which == "dev" else f"audio/{part}.wav"
        return {name: np.random.default_rng(part).bytes(SIZE)}
    return {"meta.txt": b"a list"} if kind == "meta" else {"README.md": b"words"}


@pytest.fixture
def declared(server, tmp_path):
    """A declaration as that of SINS, with three audio archives a set, which the server has."""
    sets = {}
    for which in ("dev", "eval"):
        stem, archives = f"DCASE2018-task5-{which}", []
        for name, kind, part in [
            (f"{stem}.doc.zip", "doc", 0),
            (f"{stem}.meta.zip", "meta", 0),
            *((f"{stem}.audio.{part}.zip", "audio", part) for part in (1, 2, 3)),
        ]:
            files = content(which, kind, part)
            data = packed({f"{stem}/{path}": inside for path, inside in files.items()})
            server.files[name] = data
            md5 = hashlib.md5(data).hexdigest()
            one = {"name": name, "kind": kind, "bytes": len(data) + 999, "checksum": f"md5:{md5}"}
            archives.append(one)
        url = f"http://127.0.0.1:{server.server_port}/"
        sets[which] = {
            "folder": which, "strip": True, "url": url, "unpacked": 3 * SIZE, "archives": archives
        }  # fmt: skip
    path = tmp_path / "declared.json"
    path.write_text(json.dumps({"sins": {"sets": sets, "default": ["dev", "eval"]}}))
    return path


def expected(sets=("dev", "eval"), parts=(1, 2, 3)):
    kinds = [("doc", 0), ("meta", 0), *(("audio", part) for part in parts)]
    return {
        f"{which}/{path}": inside
        for which in sets
        for kind, part in kinds
        for path, inside in content(which, kind, part).items()
    }


def found(to):
    files = [path for path in to.rglob("*") if path.is_file()]
    found = {path.relative_to(to).as_posix(): path.read_bytes() for path in files}
    return {name: inside for name, inside in found.items() if not name.startswith("archives/")}


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
def test_wrong_bytes_of_an_earlier_run_are_fetched_anew(declared, server, tmp_path, share):
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


def test_a_dry_run_fetches_nothing(declared, server, tmp_path):
    before = listing(tmp_path)
    table = fetch("sins", tmp_path / "to", "eval", "2-3", dry_run=True, declared=declared)
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


def test_ctrl_c_leaves_what_came_and_the_next_run_goes_on(declared, server, tmp_path):
    server.goes_on.clear()  # each archive comes to a halt after two of its 37 pieces
    code = (
        "import sys; from thesis_lib.datasets import download\n"
        "fetch.CHUNK = 4096\n"
        "fetch.fetch('sins', sys.argv[1], declared=sys.argv[2], jobs=2)"
    )
    to, archives = tmp_path / "to", tmp_path / "to" / "archives"
    command = [sys.executable, "-c", code, str(to), str(declared)]
    run = subprocess.Popen(command, cwd=Path(__file__).parents[1], stderr=subprocess.DEVNULL)
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


@pytest.mark.filterwarnings("ignore:pkg_resources")
@pytest.mark.parametrize("which", ["Development", "Evaluation"])
def test_the_declaration_of_sins_is_that_of_dcase_util(which, tmp_path):
    datasets = pytest.importorskip("dcase_util.datasets")
    reference = getattr(datasets, f"DCASE2018_Task5_{which}Set")(data_path=str(tmp_path))
    ours = module.plan("sins", tmp_path, {"Development": "dev", "Evaluation": "eval"}[which])
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
            assert one["unpacked"] >= sum(archive["bytes"] for archive in one["archives"])
            assert all(re.match("(md5:.{32}|sha1:.{40})$", a["checksum"]) for a in one["archives"])


def test_the_tables_of_fma_come_once(tmp_path):
    table = module.plan("fma", tmp_path, ["medium", "large"])
    assert table.name.tolist() == ["fma_metadata.zip", "fma_medium.zip", "fma_large.zip"]
