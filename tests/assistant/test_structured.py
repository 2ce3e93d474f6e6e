"""Answers by schema: asked for, and checked again."""

from __future__ import annotations

from typing import Any

import pytest
from langchain_core.messages import HumanMessage
from langchain_core.outputs import ChatGenerationChunk
from pydantic import BaseModel, ConfigDict, Field

from assistant.engine import Owner
from assistant.errors import EngineDownError, MalformedAnswerError
from assistant.structured import structured
from tests.fakes import ScriptedModel, engine


class Anchor(BaseModel):
    model_config = ConfigDict(extra="forbid")
    anchor: str
    level: int


class Recording(ScriptedModel):
    options: dict[str, Any] = Field(default_factory=dict)

    async def _astream(self, messages: Any, *args: Any, **kwargs: Any) -> Any:
        self.options.update(kwargs)
        async for chunk in super()._astream(messages, *args, **kwargs):
            assert isinstance(chunk, ChatGenerationChunk)
            yield chunk


async def _asked(model: ScriptedModel, *, alive: bool = True) -> Anchor:
    return await structured(engine(model, alive=alive), Owner("a", "p"), [HumanMessage("엑셀로 관리해요")], Anchor)


async def test_the_schema_goes_along_and_the_answer_comes_back_as_data() -> None:
    model = Recording(script=lambda _: '{"anchor": "엑셀", "level": 1}')
    assert await _asked(model) == Anchor(anchor="엑셀", level=1)
    wanted = model.options["response_format"]
    assert wanted["type"] == "json_schema"
    assert wanted["json_schema"]["schema"] == Anchor.model_json_schema()
    assert wanted["json_schema"]["strict"] is True


@pytest.mark.parametrize(
    "said", ['{"anchor": "엑셀", "lev', '{"anchor": "엑셀"}', '{"anchor":"x","level":1,"z":2}', "네"]
)
async def test_anything_else_is_refused_without_repeating_it(said: str) -> None:
    with pytest.raises(MalformedAnswerError) as refused:
        await _asked(ScriptedModel(script=lambda _: said))
    assert said not in str(refused.value)
    assert refused.value.__cause__ is None
    assert refused.value.__suppress_context__


async def test_a_dead_engine_is_said() -> None:
    with pytest.raises(EngineDownError):
        await _asked(ScriptedModel(script=lambda _: "{}", failing=True))
