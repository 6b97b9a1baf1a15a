"""Fetch a data set that is declared in `data/archives.json`: resumed, checked, unpacked.

In the folder `archives/` an archive is fetched to `<name>.part` and becomes `<name>` when its
checksum is right; it is unpacked and deleted, and `<name>.json` then says that it needs no fetching
again. Whatever ends a run (Ctrl-C, a full disk, the network), the next one goes on from there.
Archives fetched by other means may be put into that folder.
"""

import json
import os
import re
import shutil
import threading
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

import pandas as pd
import pooch
import requests
from joblib import Parallel, delayed
from tqdm.auto import tqdm
from tqdm.utils import CallbackIOWrapper

from thesis_lib.datasets.unpack import unpack
from thesis_lib.util.errors import InputError
from thesis_lib.util.files import atomic

ARCHIVES = Path(__file__).parents[1] / "data" / "archives.json"
TRIES = 5  # connections one after another that may break without bringing a single byte
PAUSE = 2.0  # s before the first of them is tried again, then twice as long, and so on
TIMEOUT = 30.0  # s without a byte
CHUNK = 1 << 18  # bytes
LOCK = threading.Lock()


class _Stopped(Exception):
    """Another archive found out that nothing can be fetched any more, or Ctrl-C was pressed."""


def fetch(
    name, to, sets=None, parts=None, dry_run=False, jobs=3, keep=False, declared=ARCHIVES
):  # fmt: skip
    """Fetch a data set and unpack it.

    Parameters
    ----------
    name : str
        "sins" or "fma", or another that `declared` declares.
    to : Path
        Folder for all of it; "sins" makes `dev/` and `eval/` there.
    sets : list of str, or str
        Which of its sets: "dev", "eval"; "medium", "large". None: those declared as default.
    parts : str
        Which of the numbered audio archives, e.g. "1-3" or "2,5-7"; lists and documentation are
        small and always come along. None: all.
    dry_run : bool
        Fetch nothing, only tell what would be.
    jobs : int
        Archives at a time.
    keep : bool
        Leave the archives there after unpacking.
    declared : Path

    Returns
    -------
    DataFrame
        A row an archive: name, size (bytes, rounded), url, checksum ("md5:..."), to (the folder it
        is unpacked to), unpacked (bytes, estimated), there (whether it was unpacked before).
        `describe` makes a text of it.

    Raises
    ------
    InputError
        Unknown name, set or part; too small a disk; no network; or some archives could not be
        fetched or unpacked (the others then were).
    """
    table = plan(name, to, sets, parts, declared)
    if not dry_run:
        rows = list(table[~table.there].itertuples())
        _check_disk(rows, Path(to), jobs, keep)
        _fetch_all(rows, Path(to), jobs, keep)
    return table


def plan(name, to, sets=None, parts=None, declared=ARCHIVES):
    """What `fetch` would fetch; parameters, table and errors are the same."""
    data = json.loads(Path(declared).read_text())
    about = data.get(name) or _unknown("data set", name, data)
    sets = [sets] if isinstance(sets, str) else sets or about["default"]
    rows = []
    for each in sets:
        one = about["sets"].get(each) or _unknown(f"set of {name}", each, about["sets"])
        rows += _rows(one, Path(to), parts)
    # FMA's tables belong to each of its sets.
    return pd.DataFrame(rows).drop_duplicates(["name", "to"], ignore_index=True)


def describe(table, to):
    """A text: the archives of a plan, how much is left to fetch, and the disk.

    Parameters
    ----------
    table : DataFrame
        From `plan` or `fetch`.
    to : Path

    Returns
    -------
    str
    """
    shown = table.assign(MB=(table["size"] / 1e6).round(2), there=table.there.map({True: "yes"}))
    shown = shown[["name", "MB", "url", "checksum", "to", "there"]].fillna("no")
    left = table[~table.there]
    return (
        f"{shown.to_string(index=False)}\n\n{len(table)} archives, {len(left)} to fetch: "
        f"{left['size'].sum() / 1e9:.1f} GB, unpacked about {left.unpacked.sum() / 1e9:.1f} GB; "
        f"{_free(Path(to)) / 1e9:.1f} GB are free in {to}."
    )


def _unknown(kind, name, known):
    raise InputError(f"{kind} {name!r} is unknown; choose one of {', '.join(known)}.")


def _rows(one, to, parts):
    archives = one["archives"]
    if parts is not None:
        numbers = [_number(archive["name"]) for archive in archives if archive["kind"] == "audio"]
        chosen = _chosen(parts, {number for number in numbers if number})
        archives = [a for a in archives if a["kind"] != "audio" or _number(a["name"]) in chosen]
    swells = one["unpacked"] / sum(archive["bytes"] for archive in one["archives"])
    return [
        {
            "name": archive["name"],
            "size": archive["bytes"],
            "url": one["url"] + archive["name"],
            "checksum": archive["checksum"],
            "to": to / one["folder"],
            "unpacked": round(archive["bytes"] * swells),
            "strip": one["strip"],
            "there": _is_there(to, to / one["folder"], archive),
        }
        for archive in archives
    ]


def _number(name):
    found = re.search(r"\.(\d+)\.zip$", name)
    return int(found[1]) if found else None


def _chosen(parts, numbers):
    """The numbers that "2,5-7" stands for, all of which there must be."""
    chosen = set()
    for piece in str(parts).split(","):
        found = re.fullmatch(r"\s*(\d+)\s*(?:-\s*(\d+)\s*)?", piece)
        first, last = (int(found[1]), int(found[2] or found[1])) if found else (1, 0)
        if not {first, last} <= numbers or first > last:
            there = f"1 to {max(numbers)}" if numbers else "none that are numbered"
            raise InputError(
                f"parts={parts!r} does not name audio archives; write e.g. 1-3 or 2,5-7 "
                f"(there are {there})."
            )
        chosen.update(range(first, last + 1))
    return chosen


# What is there ----------------------------------------------------------------------------------


def _marker(to, name):
    return to / "archives" / f"{name}.json"


def _is_there(to, folder, archive):
    """Whether the archive was unpacked before, and what it held still lies there."""
    try:
        mark = json.loads(_marker(to, archive["name"]).read_text())
        same = mark["checksum"] == archive["checksum"]
        return same and all((folder / path).exists() for path in mark["holds"])
    except (OSError, ValueError, KeyError, TypeError):
        return False


def _mark(to, row, files):
    """Remember the first and last file of an archive: they were moved in in this order."""
    holds = [path.relative_to(row.to).as_posix() for path in (files[0], files[-1])]
    with atomic(_marker(to, row.name)) as place:
        place.write_text(json.dumps({"checksum": row.checksum, "holds": holds}))


def _free(to):
    near = next(place for place in [to, *to.absolute().parents] if place.is_dir())
    return shutil.disk_usage(near).free


def _check_disk(rows, to, jobs, keep):
    """Refuse what the disk cannot hold: the files, and the archives that lie there at a time."""
    zipped = sorted((row.size for row in rows), reverse=True)
    begun = sum(path.stat().st_size for row in rows for path in _pieces(to, row) if path.exists())
    need = sum(row.unpacked for row in rows) + sum(zipped if keep else zipped[:jobs]) - begun
    if need > _free(to):
        raise InputError(
            f"{to} needs {need / 1e9:.1f} GB and {_free(to) / 1e9:.1f} GB are free; free some "
            "space, choose another folder, or fetch fewer parts."
        )


def _pieces(to, row):
    """The archive, and what lies there before it is one."""
    return to / "archives" / row.name, to / "archives" / f"{row.name}.part"


# Fetching ---------------------------------------------------------------------------------------


def _fetch_all(rows, to, jobs, keep):
    (to / "archives").mkdir(parents=True, exist_ok=True)
    for left in (to / "archives").glob("tmp*"):  # pooch's, of a run that was killed
        left.unlink()
    pooch.get_logger().setLevel("WARNING")  # it would write into the bar
    stop = threading.Event()
    total = sum(row.size for row in rows)
    with tqdm(total=total, desc="fetching", unit="B", unit_scale=True, disable=not rows) as bar:
        work = (delayed(_fetch_one)(row, to, keep, bar, stop) for row in rows)
        try:
            faults = Parallel(n_jobs=jobs, prefer="threads", batch_size=1)(work)
        finally:
            stop.set()  # after Ctrl-C the threads would go on
    faults = [fault for fault in faults if fault]
    for fault in faults:
        if isinstance(fault, requests.ConnectionError):
            raise _no_network(fault)
    if faults:
        failed = "\n".join(str(fault) for fault in faults)
        raise InputError(f"{len(faults)} of {len(rows)} archives failed:\n{failed}")


def _no_network(error):
    host = urlsplit(error.request.url).netloc if error.request is not None else "the server"
    return InputError(
        f"{host} cannot be reached; check the network and run the same command again: it goes on "
        "where it was."
    )


def _fetch_one(row, to, keep, bar, stop):
    """Fetch and unpack one archive; returns what went wrong, for the others shall go on."""
    archive, part = _pieces(to, row)
    try:
        _download(row, archive, part, bar, stop)
        _mark(to, row, unpack(archive, row.to, row.strip))
        if not keep:
            archive.unlink()
    except _Stopped:
        return None
    except requests.ConnectionError as error:
        stop.set()  # the others come from the same host
        return error
    except requests.RequestException as error:
        return InputError(f"{row.url} cannot be fetched ({error}); run the same command again.")
    except OSError as error:
        reason = error.strerror or error
        return InputError(f"{archive} cannot be written ({reason}); make room and run again.")
    except InputError as error:
        return error


def _download(row, archive, part, bar, stop):
    """Make `archive` a file with the right checksum; if bytes are wrong, all of it once more."""
    counted = _counter(row.size, bar, stop)
    for again in (True, False):
        try:
            counted(0)
            download = partial(_resume, part=part, counted=counted, stop=stop)
            pooch.retrieve(row.url, row.checksum, archive.name, archive.parent, None, download)
            break
        except requests.RequestException:  # some are ValueErrors too
            raise
        except ValueError:  # pooch: another checksum
            part.unlink(missing_ok=True)
            if not again:
                raise InputError(
                    f"{row.url} came twice without its checksum {row.checksum}; try again later, "
                    "or see whether its publisher has changed it."
                ) from None
    part.unlink(missing_ok=True)
    counted(archive.stat().st_size, done=True)


def _counter(size, bar, stop):
    """A function that is told how far one archive is, in bytes, and moves the bar of all."""
    here = 0

    def counted(now, done=False, old=False):
        nonlocal here
        with LOCK:
            if old:
                bar.initial += now - here  # bytes of an earlier run say nothing of the speed
            if done:
                bar.total += now - size  # the declared size is rounded
            bar.update(now - here)
            here = now
        if stop.is_set() and not done:
            raise _Stopped

    return counted


def _resume(url, output_file, _pooch, part, counted, stop):
    """A downloader for pooch that goes on with a `.part` file, whoever began it.

    Pooch then compares the checksum of `output_file`. `part` stays until that was right: a
    run that ends meanwhile loses nothing.
    """
    fruitless = 0
    while True:
        before = part.stat().st_size if part.exists() else 0
        try:
            _connect(url, part, before, counted)
            break
        except requests.RequestException as error:
            fruitless = 0 if part.stat().st_size > before else fruitless + 1
            if fruitless == TRIES or not _may_pass(error):
                raise
            if stop.wait(PAUSE * 2**fruitless):
                raise _Stopped from None
    os.remove(output_file)
    try:
        os.link(part, output_file)
    except OSError:  # a disk without links
        os.replace(part, output_file)


def _may_pass(error):
    """Whether it is worth to try again: the line broke, or the server is busy."""
    return error.response is None or error.response.status_code in (429, 500, 502, 503, 504)


def _connect(url, part, begun, counted):
    """Add to a `.part` file what one connection brings."""
    with open(part, "ab") as file:

        def answered(response, **_):  # before the first byte is written
            if response.status_code == 200:
                file.truncate(0)  # all of it comes, whether or not the rest was asked for
            elif response.status_code == 206 and begun != _first_byte(response):
                raise ValueError("the server sends another part")
            counted(file.seek(0, os.SEEK_END), old=True)

        wanted = {"Range": f"bytes={begun}-"} if begun else {}
        get = pooch.HTTPDownloader(
            chunk_size=CHUNK,
            headers={"Accept-Encoding": "identity", **wanted},
            hooks={"response": answered},
            timeout=TIMEOUT,
        )
        try:
            get(url, CallbackIOWrapper(lambda _: counted(file.tell()), file, "write"), None)
        except requests.HTTPError as error:
            if error.response.status_code != 416 or not begun:
                raise  # 416: nothing lies beyond what is there; the checksum decides


def _first_byte(response):
    found = re.match(r"bytes (\d+)-", response.headers.get("Content-Range", ""))
    return int(found[1]) if found else None
