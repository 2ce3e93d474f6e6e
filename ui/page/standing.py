"""How a document stands today, as badges: not yet in force, replaced, repealed, closed."""

from __future__ import annotations

from datetime import date

from ui.text import Language, sentence


def standings(
    standing: str | None, effective: str | None, closes: str | None, today: date, language: Language
) -> list[tuple[str, str]]:
    """Kinds and words of badges. `effective` and `closes` are ISO dates."""
    shown = []
    if standing == "future" or (effective and effective > today.isoformat()):
        shown.append(("warn", sentence("not_in_force", language)))
    elif standing in {"superseded", "repealed"}:
        shown.append(("warn", sentence(standing, language)))
    if closes and closes < today.isoformat():
        shown.append(("warn", sentence("closed", language, date=closes)))
    return shown


def badges(shown: list[tuple[str, str]]) -> str:
    """As HTML; the words are our own sentences."""
    return "".join(f'<span class="gj-badge {kind}">{words}</span>' for kind, words in shown)
