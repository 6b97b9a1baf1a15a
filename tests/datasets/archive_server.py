"""A server of archives on this machine that breaks off, ignores ranges or sends wrong bytes.

`server` and `declared` are for a test module to make fixtures of:
``server = pytest.fixture(archive_server.server)``.
"""

import hashlib
import io
import json
import re
import threading
import zipfile
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import numpy as np

SIZE = 300_000  # bytes of noise in an archive


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
