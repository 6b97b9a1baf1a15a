"""Make the excerpts of mini music from the files of three Debian packages.

The excerpts are part of the repository, so nobody needs to run this. It is here so that anybody
can check where every second comes from, or cut the excerpts in another way::

    apt-get download ufoai-music singularity-music nexuiz-music
    for package in *.deb; do dpkg -x $package packages; done
    python data/make_mini_music.py packages --check     # compare, change nothing
    python data/make_mini_music.py packages             # make them again

Every composer gets the same number of excerpts, of one length, at one level, and with nothing above
15.5 kHz: without that, a network could tell composers by the loudness of their masters, or by where
the encoder of the original files cut off the treble, and never listen to the music.
"""

import argparse
import csv
import io
import re
import sys
import zipfile
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import numpy as np
import soundfile
import soxr
from scipy.signal import fftconvolve, firwin

from thesis_lib.util.errors import InputError
from thesis_lib.util.files import atomic

HERE = Path(__file__).parent / "mini_music"
MADE = "2026-11-22"  # the day of the change, which the GPL wants to be said in a changed file
SAMPLE_RATE = 44100  # Hz, as the thesis's music
EXCERPTS = 13  # per composer, dealt out over the composer's tracks
DURATION = 30.0  # s of one excerpt
TREBLE = 15500  # Hz; the originals end between 16 and 22 kHz, each encoder in its own place
LEVEL = -23.0  # dB full scale, root mean square of a whole track
PEAK = 0.9  # of full scale; no track is made louder than this allows
QUALITY = 0.4  # of Vorbis, 0 to 1

COLUMNS = [
    "file", "title", "composer", "author_from", "package", "version", "original", "licence",
    "start_s", "duration_s",
]  # fmt: skip

VERSIONS = {"ufoai-music": "2.5-2", "singularity-music": "007-2", "nexuiz-music": "2.5.2-12"}

UFO = "usr/share/games/ufoai/base/0music.pk3:music"
SINGULARITY = "usr/share/games/singularity/music"
NEXUIZ = "usr/share/games/nexuiz/data/music.pk3:sound/cdtracks"


class Composer(NamedTuple):
    """One class: who it is, where the tracks lie, their licence, and which tracks are taken."""

    name: str
    package: str
    folder: str  # in the package; after a colon: inside this zip archive
    licence: str  # as the package's copyright file names it
    author_from: str  # what ties a track to its author
    tracks: str  # stems of the files, without `prefix`; " / " between them
    prefix: str = ""


COMPOSERS = {
    "Crystan": Composer(
        'Christian "Crystan" Hoffmann', "ufoai-music", UFO, "CC-BY-SA-3.0",
        "copyright file, file name and tag",
        "Battlescape02 / Battlescape03 / Battlescape06 / Credits / Geosphere03 / Geosphere04 / "
        "LooseGame / WinGame", "Crystan-"),
    "David_Reeves": Composer(
        "David Reeves (Destructavator)", "ufoai-music", UFO, "CC-BY-3.0",
        "copyright file and file name",
        "David01 / David02 / David03 / David04 / David05"),
    "Elysis": Composer(
        "Gerd Raudenbusch (elysis)", "nexuiz-music", NEXUIZ, "GPL-2+",
        "tag; licence of the whole package",
        "brainsukker / chaos-fog / infight / neuronal-diving / subcities / thru-the-mirror"),
    "Marine": Composer(
        '"Marine" Baklund', "ufoai-music", UFO, "CC-BY-SA-3.0",
        "copyright file and file name",
        "Marine01 / Marine02 / MarineAlienRaid / MarineBacktheAttack / MarineFireFight / "
        "MarineIndustrial / MarineStrikingIntoTheUnknown / MarineUrbanWarfare"),
    "Maxstack": Composer(
        "Max McCracken (Maxstack)", "singularity-music", SINGULARITY, "CC-BY-SA-3.0",
        "copyright file and tag",
        "Advanced Simulacra / Awakening / By-Product / Coherence / Deprecation / Media Threat / "
        "Nebula / Orbital Elevator"),
    "Psymong": Composer(
        "Simon Green (Psymong)", "ufoai-music", UFO, "GPL-2",
        "copyright file and file name",
        "PsymongN1 / PsymongN2 / PsymongN3 / PsymongN4 / PsymongO1 / PsymongO2 / PsymongO4 / "
        "PsymongO5"),
    "Vanethian": Composer(
        'Manuel "Vanethian" Marino (www.manuelmarino.com)', "ufoai-music", UFO, "CC-BY-3.0",
        "copyright file and file name",
        "van_geoscape / van_mission / van_mission2 / van_mission3 / van_mission4 / van_theme"),
}  # fmt: skip


class Excerpt(NamedTuple):
    """One file to be: its row in ATTRIBUTION.tsv and its samples."""

    row: dict
    wave: np.ndarray  # float32 (DURATION * SAMPLE_RATE,)


def excerpts(packages, label):
    """Cut the excerpts of one composer.

    Parameters
    ----------
    packages : Path
        Folder that the packages were unpacked in.
    label : str
        Key of `COMPOSERS`.

    Yields
    ------
    Excerpt
    """
    composer = COMPOSERS[label]
    tracks = composer.tracks.split(" / ")
    for k, track in enumerate(tracks):
        # Dealt out like cards: the first tracks get one more when it does not come out even.
        takes = EXCERPTS // len(tracks) + (k < EXCERPTS % len(tracks))
        original = f"{composer.folder}/{composer.prefix}{track}.ogg"
        wave, title = load(packages, original)
        title = title or composer.prefix + track
        for take, start in zip("ABCDEFGH", starts(wave, takes), strict=False):
            file = f"{label}/{re.sub(r'[^A-Za-z0-9]+', '_', track)}-{take}.ogg"
            first = round(start * SAMPLE_RATE)
            yield Excerpt(
                _row(file, title, composer, original, start),
                wave[first : first + round(DURATION * SAMPLE_RATE)],
            )


def load(packages, original):
    """Read one track: mono, 44.1 kHz, without treble, at the common level.

    Returns
    -------
    wave : float32 array (samples,)
    title : str
        From the file's tag, or empty.
    """
    with soundfile.SoundFile(io.BytesIO(_bytes(packages, original))) as file:
        wave, rate = file.read(dtype="float32", always_2d=True).mean(axis=1), file.samplerate
        title = file.copy_metadata().get("title", "")
    return levelled(without_treble(soxr.resample(wave, rate, SAMPLE_RATE))), title


def _bytes(packages, original):
    path, _, inner = original.partition(":")
    if not (packages / path).is_file():
        raise InputError(f"{packages / path} is missing; unpack the package there with dpkg -x.")
    if not inner:
        return (packages / path).read_bytes()
    with zipfile.ZipFile(packages / path) as archive:
        return archive.read(inner)


def without_treble(wave):
    """Take away what lies above `TREBLE`: a straight-phase filter, 0.5 kHz from pass to stop."""
    # 401 taps of a Blackman window: some 75 dB down beyond the slope, and no echo one could hear.
    taps = firwin(401, TREBLE, window="blackman", fs=SAMPLE_RATE)
    return fftconvolve(wave, taps, mode="same").astype(np.float32)


def levelled(wave):
    """Set a track to the common level, or as near as its peak allows."""
    wanted = 10 ** (LEVEL / 20) / np.sqrt(np.mean(wave**2))
    return wave * np.float32(min(wanted, PEAK / np.abs(wave).max()))


def starts(wave, takes):
    """Where the excerpts of a track begin.

    The track is cut in `takes` equal parts. In each of them the excerpt is the one whose quietest
    second is loudest, so that no excerpt holds a fade or a pause if it can be helped.

    Parameters
    ----------
    wave : float array (samples,)
    takes : int

    Returns
    -------
    list of int
        In s, none overlapping.
    """
    seconds = len(wave) // SAMPLE_RATE
    loudness = np.mean(wave[: seconds * SAMPLE_RATE].reshape(seconds, -1) ** 2, axis=1)
    quietest = np.lib.stride_tricks.sliding_window_view(loudness, int(DURATION)).min(axis=1)
    edges = np.linspace(0, seconds, takes + 1).astype(int)
    return [
        int(low + np.argmax(quietest[low : high - int(DURATION) + 1]))
        for low, high in pairwise(edges)
    ]


def _row(file, title, composer, original, start):
    values = (
        file, title, composer.name, composer.author_from, composer.package,
        VERSIONS[composer.package], original, composer.licence, f"{start:g}", f"{DURATION:g}",
    )  # fmt: skip
    return dict(zip(COLUMNS, values, strict=True))


def write(excerpt, folder):
    """Write one excerpt, with its author, licence and what was done to it inside the file."""
    row = excerpt.row
    comment = (
        f"Changed {MADE}: {row['duration_s']} s from {row['start_s']} s on of "
        f"{Path(row['original']).name} in Debian's {row['package']} {row['version']}; "
        f"mixed to mono, level set, nothing above {TREBLE} Hz, encoded again"
    )
    form = {"format": "OGG", "subtype": "VORBIS", "compression_level": 1 - QUALITY}
    with (
        atomic(folder / row["file"]) as place,
        soundfile.SoundFile(place, "w", SAMPLE_RATE, 1, **form) as file,
    ):
        file.title, file.artist, file.license = row["title"], row["composer"], row["licence"]
        file.comment = comment
        for block in np.array_split(excerpt.wave, 32):  # one long write can exhaust the stack
            file.write(block)


def write_attribution(rows, folder):
    """Write ATTRIBUTION.tsv: a row an excerpt."""
    with atomic(folder / "ATTRIBUTION.tsv") as place, place.open("w", newline="") as file:
        table = csv.DictWriter(file, COLUMNS, delimiter="\t", lineterminator="\n")
        table.writeheader()
        table.writerows(rows)


def likeness(excerpt, folder):
    """Correlation of an excerpt's samples with those of the file in `folder`, 1 at best."""
    wave, rate = soundfile.read(folder / excerpt.row["file"], dtype="float32")
    if rate != SAMPLE_RATE or wave.shape != excerpt.wave.shape:
        return 0.0
    return float(np.corrcoef(wave, excerpt.wave)[0, 1])


def check(packages, folder):
    """Sentences on the excerpts in `folder` that are not what this script would make."""
    faults, rows = [], []
    for label in COMPOSERS:
        for excerpt in excerpts(packages, label):
            rows.append(excerpt.row)
            alike = likeness(excerpt, folder)
            print(f"{excerpt.row['file']:45} {alike:.4f}")
            if alike < 0.95:  # the lossy encoding alone leaves 0.97 and more
                faults.append(f"{excerpt.row['file']} is not the excerpt it is said to be.")
    with (folder / "ATTRIBUTION.tsv").open(newline="") as file:
        if list(csv.DictReader(file, delimiter="\t")) != rows:
            faults.append("ATTRIBUTION.tsv does not say what this script says.")
    return faults


def make(packages, folder):
    """Make every excerpt and ATTRIBUTION.tsv in `folder`."""
    rows = []
    for label in COMPOSERS:
        for excerpt in excerpts(packages, label):
            write(excerpt, folder)
            rows.append(excerpt.row)
        print(f"{label}: {sum(row['file'].startswith(label + '/') for row in rows)} excerpts")
    write_attribution(rows, folder)


def main():
    """Read the command line; see the text at the top of this file."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("packages", type=Path, help="folder the packages were unpacked in")
    parser.add_argument("--to", type=Path, default=HERE, help="folder to write or check")
    parser.add_argument("--check", action="store_true", help="compare only, write nothing")
    args = parser.parse_args()
    if args.check:
        sys.exit("\n".join(check(args.packages, args.to)) or None)
    make(args.packages, args.to)


if __name__ == "__main__":
    main()
