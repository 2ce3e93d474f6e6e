"""Bytes of a text file into text: UTF-8, UTF-16 and UTF-32, CP949, Johab, or a refusal.

A file with a few broken bytes is read, each of them standing as `�`, which is also what every editor shows: refusing it
would lose a whole log for one cut character, and no word is made up that way. More than a few mean a wrong guess.
"""

from __future__ import annotations

import codecs
import re

from knowledge.errors import UnreadableError

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # begins with the mark of UTF-16
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
BROKEN = "\ufffd"
_CONTROLS = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
_HEAD = 16_384
_MOST_BROKEN = 1 / 500
_SURE = 0.95
_ENOUGH = 20
_USUAL_WIDE = re.compile(
    r"[\t\n\r -~\u00a0-\u00ff\u2010-\u203e\u2460-\u24ff\u25a0-\u25ff\u3000-\u303f\u3131-\u318e가-힣]"
)
_OTHER_NAMES = {
    "euc-kr",
    "euckr",
    "euc_kr",
    "ks_c_5601-1987",
    "ks_c_5601-1989",
    "ksc5601",
    "ksc_5601",
    "korean",
    "ms949",
}


def decode(data: bytes, declared: str = "") -> str:
    """Text of `data` with `\\n` line ends. Raises UnreadableError where no encoding fits.

    `declared` is what the file or its mail says of itself: followed where it fits and the text is not plainly UTF-8.
    """
    for mark, name in _MARKS:
        if data.startswith(mark):
            return _even(_mended(data, name))
    if b"\x00" in data[:4096]:
        return _even(_wide(data) or _with_zeros(data))
    return _even(_narrow(data, declared))


def head(data: bytes, declared: str = "") -> str:
    """Text of the first 16 KB, for telling formats apart. Raises UnreadableError where no encoding fits."""
    if len(data) <= _HEAD:
        return decode(data, declared)
    cut = data.rfind(b"\n", _HEAD // 2, _HEAD)
    # Whole four-byte units, for the wide encodings; in the others a character cut in two counts as one broken byte.
    return decode(data[: _HEAD if cut < 0 or b"\x00" in data[:4096] else cut], declared)


def codec_named(label: str) -> str:
    """Python's codec for a charset as mails and pages call it; empty where there is none.

    Korean programs say EUC-KR and write CP949, which holds all of it and the other 8,822 syllables.
    """
    label = label.strip().strip("\"'").lower()
    if label in _OTHER_NAMES:
        return "cp949"
    try:
        found = codecs.lookup(label)
    except (LookupError, ValueError):
        return ""
    # base64, rot13 and the like are codecs to Python too.
    return found.name if getattr(found, "_is_text_encoding", False) and found.name not in {"idna", "punycode"} else ""


def _narrow(data: bytes, declared: str) -> str:
    text = _strict(data, "utf-8")
    if text is not None:
        return text
    codec = codec_named(declared) if declared else ""
    if codec and codec not in {"utf-8", "ascii"}:
        text = _strict(data, codec)
        if text is not None:
            return text
    cp949 = _strict(data, "cp949")
    if cp949 is not None and _korean(cp949) >= _SURE:
        return cp949
    for candidate in (_by_lines(data), _few_broken(data, "utf-8"), _johab(data), _few_broken(data, "cp949")):
        if candidate is not None:
            return candidate
    return _mended(data, _guessed(data))


def _by_lines(data: bytes) -> str | None:
    """Logs to which one program wrote UTF-8 and another CP949: every line by itself is one or the other."""
    lines = []
    for line in data.split(b"\n"):
        text = _strict(line, "utf-8")
        if text is None:
            text = _strict(line, "cp949")
            if text is None or _korean(text) < _SURE:
                return None
        lines.append(text)
    return "\n".join(lines)


def _few_broken(data: bytes, codec: str) -> str | None:
    text = data.decode(codec, errors="replace")
    broken = text.count(BROKEN)
    fits = broken <= max(1, len(text) * _MOST_BROKEN) and _letters(text) >= _ENOUGH and _korean(text) >= _SURE
    return text if fits else None


def _johab(data: bytes) -> str | None:
    """The combining code of the 1990s. Its bytes fit many a syllable, but a wrong guess is four in five rare ones."""
    text = _strict(data, "johab")
    return text if text is not None and _letters(text) >= _ENOUGH and _korean(text) >= _SURE else None


def _letters(text: str) -> int:
    return sum(character >= "\x80" for character in text[:20_000])


def _korean(text: str) -> float:
    """Share of the characters beyond ASCII that are everyday Hangul (the 2,350 of KS X 1001) or its punctuation."""
    beyond = [character for character in text[:20_000] if character >= "\x80" and character != BROKEN]
    return sum(map(_everyday, beyond)) / len(beyond) if beyond else 0.0


def _everyday(character: str) -> bool:
    if "가" <= character <= "힣":
        try:
            return len(character.encode("euc_kr")) == 2
        except UnicodeEncodeError:
            return False
    return (
        _USUAL_WIDE.match(character) is not None
        or "\u2000" <= character <= "\u2bff"
        or "\uff00" <= character <= "\uffef"
    )


def _wide(data: bytes) -> str | None:
    """UTF-16 without a mark: in one order of the bytes nearly all characters are usual ones, in the other few are."""
    whole = data[: len(data) - len(data) % 2]
    for codec in ("utf-16-le", "utf-16-be"):
        sample = whole[:_HEAD].decode(codec, errors="replace")
        if len(_USUAL_WIDE.findall(sample)) >= _SURE * len(sample):
            return _mended(whole, codec)
    return None


def _with_zeros(data: bytes) -> str:
    """Logs keep stray zero bytes where a machine lost its power; more of them than a few are no text."""
    if len(_CONTROLS.findall(data)) <= len(data) * _MOST_BROKEN:
        text = _strict(data, "utf-8") or _strict(data, "cp949")
        if text is not None:
            return text
    raise UnreadableError("encoding")


def _guessed(data: bytes) -> str:
    from charset_normalizer import from_bytes

    # CP949 is what Korean programs write when they do not write UTF-8; the guess only arbitrates the rest.
    best = from_bytes(data[:65536], cp_isolation=["cp949", "euc_kr", "cp1252"]).best()
    if best is None:
        raise UnreadableError("encoding")
    return best.encoding


def _mended(data: bytes, codec: str) -> str:
    """Text, broken bytes as `�` where they are few. Raises UnreadableError where they are not."""
    text = data.decode(codec, errors="replace")
    if BROKEN in text and text.count(BROKEN) > max(1, len(text) * _MOST_BROKEN):
        raise UnreadableError("encoding")
    return text


def _strict(data: bytes, codec: str) -> str | None:
    try:
        return data.decode(codec)
    except (UnicodeError, ValueError):
        return None


def _even(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")
