"""Unpack an archive that came over the net: all of it, checked, or nothing."""

import lzma
import shutil
import stat
import tempfile
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path, PurePosixPath

from thesis_lib.util.errors import InputError

# Sound packs to about half its size and tables to a tenth; a bomb to a thousandth. Small archives
# may pack better, and 100 MB harm nobody.
RATIO = 20  # unpacked bytes to a byte of the archive, at most
ALWAYS_ALLOWED = 100_000_000  # bytes that any archive may unpack to
HEADER = 30  # bytes in front of an entry's name and data, at least
BAD = "it is damaged or made to do harm: fetch it again from its publisher."

# What `zipfile` raises on damaged archives, and other readers too.
DAMAGED = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    EOFError,
    NotImplementedError,
    RuntimeError,
    ValueError,
    OSError,
)


def unpack(archive: Path | str, folder: Path | str, strip: bool = True) -> list[Path]:
    """Unpack a ZIP archive into a folder, beside what lies there of other archives.

    Files are unpacked aside and moved in only when every checksum was right; those of the same
    name are replaced.

    Parameters
    ----------
    archive : Path
    folder : Path
        Made where it is missing.
    strip : bool
        Leave out the first-level folder, which must then hold all files.

    Returns
    -------
    list of Path
        The files, in the archive's order.

    Raises
    ------
    InputError
        The archive is damaged, encrypted or too large for the disk, would unpack to far more than
        it weighs, or holds a link, a name twice, entries that share bytes, or a name that leads
        out of the folder. Nothing was written then.
    """
    archive, folder = Path(archive), Path(folder)
    with named(archive), zipfile.ZipFile(archive) as file:
        members = _members(archive, file, strip)
        _check_overlaps(archive, file.infolist())
        total = sum(member.file_size for member in members.values())
        check_bomb(archive, total)
        check_room(archive, folder, total)
        _check_places(archive, folder, members)
        with room_in(folder, archive.name) as room:
            for name, member in members.items():
                _extract(file, member, room / name)
            return move_in(archive, room, folder, members)


def move_in(archive: Path, room: Path, folder: Path, names: Iterable[str]) -> list[Path]:
    """Move files that are whole from the room into the folder: list of Path, in their order."""
    _check_places(archive, folder, names)
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (room / name).replace(folder / name)
    return [folder / name for name in names]


@contextmanager
def named(archive: Path, damaged: tuple[type[Exception], ...] = DAMAGED) -> Iterator[None]:
    """What a reader raises on damaged archives becomes a sentence that names the archive."""
    if not archive.is_file():
        raise InputError(f"{archive} is missing; fetch it again.")
    try:
        yield
    except InputError:
        raise
    except damaged as error:
        reason = getattr(error, "strerror", None) or str(error) or type(error).__name__
        raise InputError(
            f"{archive} cannot be unpacked ({reason}); fetch it again, or make room for it."
        ) from error


def _members(archive, file, strip):
    """The archive's files by the name each will have below the folder."""
    entries = [entry for entry in file.infolist() if not _is_folder(archive, entry)]
    if not entries:
        raise InputError(f"{archive} holds no files; fetch it again.")
    paths = [_path(archive, entry) for entry in entries]
    if strip:
        if len({path.parts[0] for path in paths}) > 1 or min(len(p.parts) for p in paths) == 1:
            raise InputError(f"{archive} does not hold one folder with all files; fetch it again.")
        paths = [PurePosixPath(*path.parts[1:]) for path in paths]
    names = [str(path) for path in paths]
    check_names(archive, names)
    return dict(zip(names, entries, strict=True))


def check_names(archive: Path, names: Sequence[str]) -> None:
    """Refuse names of which two are one file on some disk: those that do not tell a from A."""
    if len({name.casefold() for name in names}) < len(names):
        raise InputError(f"{archive} holds a name twice; fetch it again.")


def _is_folder(archive, entry):
    if not entry.is_dir():
        return False
    _path(archive, entry)
    if entry.file_size:
        raise InputError(f"{archive} holds a folder with content, {entry.filename!r}; {BAD}")
    return True


def _path(archive, entry):
    """An entry's name as a path that stays below the folder, of a plain file that can be read."""
    name = entry.filename
    path = inside(archive, name)
    if stat.S_IFMT(entry.external_attr >> 16) not in (0, stat.S_IFREG, stat.S_IFDIR):
        raise InputError(f"{archive} holds a link or a special file, {name!r}; {BAD}")
    if entry.flag_bits & 0x1:
        raise InputError(f"{archive} is encrypted ({name!r}); fetch the open one.")
    return path


def inside(archive: Path, name: str) -> PurePosixPath:
    """A name in an archive as a path that stays below the folder: PurePosixPath."""
    parts = name.removesuffix("/").split("/")
    if {"", ".", ".."} & set(parts) or "\\" in name or ":" in parts[0]:
        raise InputError(f"{archive} holds a name that leads out of its folder, {name!r}; {BAD}")
    return PurePosixPath(name)


def _check_overlaps(archive, entries):
    """Refuse bytes that belong to two entries: older `zipfile` (before 3.11.8) lets them pass."""
    end = 0
    for entry in sorted(entries, key=lambda entry: entry.header_offset):
        if entry.header_offset < end:
            raise InputError(f"{archive} holds entries that overlap, {entry.filename!r}; {BAD}")
        end = entry.header_offset + HEADER + len(entry.orig_filename) + entry.compress_size


def check_bomb(archive: Path, total: int) -> None:
    """Refuse an archive that unpacks to far more bytes than it weighs."""
    if total > max(ALWAYS_ALLOWED, RATIO * archive.stat().st_size):
        raise InputError(
            f"{archive} would unpack to {total / 1e9:.1f} GB, more than {RATIO} times its size; "
            + BAD
        )


def check_room(archive: Path, folder: Path, total: int) -> None:
    """Refuse an archive that unpacks to more bytes than the disk has free."""
    near = next(place for place in [folder, *folder.absolute().parents] if place.is_dir())
    free = shutil.disk_usage(near).free
    if total > free:
        raise InputError(
            f"{archive} needs {total / 1e9:.1f} GB in {folder} and {free / 1e9:.1f} GB are free; "
            "free some space or choose another folder."
        )


def _check_places(archive, folder, names):
    """Refuse before anything is written what could not be moved in at the end."""
    for name in names:
        if (folder / name).is_dir():
            raise InputError(f"{archive}: {folder / name} is a folder, not a file; move it away.")
    for parent in {parent for name in names for parent in (folder / name).parents}:
        if parent.exists() and not parent.is_dir():
            raise InputError(f"{archive}: {parent} is a file, not a folder; move it away.")


@contextmanager
def room_in(folder: Path, name: str) -> Iterator[Path]:
    """A hidden folder on the disk of `folder`, gone at the end; a new `folder` goes with a fault.

    Not beside it: `folder` may be where a disk is mounted.
    """
    prefix = f".{name}."
    new = not folder.exists()
    folder.mkdir(parents=True, exist_ok=True)
    for left in folder.glob(f"{prefix}*.tmp"):  # of a run that was killed
        shutil.rmtree(left, ignore_errors=True)
    try:
        with tempfile.TemporaryDirectory(prefix=prefix, suffix=".tmp", dir=folder) as room:
            yield Path(room)
    except BaseException:
        if new and not any(folder.iterdir()):
            folder.rmdir()
        raise


def _extract(file, entry, path):
    """One file; `zipfile` compares its checksum when it comes to the end."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with file.open(entry) as source, open(path, "xb") as target:
        shutil.copyfileobj(source, target, 1 << 20)
    if path.stat().st_size != entry.file_size:
        raise zipfile.BadZipFile(f"{entry.filename} is shorter than declared")
