"""Fetching open music, which is packages, from a server on this machine."""

import hashlib
import json

import archive_server
import packages
import pytest

from thesis_lib.datasets import download as module
from thesis_lib.datasets.download import fetch
from thesis_lib.util.errors import InputError

server = pytest.fixture(archive_server.server)
NAMES = ("one-music_1.0-2_all.deb", "two-data_2~rc+1-1_all.deb")


def contents(name):
    package = name.partition("_")[0]
    return {f"usr/share/{package}/music/a.ogg": name.encode() * 1000}


@pytest.fixture(autouse=True)
def at_once(monkeypatch):
    monkeypatch.setattr(module, "PAUSE", 0.001)


@pytest.fixture
def declared(server, tmp_path):
    """Two packages, each in its folder of a pool; a second pool where nothing is ever deleted."""
    archives = []
    for name in NAMES:
        package = name.partition("_")[0]
        files = {**contents(name), f"usr/share/{package}/level.dat": b"not wanted"}
        data = packages.deb({f"./{path}": inside for path, inside in files.items()})
        server.files[f"debian/pool/{package}/{name}"] = data
        server.files[f"snapshot/pool/{package}/{name}"] = data
        archives.append({
            "name": name, "kind": "audio", "path": f"pool/{package}/", "folder": package,
            "only": [f"usr/share/{package}/music/"], "bytes": len(data),
            "checksum": f"sha256:{hashlib.sha256(data).hexdigest()}",
        })  # fmt: skip
    url = f"http://127.0.0.1:{server.server_port}/"
    one = {
        "folder": "", "strip": False, "url": url + "debian/", "fallback": url + "snapshot/",
        "unpacked": 10**5, "archives": archives,
    }  # fmt: skip
    path = tmp_path / "declared.json"
    path.write_text(json.dumps({"open_music": {"sets": {"all": one}, "default": ["all"]}}))
    return path


def expected():
    return {
        f"{name.partition('_')[0]}/{path}": inside
        for name in NAMES
        for path, inside in contents(name).items()
    }


def test_each_package_goes_into_a_folder_of_its_own(declared, server, tmp_path):
    to = tmp_path / "to"
    fetch("open_music", to, declared=declared)
    assert archive_server.found(to) == expected()
    assert {name.partition("/")[0] for name, _ in server.asked} == {"debian"}
    server.asked.clear()
    fetch("open_music", to, declared=declared)
    assert not server.asked


@pytest.mark.parametrize("status", [404, 410])
def test_what_debian_took_away_comes_from_its_snapshot(declared, server, tmp_path, status):
    gone = f"debian/pool/one-music/{NAMES[0]}"
    server.faults[gone] = [status]
    fetch("open_music", tmp_path / "to", declared=declared)
    assert archive_server.found(tmp_path / "to") == expected()
    assert (f"snapshot/pool/one-music/{NAMES[0]}", 0) in server.asked
    assert not any(name.startswith("snapshot/pool/two") for name, _ in server.asked)


def test_what_is_nowhere_is_named(declared, server, tmp_path):
    for pool in ("debian", "snapshot"):
        del server.files[f"{pool}/pool/one-music/{NAMES[0]}"]
    with pytest.raises(InputError, match=r"1 of 2 archives failed:\n.*snapshot/.*one-music_1.*404"):
        fetch("open_music", tmp_path / "to", declared=declared)
    two = {path: data for path, data in expected().items() if path.startswith("two")}
    assert archive_server.found(tmp_path / "to") == two


def test_a_wrong_checksum_leaves_nothing_of_the_package(declared, server, tmp_path):
    path = f"debian/pool/one-music/{NAMES[0]}"
    server.files[path] = packages.deb({"./usr/share/one-music/music/a.ogg": b"another"})
    with pytest.raises(InputError, match="came twice without its checksum sha256:"):
        fetch("open_music", tmp_path / "to", declared=declared)
    assert not (tmp_path / "to" / "one-music").exists()


def test_packages_that_are_here_are_not_fetched(declared, server, tmp_path):
    """`apt-get download` writes the epoch of a version into a file's name, as %3a."""
    given = tmp_path / "given"
    given.mkdir()
    for name in NAMES:
        data = server.files[f"debian/pool/{name.partition('_')[0]}/{name}"]
        (given / name.replace("_", "_1%3a", 1)).write_bytes(data)
    fetch("open_music", tmp_path / "to", given=given, declared=declared)
    assert archive_server.found(tmp_path / "to") == expected() and not server.asked
    assert len(list(given.iterdir())) == 2


def test_one_of_them_is_another(declared, server, tmp_path):
    given = tmp_path / "given"
    given.mkdir()
    (given / NAMES[0]).write_bytes(b"another")
    fetch("open_music", tmp_path / "to", given=given, declared=declared)
    assert archive_server.found(tmp_path / "to") == expected() and len(server.asked) == 2
    assert (given / NAMES[0]).read_bytes() == b"another"
    with pytest.raises(InputError, match="nowhere is no folder"):
        fetch("open_music", tmp_path / "else", given=tmp_path / "nowhere", declared=declared)
