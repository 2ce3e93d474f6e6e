from __future__ import annotations

from collections.abc import AsyncGenerator
from dataclasses import replace
from datetime import date
from typing import Any

from assistant.reply import Citation, Event, EvidenceShown, Reply
from evals.calendar import Dated, Text, measure, questions, summary
from knowledge.editions import Standing
from tests.assistant.material import passage

TODAY = date(2026, 11, 23)
ASKED = Dated(
    id="one",
    question="1주 근로시간은?",
    today=TODAY,
    cites=Text(title="근로기준법", effective=date(2027, 1, 1), locator="제50조제1항"),
    says=("2027-01-01",),
)


class Scripted:
    """A conversation that always says `answer` from one passage."""

    def __init__(self, answer: str, standing: Standing, locator: str = "제50조제1항") -> None:
        self.answer, self.locator = answer, locator
        self.passage = replace(
            passage(1, "근로기준법", "40시간을 초과할 수 없다."), effective=standing.start, standing=standing
        )

    async def once(self, *_: Any, as_of: date | None = None) -> AsyncGenerator[Event]:
        yield EvidenceShown((self.passage,), None, None, 1.0)
        cited = Citation(1, "doc-1", "근로기준법", None, self.locator, "40시간을 초과할 수 없다.")
        yield Reply(
            answer=self.answer,
            abstained=False,
            citations=(cited,),
            checked=0,
            unsupported=0,
            removed=0,
            model="quotation",
            degraded=None,
            notices=(),
            conversation_id=None,
            turn_id=None,
            ms={},
        )


FUTURE = Standing("future", date(2027, 1, 1))


async def marked(answer: str, standing: Standing = FUTURE, locator: str = "제50조제1항") -> Any:
    (mark,) = await measure(lambda _: Scripted(answer, standing, locator), [ASKED])  # type: ignore[arg-type,return-value]
    return mark


async def test_a_future_text_must_be_said_to_be_one_before_it_is_quoted() -> None:
    good = await marked("2027-01-01부터 시행됩니다: “40시간을 초과할 수 없다.” [1]")
    assert good.right
    silent = await marked("자료에 이렇게 적혀 있습니다: “40시간을 초과할 수 없다.” [1]")
    assert (silent.version, silent.said, silent.clean, silent.right) == (True, False, False, False)
    late = await marked("“40시간을 초과할 수 없다.” [1] 2027-01-01부터 시행됩니다.")
    assert (late.said, late.clean) == (False, True)


async def test_a_text_that_is_gone_is_never_right_and_a_wrong_place_is_seen() -> None:
    gone = await marked("2027-01-01 “…” [1]", Standing("superseded", date(2027, 1, 1)))
    assert not gone.clean
    astray = await marked("2027-01-01 “…” [1]", locator="제51조")
    assert (astray.place, astray.right) == (False, False)
    assert summary([gone, astray])["clean"] == 0.5


def test_the_questions_are_well_formed_and_told_apart() -> None:
    asked = questions()
    assert len(asked) >= 20
    assert len({item.id for item in asked}) == len(asked)
    assert all(item.cites or item.never or item.says or item.silent for item in asked)
