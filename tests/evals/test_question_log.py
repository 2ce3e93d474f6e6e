from __future__ import annotations

import json
from pathlib import Path

import pytest
from langchain_core.messages import BaseMessage, HumanMessage, SystemMessage

from assistant.prompts import SYSTEM
from evals.errors import EvalError
from evals.question_log import alone, export_vllm, logged_times, prompts, read


def _log(tmp_path: Path, *lines: object) -> Path:
    path = tmp_path / "log.jsonl"
    path.write_text("\n".join(json.dumps(line, ensure_ascii=False) for line in lines) + "\n\n", encoding="utf-8-sig")
    return path


def _wording(question: str) -> list[BaseMessage] | None:
    return None if "날씨" in question else [SystemMessage("지침"), HumanMessage(f"[1] 자료\n\n질문: {question}")]


def test_the_development_set_is_a_log() -> None:
    log = read(None)
    assert len(log) >= 50
    assert all(line.question and line.prompt is None for line in log)


def test_prompts_are_the_products_own_and_refused_questions_are_left_out(tmp_path: Path) -> None:
    log = read(
        _log(
            tmp_path,
            {"question": "자부담은?", "company": "한빛", "id": 3},
            {"question": "날씨는?"},
            {"prompt": "그대로"},
        )
    )
    made, left_out = prompts(log, _wording, 0)
    assert left_out == 1
    assert made[0].messages == (
        {"role": "system", "content": "지침"},
        {"role": "user", "content": "[1] 자료\n\n질문: 자부담은?"},
    )
    assert made[0].owner == "한빛"
    assert made[1].messages == ({"role": "user", "content": "그대로"},)


def test_a_log_is_repeated_or_cut_to_the_number_of_requests(tmp_path: Path) -> None:
    log = read(_log(tmp_path, {"question": "하나"}, {"question": "둘"}, {"question": "셋"}))
    asked: list[str] = []

    def wording(question: str) -> list[BaseMessage]:
        asked.append(question)
        return [HumanMessage(question)]

    assert [made.messages[0]["content"] for made in prompts(log, wording, 5)[0]] == ["하나", "둘", "셋", "하나", "둘"]
    asked.clear()
    assert len(prompts(log, wording, 2)[0]) == 2
    assert asked == ["하나", "둘"]  # nothing is looked up that is not sent


def test_a_log_without_a_question_for_the_model_is_refused(tmp_path: Path) -> None:
    with pytest.raises(EvalError, match="no question of the log needs the model"):
        prompts(read(_log(tmp_path, {"question": "날씨는?"})), _wording, 4)


@pytest.mark.parametrize(
    "line",
    [
        {"text": "?"},
        {"question": " "},
        {"question": 7},
        ["question"],
        {"question": "a", "prompt": "b"},
        {"question": "a", "at": -1},
        {"question": "a", "at": "soon"},
    ],
)
def test_a_line_that_is_no_question_is_named(tmp_path: Path, line: object) -> None:
    with pytest.raises(EvalError, match=r"2번째 줄.* · line 2 "):
        read(_log(tmp_path, {"question": "좋은 줄"}, line))


def test_a_log_that_is_absent_or_empty_is_told(tmp_path: Path) -> None:
    with pytest.raises(EvalError, match="cannot be read"):
        read(tmp_path / "nothing.jsonl")
    with pytest.raises(EvalError, match="is empty"):
        read(_log(tmp_path))


def test_a_question_alone_follows_the_system_text_of_its_language() -> None:
    assert [message.content for message in alone("AAS가 뭔가요?")] == [SYSTEM["ko"], "AAS가 뭔가요?"]
    assert alone("What is AAS?")[0].content == SYSTEM["en"]


def test_logged_arrivals_are_followed_in_their_order(tmp_path: Path) -> None:
    log = read(_log(tmp_path, {"question": "나중", "at": 2.5}, {"question": "먼저", "at": 0}))
    ordered, arrivals = logged_times(prompts(log, alone, 0)[0])
    assert [made.messages[1]["content"] for made in ordered] == ["먼저", "나중"]
    assert arrivals == [0.0, 2.5]
    with pytest.raises(EvalError, match="cannot be repeated"):
        logged_times(prompts(log, alone, 3)[0])
    with pytest.raises(EvalError, match="every line needs"):
        logged_times(prompts(read(_log(tmp_path, {"question": "a", "at": 1}, {"question": "b"})), alone, 0)[0])


def test_an_exported_log_is_read_by_both_tools(tmp_path: Path) -> None:
    made, _ = prompts(read(_log(tmp_path, {"question": "자부담은?", "company": "한빛", "at": 1.5})), _wording, 0)
    path = tmp_path / "vllm.jsonl"
    export_vllm(made, path, 32)
    line = json.loads(path.read_text(encoding="utf-8"))
    text = "지침\n\n[1] 자료\n\n질문: 자부담은?"
    assert line == {"prompt": text, "output_tokens": 32, "company": "한빛", "at": 1.5}
    (back,) = prompts(read(path), alone, 0)[0]
    assert (back.messages, back.owner, back.at) == (({"role": "user", "content": text},), "한빛", 1.5)
