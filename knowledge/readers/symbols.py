"""Signs that a document takes from a symbol font, by the code they have there, as the characters they show."""

from __future__ import annotations

_PRIVATE = 0xF000
UNKNOWN = "\ufffd"
"""For a sign nobody can name: something stands there."""


def _row(first: int, signs: str) -> dict[int, str]:
    return {first + at: sign for at, sign in enumerate(signs) if sign != " "}


_SYMBOL = {
    0x20: " ",
    **_row(0x21, "!∀#∃%&∋()∗+,−./0123456789:;<=>?"),
    **_row(0x40, "≅ΑΒΧΔΕΦΓΗΙϑΚΛΜΝΟΠΘΡΣΤΥςΩΞΨΖ[∴]⊥_"),
    **_row(0x61, "αβχδεφγηιϕκλμνοπθρστυϖωξψζ{|}∼"),
    **_row(0xA0, "€ϒ′≤⁄∞ƒ♣♦♥♠↔←↑→↓°±″≥×∝∂•÷≠≡≈…"),
    **_row(0xC0, "ℵℑℜ℘⊗⊕∅∩∪⊃⊇⊄⊂⊆∈∉∠∇®©™∏√⋅¬∧∨⇔⇐⇑⇒⇓"),
    **_row(0xE0, "◊〈®©™∑"),
    **_row(0xF1, "〉∫"),
}
"""The encoding of Adobe's Symbol font, without the pieces of tall brackets."""
_WINGDINGS = {
    0x20: " ", 0x22: "✂", 0x28: "☎", 0x29: "✆", 0x2A: "✉", 0x3F: "✍", 0x41: "✌", 0x45: "☜", 0x46: "☞", 0x47: "☝",
    0x48: "☟", 0x4A: "☺", 0x4C: "☹", 0x4E: "☠", 0x51: "✈", 0x52: "☼", 0x54: "❄", 0x6C: "●", 0x6D: "❍", 0x6E: "■",
    0x6F: "□", 0x70: "□", 0x71: "❑", 0x72: "❒", 0x73: "⬧", 0x74: "⧫", 0x75: "◆", 0x76: "❖", 0x77: "⬥", 0x7B: "❀",
    **_row(0x80, "⓪①②③④⑤⑥⑦⑧⑨⑩⓿❶❷❸❹❺❻❼❽❾❿"),
    0x9E: "·", 0x9F: "•", 0xA0: "▪", 0xA1: "○", 0xA4: "◉", 0xA5: "◎", 0xA7: "▪", 0xA8: "□", 0xAB: "★", 0xB2: "✧",
    0xD5: "⌫", 0xD8: "➢", 0xDC: "➲", 0xDF: "←", 0xE0: "→", 0xE1: "↑", 0xE2: "↓", 0xE3: "↖", 0xE4: "↗", 0xE5: "↙",
    0xE6: "↘", 0xE7: "⬅", 0xE8: "➔", 0xE9: "⬆", 0xEA: "⬇", 0xEF: "⇦", 0xF0: "⇨", 0xF1: "⇧", 0xF2: "⇩", 0xF3: "⬄",
    0xF4: "⇳", 0xFB: "✗", 0xFC: "✓", 0xFD: "☒", 0xFE: "☑",
}  # fmt: skip
_WINGDINGS_2 = {
    0x20: " ", 0x4F: "✗", 0x50: "✓", 0x51: "☒", 0x52: "☑", 0x53: "☒", 0x54: "☒", 0x97: "●", 0xA3: "□", 0xAE: "◆",
}  # fmt: skip
_WINGDINGS_3 = {0x20: " ", **_row(0x66, "←→↑↓"), 0x70: "▲", 0x71: "▼", 0x74: "◀", 0x75: "▶", 0x80: "◀", 0x81: "▶"}
_FONTS = {
    "symbol": _SYMBOL,
    "wingdings": _WINGDINGS,
    "wingdings 2": _WINGDINGS_2,
    "wingdings 3": _WINGDINGS_3,
}


def sign(font: str, code: str) -> str:
    """The character of `w:sym`: `code` is hexadecimal, with or without the private area's F000. `�` where it is not known."""
    try:
        number = int(code, 16)
    except ValueError:
        return UNKNOWN
    table = _FONTS.get(font.strip().lower())
    if table is not None:
        return table.get(number - _PRIVATE if number >= _PRIVATE else number, UNKNOWN)
    named = 0x20 < number < 0xD800 or 0xF900 <= number < 0xFFF0
    return chr(number) if named and chr(number).isprintable() else UNKNOWN


def unfold(words: str, font: str) -> str:
    """`words` with the private characters of a symbol font shown; those of other fonts stay as they are."""
    table = _FONTS.get(font.strip().lower())
    if table is None:
        return words
    return "".join(table.get(ord(each) - _PRIVATE, each) if 0xF020 <= ord(each) <= 0xF0FF else each for each in words)
