from __future__ import annotations

from typing import Any

from tests.ui.fake_api import EVIDENCE, QUOTE
from ui.page.turn import Turn, recalled

REPLY: dict[str, Any] = {
    "answer": "20개 과제를 뽑습니다. [1]",
    "abstained": False,
    "citations": [{**EVIDENCE[0], "quote": QUOTE}, {**EVIDENCE[0], "quote": "주관기업이 자기 LLM"}],
    "claims": {"checked": 1, "unsupported": 2, "removed": 2},
    "model": "m",
    "degraded": None,
    "notices": ["주의"],
    "ms": {"total": 1500.0},
}


def asked() -> Turn:
    return Turn("질문").after("evidence", {"evidence": EVIDENCE, "conversation_id": "c", "turn_id": "t", "ms": 1})


def test_events_build_the_answer_up() -> None:
    turn = Turn("질문")
    assert (turn.phase, turn.live) == ("seeking", True)
    turn = asked()
    assert (turn.phase, turn.turn_id, [card.n for card in turn.cards]) == ("writing", "t", [1, 2, 3, 4])
    assert turn.after("waiting", {"place": 2}).place == 2
    turn = turn.after("token", {"text": "하나. [1]"}).after("token", {"text": " 둘. [2]"})
    assert turn.answer == "하나. [1] 둘. [2]"
    turn = turn.after("answer", REPLY)
    assert (turn.phase, turn.live, turn.seconds, turn.removed) == ("done", False, 1.5, 2)
    assert turn.cards[0].quotes == (QUOTE, "주관기업이 자기 LLM")
    assert turn.cards[1].quotes == ()


def test_an_unknown_event_changes_nothing() -> None:
    assert asked().after("applause", {}) == asked()


def test_only_a_live_turn_can_be_stopped() -> None:
    assert asked().stopped().phase == "stopped"
    done = asked().after("answer", REPLY)
    assert done.stopped() == done


def test_a_kept_turn_comes_back_with_one_card_a_cited_place() -> None:
    kept = {
        "turn_id": "t",
        "question": "질문",
        "answer": REPLY["answer"],
        "state": "done",
        "reply": REPLY,
        "rating": -1,
    }
    turn = recalled(kept, "c")
    assert (turn.phase, turn.rating, turn.conversation_id) == ("done", -1, "c")
    assert [(card.n, card.text) for card in turn.cards] == [(1, f"{QUOTE}\n주관기업이 자기 LLM")]


def test_a_kept_turn_that_was_stopped_has_its_words_and_no_reply() -> None:
    kept = {"turn_id": "t", "question": "질문", "answer": "하나.", "state": "stopped", "reply": {}, "rating": None}
    turn = recalled(kept, "c")
    assert (turn.phase, turn.answer, turn.cards) == ("stopped", "하나.", ())
