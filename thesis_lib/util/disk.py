"""What is there at a path: a file, a folder, something else or nothing, and what the system says.

`Path.exists` and its like raise where a folder may not be entered or a name is too long, and
`os.path.exists` calls that missing; here it is an `InputError` that says what it is.
"""

import errno
import os
import stat
from pathlib import Path

from thesis_lib.util.errors import InputError

NONE = (FileNotFoundError, NotADirectoryError)
ADVICE: dict[int | None, str] = {
    errno.EACCES: "give yourself the right to read it",
    errno.EPERM: "give yourself the right to read it",
    errno.ELOOP: "remove the link, for it leads back to itself",
    errno.ENAMETOOLONG: "give it, or the folders that it lies in, shorter names",
    errno.EMFILE: "allow more open files (ulimit -n)",
    errno.ENFILE: "close other programs, for too many files are open",
}
KINDS = (
    (stat.S_ISREG, "file"),
    (stat.S_ISDIR, "folder"),
    (stat.S_ISFIFO, "pipe"),
    (stat.S_ISSOCK, "socket"),
)
UNWELL = "see whether its disk is well and connected"  # input/output errors, stale handles, ...


def kind(path: Path | str) -> str:
    """What is at a path; links are followed.

    Parameters
    ----------
    path : Path or str

    Returns
    -------
    str
        "file", "folder", "pipe", "socket", "device", or "" where there is nothing.

    Raises
    ------
    InputError
        The system does not say: a folder above may not be entered, a link leads to itself, ...
    """
    try:
        mode = os.stat(path).st_mode
    except NONE:
        return ""
    except ValueError:  # a zero byte, which no name can hold
        return ""
    except OSError as error:
        raise InputError(refused(path, error)) from None
    return next((name for is_one, name in KINDS if is_one(mode)), "device")


def no_file(path: Path | str) -> str | None:
    """Why there is no file at a path, as a sentence; None where there is one.

    Parameters
    ----------
    path : Path or str

    Returns
    -------
    str or None
    """
    try:
        what = kind(path)
    except InputError as error:
        return str(error)
    if what == "file":
        return None
    if what:
        return f"{path} is a {what}, not a file; take it away or give another."
    if os.path.islink(path):
        return dangling(path, path)
    return f"{path} is missing; give a file that is there."


def dangling(path: Path | str, link: Path | str) -> str:
    """The sentence on a link that leads nowhere; it is shown as `path` and lies at `link`."""
    there, what = os.path.realpath(link), kind(link)
    why = f"a {what} and no file" if what else "which is missing or no file"
    return f"{path} is a link to {there}, {why}; restore it or remove the link."


def check_folder(folder: Path | str) -> None:
    """Raise an `InputError` where a folder is there and may not be looked into."""
    if kind(folder) == "folder" and not os.access(folder, os.R_OK | os.X_OK):
        raise InputError(refused(folder, PermissionError(errno.EACCES, "Permission denied")))


def check_writable(path: Path | str) -> None:
    """Raise an `InputError` where no file can be written to a path, before work is put into it."""
    path = Path(os.path.abspath(path))
    if kind(path) == "folder":
        raise InputError(f"{path} is a folder; give a file's name in it.")
    above = next(one for one in path.parents if kind(one))
    if kind(above) != "folder":
        raise InputError(f"{above} is a {kind(above)} and no folder; choose another place.")
    if not os.access(above, os.W_OK | os.X_OK):
        raise InputError(f"{above} cannot be written to; choose another place for {path.name}.")


def refused(path: Path | str, error: OSError) -> str:
    """The sentence on a file or folder that the system refuses."""
    return f"{path} cannot be read ({reason(error)}); {ADVICE.get(error.errno, UNWELL)}."


def reason(error: OSError) -> str:
    """Why the system refuses a file or folder, in its words: "permission denied"."""
    return (error.strerror or str(error) or "unknown error").lower()


def names(folder: Path | str) -> list[str]:
    """The names of what is in a folder; none where it cannot be looked into."""
    try:
        return os.listdir(folder)
    except OSError:
        return []
