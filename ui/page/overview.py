"""The host's overview as HTML: counts over suppliers that agreed to be counted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

from ui.company_text import SENTENCES, say
from ui.page import form
from ui.text import Language

FACTS = (
    *("size_class", "sector", "region", "system_level", "readiness_band"),
    *("top_gap", "funding_demand", "training_demand", "adoption", "accidents"),
)
# Divisions of manufacturing in the Korean Standard Industrial Classification, 11th revision.
DIVISIONS: dict[str, tuple[str, str]] = {
    "10": ("식료품", "food"),
    "11": ("음료", "beverages"),
    "12": ("담배", "tobacco"),
    "13": ("섬유제품", "textiles"),
    "14": ("의복", "clothing"),
    "15": ("가죽·가방·신발", "leather, footwear"),
    "16": ("목재·나무제품", "wood"),
    "17": ("펄프·종이", "pulp, paper"),
    "18": ("인쇄", "printing"),
    "19": ("코크스·석유정제품", "coke, refined petroleum"),
    "20": ("화학물질·화학제품", "chemicals"),
    "21": ("의료용 물질·의약품", "pharmaceuticals"),
    "22": ("고무·플라스틱", "rubber, plastics"),
    "23": ("비금속 광물제품", "non-metallic minerals"),
    "24": ("1차 금속", "basic metals"),
    "25": ("금속가공제품", "fabricated metal"),
    "26": ("전자부품·컴퓨터·통신장비", "electronics"),
    "27": ("의료·정밀·광학기기", "medical, precision, optical"),
    "28": ("전기장비", "electrical equipment"),
    "29": ("기타 기계·장비", "machinery"),
    "30": ("자동차·트레일러", "motor vehicles"),
    "31": ("기타 운송장비", "other transport equipment"),
    "32": ("가구", "furniture"),
    "33": ("기타 제품", "other products"),
    "34": ("산업용 기계 수리", "repair of machinery"),
}


def overview(told: Mapping[str, Any], language: Language) -> str:
    """The object of `GET /api/host/overview`."""
    facts = told["facts"]
    shown = "".join(_table(fact, facts[fact], language) for fact in FACTS if facts.get(fact))
    none = f'<p class="gj-none">{say("overview_none", language)}</p>'
    body = (f'<div class="gj-tables">{shown}</div>' if shown else none) + _targets(told.get("targets", ()), language)
    return form.section(say("overview", language), body, say("overview_more", language))


def _targets(found: Sequence[Mapping[str, Any]], language: Language) -> str:
    """What the strategy aims at, beside how many suppliers count towards it where that may be shown."""
    rows = "".join(_target(each, language) for each in found)
    return f"<h3>{say('targets', language)}</h3><ul>{rows}</ul>" if rows else ""


def _target(target: Mapping[str, Any], language: Language) -> str:
    title = say(f"fact_{target['fact']}", language)
    aim = say("target", language, percent=f"{int(target['percent']):+d}")
    about = escape(f"{_reached(target, language)} {target['about']}")
    source = escape(say("target_source", language, source=target["source"]))
    return (
        f'<li class="gj-row"><div class="gj-what"><strong>{title}: {aim}</strong>'
        f'<p class="gj-facts">{about}<br>{source}</p></div></li>'
    )


def _reached(target: Mapping[str, Any], language: Language) -> str:
    if target["counted"] is None:
        return say("target_unseen", language)
    return say("target_reached", language, reached=int(target["reached"]), counted=int(target["counted"]))


def _table(fact: str, counts: Mapping[str, Any], language: Language) -> str:
    rows = "".join(
        f'<tr><th scope="row">{escape(worded(value, language, fact))}</th><td>{int(count)}</td></tr>'
        for value, count in counts["cells"].items()
    )
    title, when = say(f"fact_{fact}", language), say("as_of", language, month=counts["as_of"])
    return (
        f"<table><caption>{title} <small>{escape(when)}</small></caption><thead><tr><th>{title}</th>"
        f"<th>{say('suppliers', language)}</th></tr></thead><tbody>{rows}</tbody></table>"
    )


def worded(value: str, language: Language, fact: str = "") -> str:
    """A value in words: a sector by its name where it is in manufacturing, a region as it is. Some values mean another
    thing in one `fact` than elsewhere."""
    if f"value_{fact}_{value}" in SENTENCES:
        return say(f"value_{fact}_{value}", language)
    if f"value_{value}" in SENTENCES:
        return say(f"value_{value}", language)
    if value in DIVISIONS:
        return f"{DIVISIONS[value][0 if language == 'ko' else 1]} ({value})"
    return say("sector", language, code=value) if value.isascii() else value
