"""Evidence as HTML: numbered cards, the quoted words marked, and the marks in an answer that lead to them.

Everything that comes from a document, a question or the server is escaped here; nothing else on the page writes it.
"""

from __future__ import annotations

import re
from datetime import date
from html import escape
from urllib.parse import quote as url_quote

from ui.document_text import say
from ui.page.marked import passage
from ui.page.standing import standings
from ui.page.turn import Card, Turn
from ui.page.viewer import opener
from ui.text import Language, sentence

_MARK = re.compile(r"\s*\[(\d{1,3})\]")
_FICTIONAL = re.compile(r"가상\s*설비|가상의\s*설비")


def answer(turn: Turn, place: str, language: Language) -> str:
    """The answer's text, each mark such as [1] a button that opens its card. `place` tells the turns apart."""
    known = {card.n for card in turn.cards}

    def button(match: re.Match[str]) -> str:
        n = int(match[1])
        if n not in known:
            return match[0]
        label = sentence("show_evidence", language, n=n)
        return f'<button type="button" class="gj-mark" data-card="{place}-{n}" aria-label="{label}">{n}</button>'

    return _MARK.sub(button, escape(turn.answer.strip()))


def cards(turn: Turn, place: str, newest: bool, today: date, language: Language) -> str:
    """The turn's evidence under its heading. In the newest turn the first card is open, so that there is something
    to read while the answer is written.
    """
    if not turn.cards:
        return ""
    key = "evidence_near" if turn.abstained else "evidence"
    heading = sentence(key, language, count=len(turn.cards))
    shown = "".join(
        _card(card, f"{place}-{card.n}", newest and at == 0, today, language) for at, card in enumerate(turn.cards)
    )
    return f'<aside class="gj-evidence" aria-label="{heading}"><h3>{heading}</h3>{shown}</aside>'


def _card(card: Card, card_id: str, opened: bool, today: date, language: Language) -> str:
    badges = "".join(f'<span class="gj-badge {kind}">{words}</span>' for kind, words in _badges(card, today, language))
    original = sentence("original", language)
    back = sentence("back", language)
    return f"""<details class="gj-card{" cited" if card.quotes else ""}" id="{card_id}"{" open" if opened else ""}>
<summary><span class="gj-n">{card.n}</span><span class="gj-where"><strong>{escape(card.title)}</strong>
<span class="gj-place">{escape(_where(card))}</span></span><span class="gj-badges">{badges}</span></summary>
<blockquote>{passage(card.text, card.quotes)}</blockquote>
<p class="gj-source">{escape(_source(card, language))}</p>
<p class="gj-links">{_view(card, language)}<a href="/api/documents/{url_quote(card.document_id, safe="")}/file" download>{original}</a>
<button type="button" class="gj-back" data-back="{card_id}">{back}</button></p>
</details>"""


def _view(card: Card, language: Language) -> str:
    """The button to where it stands; none for what was kept before places were."""
    if card.section is None:
        return ""
    label = say("view_named", language, place=f"{card.title}, {_where(card)}")
    quotes = card.quotes or (card.text,)
    return opener(card.document_id, card.section, quotes, say("view", language), label, kind="gj-link")


def _badges(card: Card, today: date, language: Language) -> list[tuple[str, str]]:
    shown = [("cited", sentence("cited", language))] if card.quotes else []
    shown += standings(card.standing, card.effective, card.closes, today, language)
    if _FICTIONAL.search(f"{card.title}\n{card.text}"):
        shown.append(("plain", sentence("fictional", language)))
    return shown


def _where(card: Card) -> str:
    page = f"p. {card.page}" if card.page else ""
    return " · ".join(part for part in (card.locator, "" if page in card.locator else page) if part)


def _source(card: Card, language: Language) -> str:
    source = card.source or {}
    parts = [source.get("publisher"), source.get("title"), source.get("published")]
    named = ", ".join(str(part) for part in parts if part)
    if named and source.get("trust") == "S2":
        named += f" ({sentence('secondary', language)})"
    effective = sentence("effective", language, date=card.effective) if card.effective else ""
    until = sentence("until", language, date=card.in_force_until) if card.in_force_until else ""
    said = named and sentence("source", language, source=named)
    return " · ".join(part for part in (said, effective, until) if part)
