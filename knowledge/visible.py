"""Text as a person sees it: characters without a glyph can hide words from people and show them to machines."""

from __future__ import annotations

import re

_UNSEEN = re.compile(
    "["
    "\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f"  # controls; those that part lines and words stay
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u3164\uffa0"  # soft hyphen, joiners, Hangul fillers
    "\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff"  # zero width, direction of writing
    "\ufff0-\ufffb\U0001d173-\U0001d17a"  # annotation and musical controls
    "\ud800-\udfff\U000e0000-\U000e0fff"  # halves of characters, tags and variation selectors beyond the first sixteen
    "]|[\ufe00-\ufe0f]{2,}|[\ufe00-\ufe0d]"  # one selector chooses an emoji's look; a run of them spells bytes
)


def visible(text: str) -> str:
    """`text` without control, zero-width, direction-changing, filler and tag characters."""
    return _UNSEEN.sub("", text)
