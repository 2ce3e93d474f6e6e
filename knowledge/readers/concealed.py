"""Elements of a page that a person does not see or that are struck out: their words must not be found, quoted or obeyed."""

from __future__ import annotations

import re

from bs4 import BeautifulSoup, Tag

_CONCEALING = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)"
    r"|font-size\s*:\s*0+(?:\.0+)?\s*(?:px|pt|em|rem|%)?\s*(?:;|!|$)"
    r"|text-decoration(?:-line)?\s*:[^;]*line-through"
    r"|opacity\s*:\s*0+(?:\.0+)?\s*(?:;|!|$)"
    r"|(?:text-indent|left|top|right|margin-left)\s*:\s*-\d{3,}",
    re.I,
)
_COLOUR = re.compile(r"(?<![-\w])(background(?:-color)?|color)\s*:\s*([#\w]+(?:\([^)]*\))?)", re.I)
_COMMENT = re.compile(r"/\*.*?\*/", re.S)
_RULE = re.compile(r"([^{}]+)\{([^{}]*)\}")
_SIMPLE = re.compile(r"([a-z][a-z0-9]*)?([.#])([\w-]+)", re.I)
_NEVER = {"html", "body", "main"}
_STRUCK = {"s", "del", "strike"}
_LONGEST_STYLE = 200_000


def drop_concealed(page: BeautifulSoup) -> None:
    """Take out what attributes, inline styles or plain class and id rules of the page's own style sheets conceal or strike out."""
    by_class, by_id = _concealing_names(page)
    concealed = [
        tag
        for tag in page.find_all()
        if tag.name in _STRUCK
        or (
            tag.attrs
            and tag.name not in _NEVER
            and (_is_concealed(tag) or str(tag.get("id", "")) in by_id or not by_class.isdisjoint(_classes(tag)))
        )
    ]
    for tag in concealed:
        if not tag.decomposed:  # with what it lay in
            tag.decompose()


def _is_concealed(tag: Tag) -> bool:
    if tag.has_attr("hidden") and str(tag.get("hidden")).lower() != "until-found":
        return True
    if str(tag.get("aria-hidden", "")).lower() == "true":
        return True
    style = str(tag.get("style", ""))
    return bool(style) and (_CONCEALING.search(style) is not None or _in_its_own_background(style))


def _in_its_own_background(style: str) -> bool:
    colours = {key.lower().removesuffix("-color"): _plain(value) for key, value in _COLOUR.findall(style)}
    return "color" in colours and colours["color"] == colours.get("background")


def _plain(colour: str) -> str:
    """One spelling a colour, for white and the short forms."""
    colour = {"white": "#ffffff", "black": "#000000"}.get(colour.lower(), colour.lower().replace(" ", ""))
    return "#" + "".join(2 * digit for digit in colour[1:]) if re.fullmatch(r"#[0-9a-f]{3}", colour) else colour


def _classes(tag: Tag) -> list[str]:
    kept = tag.get("class")
    return list(kept) if isinstance(kept, list) else str(kept or "").split()


def _concealing_names(page: BeautifulSoup) -> tuple[set[str], set[str]]:
    """Classes and ids that a rule conceals. Rules for print or narrow screens (`@media`) say nothing of a desk."""
    by_class: set[str] = set()
    by_id: set[str] = set()
    for style in page.find_all("style"):
        if str(style.get("media", "all")).lower() not in {"all", "screen", ""}:
            continue
        for selectors, rule in _RULE.findall(_without_conditions(_COMMENT.sub("", style.get_text()[:_LONGEST_STYLE]))):
            if _CONCEALING.search(rule):
                for selector in selectors.split(","):
                    simple = _SIMPLE.fullmatch(selector.strip())
                    if simple:
                        (by_class if simple.group(2) == "." else by_id).add(simple.group(3))
    return by_class, by_id


def _without_conditions(style: str) -> str:
    """The style sheet without its @-rules and their blocks."""
    kept, at = [], 0
    while (start := style.find("@", at)) >= 0:
        kept.append(style[at:start])
        at, depth = start, 0
        while at < len(style):
            character = style[at]
            depth += (character == "{") - (character == "}")
            at += 1
            if (character == ";" and not depth) or (character == "}" and depth <= 0):
                break
    return "".join(kept) + style[at:]
