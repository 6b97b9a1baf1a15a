"""What lies in a folder and below it: audio, other files, and what cannot be looked at."""

import os
import re
from collections import Counter
from pathlib import Path
from typing import NamedTuple

from thesis_lib.audio import io as audio_io
from thesis_lib.util.notices import number, some

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
SOUND = frozenset(  # endings of sound: whatever of it cannot be read is named as such
    ".3ga .3gp .8svx .aa .aac .aax .aaxc .ac3 .act .adts .adx .aif .aifc .aiff .alac .amr .ape .au "
    ".avr .awb .caf .cda .dff .dsf .dss .dts .eac3 .ec3 .f4a .flac .gsm .iff .it .kar .la .m4a "
    ".m4b .m4p .m4r .mid .midi .mka .mlp .mo3 .mod .mogg .mp1 .mp2 .mp3 .mp4 .mpa .mpc .mpga .mpp "
    ".nsf .ofr .oga .ogg .ogx .oma .omg .opus .paf .qcp .ra .ram .raw .rf64 .rka .rm .s3m .sd2 "
    ".sds .sf .shn .snd .spx .stem .tak .tta .voc .vox .vqf .w64 .wav .wave .weba .webm .wma .wv "
    ".xm".split()
)


class Walked(NamedTuple):
    """What `walk` found; paths are relative to the folder, with slashes, sorted.

    audio: files whose ending is one of `audio_io.ENDINGS`; others: all other files; tops: the
    folders at the top that could be looked into; faults: a sentence for each file or folder that
    cannot be; notes: sentences on what is passed over on purpose.
    """

    audio: list
    others: list
    tops: list
    faults: list
    notes: list


def walk(folder):
    """List a folder and all below it.

    Links to files and folders are followed, but nothing is listed twice under one folder of the
    top, so that links in a circle end. What systems keep beside people's own files (`SYSTEM`:
    `._x.wav`, `.DS_Store`, `@eaDir`, ...) is passed over without a word. Other names that begin
    with one dot and a letter are hidden: they are passed over and named. Names that begin with
    two dots, or with a dot and a digit, are names like others.

    Parameters
    ----------
    folder : Path

    Returns
    -------
    Walked
    """
    return _Walk(folder).result()


def is_hidden(name):
    """Whether a name is one of a system's own or hidden, see `walk`."""
    return bool(SYSTEM.fullmatch(name) or HIDDEN.match(name))


def ending(path):
    """The ending of a file's name in lower case; of an unfinished download also what is before."""
    suffixes = Path(path).suffixes
    last = suffixes[-1].lower().strip() if suffixes else ""
    before = suffixes[-2].lower() if len(suffixes) > 1 else ""
    return before + last if before in SOUND and last not in SOUND | audio_io.ENDINGS else last


def by_ending(paths, most=12):
    """How many files have which ending: ".jpg 10, .txt 2"; dots after so many endings."""
    count = Counter(ending(path) for path in paths)
    named = [f"{end or 'no ending'} {n}" for end, n in sorted(count.items(), key=_most_first)]
    return some(named, most)


def passed_over(folder, others):
    """Sentences on the files of other endings: how many there are of each.

    Parameters
    ----------
    folder : Path
        For the sentences.
    others : list of str
        Paths.

    Returns
    -------
    list of str
    """
    sound = [path for path in others if is_sound(path)]
    rest = [path for path in others if not is_sound(path)]
    said = []
    if sound:
        said.append(
            f"{folder}: {number(len(sound), 'file')} of sound cannot be read by this ending "
            f"({by_ending(sound)}), such as {sound[0]}; convert to FLAC or WAV."
        )
    if rest:
        said.append(
            f"{folder}: {number(len(rest), 'file')} {'is' if len(rest) == 1 else 'are'} not audio "
            f"({by_ending(rest)}); nothing needs to be done."
        )
    return said


def is_sound(path):
    """Whether a file is one of sound, by its ending."""
    return any(end in SOUND for end in re.findall(r"\.[^.]+", ending(path)))


def _most_first(item):
    return -item[1], item[0]


def reason(error):
    """Why the system refuses a file or folder, in its words: "permission denied"."""
    return (error.strerror or str(error) or "unknown error").lower()


class _Walk:
    """The state of a walk: plain folders go first, so of a file and its link the file stays."""

    def __init__(self, folder):
        self.folder, self.real = str(folder), os.path.realpath(folder)
        self.plain, self.links, self.seen = [("", self.real)], [], set()
        self.audio, self.others, self.tops, self.faults = [], [], [], []
        self.circles, self.twice, self.hidden = [], [], []

    def result(self):
        while self.plain or self.links:
            if self.plain:
                self.look_into(*self.plain.pop())
            else:
                self.follow(*self.links.pop(0))
        lists = (self.audio, self.others, self.tops, self.faults)
        return Walked(*map(sorted, lists), list(self.notes()))

    def look_into(self, below, real):
        if self.is_known(below.split("/")[0], real):
            self.twice.append(below)
            return
        try:
            with os.scandir(real) as entries:
                entries = sorted(entries, key=lambda entry: entry.name)
        except OSError as error:
            self.faults.append(self.unreadable(below, error))
            return
        if below and "/" not in below:
            self.tops.append(below)
        for entry in entries:
            self.sort_out(f"{below}/{entry.name}" if below else entry.name, entry)

    def unreadable(self, below, error):
        place = os.path.join(self.folder, below) if below else self.folder
        return f"{place} cannot be read ({reason(error)}); give yourself the right to read it."

    def sort_out(self, below, entry):
        if SYSTEM.fullmatch(entry.name):
            return
        folder = entry.is_dir(follow_symlinks=False)
        if HIDDEN.match(entry.name):
            if folder or ending(entry.name) in audio_io.ENDINGS or entry.is_symlink():
                self.hidden.append(below)
        elif folder:
            self.plain.append((below, entry.path))
        elif entry.is_symlink():
            self.links.append((below, entry.path))
        elif entry.is_file(follow_symlinks=False):
            self.take(below, entry.path)
        elif ending(entry.name) in audio_io.ENDINGS:
            self.faults.append(f"{self.folder}/{below} is a device or a pipe; take it away.")

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
            self.faults.append(self.dangling(below, link, real))

    def dangling(self, below, link, real):
        try:
            os.stat(link)
        except FileNotFoundError:
            pass
        except OSError as error:  # a link to itself, or into a folder that may not be read
            return self.unreadable(below, error)
        return (
            f"{self.folder}/{below} is a link to {real}, which is missing or no file; "
            "restore it or remove the link."
        )

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
