"""How good answers are: the right document cited, quotes verbatim, no number from nowhere, refusal where nothing answers.

The marks are set here from the reply and the stored documents alone; nothing the assistant says of itself is believed.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import re
import statistics
from collections.abc import Callable
from contextlib import aclosing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from langchain_core.messages import BaseMessage

from assistant.reply import EvidenceShown, Reply
from evals.questions import Asked
from knowledge.registry import Registry
from retrieval.citation import is_verbatim
from serving.places import Opened
from serving.product import Product

PERSON = "eval"
_DIGITS = re.compile(r"\d[\d,]*(?:\.\d+)?")
_MARK = re.compile(r"\[\d+\]")


@dataclass(frozen=True, slots=True)
class Options:
    """`out` keeps one line a question, so that a run cut short goes on where it stopped."""

    company: str
    out: Path
    progress: Callable[[int, int], None]


async def run(made: Product, asked: list[Asked], options: Options) -> dict[str, Any]:
    """Ask every question once, in a conversation of its own: figures over all, with what went wrong by question id."""
    options.out.parent.mkdir(parents=True, exist_ok=True)
    marks = _kept(options.out)
    with made.opened(options.company) as mine, options.out.open("a", encoding="utf-8") as out:
        for number, item in enumerate(asked, 1):
            if item.identity not in marks:
                mark = await _ask(mine, item)
                marks[item.identity] = mark
                out.write(json.dumps(mark, ensure_ascii=False) + "\n")
                out.flush()
            options.progress(number, len(asked))
    return summary([marks[item.identity] for item in asked], made.engine_name)


def summary(marks: list[dict[str, Any]], model: str) -> dict[str, Any]:
    """Figures over the marks of all questions; times are medians in milliseconds."""
    answerable = [mark for mark in marks if mark["answerable"]]
    rest = [mark for mark in marks if not mark["answerable"]]
    cited = [mark for mark in answerable if mark["right_document"]]

    def median(stage: str) -> float:
        times = [mark["ms"][stage] for mark in marks]
        return round(statistics.median(times), 1) if times else 0.0

    return {
        "model": model,
        "answerable": len(answerable),
        "right_document_cited": len(cited),
        "right_value_stated": sum(mark["right_value"] for mark in answerable),
        "nearest_shown_in_refusal": sum(mark["abstained"] and mark["right_cited"] for mark in answerable),
        "false_refusals": sum(mark["abstained"] for mark in answerable),
        "unanswerable": len(rest),
        "refused": sum(mark["abstained"] for mark in rest),
        "refused_near": f"{sum(m['abstained'] for m in rest if m['near'])}/{sum(m['near'] for m in rest)}",
        "quotes": sum(mark["quotes"] for mark in marks),
        "quotes_verbatim": sum(mark["verbatim"] for mark in marks),
        "numbers_unsupported": sum(len(mark["unsupported"]) for mark in marks),
        "written_by_model": sum(mark["model"] != "quotation" for mark in marks),
        "median_ms": {stage: median(stage) for stage in ("evidence", "first_token", "total")},
        "wrong": {
            "not_cited": [mark["id"] for mark in answerable if not mark["right_document"]],
            "value": [mark["id"] for mark in answerable if not mark["right_value"]],
            "not_refused": [mark["id"] for mark in rest if not mark["abstained"]],
        },
    }


async def _ask(mine: Opened, item: Asked) -> dict[str, Any]:
    registries = [mine.documents.own.registry, mine.documents.library.registry]
    evidence: list[dict[str, Any]] = []
    reply: Reply | None = None
    async with aclosing(mine.conversation.once(PERSON, item.question, [])) as events:
        async for event in events:
            if isinstance(event, EvidenceShown):
                evidence = [passage.wire() for passage in event.passages]
            elif isinstance(event, Reply):
                reply = event
    assert reply is not None  # noqa: S101 - the loop's contract: a turn ends with its reply
    # After the answer: the same search before it would have warmed what is timed.
    prompt = await asyncio.to_thread(mine.conversation.prompt, PERSON, item.question)
    wire = reply.wire()
    texts = {citation["n"]: _place(registries, citation["document_id"]) for citation in wire["citations"]}
    verbatim = sum(is_verbatim(citation["quote"], texts[citation["n"]]) for citation in wire["citations"])
    right = any(citation["document_id"] in item.documents for citation in wire["citations"])
    return {
        "id": item.identity,
        "question": item.question,
        "answerable": item.answerable,
        "prompt": _digest(prompt) if prompt else None,
        "near": item.near,
        "right_document": right and not wire["abstained"],
        "right_cited": right,
        "right_value": all(_holds(wire["answer"], alternatives) for alternatives in item.must),
        "in_evidence": any(passage["document_id"] in item.documents for passage in evidence),
        "quotes": len(wire["citations"]),
        "verbatim": verbatim,
        "unsupported": unsupported_digits(wire["answer"], [citation["quote"] for citation in wire["citations"]]),
        **wire,
    }


def _digest(prompt: list[BaseMessage]) -> str:
    """Tells prompts apart: two engines must have been asked the same."""
    said = "\0".join(f"{message.type}\0{message.text}" for message in prompt)
    return hashlib.sha256(said.encode()).hexdigest()[:16]


def unsupported_digits(answer: str, quotes: list[str]) -> list[str]:
    """Numbers in the answer, citation marks apart, whose digits stand in no quote."""
    known = {_plain(number) for quote in quotes for number in _DIGITS.findall(quote)}
    return [number for number in _DIGITS.findall(_MARK.sub("", answer)) if _plain(number) not in known]


def _plain(number: str) -> str:
    return number.replace(",", "").rstrip(".")


def _holds(answer: str, alternatives: str) -> bool:
    squeezed = re.sub(r"\s", "", answer).lower()
    return any(re.sub(r"\s", "", option).lower() in squeezed for option in alternatives.split("|"))


def _place(registries: list[Registry], document_id: str) -> str:
    """All stored text of a document."""
    for registry in registries:
        if any(entry.document_id == document_id for entry in registry.entries()):
            return "\n".join(section.text for section in registry.document(document_id).sections)
    return ""


def _kept(out: Path) -> dict[str, dict[str, Any]]:
    if not out.exists():
        return {}
    return {mark["id"]: mark for mark in map(json.loads, out.read_text(encoding="utf-8").splitlines())}


def run_blocking(made: Product, asked: list[Asked], options: Options) -> dict[str, Any]:
    """`run` for callers without an event loop."""
    return asyncio.run(run(made, asked, options))
