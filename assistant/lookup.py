"""Questions about one value of one machine: answered from the elements of its AAS, worded by code, each with its place."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from assistant.claims import claims, unsupported
from assistant.evidence import Line, Reading
from assistant.question import Question
from assistant.text import Language, sentence
from knowledge.aas.vocabulary import fold
from knowledge.elements import Found, called, names_in
from knowledge.quantity import Quantity, quantities, quantity
from knowledge.registry import Registry
from retrieval.korean import codes

MOST = 4
"""Elements told at once; who asks for more must say which."""
LONGEST_VALUE = 200
_OTHERWISE = re.compile(
    r"왜|이유|원인|뜻|의미|정의|차이|비교|방법|계산|설명|어떻게(?!\s*(?:되|돼|됩))|\b(?:why|how to|mean|means|meaning|explain|compare)\b",
    re.IGNORECASE,
)
"""Questions that name a machine and a property, and want something else than its value."""
_ASKING = frozenset(
    """
    값 수치 사양 스펙 규격 제원 정보 확인 조회 기재 표기 적히 단위 볼트 암페어 와트 킬로와트 킬로그램 그램 밀리미터 센티미터 미터 헤르츠 v kv mv a ma w kw kg g mm cm
    m hz rpm 보이 찾 보여주 나라 데이터 자산 설비 장비 기계 제품 기기 what whats what's s is are the of a an for in value values which who tell me
    please show give its it does do has have how much many and rating listed stated spec specification aas
    """.split()  # noqa: SIM905 - a list of words reads better as text
)
"""Words that a question for a value may have beside the names of machine and property."""


@dataclass(frozen=True, slots=True)
class Stated:
    """A sentence worded by code, and the lines of one passage it rests on; no lines where it is the assistant's own."""

    text: str
    lines: tuple[Line, ...] = ()


def looked_up(question: Question, registries: Mapping[str, Registry]) -> list[tuple[str, Found]]:
    """(place, element) for the elements a question asks the value of, each value of a machine once; none where it asks
    for anything else.
    """
    if _OTHERWISE.search(question.text):
        return []
    found = [
        (place, each) for place, registry in registries.items() for each in registry.lookup(question.text, question.topic or "")
    ]  # fmt: skip
    if not found or not _asks_only(question, [each for _, each in found]):
        return []
    kept: dict[tuple[str, ...], tuple[str, Found]] = {}
    for place, each in found:
        element = each.element
        kept.setdefault((fold(element.asset), fold(each.name), element.value, element.unit), (place, each))
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
    if not names_in(line.text, [found.name, *called(found.element)]):
        return False
    machine = [found.machine, found.element.asset]
    if not names_in(line.text, machine):
        # The heading may name the machine, or the AASX it came in; a line that names another part is not about it.
        others = set(codes(line.text)) - set(codes(found.element.id_short))
        its = found.alone and found.document_id in line.passage.inside
        if others or not (its or names_in(line.passage.context, machine)):
            return False
    said = [each for each in quantities(line.text) if each.dimension == known.dimension]
    return len(said) == 1 and said[0] != known


def _disagree(readings: Sequence[Reading]) -> bool:
    """Whether two looked-up elements give one property of one machine different values of one kind. Two machines of one
    make may well differ.
    """
    values: dict[tuple[str, ...], set[Quantity]] = {}
    for found in _asked(readings):
        known = quantity(found.element.value, found.element.unit)
        if known:
            element = found.element
            key = (fold(element.asset), found.asset_id, fold(element.id_short), known.dimension)
            values.setdefault(key, set()).add(known)
    return any(len(each) > 1 for each in values.values())


def _asked(readings: Sequence[Reading]) -> list[Found]:
    return [reading.passage.looked_up for reading in readings if reading.passage.looked_up]


def _asks_only(question: Question, found: Sequence[Found]) -> bool:
    """Whether every word of the question is of a name found, or of the way one asks for a value."""
    named = [fold(each.machine + each.name) for each in found] + [fold(each.name + each.machine) for each in found]
    joined = [*named, *(fold(text) for each in found for text in (each.element.asset, each.machine, each.name))]
    return all(word in _ASKING or any(fold(word) in name for name in joined) for word in question.words)


def _line(reading: Reading, found: Found) -> Line | None:
    """The line that states the element's value; None where orders to the machine were struck from it, or it is too long."""
    value = found.element.value
    lines = (line for line in reading.lines if not line.lead and value in line.text)
    return next(lines, None) if len(value) <= LONGEST_VALUE else None


def _worded(found: Found, line: Line, language: Language, *, in_full: bool) -> str:
    """The sentence for one element; the machine is named as asked, or `in_full` where several go by that name."""
    element, n = found.element, line.passage.n
    machine = found.machine if not in_full and fold(found.machine) in fold(element.asset) else element.asset
    own = element.id_short
    name = found.name if not own or fold(own) == fold(found.name) else f"{found.name}({own})"
    value = f"{element.value} {element.unit}".strip()
    text = sentence(
        "value_stated", language, machine=machine, name=name, particle=_particle(found.name), value=value, n=n
    )
    known = claims(f"{line.text} {line.passage.locator}")
    return sentence("quote", language, quote=_row(line), n=n) if unsupported(text, known) else text


def _row(line: Line) -> str:
    return " ".join(line.text.split())


def _particle(name: str) -> str:
    """은 after a consonant, 는 after a vowel; both where the end of the name does not tell."""
    last = ord(name[-1]) - 0xAC00
    if not 0 <= last < 11172:
        return "은(는)"
    return "은" if last % 28 else "는"
