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
    if unlike_law := _of_notice(passage):
        return sentence(unlike_law, language, **said)
    if state == "future":
        return sentence("not_then" if question.dated else "not_yet", language, **said)
    if state in {"superseded", "repealed"}:
        return sentence("no_longer", language, **said)
    found = [_closed(passage, question, language)]
    if question.dated and start and passage.effective:
        found.insert(0, sentence("as_of", language, **said))
    elif tells_no_day(passage, question):
        found.insert(0, sentence("undated", language, **said))
    return " ".join(each for each in found if each) or None


def _of_notice(passage: Passage) -> str | None:
    """What to say of a notice, or of any document but a law, that is not yet out, was replaced or is corrected by another."""
    known = passage.standing
    if known is None or passage.effective:  # a law stands from its 시행일
        return None
    if known.state == "in_force":
        return "notice_corrected" if known.by and known.end is None else None
    return {"future": "notice_not_then", "superseded": "replaced"}.get(known.state)


def missing(passages: Iterable[Passage], question: Question, language: Language) -> str | None:
    """For a question about a chosen day that nothing answers: that the text of that day is not at hand, where another is."""
    if question.day is None or not question.dated:
        return None
    for passage in passages:
        if passage.effective and passage.state(question.day) == "future":
            said = {"title": passage.title, "day": question.day.isoformat(), "start": passage.effective.isoformat()}
            return sentence("absent_then", language, **said)
    return None


def doubted(question: Question, language: Language) -> str | None:
    """That the answer is for today though the question seems to mean another day, and how to ask for that."""
    if question.doubt is None or question.today is None:
        return None
    return sentence(question.doubt, language, words=question.doubted, today=question.today.isoformat())


def tells_no_day(passage: Passage, question: Question) -> bool:
    """Whether a question about another day than today meets a document that does not say from when on it holds."""
    return question.dated and question.day != question.today and is_undated(passage)


def is_undated(passage: Passage) -> bool:
    """Whether a document does not say which days it speaks of: a manual, a value of an AAS."""
    known = passage.standing
    return not (passage.effective or passage.closes or (known and known.start))


def warnings(passages: Iterable[Passage], question: Question, today: date, language: Language) -> list[str]:
    """What the reader should know of the cited passages, each once."""
    cited, day = list(passages), question.day or today
    days = {p.effective for p in cited if p.effective and p.effective > day}
    found = [sentence("not_in_force", language, date=each.isoformat()) for each in sorted(days)]
    for passage in cited:
        found += [
            sentence("staged", language, place=f"《{passage.title}》 {passage.locator}", quote=start.quote)
            for start in starts(passage.article)
            if max(start.days) > day
        ]
        closed = _closed(passage, question, language)
        found += [closed] if closed else []
        if tells_no_day(passage, question):
            found.append(sentence("undated", language, title=passage.title, day=day.isoformat()))
    return list(dict.fromkeys(found))


def _closed(passage: Passage, question: Question, language: Language) -> str | None:
    """That nobody can apply any more, whichever past day is asked about: who asks wants to know what is open to him."""
    days = [day for day in (question.day, question.today) if day]
    if _of_notice(passage) in {"notice_corrected", "replaced"}:  # the other notice may give more time
        return None
    if passage.closes is None or not days or passage.closes >= max(days):
        return None
    return sentence("closed", language, title=passage.title, closes=passage.closes.isoformat())
