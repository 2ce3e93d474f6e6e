"""Whose words mean which choice, by a question of the tests' own: sure, between two, vague, a question."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest

from assistant.diagnosis.mapping import Examples, examples
from knowledge.instrument import UNKNOWN, Item
from retrieval.korean import Tokenizer
from tests.assistant.sheets import ITEMS

pytestmark = pytest.mark.proof

WATER = Item.model_validate(
    {
        "id": "test_water",
        "depth": "first",
        "text": "화분에 물을 어떻게 줍니까?",
        "why": "물이 모자라면 시듭니다.",
        "anchors": [
            {"value": "never", "score": 0, "text": "물을 주지 않는다.", "seen": "흙이 말라 갈라져 있다.",
             "said": ["물 안 줘요", "한 번도 물을 준 적이 없어요", "비 오면 맞는 게 다예요", "그냥 말라 죽게 둡니다"]},
            {"value": "by_hand", "score": 2, "text": "사람이 물뿌리개로 준다.", "seen": "창가에 물뿌리개가 놓여 있다.",
             "said": ["물뿌리개로 줍니다", "당번이 물뿌리개 들고 돌아요", "손으로 컵에 받아서 부어요", "생각나면 사람이 물을 떠다 줘요"]},
            {"value": "timer", "score": 4, "text": "타이머가 정한 때에 준다.", "seen": "수도에 타이머 밸브가 달려 있다.",
             "said": ["타이머로 매일 아침 여섯 시에 나와요", "시간 맞춰 놓으면 밸브가 열려요", "정해진 시각에 타이머가 틀어 줘요"]},
            {"value": "sensor", "score": 5, "text": "흙의 습도를 재어 저절로 준다.", "seen": "흙에 습도 센서가 꽂혀 있다.",
             "said": ["습도 센서가 재서 알아서 나와요", "흙이 마르면 센서가 밸브를 엽니다", "센서 값 보고 저절로 급수돼요"]},
        ],
    }
)  # fmt: skip

SHADE = WATER.model_copy(update={"id": "test_shade"})


@pytest.fixture(scope="module")
def listener(tokenizer: Tokenizer) -> Examples:
    return Examples(tokenizer)


@pytest.mark.parametrize(
    ("said", "value"),
    [
        ("당번이 물뿌리개로 줘요", "by_hand"),
        ("물뿌리개 들고 사람이 돕니다", "by_hand"),
        ("타이머가 매일 아침 시간 맞춰 틀어 줘요", "timer"),
        ("흙에 꽂은 습도 센서가 재서 저절로 나와요", "sensor"),
    ],
)
def test_what_is_sure_is_a_value(listener: Examples, said: str, value: str) -> None:
    heard = listener.read(WATER, said)
    assert (heard.kind, heard.value) == ("value", value)
    assert 0.5 < heard.share <= 1


@pytest.mark.parametrize(
    ("said", "denied"),
    [
        ("타이머는 안 달았어요", "timer"),
        ("타이머로 주지는 않아요", "timer"),
        ("타이머 없습니다", "timer"),
        ("습도 센서 없어요", "sensor"),
        ("센서로 재지는 못해요", "sensor"),
        ("물뿌리개로는 안 줍니다", "by_hand"),
        ("내년에 습도 센서를 꽂으려고요", "sensor"),
        ("타이머를 달 예정이에요", "timer"),
        ("센서로 저절로 주고 싶어요", "sensor"),
    ],
)
def test_what_is_denied_or_planned_is_not_taken_for_what_is(listener: Examples, said: str, denied: str) -> None:
    assert listener.read(WATER, said).value != denied


@pytest.mark.parametrize(
    ("said", "value"),
    [
        ("타이머는 안 쓰고 당번이 물뿌리개로 줘요", "by_hand"),
        ("물뿌리개로 주지 않고 타이머가 매일 아침 시간 맞춰 틀어 줘요", "timer"),
    ],
)
def test_what_is_said_beside_a_denial_counts(listener: Examples, said: str, value: str) -> None:
    assert listener.read(WATER, said).value == value


def test_an_answer_put_up_for_agreement_is_that_answer(listener: Examples) -> None:
    said = "당번이 물뿌리개로 줘요"
    assert listener.read(WATER, f"{said}, 맞죠?") == listener.read(WATER, said)


def test_what_lies_between_two_names_them_from_worse_to_better(listener: Examples) -> None:
    for shares in ({"sensor": 0.4, "timer": 0.35, "never": 0.25}, {"timer": 0.4, "sensor": 0.35, "never": 0.25}):
        heard = listener.judged(WATER, {**shares, "by_hand": 0.0})
        assert (heard.kind, heard.value, heard.nearest) == ("unclear", None, ("timer", "sensor"))


def test_how_sure_it_has_to_be_can_be_said(listener: Examples) -> None:
    shares = {"never": 0.8, "timer": 0.2, "by_hand": 0.0, "sensor": 0.0}
    assert listener.judged(WATER, shares).value == "never"
    assert listener.judged(WATER, shares, 0.9).kind == "unclear"


def test_what_is_nearest_is_always_a_choice(listener: Examples) -> None:
    shares = {"ask": 0.3, "question": 0.25, UNKNOWN: 0.2, "sensor": 0.15, "never": 0.1, "timer": 0.0, "by_hand": 0.0}
    assert listener.judged(WATER, shares).nearest == ("never", "sensor")


def test_what_tells_no_level_is_unclear_however_sure_that_is(listener: Examples) -> None:
    shares = {"ask": 0.97, "sensor": 0.02, "timer": 0.01, "never": 0.0, "by_hand": 0.0}
    assert listener.judged(WATER, shares).kind == "unclear"


def test_who_asks_back_is_answered_first(listener: Examples) -> None:
    shares = {"question": 0.97, "sensor": 0.02, "timer": 0.01, "never": 0.0, "by_hand": 0.0}
    assert listener.judged(WATER, shares).kind == "question"
    assert listener.judged(WATER, {**shares, "question": 0.4, "sensor": 0.39}).kind == "unclear"


def test_that_nobody_knows_is_heard_too(listener: Examples) -> None:
    heard = listener.judged(WATER, {UNKNOWN: 0.9, "sensor": 0.1, "timer": 0.0, "never": 0.0, "by_hand": 0.0})
    assert (heard.kind, heard.value) == ("value", UNKNOWN)


@pytest.mark.parametrize("said", ["음", "그냥 그렇죠", "오늘 점심은 국수를 먹었습니다", "12345", "ㅋㅋㅋ", "🙂", " "])
def test_what_says_nothing_is_not_taken_for_a_choice(listener: Examples, said: str) -> None:
    heard = listener.read(WATER, said)
    assert heard.value in {None, UNKNOWN}


def test_shares_add_up_and_the_same_words_are_taken_for_the_same(listener: Examples, tokenizer: Tokenizer) -> None:
    said = "당번이 물뿌리개로 줍니다"
    shares = listener.shares(WATER, said)
    assert sum(shares.values()) == pytest.approx(1)
    assert {*WATER.values} <= shares.keys() <= {*WATER.values, UNKNOWN, "question", "ask"}
    assert listener.read(WATER, said) == listener.read(WATER, said) == Examples(tokenizer).read(WATER, said)


async def test_it_is_heard_as_it_is_read(listener: Examples) -> None:
    assert await listener.heard(WATER, "습도 센서가 재요") == listener.read(WATER, "습도 센서가 재요")


def noted(listener: Examples, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The questions it is trained for, in order."""
    trained: list[str] = []
    train = listener._train

    def noting(item: Item) -> object:
        trained.append(item.id)
        return train(item)

    monkeypatch.setattr(listener, "_train", noting)
    return trained


def test_threads_train_a_question_once(tokenizer: Tokenizer, monkeypatch: pytest.MonkeyPatch) -> None:
    listener = Examples(tokenizer)
    trained = noted(listener, monkeypatch)
    with ThreadPoolExecutor(4) as pool:
        heard = list(pool.map(lambda _: listener.read(WATER, "타이머로 줘요"), range(8)))
    assert trained == ["test_water"]
    assert len(set(heard)) == 1


def test_who_asks_about_another_question_does_not_wait(tokenizer: Tokenizer, monkeypatch: pytest.MonkeyPatch) -> None:
    listener, entered, go = Examples(tokenizer), Event(), Event()
    train = listener._train

    def slow(item: Item) -> object:
        if item.id == WATER.id:
            entered.set()
            assert go.wait(20)
        return train(item)

    monkeypatch.setattr(listener, "_train", slow)
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(listener.read, WATER, "타이머로 줘요")
        assert entered.wait(20)
        assert listener.read(SHADE, "커튼을 칩니다").share > 0
        assert not waiting.done()
        go.set()
        assert waiting.result(20).share > 0


def test_what_is_warmed_is_not_trained_again(tokenizer: Tokenizer, monkeypatch: pytest.MonkeyPatch) -> None:
    listener = Examples(tokenizer)
    trained = noted(listener, monkeypatch)
    listener.warm([WATER, SHADE]).join(30)
    assert trained == [WATER.id, SHADE.id]
    assert listener.read(WATER, "타이머로 줘요") == Examples(tokenizer).read(WATER, "타이머로 줘요")
    assert trained == [WATER.id, SHADE.id]


def test_every_question_has_examples_of_every_choice() -> None:
    for item in ITEMS:
        texts, labels = examples(item)
        assert len(texts) == len(labels)
        assert set(item.values) <= set(labels) <= {*item.values, UNKNOWN, "question", "ask"}, item.id
        assert all(labels.count(value) >= 3 for value in item.values), item.id
        assert all(text.strip() for text in texts)
