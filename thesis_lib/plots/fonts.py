"""Names in any script, drawn: fonts that have their letters, or else letters that spell them out.

A figure whose texts its own font can draw stays as it is. Only what that font lacks is looked for
among the fonts of the system, and what none of them has is written in other letters.
"""

import logging
import unicodedata
from functools import lru_cache
from pathlib import Path

from matplotlib import font_manager
from matplotlib.backend_bases import RendererBase
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.layout_engine import ConstrainedLayoutEngine
from matplotlib.text import Text
from matplotlib.ticker import FuncFormatter

from thesis_lib.util.text import readable

log = logging.getLogger(__name__)

# Asked first, by how their files are called; then all others of the system.
PREFERRED = (
    "NotoSansCJK", "NotoSans", "Hiragino", "PingFang", "AppleSDGothicNeo", "msyh", "YuGoth",
    "malgun", "msgothic", "segoeui", "seguisym", "Arial Unicode", "ArialUnicode", "Symbola",
)  # fmt: skip
LAST_RESORT = ("LastResort", "AdobeBlank")  # have a box for every letter there is
MARKS = ("Mn", "Me", "Cf", "Sk", "Cs")  # left out where no font has them: accents, joiners, tones


class LegibleFigure(Figure):
    """A Figure whose texts are made drawable before anything is placed or drawn."""

    def draw(self, renderer: RendererBase) -> None:
        """Draw as `Figure` does, every text in letters that some font has."""
        if self.get_layout_engine() is None:
            make_legible(self)
        super().draw(renderer)


class LegibleLayout(ConstrainedLayoutEngine):
    """Places the axes of a figure by the letters that its texts will have."""

    def execute(self, fig: Figure) -> None:
        """Place as constrained layout does."""
        make_legible(fig)
        super().execute(fig)


def make_legible(figure: Figure) -> None:
    """Give texts that need them other fonts or other letters; all other texts stay.

    Parameters
    ----------
    figure : matplotlib Figure
    """
    for axes in figure.axes:
        for axis in axes._axis_map.values():
            _spell_ticks(axis)
    for text in figure.findobj(Text):
        name = text.get_text()
        if name.isascii() and name.isprintable():
            continue
        fonts = _fallbacks(name, text.get_fontproperties())
        if fonts:
            text.set_fontfamily([*text.get_fontfamily(), *fonts])
        spelled = spell(name, text.get_fontproperties())
        if spelled != name:
            text.set_text(spelled)


def _spell_ticks(axis):
    """Tick labels are made again at each drawing, so what makes them is changed."""
    form, before = axis.get_major_formatter(), [text.get_text() for text in axis.get_ticklabels()]
    if any(not (name.isascii() and name.isprintable()) for name in before):
        prop = axis.get_ticklabels()[0].get_fontproperties()
        if any(spell(name, prop) != name for name in before):
            axis.set_major_formatter(FuncFormatter(lambda *where: spell(form(*where), prop)))


def spell(name: str, prop: FontProperties | None = None) -> str:
    """A text without control characters, and with letters that some font has.

    Parameters
    ----------
    name : str
    prop : matplotlib FontProperties, optional
        Of the text; None: those of a figure's texts.

    Returns
    -------
    str
        Letters that neither the text's font nor another of the system has are spelled by their
        Unicode names ("ka" for a Hiragana), what is no letter by its name in brackets, an ideograph
        by its number ("[U+65E5]").
    """
    prop = prop or font_manager.FontProperties()
    name = "".join(
        c if c == "\n" or unicodedata.category(c) != "Cc" else " " for c in readable(name)
    )
    lacking = _lacking(name, prop)
    foreign = {c for c in lacking if not _font_of(c)}
    if any(_spelled(c) for c in foreign):
        _warn_once()
    return "".join(_spelled(c) if c in foreign else c for c in name)


def _lacking(name, prop):
    own = frozenset().union(*(_letters(path) for path in _paths(prop)))
    return {c for c in name if c != "\n" and ord(c) not in own}


def _paths(prop):
    """The files of the families that a text names, as far as they are there."""
    for family in prop.get_family():
        one = prop.copy()
        one.set_family(family)
        try:
            yield font_manager.findfont(one, fallback_to_default=False)
        except ValueError:
            continue


def _fallbacks(name, prop):
    """The families that have what the text's own lack, each once."""
    found = [_font_of(c) for c in sorted(_lacking(name, prop))]
    return list(dict.fromkeys(filter(None, found)))


@lru_cache(1 << 14)
def _font_of(letter):
    """The family of the first font of the system that has a letter; None: there is none."""
    for path in _system():
        if ord(letter) in _letters(path):
            return _known(path)
    return None


@lru_cache(1)
def _system():
    """The font files of the system, those asked first before the others."""
    paths = map(str, font_manager.findSystemFonts())
    return sorted(set(paths), key=lambda path: (_rank(Path(path).name), path))


def _rank(name):
    own = [name.lower().startswith(one.lower()) for one in PREFERRED]
    plain = not any(style in name for style in ("Regular", "Medium")) and "-" in name
    return own.index(True) if any(own) else len(own), plain


@lru_cache(None)
def _letters(path):
    """The numbers of the letters that a font can draw; none where it cannot be read."""
    if any(name in Path(str(path)).name for name in LAST_RESORT):
        return frozenset()
    try:
        return frozenset(font_manager.get_font(path).get_charmap())
    except (OSError, RuntimeError):  # a bitmap font, or a broken file
        return frozenset()


def _known(path):
    """The family of a font file, which matplotlib knows from now on.

    It keeps a list of fonts from long ago: one that was installed since is not in it.
    """
    family = font_manager.get_font(path).family_name
    if family not in {entry.name for entry in font_manager.fontManager.ttflist}:
        stem = Path(path).name.split("-")[0]
        for file in _system():  # bold and all
            if Path(file).name.split("-")[0] == stem and _letters(file):
                font_manager.fontManager.addfont(file)
    # That there is no bold of a script is no news to a reader.
    logging.getLogger("matplotlib.font_manager").setLevel(logging.ERROR)
    return family


def _spelled(letter):
    """One letter that no font has, in ASCII."""
    kind, name = unicodedata.category(letter), unicodedata.name(letter, "")
    if kind in MARKS:
        return ""
    plain = unicodedata.normalize("NFKD", letter)
    if plain[0] != letter and plain[0].isascii():
        return "".join(c for c in plain if c.isascii())
    if not name or "IDEOGRAPH" in name:
        return f"[U+{ord(letter):04X}]"
    if kind[0] in "LM":
        last = name.split(" LETTER ")[-1].split(" SYLLABLE ")[-1].split(" SIGN ")[-1].split()[-1]
        return last if "KATAKANA" in name or kind == "Lu" else last.lower()
    return f"[{name.lower()}]"


@lru_cache(1)
def _warn_once():
    log.warning(
        "No font here has all letters of these names, so some are spelled out; a font with them "
        "(on Debian and Ubuntu the packages fonts-noto-core, fonts-noto-cjk and fonts-symbola) "
        "makes them legible."
    )
