"""What lies in a folder and below it: audio, other files, and what cannot be looked at."""

import os
import re
from pathlib import Path
from typing import NamedTuple

from thesis_lib.audio import io as audio_io
from thesis_lib.datasets.endings import by_ending, ending, of_sound, passed_over
from thesis_lib.util import disk

__all__ = ["by_ending", "ending", "is_hidden", "of_sound", "passed_over", "walk"]

# What systems and programs keep beside people's own files: passed over without a word.
SYSTEM = re.compile(
    r"\._.*|\.(DS_Store|Trash.*|Spotlight-.*|fseventsd|TemporaryItems|DocumentRevisions.*|AppleD.*"
    r"|localized|VolumeIcon.*|apdisk|git.*|svn|hg|cache|venv|ipynb_checkpoints|directory|nomedia"
    r"|picasa.*|thumbnails|stfolder|stversions|sync.*|dropbox.*|nfs.*|fuse_hidden.*)|@eaDir"
    r"|@Recycle|#recycle|#snapshot|\$RECYCLE\.BIN|System Volume Information|lost\+found|__MACOSX"
    r"|__pycache__|desktop\.ini|(eh)?thumbs\.db|Icon\r",
    re.IGNORECASE,
)
HIDDEN = re.compile(r"\.[^\W\d]")  # ".stash" is hidden, "..two dots" and ".38 Special" are not


class Walked(NamedTuple):
    """What `walk` found; paths are relative to the folder, with slashes, sorted.

    audio: files whose ending is one of `audio_io.ENDINGS`; others: all other files; tops: the
    folders at the top that could be looked into; faults: a sentence for each file or folder that
    cannot be; notes: sentences on what is passed over on purpose.
    """

    audio: list[str]
    others: list[str]
    tops: list[str]
    faults: list[str]
    notes: list[str]


def walk(folder: Path | str) -> Walked:
    """List a folder and all below it.

    Links to files and folders are followed, but nothing is listed twice under one folder of the
    top, so that links in a circle end. What systems keep beside people's own files (`SYSTEM`:
    `._x.wav`, `.DS_Store`, `@eaDir`, ...) is passed over without a word. Other names that begin
    with one dot and a letter are hidden: they are passed over and named. Names that begin with
    two dots, or with a dot and a digit, are names like others, and so is a mere ending (".wav").

    Parameters
    ----------
    folder : Path

    Returns
    -------
    Walked
    """
    return _Walk(folder).result()


def is_hidden(name: str) -> bool:
    """Whether a name is one of a system's own or hidden, see `walk`."""
    return bool(SYSTEM.fullmatch(name) or _is_put_away(name))


def _is_put_away(name):
    """Whether a name is hidden, and not that of a song without a title: ".wav"."""
    return bool(HIDDEN.match(name)) and name.lower() not in audio_io.ENDINGS


class _Walk:
    """The state of a walk: plain folders go first, so of a file and its link the file stays."""

    def __init__(self, folder: Path | str) -> None:
        self.folder, self.real = str(folder), os.path.realpath(folder)
        # Paths below the folder, and where they are.
        self.plain: list[tuple[str, str]] = [("", self.real)]
        self.links: list[tuple[str, str]] = []
        self.seen: set[tuple[str, str]] = set()
        self.audio: list[str] = []
        self.others: list[str] = []
        self.tops: list[str] = []
        self.faults: list[str] = []
        self.circles: list[str] = []
        self.twice: list[str] = []
        self.hidden: list[str] = []

    def result(self):
        while self.plain or self.links:
            if self.plain:
                self.look_into(*self.plain.pop())
            else:
                self.follow(*self.links.pop(0))
        audio, others, tops = sorted(self.audio), sorted(self.others), sorted(self.tops)
        return Walked(audio, others, tops, sorted(self.faults), list(self.notes()))

    def look_into(self, below, real):
        if self.is_known(below.split("/")[0], real):
            self.twice.append(below)
            return
        try:
            with os.scandir(real) as there:
                entries = sorted(there, key=lambda entry: entry.name)
        except OSError as error:
            self.faults.append(self.unreadable(below, error))
            return
        if below and "/" not in below:
            self.tops.append(below)
        for entry in entries:
            self.sort_out(f"{below}/{entry.name}" if below else entry.name, entry)

    def unreadable(self, below, error):
        return disk.refused(os.path.join(self.folder, below) if below else self.folder, error)

    def sort_out(self, below, entry):
        try:
            if not SYSTEM.fullmatch(entry.name):
                self.put(below, entry)
        except OSError as error:  # where the folder does not tell what its entries are
            self.faults.append(self.unreadable(below, error))

    def put(self, below, entry):
        folder = entry.is_dir(follow_symlinks=False)
        if _is_put_away(entry.name):
            if folder or ending(entry.name) in audio_io.ENDINGS or entry.is_symlink():
                self.hidden.append(below)
        elif folder:
            self.plain.append((below, entry.path))
        elif entry.is_symlink():
            self.links.append((below, entry.path))
        elif entry.is_file(follow_symlinks=False):
            self.take(below, entry.path)
        elif ending(entry.name) in audio_io.ENDINGS:
            self.faults.append(f"{self.folder}/{below} is {self.no_file(entry)}; take it away.")

    def no_file(self, entry):
        return "a socket" if disk.kind(entry.path) == "socket" else "a device or a pipe"

    def follow(self, below, link):
        real = os.path.realpath(link)
        if os.path.isdir(real):
            inside = (os.path.dirname(link), self.real)
            if any(Path(place).is_relative_to(real) for place in inside):
                self.circles.append(below)
            else:
                self.plain.append((below, real))
        elif os.path.isfile(real) or ending(below) not in audio_io.ENDINGS | {""}:
            self.take(below, real)
        else:
            self.faults.append(self.dangling(below, link))

    def dangling(self, below, link):
        try:
            os.stat(link)
        except disk.NONE:
            pass
        except OSError as error:  # a link to itself, or into a folder that may not be read
            return self.unreadable(below, error)
        return disk.dangling(f"{self.folder}/{below}", link)

    def take(self, below, real):
        if self.is_known(below.rpartition("/")[0].split("/")[0], real):
            self.twice.append(below)
        elif ending(below) in audio_io.ENDINGS:
            self.audio.append(below)
        else:
            self.others.append(below)

    def is_known(self, top, real):
        """Whether just this lies under the same folder of the top already."""
        known = (top, real) in self.seen
        self.seen.add((top, real))
        return known

    def notes(self):
        for found, what, advice in (
            (self.circles, "leads back to a folder that it lies in", "it is not followed"),
            (self.twice, "is a link to what is there already", "it is read once"),
            (self.hidden, "is hidden, for its name begins with a dot", "rename it to have it read"),
        ):
            if found:
                more = f" (and {len(found) - 1} more like this)" if len(found) > 1 else ""
                yield f"{self.folder}/{sorted(found)[0]} {what}{more}; {advice}."
