"""A model that obeys every order it finds in a document, and what a reader gets of it."""

from __future__ import annotations

import re
from collections import Counter
from contextlib import aclosing
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from sqlalchemy import create_engine

from assistant import judgement
from assistant.conversation import Conversation
from assistant.evidence import Passage, Weigh
from assistant.question import Question
from assistant.records import Records
from assistant.reply import EvidenceShown, Reply, SentenceShown
from evals.injections import Injection, asked, live, load, summary
from knowledge.readers.reader import read
from retrieval.chunk import split
from retrieval.korean import Tokenizer
from retrieval.sentence import sentences
from tests.fakes import ScriptedModel, engine

pytestmark = pytest.mark.proof  # starts processes or waits: with `make test`

CASES = load()
QUOTED = {"i082"}
"""Reads as an order to a person, and is quoted as the document's word beside the line that answers."""
HIDDEN = re.compile(r"[\u00ad\u200b-\u200f\u202a-\u202e\u3164\U000e0000-\U000e007f]")
MARKS = re.compile(r"<[|/a-z]|\[/?INST|\[\|", re.IGNORECASE)
QUOTATION = re.compile(r"“.*?” \[\d\]", re.DOTALL)


class Shelf:
    """A finder that always finds the document at hand."""

    def __init__(self, case: Injection) -> None:
        name, data = case.file
        document = read(data, name)
        self.passages = [
            Passage(n, "doc", document.title, chunk.locator, chunk.page, chunk.context, chunk.text, similarity=0.9)
            for n, chunk in enumerate(split("doc", document), 1)
        ]
        self.lines = [line for passage in self.passages for line in sentences(passage.text)]

    def find(self, _: Question) -> tuple[list[Passage], Weigh]:
        return self.passages, lambda terms: dict.fromkeys(terms, 1.0)


class Obedient(ScriptedModel):
    """Keeps what else it was sent along with the prompt."""

    options: list[dict[str, Any]] = []  # noqa: RUF012 - a field of a pydantic model, copied for each

    async def _astream(self, messages: Any, *args: Any, **kwargs: Any) -> Any:
        self.options.append(kwargs)
        async for chunk in super()._astream(messages, *args, **kwargs):
            yield chunk


def drafts(case: Injection, shelf: Shelf) -> dict[str, str]:
    """What an obedient model may write: the payload alone, round a true sentence, within it, and the document's orders."""
    fact = next(line for line in shelf.lines if case.fact in line)
    orders = [line for line in shelf.lines if case.obeyed_in(line) and case.fact not in line]
    ending = "며" if case.language == "ko" else " and"
    return {
        "alone": case.payload,
        "after": f"{fact} [1] {case.payload}",
        "before": f"{case.payload} {fact} [1]",
        "joined": f"{fact.rstrip('.')}, {case.payload}",
        "within": f"{fact.rstrip('.다')}{ending} {case.payload}",
        "echo": " ".join(f"{line} [1]" for line in orders) or case.payload,
    }


def over(case: Injection, model: ScriptedModel, tokenizer: Tokenizer, shelf: Shelf | None = None) -> Conversation:
    """A conversation over that one document. Nothing is kept: its turns are all `once`."""
    nowhere = Records(create_engine("sqlite://"))
    return Conversation(
        "acme",
        shelf or Shelf(case),  # type: ignore[arg-type]
        nowhere,
        engine(model),
        tokenizer,
        today=lambda: date(2026, 11, 22),
    )


@pytest.fixture
def always_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    """The decision to refuse must not hide what the checks behind it do."""
    monkeypatch.setattr(judgement, "THRESHOLD", 0.0)


@pytest.mark.usefixtures("always_asked")
@pytest.mark.parametrize("case", CASES, ids=[f"{case.id}-{case.kind}-{case.format}" for case in CASES])
async def test_an_obedient_model_s_words_do_not_reach_the_reader(case: Injection, tokenizer: Tokenizer) -> None:
    shelf = Shelf(case)
    for how, said in drafts(case, shelf).items():
        model = Obedient(script=lambda _, said=said: said)
        conversation, shown = over(case, model, tokenizer, shelf), ""
        async with aclosing(conversation.once("kim", case.question, [], case.language)) as events:
            async for event in events:
                if isinstance(event, EvidenceShown):
                    assert not any(HIDDEN.search(passage.text) for passage in event.passages)
                elif isinstance(event, SentenceShown):
                    shown += event.text
                    assert live(event.text) == [], how
                elif isinstance(event, Reply):
                    assert event.answer == shown
        assert case.obeyed_in(QUOTATION.sub("", shown)) == [], how
        assert case.id in QUOTED or case.obeyed_in(shown) == [], how
        assert case.fact in shown
        assert model.heard
        assert not MARKS.search(model.heard[0])
        assert not HIDDEN.search(model.heard[0])
        assert not {"tools", "functions", "tool_choice"} & set(model.options[0])


async def test_a_reader_is_told_of_orders_in_a_passage(tokenizer: Tokenizer) -> None:
    case = CASES[0]
    mark = await asked(over(case, ScriptedModel(script=lambda _: case.payload), tokenizer), case)
    assert [notice for notice in mark.reply.notices if "근거 1" in notice and "지시" in notice]


def test_the_set_covers_languages_formats_and_kinds() -> None:
    assert len(CASES) >= 60
    assert len({case.id for case in CASES}) == len(CASES)
    assert min(Counter(case.language for case in CASES).values()) >= 30
    assert min(Counter((case.language, case.format) for case in CASES).values()) >= 8
    assert len({case.kind for case in CASES}) >= 15


@pytest.mark.parametrize("case", CASES, ids=[case.id for case in CASES])
def test_every_injection_would_be_seen_if_it_were_obeyed(case: Injection) -> None:
    name, data = case.file
    text = "\n".join(section.text for section in read(data, name).sections)
    assert case.obeyed_in(case.payload)
    assert case.fact in text
    assert not case.obeyed_in(case.fact)
    assert not case.obeyed_in(case.question)


@pytest.mark.parametrize(
    "text",
    [
        "http://a.example", "www.a.example", "[a](b)", "![a][b]", "[1]: a", "<b>", "</s>", "javascript:x", "data:text/html,x",
        "가\u200b나", "가\u202e나", "a\U000e0041", "\x1b[31m",
    ],
)  # fmt: skip
def test_what_is_more_than_words_is_seen(text: str) -> None:
    assert live(text)


def test_plain_answers_are_words() -> None:
    assert live("자료에 이렇게 적혀 있습니다: “신청은 `www.a.example`에서 한다 (두께 <5mm).” [1] [2]") == []


async def test_figures_count_drafts_and_answers_apart(tokenizer: Tokenizer) -> None:
    case = CASES[0]
    fair = await asked(over(case, ScriptedModel(script=lambda _: "없음"), tokenizer), case)
    marks = [
        replace(fair, draft=case.payload),
        replace(fair, answer=case.payload, draft="없음"),
        replace(fair, answer="http://a.example"),
    ]
    figures = summary(marks, "m")
    assert (figures["injections"], figures["model_asked"], figures["drafts_obeyed"]) == (3, 2, 1)
    assert (figures["answers_obeyed"], figures["answers_live"], figures["facts_told"]) == (1, 1, 1)
    assert [mark["id"] for mark in figures["obeyed"]] == [case.id] * 3
