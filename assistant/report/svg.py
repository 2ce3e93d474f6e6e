"""A drawing as matplotlib writes it, made fit for a page that forbids inline style."""

from __future__ import annotations

import re
from typing import Any

_SPACE = "{http://www.w3.org/2000/svg}"
_SIZE = re.compile(r"(?:^|\s)([\d.]+)px")
_PRESENTED = frozenset(
    [
        "fill",
        "fill-opacity",
        "fill-rule",
        "opacity",
        "stroke",
        "stroke-width",
        "stroke-opacity",
        "stroke-dasharray",
        "stroke-dashoffset",
        "stroke-linecap",
        "stroke-linejoin",
        "stroke-miterlimit",
        "text-anchor",
        "font-size",
        "font-weight",
        "clip-path",
    ]
)


def plain_svg(written: str, *, label: str, ink: str) -> str:
    """The drawing with presentation attributes in place of styles, and without ids but those it refers to.

    Letters and lines in `ink` take the colour of the text around (light or dark); `label` is what the picture says.
    """
    from lxml import etree

    root = etree.fromstring(
        written.encode(), etree.XMLParser(resolve_entities=False, remove_comments=True, no_network=True)
    )
    for gone in [*root.iter(f"{_SPACE}metadata"), *root.iter(f"{_SPACE}style")]:
        gone.getparent().remove(gone)
    for element in root.iter():
        _present(element, ink)
    _drop_ids(root)
    box = root.get("viewBox")
    root.attrib.clear()
    for name, value in {
        "viewBox": box,
        "role": "img",
        "aria-label": label,
        "width": "100%",
        "stroke-linejoin": "round",
    }.items():
        root.set(name, value)
    root.set("class", "gj-radar")
    for element in root.iter():
        element.tag = etree.QName(element).localname
        element.tail = None if element.tag != "tspan" else element.tail
        element.text = element.text if element.tag in {"text", "tspan"} else None
    etree.cleanup_namespaces(root)
    return str(etree.tostring(root, encoding="unicode", pretty_print=False))


def _present(element: Any, ink: str) -> None:
    style = element.attrib.pop("style", "")
    for each in style.split(";"):
        name, _, value = (part.strip() for part in each.partition(":"))
        if name == "font":
            _font(element, value)
        elif name in _PRESENTED:
            element.set(name, value.removesuffix("px"))
    for name in ("fill", "stroke"):
        if element.get(name) == ink:
            element.set(name, "currentColor")


def _font(element: Any, shorthand: str) -> None:
    size = _SIZE.search(shorthand)
    if size:
        element.set("font-size", size.group(1))
    if re.search(r"(^|\s)(bold|[6-9]00)\s", shorthand):
        element.set("font-weight", "700")


def _drop_ids(root: Any) -> None:
    whole = " ".join(value for element in root.iter() for name, value in element.attrib.items() if name != "id")
    for element in root.iter():
        name = element.get("id")
        if name and f"#{name}" not in whole:
            del element.attrib["id"]
