"""What the other files of a folder are: sound that cannot be read by its ending, or no sound."""

import os
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

from thesis_lib.audio import io as audio_io
from thesis_lib.util.notices import number, some

SOUND = frozenset(  # endings of sound: whatever of it cannot be read is named as such
    ".3ga .3gp .8svx .aa .aac .aax .aaxc .ac3 .act .adts .adx .aif .aifc .aiff .alac .amr .ape .au "
    ".avr .awb .caf .cda .dff .dsf .dss .dts .eac3 .ec3 .f4a .flac .gsm .iff .it .kar .la .m4a "
    ".m4b .m4p .m4r .mid .midi .mka .mlp .mo3 .mod .mogg .mp1 .mp2 .mp3 .mp4 .mpa .mpc .mpga .mpp "
    ".nsf .ofr .oga .ogg .ogx .oma .omg .opus .paf .qcp .ra .ram .raw .rf64 .rka .rm .s3m .sd2 "
    ".sds .sf .shn .snd .spx .stem .tak .tta .voc .vox .vqf .w64 .wav .wave .weba .webm .wma .wv "
    ".xm "
    # films, as music videos are, and what is recorded from the air
    ".3g2 .3gp2 .3gpp .amv .asf .avi .bik .bwf .bw64 .divx .drc .dv .dvr-ms .evo .f4b .f4p .f4v "
    ".flv .gxf .m2p .m2t .m2ts .m4v .mk3d .mkv .mod .mov .mp4v .mpe .mpeg "
    ".mpg .mpv .mts .mxf .nsv .nut .ogm .ogv .qt .rmvb .roq .smk .swf .tod .tp .trp .ts "
    ".vid .vob .vro .wmv .wtv .xvid "
    # sound of old computers, games, telephones and studios
    ".3g .aea .afc .apc .aptx .ast .binka .bcstm .bfstm .brstm .cdxa .dct .dsm .dtshd .dvf .fsb "
    ".g722 .g723 .g726 .g729 .hca .ircam .lbc .mmf .msv .mtm .nmf .okt "
    ".opx .pcm .pvf .rso .sbc .sid .sln .sph .spc .stm .svx .thd .truehd .ult .umx .vag .vgm .vgz "
    ".wve .xa .xi .xma .xwma".split()
)
PLAIN = frozenset(  # what lies beside music and needs no look inside
    ".jpg .jpeg .png .gif .bmp .webp .tif .tiff .heic .svg .ico .psd .txt .md .rtf .doc .docx .pdf "
    ".html .htm .url .webloc .lnk .nfo .sfv .md5 .sha1 .log .cue .m3u .m3u8 .pls .xspf .xml .json "
    ".csv .tsv .xls .xlsx .ini .db .lrc .srt .ass .sub .idx .zip .rar .7z .gz .py .js .css".split()
)
MARKS = (  # how files of sound begin, whatever they are called
    rb"RIFF....(WAVE|AVI )|RF64....WAVE|FORM....AIF|fLaC|OggS|ID3[\x02-\x04]|MThd|wvPK|MAC "
    rb"|caff\0|TTA1|\.snd\0|....ftyp(M4[AB]|mp4|isom|iso2|dash|qt  |3gp)|\x1aE\xdf\xa3"
    rb"|0&\xb2u\x8ef\xcf|DSD |\.RMF|FLV\x01|MPCK|MP\+|tBaK|ajkg|#!AMR|riff\x2e\x91\xcf\x11|ADIF"
)


def ending(path: Path | str) -> str:
    """The ending of a file's name in lower case; of an unfinished download also what is before.

    A name that is nothing but an ending, as of a song without a title, has it: ".wav", "..wav".
    """
    name = os.path.basename(os.fspath(path)).lower().rstrip()
    first, *rest = name.lstrip(".").split(".")
    if not rest:
        alone = f".{first}"
        return alone if name.startswith(".") and alone in SOUND | audio_io.ENDINGS else ""
    last, before = f".{rest[-1]}", f".{rest[-2]}" if len(rest) > 1 else ""
    cut_off = before in SOUND and last not in SOUND | audio_io.ENDINGS
    return before + last if cut_off else last.rstrip(".")


def by_ending(paths: Iterable[Path | str], most: int = 12) -> str:
    """How many files have which ending: ".jpg 10, .txt 2"; dots after so many endings."""
    count = Counter(ending(path) for path in paths)
    named = [f"{end or 'no ending'} {n}" for end, n in sorted(count.items(), key=_most_first)]
    return some(named, most)


def passed_over(folder: Path | str, others: Sequence[str]) -> list[str]:
    """Sentences on the files of other endings: how many there are of each.

    Parameters
    ----------
    folder : Path
        For the sentences, and to look how files begin whose ending tells nothing.
    others : list of str
        Paths below the folder.

    Returns
    -------
    list of str
    """
    sound = of_sound(folder, others)
    rest = sorted(set(others) - set(sound))
    notices = []
    if sound:
        notices.append(
            f"{folder}: {number(len(sound), 'file')} of sound cannot be read by this ending "
            f"({by_ending(sound)}), such as {sound[0]}; convert to FLAC or WAV."
        )
    if rest:
        notices.append(
            f"{folder}: {number(len(rest), 'file')} {'is' if len(rest) == 1 else 'are'} not audio "
            f"({by_ending(rest)}); nothing needs to be done."
        )
    return notices


def of_sound(folder: Path | str, others: Iterable[str]) -> list[str]:
    """Those of the files below a folder that are of sound: by ending, or else by how they begin."""
    return [path for path in others if is_sound(path) or _begins_as_sound(folder, path)]


def is_sound(path: Path | str) -> bool:
    """Whether a file is one of sound, by its ending or what is left of it: ".wav~", ".mp3?dl=1"."""
    ends = re.findall(r"\.[^.]+", ending(path))
    return any(end in SOUND or _bare(end) in SOUND for end in ends)


def _bare(end):
    """An ending without what copies and programs add behind it."""
    return "." + re.split(r"[^a-z0-9]", end[1:], maxsplit=1)[0]


def _begins_as_sound(folder, path):
    """Whether a file begins as those of sound do, where its ending tells nothing."""
    if ending(path) in PLAIN:
        return False
    place = Path(folder, path)
    try:
        with open(place, "rb") if os.path.isfile(place) else open(os.devnull, "rb") as file:
            return bool(re.match(MARKS, file.read(16), re.DOTALL))
    except (OSError, ValueError):
        return False


def _most_first(item):
    return -item[1], item[0]
