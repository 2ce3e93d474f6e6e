"""What an answer says of the days its evidence holds on: not yet in force, no longer, closed."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from assistant.evidence import Passage
from assistant.question import Question
from assistant.text import Language, sentence
from knowledge.law import starts


def opening(passage: Passage, question: Question, language: Language) -> str | None:
    """The sentence that must come before a quote of the passage, so that no text is taken for one in force that is not."""
    day = question.day
    if day is None:
        return None
    known = passage.standing
    start = (known.start if known else None) or passage.effective
    said: dict[str, object] = {
        "title": passage.title,
        "day": day.isoformat(),
        "start": start.isoformat() if start else "",
    }
    state = passage.state(day)
    if state == "future":
        return sentence("not_then" if question.dated else "not_yet", language, **said)
    if state in {"superseded", "repealed"}:
        return sentence("no_longer", language, **said)
    if question.dated and start and passage.effective:
        return sentence("as_of", language, **said)
    return _closed(passage, day, language)


def missing(passages: Iterable[Passage], question: Question, language: Language) -> str | None:
    """For a question about a chosen day that nothing answers: that the text of that day is not at hand, where another is."""
    if question.day is None or not question.dated:
        return None
    for passage in passages:
        if passage.effective and passage.state(question.day) == "future":
            said = {"title": passage.title, "day": question.day.isoformat(), "start": passage.effective.isoformat()}
            return sentence("absent_then", language, **said)
    return None


def warnings(passages: Iterable[Passage], day: date, language: Language) -> list[str]:
    """What the reader should know of the cited passages, each once."""
    cited = list(passages)
    days = {p.effective for p in cited if p.effective and p.effective > day}
    found = [sentence("not_in_force", language, date=each.isoformat()) for each in sorted(days)]
    for passage in cited:
        found += [
            sentence("staged", language, place=f"《{passage.title}》 {passage.locator}", quote=start.quote)
            for start in starts(passage.article)
            if max(start.days) > day
        ]
        closed = _closed(passage, day, language)
        found += [closed] if closed else []
    return list(dict.fromkeys(found))


def _closed(passage: Passage, day: date, language: Language) -> str | None:
    if passage.closes is None or passage.closes >= day:
        return None
    return sentence("closed", language, title=passage.title, closes=passage.closes.isoformat())
