"""Korean text as search terms: Kiwi morphemes, spacing-proof compounds, and the part and alarm codes of a plant."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from threading import Lock
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from kiwipiepy import Kiwi, Token

FIELD_WORDS = (
    "협력사",
    "원사업자",
    "수급사업자",
    "자부담",
    "소공인",
    "예지보전",
    "자산관리셸",
    "중처법",
    "산안법",
    "노동청",
    "노동부",
    "원청",
    "하청",
)
"""Words of the field that Kiwi would cut wrongly. Compounds it cuts well (상생+형, 스마트+공장) need no entry: `_JOINED`."""

_CONTENT = frozenset(
    ("NNG", "NNP", "NNB", "NR", "XR", "VV", "VV-I", "VV-R", "VA", "VA-I", "VA-R", "MM", "MAG", "SL", "SH", "SN")
) | {"W_SERIAL", "W_URL", "W_EMAIL"}
_NAMING = frozenset(["NNG", "NNP", "XR", "SL", "SH", "W_SERIAL"])
_PROPER = frozenset(["NNP", "SL", "W_SERIAL"])
_JOINED = frozenset(("NNG", "NNP", "NNB", "NR", "XR", "XPN", "XSN", "SL", "SN"))
"""Neighbours of these kinds are also indexed as one term, so '예지 보전' finds '예지보전' and '6억' is not any 6."""
_UNITS = frozenset("%℃℉‰㎜㎝㎞㎏㎡㎥")

_COMPACT_CODE = r"[A-Za-z0-9]+(?:[-_./][A-Za-z0-9]+)*"
_SPACED_CODE = r"[A-Z]{1,4}(?: [A-Z])? \d{2,}(?:-\d+)*"
_CODE = re.compile(rf"(?<![A-Za-z0-9])(?:{_SPACED_CODE}|{_COMPACT_CODE})(?![A-Za-z0-9])")
_MEASURE = re.compile(r"\d+(?:[.,/-]\d+)*(?:[a-z]{1,3}\d?|[A-Z][a-z]?|[kMGT][A-Za-z]{1,2}|[A-Z]{2})(?:/[A-Za-z]{1,3})?")
_ADDRESS = re.compile(r"\S*(?:://|www\.|@)\S*")
_SEPARATORS = re.compile(r"[-_./ ]")


def codes(text: str) -> list[str]:
    """Part, alarm and standard codes in the text, normalised: 'E-217', 'e217' and 'E 217' are all `e217`.

    A code has letters and digits, or is a run of digits that starts with 0 (02006). Measures (6.5mm) and years are none.
    """
    return [_normal(code) for code in _raw_codes(text)]


def _raw_codes(text: str) -> list[str]:
    return [match[0] for match in _CODE.finditer(_ADDRESS.sub(" ", text)) if _is_code(match[0])]


def _is_code(word: str) -> bool:
    if word.isdigit():
        return len(word) >= 4 and word.startswith("0")
    lettered = any(c.isalpha() for c in word) and any(c.isdigit() for c in word)
    return lettered and not _MEASURE.fullmatch(word)


def _normal(code: str) -> str:
    return _SEPARATORS.sub("", code).lower()


class Morpheme(NamedTuple):
    """`tag`: one of the Sejong set as Kiwi names them (VV-I is a VV that is conjugated irregularly)."""

    form: str
    tag: str


class Tokenizer:
    """Text to search terms, the same for index and query. Thread-safe; Kiwi (2 s, 300 MB) is loaded at first use."""

    identity = "kiwi-2"
    """Changes whenever the same text would give other terms, so that keyword indexes are rebuilt."""

    def __init__(self, threads: int = 2) -> None:
        self._threads = threads
        self._lock = Lock()
        self._loaded: Kiwi | None = None

    def terms(self, text: str) -> list[str]:
        """Terms of one text, lower-case, in order, with repeats."""
        return _terms(text, self._kiwi().tokenize(text))

    def terms_of(self, texts: Sequence[str]) -> list[list[str]]:
        """Terms of many texts, analysed on several threads."""
        analysed: Iterable[list[Token]] = self._kiwi().tokenize(texts)
        return [_terms(text, tokens) for text, tokens in zip(texts, analysed, strict=True)]

    def words_of(self, texts: Sequence[str]) -> list[frozenset[str]]:
        """Content morphemes and codes of each text, without the compounds that only an index needs: for comparing texts."""
        analysed: Iterable[list[Token]] = self._kiwi().tokenize(texts)
        return [frozenset(_words(text, tokens)) for text, tokens in zip(texts, analysed, strict=True)]

    def words(self, text: str) -> list[str]:
        """Content morphemes and codes of one text, each once, in order."""
        return list(dict.fromkeys(_words(text, self._kiwi().tokenize(text))))

    def nouns(self, text: str) -> list[str]:
        """Nouns, foreign words and codes alone, each once, in order: what a question is about, without how it is put."""
        return list(dict.fromkeys(_words(text, self._kiwi().tokenize(text), _NAMING)))

    def names(self, text: str) -> list[str]:
        """Proper nouns, foreign words and codes alone, each once, in order."""
        return list(dict.fromkeys(_words(text, self._kiwi().tokenize(text), _PROPER)))

    def morphemes_of(self, texts: Sequence[str]) -> list[list[Morpheme]]:
        """Every morpheme of each text, endings and particles too: for telling how something is said."""
        analysed: Iterable[list[Token]] = self._kiwi().tokenize(texts)
        return [[Morpheme(token.form, str(token.tag)) for token in tokens] for tokens in analysed]

    def _kiwi(self) -> Kiwi:
        with self._lock:
            if self._loaded is None:
                self._loaded = _load(self._threads)
            return self._loaded


def _load(threads: int) -> Kiwi:
    from kiwipiepy import Kiwi

    kiwi = Kiwi(num_workers=threads)
    for word in FIELD_WORDS:
        kiwi.add_user_word(word, "NNG")
    return kiwi


def _terms(text: str, tokens: Sequence[Token]) -> list[str]:
    terms: list[str] = []
    before: Token | None = None
    for token in tokens:
        words = token.form.lower().split()  # Kiwi knows some names with a space in them
        if token.tag in _CONTENT:
            terms.extend(words)
            if len(words) > 1:
                terms.append("".join(words))
        if before is not None and token.start <= before.end + 1 and _compound(before, token):
            terms.append("".join((before.form.lower() + token.form.lower()).split()))
        before = token
    for code in _raw_codes(text):
        terms.extend(_code_terms(code))
    return terms


def _words(text: str, tokens: Sequence[Token], kinds: frozenset[str] = _CONTENT) -> list[str]:
    words = [token.form.lower() for token in tokens if token.tag in kinds]
    return words + [form for code in _raw_codes(text) for form in _code_terms(code)]


def _compound(first: Token, second: Token) -> bool:
    if first.tag == "SN" and second.form in _UNITS:
        return True
    return first.tag in _JOINED and second.tag in _JOINED


def _code_terms(code: str) -> set[str]:
    """A code as written and normalised; a numbered part of a standard (KS X 9001-3) is found by the standard too."""
    family, _, part = code.rpartition("-")
    forms = {code.lower().replace(" ", "-"), _normal(code)}
    if part.isdigit() and _is_code(family):
        forms.add(_normal(family))
    return forms
