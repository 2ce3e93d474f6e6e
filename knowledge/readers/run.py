"""Runs of WordprocessingML: their words with what is raised, their font, and whether they are white on white."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import groupby
from operator import itemgetter

from lxml import etree

from knowledge.readers.ooxml import Parts, attribute, child
from knowledge.readers.raised import Height, set_at
from knowledge.readers.xml import local

_BACKED = {"tc", "txbxContent"}
"""Places whose ground may be coloured by something else."""
_COLOURING = {"shd", "highlight", "textFill", "textOutline", "glow", "shadow", "outline", "emboss", "imprint"}


@dataclass
class Words:
    """Words of a paragraph, and what hangs on it: the contents of text boxes."""

    words: list[tuple[str, Height]] = field(default_factory=list)
    boxes: list[etree._Element] = field(default_factory=list)

    def add(self, words: str, height: Height = "") -> None:
        self.words.append((words, height))

    @property
    def text(self) -> str:
        # Runs of one height belong together: `1` and `)` are the mark of a note.
        stretches = groupby(self.words, key=itemgetter(1))
        return "".join(set_at(height, "".join(words for words, _ in each)) for height, each in stretches).strip()


def font(run: etree._Element) -> str:
    """Name of the font that a run names for itself; empty where it leaves it to its style."""
    properties = child(run, "rPr")
    fonts = child(properties, "rFonts") if properties is not None else None
    if fonts is None:
        return ""
    return attribute(fonts, "ascii") or attribute(fonts, "hAnsi") or ""


def has_ground(parts: Parts, main: str) -> bool:
    """Whether anything may lie behind the text: a coloured page, or a picture or shape that floats there."""
    if any(local(each) in {"background", "pict"} or _is_behind(each) for each in parts.root(main).iter()):
        return True
    edges = (path for kind in ("header", "footer") for path in parts.related(kind, main))
    return any(local(each) in {"anchor", "pict"} for path in edges for each in parts.root(path).iter())


def _is_behind(element: etree._Element) -> bool:
    return local(element) == "anchor" and element.get("behindDoc") not in {"0", "false"}


def is_white(run: etree._Element, properties: etree._Element | None) -> bool:
    """White on the white page: nothing else colours the text or the ground it stands on."""
    colour = child(properties, "color") if properties is not None else None
    if properties is None or colour is None or (attribute(colour, "val") or "").upper() != "FFFFFF":
        return False
    if any(local(each) in _COLOURING for each in properties):
        return False
    around = list(run.iterancestors())
    paragraph = next((each for each in around if local(each) == "p"), None)
    own = child(paragraph, "pPr") if paragraph is not None else None
    plain = own is None or all(child(own, name) is None for name in ("shd", "pStyle", "framePr"))
    return plain and child(properties, "rStyle") is None and not any(local(each) in _BACKED for each in around)
