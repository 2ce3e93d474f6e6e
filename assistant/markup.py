"""What a program that shows an answer might act on: addresses, links, images, tags, a template's own marks."""

from __future__ import annotations

import re
import unicodedata

from knowledge.visible import visible

_SCHEME = r"[a-z][a-z0-9+.-]*:[/\\]{2,}"
_WEB = re.compile(rf"(?<![a-z0-9])(?:(?:{_SCHEME})+|(?=www\.))([\w.~:/?#@!$&*+,;=%-]*[\w/])", re.I | re.A)
_LEFT = re.compile(rf"{_SCHEME}|(?:javascript|vbscript)\s*:|data:(?=[\w.+-]+/)", re.I)
_LINK = re.compile(r"(?<=\])(?=[(\[:])")
_IMAGE = re.compile(r"!(?=\[)")
_TAG = re.compile(r"<(?=[A-Za-z/!?|])")
_MARKUP = re.compile(
    r"<[A-Za-z/!?|]|\|>|!\[|\]\s*[(\[:]|&#?\w{2,8};|```|\{\s*[\"'{%]|\[/?[A-Z_]{4,}\]|\[\||(?:javascript|vbscript)\s*:|data:\S",
    re.I,
)


def inert(text: str) -> str:
    """The same words, with nothing in them that a page, a Markdown view or a terminal would follow, load or run.

    A web address stays readable, as code and without its scheme: no view makes a link of that.
    """
    text = _WEB.sub(r"`\1`", visible(text).replace("`", "'"))
    while _LEFT.search(text):
        text = _LEFT.sub("", text)
    return _TAG.sub("‹", _IMAGE.sub("! ", _LINK.sub(" ", text)))


def has_markup(text: str) -> bool:
    """Whether the text is more than plain prose: links, images, tags, entities, calls of tools, marks of a template.

    Wide and other compatible forms of the same signs count too.
    """
    return bool(_MARKUP.search(unicodedata.normalize("NFKC", text)))
