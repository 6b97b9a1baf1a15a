"""Fetch a data set that is declared in `data/archives.json`: resumed, checked, unpacked.

In the folder `archives/` an archive is fetched to `<name>.part` and becomes `<name>` when its
checksum is right; it is unpacked and deleted, and `<name>.json` then says that it needs no fetching
again. Whatever ends a run (Ctrl-C, a full disk, the network), the next one goes on from there.
Archives fetched by other means may be put into that folder.

Pooch fetches and checks. To go on with half an archive of gigabytes, whatever the server answers to
that, is ours: pooch would begin it again.
"""

import os
import re
import threading
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

import pandas as pd
import pooch
import requests
from joblib import Parallel, delayed
from tqdm.auto import tqdm
from tqdm.utils import CallbackIOWrapper

from thesis_lib.datasets import debs
from thesis_lib.datasets.archives import ARCHIVES, check_disk, mark, pieces, plan, take
from thesis_lib.datasets.unpack import unpack
from thesis_lib.util.errors import InputError

TRIES = 5  # connections one after another that may break without bringing a single byte
PAUSE = 2.0  # s before the first of them is tried again, then twice as long, and so on
TIMEOUT = 30.0  # s without a byte
CHUNK = 1 << 18  # bytes
LOCK = threading.Lock()


class _Stopped(Exception):
    """Another archive found out that nothing can be fetched any more, or Ctrl-C was pressed."""


def fetch(
    name: str,
    to: Path | str,
    sets: Sequence[str] | str | None = None,
    parts: str | None = None,
    jobs: int = 3,
    keep: bool = False,
    given: Path | str | None = None,
    declared: Path | str = ARCHIVES,
) -> pd.DataFrame:
    """Fetch a data set and unpack it.

    Parameters
    ----------
    name : str
        "sins", "fma" or "open_music", or another that `declared` declares.
    to : Path
        Folder for all of it; "sins" makes `dev/` and `eval/` there.
    sets : list of str, or str
        Which of its sets: "dev", "eval"; "medium", "large". None: those declared as default.
    parts : str
        Which of the numbered audio archives, e.g. "1-3" or "2,5-7"; lists and documentation are
        small and always come along. None: all.
    jobs : int
        Archives at a time.
    keep : bool
        Leave the archives there after unpacking.
    given : Path
        A folder with archives that were fetched by other means; those in it are not fetched again.
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
    rows = list(table[~table.there].itertuples())
    if given:
        take(rows, Path(to), Path(given))
    check_disk(rows, Path(to), jobs, keep)
    _fetch_all(rows, Path(to), jobs, keep)
    return table


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
    archive, part = pieces(to, row)
    try:
        _download(row, archive, part, bar, stop)
        mark(to, row, _unpacked(archive, row))
        if not keep:
            archive.unlink()
    except _Stopped:
        return None
    except requests.ConnectionError as error:
        stop.set()  # the others come from the same host
        return error
    except requests.RequestException as error:
        if row.fallback and _is_gone(error):
            return _fetch_one(row._replace(url=row.fallback, fallback=""), to, keep, bar, stop)
        return InputError(f"{row.url} cannot be fetched ({error}); run the same command again.")
    except OSError as error:
        reason = error.strerror or error
        return InputError(f"{archive} cannot be written ({reason}); make room and run again.")
    except InputError as error:
        return error


def _unpacked(archive, row):
    """Unpack an archive, whatever it is: list of Path."""
    if archive.suffix == ".deb":
        return debs.unpack(archive, row.to, row.only)
    return unpack(archive, row.to, row.strip)


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
    """A function of the bytes that one archive has so far: it moves the bar of all."""
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


def _is_gone(error):
    return error.response is not None and error.response.status_code in (404, 410)


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
            if error.response is None or error.response.status_code != 416 or not begun:
                raise  # 416: nothing lies beyond what is there; the checksum decides


def _first_byte(response):
    found = re.match(r"bytes (\d+)-", response.headers.get("Content-Range", ""))
    return int(found[1]) if found else None
