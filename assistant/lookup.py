"""Questions about one value of one machine: answered from the elements of its AAS, worded by code, each with its place."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from assistant.claims import claims, unsupported
from assistant.evidence import Line, Reading
from assistant.question import Question
from assistant.text import Language, sentence
from knowledge.aas.draft import NEEDS_CHECK
from knowledge.aas.vocabulary import fold
from knowledge.elements import Found, called, named_at, names_in
from knowledge.quantity import Quantity, measured, quantities, quantity, value_at
from knowledge.registry import Registry
from retrieval.korean import codes

MOST = 4
"""Elements told at once; who asks for more must say which."""
LONGEST_VALUE = 200
_OTHERWISE = re.compile(
    r"왜|이유|원인|뜻|의미|정의|차이|비교|방법|계산|설명|어떻게(?!\s*(?:되|돼|됩))"
    r"|아닌|아니|없는|없이|말고|빼고|제외|외에|외의|이외|다른|같은(?!\s*경우)|대신|보다|이상|이하|초과|미만|누가|몇\s*(?:개|대|명|가지|종)"
    r"|\b(?:why|how to|mean|means|meaning|explain|compare|not|except|without|other|than)\b",
    re.IGNORECASE,
)
"""Questions that name a machine and a property, and want something else than its value, or another machine's."""
_ASKING = frozenset(
    """
    값 수치 사양 스펙 규격 제원 정보 확인 조회 기재 표기 적히 단위 볼트 암페어 와트 킬로와트 킬로그램 그램 밀리미터 센티미터 미터 헤르츠 v kv mv a ma w kw kg g mm cm
    m hz rpm 보이 찾 보여주 설비 장비 기계 제품 기기 what whats what's s is are the of a an for in value values which who tell me
    please show give its it does do has have how much many and rating listed stated spec specification aas
    """.split()  # noqa: SIM905 - a list of words reads better as text
)
"""Words that a question for a value may have beside the names of machine and property."""


_UNIT = "단위"
_APART = re.compile(
    r"배(?:인|로|의|를|까지)|오차|아닌|아니|않|별도|시험|보조|최대|최소|옵션|선택|부속|예비|외부|이전|구형|기존|접점|예를 들|\b(?:test|auxiliary|optional|not)\b",
    re.IGNORECASE,
)
"""What is said with these words is of something beside the property itself."""
_CLAUSES = re.compile(r"[,;]\s+|(?<=이며)\s+|(?<=이고)\s+|(?:^|\|)\s*[-−]?\d[^|]*\|")
"""Where something new begins; a table's cell with a number belongs to what stands before it."""
_CURRENT = re.compile(r"\b(?:AC|DC)(?=\s*\d)")
"""`AC 600 V` is no code of a part."""
_BULLET = re.compile(r"^[\W\d_]+(?=[가-힣A-Za-z]|$)")
_OF = re.compile(r"(?:의|은|는)$")
_ITSELF = frozenset(
    "본제품 이제품 제품 본기기 이기기 본장치 이장치 본설비 이설비 전기 전기사양 사양 제원 일반 일반사양 the".split()  # noqa: SIM905
)
"""Owners of a property, as `fold` makes them, that are nothing but the machine a text is about."""


@dataclass(frozen=True, slots=True)
class Stated:
    """A sentence worded by code, and the lines of one passage it rests on; no lines where it is the assistant's own."""

    text: str
    lines: tuple[Line, ...] = ()


def looked_up(question: Question, registries: Mapping[str, Registry]) -> list[tuple[str, Found]]:
    """(place, element) for the elements a question asks the value of, each value of a machine once; none where it asks
    for anything else.
    """
    found = [
        (place, each) for place, registry in registries.items() for each in registry.lookup(question.text, question.topic or "")
    ]  # fmt: skip
    if not found or not _asks_only(question, [each for _, each in found]):
        return []
    if _UNIT in question.words and not all(each.element.unit for _, each in found):
        return []
    kept: dict[tuple[str, ...], tuple[str, Found]] = {}
    for place, each in found:
        element = each.element
        kept.setdefault((fold(element.asset), fold(each.name), element.value, element.unit, each.part), (place, each))
    return list(kept.values())


def leading(readings: Sequence[Reading]) -> list[int]:
    """Numbers of the passages a looked-up answer rests on: elements first, then what contradicts them."""
    elements = [reading.passage.n for reading in readings if reading.passage.looked_up]
    other = [line.passage.n for _, line in contradictions(readings)][:1]
    return [*elements[: MOST - len(other)], *other]


def statements(readings: Sequence[Reading], language: Language, *, more: bool = False) -> tuple[Stated, ...]:
    """What the looked-up elements among the passages state, a sentence each, and what contradicts them. `more`: there
    are others beside those shown.
    """
    stated: list[Stated] = []
    several = len({found.element.asset for found in _asked(readings)}) > 1
    for reading in readings:
        if found := reading.passage.looked_up:
            line = _line(reading, found)
            if line is None:
                return ()
            stated.append(Stated(_worded(found, line, language, in_full=several), (line,)))
    told = dict.fromkeys(line for _, line in contradictions(readings))
    for line in list(told)[:2]:
        stated.append(Stated(sentence("stated_otherwise", language, quote=_row(line), n=line.passage.n), (line,)))
    if told or _disagree(readings):
        stated.append(Stated(sentence("values_differ", language)))
    if stated and more:
        stated.append(Stated(sentence("more_values", language)))
    return tuple(stated)


def contradictions(readings: Sequence[Reading]) -> list[tuple[Found, Line]]:
    """Lines of other documents that give a looked-up property of the same machine another value of the same kind."""
    pairs = []
    for found in _asked(readings):
        known = quantity(found.element.value, found.element.unit)
        if known is None:
            continue
        same = {f.document_id for f in _asked(readings) if fold(f.element.asset) == fold(found.element.asset)}
        for reading in readings:
            if reading.passage.looked_up is None and reading.passage.document_id not in same:
                pairs += [(found, line) for line in reading.lines if _contradicts(found, known, line)]
    return pairs


def _contradicts(found: Found, known: Quantity, line: Line) -> bool:
    """Whether a line plainly gives the property itself another value: in doubt it does not. Of what a machine has in
    several parts nobody can tell which one a line means.
    """
    if not found.sole or _APART.search(f"{line.text} {line.lead} {line.passage.locator}"):
        return False
    machine = [found.machine, found.element.asset]
    if not names_in(line.text, machine):
        # The heading may name the machine, or the AASX it came in; a line that names another part is not about it.
        others = set(codes(_CURRENT.sub(" ", line.text))) - set(codes(found.element.id_short))
        its = found.alone and found.document_id in line.passage.inside
        if others or not (its or names_in(line.passage.context, machine)):
            return False
    said = _given(found, line.text)
    if said is None or said.dimension != known.dimension or said == known:
        return False
    return all(each == said for each in quantities(line.text) if each.dimension == known.dimension)


def _given(found: Found, text: str) -> Quantity | None:
    """What a text gives as the value of the property: right behind its name, which nothing before it narrows."""
    for start, end in named_at(text, [found.name, *called(found.element)]):
        before = _CLAUSES.split(text[:start])[-1]
        owner = _OF.sub("", fold(_BULLET.sub("", before).replace("|", "")))
        if owner in _ITSELF or owner in fold(found.machine) or owner in fold(found.element.asset):
            return value_at(text, end)
    return None


def _disagree(readings: Sequence[Reading]) -> bool:
    """Whether two documents give one property of one machine different values of one kind. Two machines of one make may
    well differ, and so may two parts of one machine.
    """
    values: dict[tuple[str, ...], dict[str, set[Quantity]]] = {}
    for found in _asked(readings):
        known = quantity(found.element.value, found.element.unit)
        if known and (found.sole or found.part):
            element = found.element
            key = (fold(element.asset), found.asset_id, fold(element.id_short), fold(found.part), known.dimension)
            values.setdefault(key, {}).setdefault(found.document_id, set()).add(known)
    return any(a.isdisjoint(b) for each in values.values() for a, b in combinations(each.values(), 2))


def _asked(readings: Sequence[Reading]) -> list[Found]:
    return [reading.passage.looked_up for reading in readings if reading.passage.looked_up]


def _asks_only(question: Question, found: Sequence[Found]) -> bool:
    """Whether every word of the question is of a name found, or of the way one asks for a value."""
    rest = question.text
    for name in {name for each in found for name in (each.machine, each.said, each.name) if name}:
        rest = rest.replace(name, " ")
    if _OTHERWISE.search(rest):
        return False
    named = [each.machine + each.said + each.name for each in found] + [each.name + each.machine for each in found]
    joined = [fold(name) for name in (*named, *(each.element.asset for each in found))]
    return all(word in _ASKING or any(fold(word) in name for name in joined) for word in question.words)


def _line(reading: Reading, found: Found) -> Line | None:
    """The line that states the element's value; None where orders to the machine were struck from it, or it is too long."""
    value = found.element.value
    said = measured(value, found.element.unit)
    lines = (line for line in reading.lines if not line.lead and said in line.text)
    return next(lines, None) if len(value) <= LONGEST_VALUE else None


def _worded(found: Found, line: Line, language: Language, *, in_full: bool) -> str:
    """The sentence for one element; the machine is named as asked, or `in_full` where several go by that name."""
    element, n = found.element, line.passage.n
    machine = found.machine if not in_full and fold(found.machine) in fold(element.asset) else element.asset
    machine = f"{machine} {found.part}".strip()
    own = element.id_short
    name = found.name if not own or fold(own) == fold(found.name) else f"{found.name}({own})"
    value = measured(element.value, element.unit)
    key = "value_unchecked" if line.text.rstrip().endswith(f"| {NEEDS_CHECK}") else "value_stated"
    text = sentence(key, language, machine=machine, name=name, particle=_particle(found.name), value=value, n=n)
    known = claims(f"{line.text} {line.passage.locator} {found.part}")
    return sentence("quote", language, quote=_row(line), n=n) if unsupported(text, known) else text


def _row(line: Line) -> str:
    return " ".join(line.text.split())


def _particle(name: str) -> str:
    """은 after a consonant, 는 after a vowel; both where the end of the name does not tell."""
    last = ord(name[-1]) - 0xAC00
    if not 0 <= last < 11172:
        return "은(는)"
    return "은" if last % 28 else "는"
