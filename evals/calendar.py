"""Questions about laws on a given day: is the version in force cited, at its 조·항·호, and is any other said to be one?

The questions are about the laws of `../shared/reference/laws`; whoever measures has put them, or a library that holds
them, into a place.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from datetime import date
from importlib.resources import files

from pydantic import BaseModel, ConfigDict

from assistant.conversation import Conversation
from assistant.evidence import Passage
from assistant.reply import Citation, EvidenceShown, Reply
from evals.errors import EvalError

PERSON = "eval"


class Text(BaseModel):
    """One version of a law; `locator` is how the place begins, where one is wanted."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    title: str
    effective: date
    locator: str = ""


class Dated(BaseModel):
    """A question asked on `today`, about `as_of` where that is chosen beside it.

    `cites` must be among the citations, none of `never`; the answer holds every one of `says` before its first quote and
    none of `silent` anywhere.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str
    question: str
    today: date
    as_of: date | None = None
    cites: Text | None = None
    never: tuple[Text, ...] = ()
    says: tuple[str, ...] = ()
    silent: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Mark:
    """What came of one question. `version`, `place`, `said` are None where nothing of the kind is asked; `clean` says that
    nothing repealed, superseded or still to come was cited as if it were in force.
    """

    id: str
    answer: str
    version: bool | None
    place: bool | None
    said: bool | None
    clean: bool

    @property
    def right(self) -> bool:
        return self.clean and all(each in {True, None} for each in (self.version, self.place, self.said))


def questions() -> list[Dated]:
    """The questions kept with the package."""
    lines = files("evals.data").joinpath("calendar.jsonl").read_text("utf-8").splitlines()
    return [Dated.model_validate_json(line) for line in lines if line.strip()]


async def measure(talk_on: Callable[[date], Conversation], asked: Sequence[Dated]) -> list[Mark]:
    """`talk_on`: a conversation for which it is that day. Nothing is kept of the questions."""
    return [await _one(talk_on(item.today), item) for item in asked]


def summary(marks: Sequence[Mark]) -> dict[str, float]:
    """Share of the questions that came out right, by what was asked of them: 0 to 1."""
    shares = {"right": [mark.right for mark in marks], "clean": [mark.clean for mark in marks]}
    for name in ("version", "place", "said"):
        shares[name] = [value for mark in marks if (value := getattr(mark, name)) is not None]
    return {name: round(sum(values) / len(values), 3) if values else 1.0 for name, values in shares.items()}


async def _one(talk: Conversation, item: Dated) -> Mark:
    passages: dict[int, Passage] = {}
    reply: Reply | None = None
    async with aclosing(talk.once(PERSON, item.question, [], as_of=item.as_of)) as events:
        async for event in events:
            if isinstance(event, EvidenceShown):
                passages = {passage.n: passage for passage in event.passages}
            elif isinstance(event, Reply):
                reply = event
    if reply is None:
        raise EvalError(f"no answer to {item.id}")
    return _marked(item, reply, passages)


def _marked(item: Dated, reply: Reply, passages: dict[int, Passage]) -> Mark:
    before = reply.answer.partition("“")[0]
    held = [cited for cited in reply.citations if item.cites and _is(cited, item.cites, passages)]
    quiet = not any(words in reply.answer for words in item.silent)
    forbidden = any(_is(cited, text, passages) for cited in reply.citations for text in item.never)
    return Mark(
        id=item.id,
        answer=reply.answer,
        version=bool(held) if item.cites else None,
        place=any(cited.locator.startswith(item.cites.locator) for cited in held) if item.cites else None,
        said=all(words in before for words in item.says) if item.says else None,
        clean=quiet and not forbidden and _honest(reply, item, passages),
    )


def _is(cited: Citation, text: Text, passages: dict[int, Passage]) -> bool:
    return cited.title == text.title and passages[cited.n].effective == text.effective


def _honest(reply: Reply, item: Dated, passages: dict[int, Passage]) -> bool:
    """Whether every cited text that is not in force on the day is said to begin another day, and none is gone by."""
    day = item.as_of or item.today
    states = {cited.n: passages[cited.n].state(day) for cited in reply.citations}
    if any(state in {"superseded", "repealed"} for state in states.values()):
        return False
    said = " ".join([reply.answer, *reply.notices])
    later = [passages[n].effective for n, state in states.items() if state == "future"]
    return all(effective is not None and effective.isoformat() in said for effective in later)
