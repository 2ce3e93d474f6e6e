"""The company in a short card: what it makes, what it wants and what hurts it. All of it may be left out."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from html import escape
from typing import Any
from unicodedata import normalize

from ui.client import Client
from ui.diagnosis_text import say
from ui.errors import UiError
from ui.page.flow import Flow
from ui.page.notice import notice
from ui.page.overview import DIVISIONS
from ui.page.regions import REGIONS
from ui.text import Language

Json = Mapping[str, Any]
Said = Callable[[str], str]
MOST_GOALS = 3
_LOSSES = (0, 1, 2, 3)


class OddError(UiError):
    """What was written cannot be sent; its text says so to the person who wrote it."""


def firm(
    asked: Json, state: Json, language: Language, *, may_write: bool, opened: bool, flow: Flow | None = None
) -> str:
    """The card. `asked` is the instrument, `state` that of the case file."""
    told = _told(asked, state, language)
    facts = f"<dl>{told}</dl>" if told else f'<p class="gj-none">{say("firm_none", language)}</p>'
    if not may_write:
        return f'<section class="gj-dx-card"><h3>{say("firm", language)}</h3>{facts}</section>'
    words = say("firm_change" if told else "firm_write", language)
    again = f'<p class="gj-note plain">{say("firm_again", language)}</p>' if state["diagnoses"] else ""
    skip = f'<button type="button" class="gj-plain" data-skip>{say("firm_skip", language)}</button>'
    number = len(state["diagnoses"])
    form = (
        f'<form class="gj-dx-firm" data-act="firm" data-element="firm" data-state="{number}{escape(told)}" novalidate>'
        f"{_made(asked, state['profile'] or {}, language)}{_wants(asked, state['wishes'] or {}, language)}{again}"
        f'<div class="gj-submit"><button type="submit" class="gj-do">{say("firm_save", language)}</button>{skip}</div></form>'
    )
    is_open = " open" if opened else ""
    return (
        f'<section class="gj-dx-card"><h3>{say("firm", language)}</h3><p class="gj-more">{say("firm_more", language)}</p>'
        f'{facts if told else ""}<details class="gj-dx-fold" data-firm{is_open}><summary>{words}</summary>{form}</details>'
        f"{notice(flow or Flow(), 'firm')}</section>"
    )


def sent(said: Said, asked: Json, profile: Json | None, language: Language) -> tuple[dict[str, Any], dict[str, Any]]:
    """What the card's form says, as a profile and as wishes. What the card does not ask about stays as it was.

    Raises OddError.
    """
    kept = {name: value for name, value in (profile or {}).items() if name not in {"kind", "day"}}
    goals = [each["id"] for each in asked["goals"] if said(f"goal_{each['id']}")]
    if len(goals) > MOST_GOALS:
        raise OddError(say("goals_many", language))
    losses = {each["id"]: int(said(f"loss_{each['id']}") or 0) for each in asked["losses"]}
    machines = [each["id"] for each in asked["machines"] if said(f"machine_{each['id']}")]
    stated = {
        **kept,
        "sector": said("sector") or None,
        "region": said("region") if said("region") in REGIONS else None,
        "employees": number(said, "employees", say("employees_odd", language)),
        "machines": machines,
        "has_aas": {"yes": True, "no": False}.get(said("has_aas")),
    }
    return stated, {"goals": goals, "losses": {name: weight for name, weight in losses.items() if weight}}


def number(said: Said, name: str, odd: str) -> int | None:
    """A whole number that was written, None where nothing was. Raises OddError with the sentence `odd`."""
    written = plain(said(name))
    if not written:
        return None
    if not written.isascii() or not written.isdigit() or (name == "employees" and int(written) < 1):
        raise OddError(odd)
    return int(written)


def plain(written: str) -> str:
    """A number as it was written, without what people put beside one: full-width digits, commas, 명, 건, 시간."""
    found = normalize("NFKC", written).replace(",", "").strip()
    for unit in ("명", "건", "시간", "ppm", "개"):
        found = found.removesuffix(unit).rstrip()
    return found


def save(client: Client, said: Said, asked: Json) -> None:
    """Raises ClientError, and OddError before anything is sent."""
    profile, wishes = sent(said, asked, client.casefile()["state"]["profile"], client.language)
    client.state_profile(profile)
    client.state_wishes(wishes)


def sector_name(code: str, language: Language) -> str:
    """A KSIC code in words, by its division."""
    division = "".join(each for each in code if each.isdigit())[:2]
    named = DIVISIONS.get(division)
    return named[0 if language == "ko" else 1] if named else code


def region_name(region: str, language: Language) -> str:
    return region if language == "ko" else REGIONS.get(region, region)


def aas_told(profile: Json, language: Language) -> str:
    has = profile.get("has_aas")
    return "" if has is None else say("aas_yes" if has else "aas_no", language)


def names(listed: Sequence[Json]) -> dict[str, str]:
    return {str(each["id"]): str(each["name"]) for each in listed}


def stated(state: Json) -> bool:
    """Whether the company has said anything of itself here."""
    profile, wishes = state["profile"] or {}, state["wishes"] or {}
    told = (profile.get(name) for name in ("sector", "region", "employees", "machines"))
    return any(told) or profile.get("has_aas") is not None or bool(wishes.get("goals") or wishes.get("losses"))


def _told(asked: Json, state: Json, language: Language) -> str:
    """What is known of the company, line by line."""
    profile, wishes = state["profile"] or {}, state["wishes"] or {}
    goals, losses, machines = (names(asked[each]) for each in ("goals", "losses", "machines"))
    told = {
        "sector": sector_name(profile["sector"], language) if profile.get("sector") else "",
        "region": region_name(profile.get("region") or "", language),
        "employees": say("people", language, count=profile["employees"]) if profile.get("employees") else "",
        "has_aas": aas_told(profile, language),
        "machines": ", ".join(machines.get(each, each) for each in profile.get("machines") or ()),
        "goals": ", ".join(goals.get(each, each) for each in wishes.get("goals") or ()),
        "losses": ", ".join(
            f"{losses.get(each, each)} ({say(f'loss_{weight}', language)})"
            for each, weight in (wishes.get("losses") or {}).items()
        ),
    }
    return "".join(
        f"<dt>{say(f'{name}_short', language)}</dt><dd>{escape(words)}</dd>" for name, words in told.items() if words
    )


def _made(asked: Json, profile: Json, language: Language) -> str:
    count = profile.get("employees") or ""
    machines = set(profile.get("machines") or ())
    chips = "".join(_chip(f"machine_{each['id']}", each["name"], each["id"] in machines) for each in asked["machines"])
    return (
        f'<label class="gj-field"><span>{say("sector", language)}</span><select name="sector">'
        f"{_sectors(asked['sectors'], profile.get('sector') or '', language)}</select></label>"
        f'<label class="gj-field gj-dx-count"><span>{say("region", language)}</span><select name="region">'
        f"{_regions(profile.get('region') or '', language)}</select></label>"
        f'<label class="gj-field gj-dx-count"><span>{say("employees", language)}</span><input name="employees" inputmode="numeric"'
        f' maxlength="8" autocomplete="off" value="{escape(str(count))}"></label>'
        f'<fieldset><legend>{say("machines", language)}</legend><div class="gj-dx-chips">{chips}</div></fieldset>'
        f'<label class="gj-field gj-dx-count"><span>{say("has_aas", language)}</span><select name="has_aas">'
        f"{_aas(profile.get('has_aas'), language)}</select></label>"
    )


def _regions(region: str, language: Language) -> str:
    listed = "".join(_option(each, region_name(each, language), chosen=each == region) for each in REGIONS)
    return _option("", say("sector_none", language), chosen=not region) + listed


def _aas(has: bool | None, language: Language) -> str:
    every: tuple[tuple[str, str, bool | None], ...] = (
        ("", "sector_none", None),
        ("yes", "aas_yes", True),
        ("no", "aas_no", False),
    )
    return "".join(_option(value, say(key, language), chosen=has is meant) for value, key, meant in every)


def _sectors(sectors: Sequence[Json], code: str, language: Language) -> str:
    """The divisions of manufacturing under the sectors that the diagnosis tells apart. A longer code of the company's own
    stays as it is unless another is chosen."""
    division = "".join(each for each in code if each.isdigit())[:2]
    exact = code not in {"", f"C{division}"}
    groups = []
    for sector in sectors:
        rows = []
        for each in sector["ksic"]:
            chosen = each == division
            value, words = f"C{each}", f"{sector_name(each, language)} ({each})"
            if chosen and exact:
                value, words = code, f"{sector_name(each, language)} ({code})"
            rows.append(_option(value, words, chosen=chosen))
        groups.append(f'<optgroup label="{escape(sector["name"])}">{"".join(rows)}</optgroup>')
    known = any(division in sector["ksic"] for sector in sectors)
    other = _option(code, say("sector_kept", language, code=code), chosen=True) if code and not known else ""
    return _option("", say("sector_none", language), chosen=not code) + other + "".join(groups)


def _option(value: str, words: str, *, chosen: bool) -> str:
    return f'<option value="{escape(value)}"{" selected" if chosen else ""}>{escape(words)}</option>'


def _wants(asked: Json, wishes: Json, language: Language) -> str:
    goals, losses = set(wishes.get("goals") or ()), wishes.get("losses") or {}
    chips = "".join(_chip(f"goal_{each['id']}", each["name"], each["id"] in goals) for each in asked["goals"])
    rows = "".join(_loss(each, losses.get(each["id"], 0), language) for each in asked["losses"])
    return (
        f'<fieldset><legend>{say("goals", language)}</legend><div class="gj-dx-chips" data-most="{MOST_GOALS}">{chips}</div>'
        f'</fieldset><fieldset><legend>{say("losses", language)}</legend><div class="gj-dx-losses">{rows}</div></fieldset>'
    )


def _chip(name: str, words: str, chosen: bool) -> str:
    checked = " checked" if chosen else ""
    return f'<label class="gj-dx-chip"><input type="checkbox" name="{escape(name)}" value="1"{checked}>{escape(words)}</label>'


def _loss(loss: Json, weight: int, language: Language) -> str:
    name = escape(str(loss["name"]))
    steps = "".join(
        f'<label class="gj-dx-step"><input type="radio" name="loss_{escape(str(loss["id"]))}" value="{each}"'
        f"{' checked' if each == weight else ''}>{say(f'loss_{each}', language)}</label>"
        for each in _LOSSES
    )
    return f'<div class="gj-dx-loss" role="radiogroup" aria-label="{name}"><span>{name}</span><span class="gj-dx-steps">{steps}</span></div>'
