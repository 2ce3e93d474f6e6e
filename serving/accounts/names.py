"""Names as they are shown and as they are compared: no two that look the same to a reader are two names."""

from __future__ import annotations

import re
import unicodedata

from serving.errors import RequestError

MOST = 80
"""Characters of the name of a person, a company or a key."""
# Letters and marks by Unicode's word, nothing to the eye: what `str.isprintable` lets through.
_UNSEEN = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]"
)
_LOGIN = re.compile(r"[0-9a-z가-힣][0-9a-z가-힣._@+-]{1,118}[0-9a-z가-힣]")


def shown(text: str) -> str:
    """A name on one line, composed, without controls and what is not to be seen. It may be empty."""
    line = " ".join(unicodedata.normalize("NFC", text).split())
    seen = "".join(letter for letter in _UNSEEN.sub("", line) if letter.isprintable())
    return " ".join(seen.split())


def likeness(name: str) -> str:
    """Equal for two names that read alike: ㈜한빛 and (주) 한빛, Hanbit and HANBIT."""
    return "".join(folded(shown(name)).split())


def login(text: str) -> str:
    """A login as it is kept. Raises RequestError for one that could be taken for another, or is none."""
    plain = folded(text)
    if not _LOGIN.fullmatch(plain):
        raise RequestError("login_malformed", 422)
    return plain


def folded(text: str) -> str:
    """Without the difference of case, width and composition."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    return unicodedata.normalize("NFKC", plain).strip()
