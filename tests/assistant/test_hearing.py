"""Words about the conversation itself, and answers that need no recognising. Ordinary answers are neither."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.diagnosis.hearing import LONGEST, order, plain, statement
from assistant.diagnosis.wording import UNKNOWN_CHOICE
from knowledge.instrument import UNKNOWN
from tests.assistant.sheets import INSTRUMENT, ITEMS

RECORDS = INSTRUMENT.item("records")
YES = ["네", "넵", "넹", "네네", "예", "예예", "응", "ㅇㅇ", "ㅇㅋ", "어", "맞아요", "맞습니다", "그래요", "그렇죠", "좋아요", "네 맞아요", "네, 맞습니다.", "응 그래", "네!", "네~~", "YES", "ok"]  # fmt: skip
NO = ["아니요", "아니오", "아뇨", "아니", "아닙니다", "틀려요", "틀렸습니다", "ㄴㄴ", "no", "No.", "아니요, 그건 아니에요", "그게 아닌데요"]  # fmt: skip
WHY = ["왜요?", "왜?", "왜 물어요?", "왜 물어보세요", "그걸 왜 물어봐요?", "이걸 왜 묻나요?", "왜 그런 걸 물어보시는 거예요?", "그건 왜 필요해요?", "왜 알아야 하나요?", "근데 왜요", "무슨 이유로 물어보나요?", "why?"]  # fmt: skip
BACK = ["이전", "이전 질문", "이전 질문으로", "이전으로 가 주세요", "뒤로", "뒤로 가요", "앞 질문으로", "아까 질문 다시 볼래요", "되돌려 주세요", "다시 답할래요", "back"]  # fmt: skip
STOP = ["그만", "그만할게요", "그만 할께요", "그만해 주세요", "나중에", "나중에요", "나중에 할게요", "이따가 할게요", "다음에 다시 할게요", "내일 이어서 할게요", "오늘은 여기까지", "여기까지만 할게요.", "멈춰 주세요", "stop"]  # fmt: skip
SKIP = ["스킵", "스킵할게요", "건너뛰기", "건너뛸게요", "이 질문은 건너뛸래요", "넘어가요", "넘어가 주세요", "일단 넘어갈게요", "다음", "다음이요", "다음 질문", "다음 질문으로 가 주세요", "다음으로 넘어가요", "패스", "패스요", "이건 패스할게요", "skip", "Next"]  # fmt: skip
ORDINARY = [
    "네 번 정도 확인해요",
    "네 명이 합니다",
    "예전에는 적었어요",
    "예비 부품이 있어요",
    "응답이 늦어요",
    "아니면 엑셀로 해요",
    "맞는 걸 골라 씁니다",
    "모르는 사람이 많아요",
    "모르면 물어봐요",
    "왜 그런지 몰라요",
    "왜냐하면 사람이 없어서요",
    "왜 고장 났는지 적어 둬요",
    "나중에 엑셀로 옮겨요",
    "나중에 입력합니다",
    "나중에 해요",
    "나중에 몰아서 합니다",
    "내일 적어요",
    "이따 적어요",
    "다음에 쓸 사람이 봅니다",
    "다음 날 봅니다",
    "다음 공정으로 넘어가요",
    "그냥 넘어가는 편이에요",
    "바쁘면 건너뛰어요",
    "두 번 적어요",
    "첫 공정만 찍어요",
    "네 번째 라인만 모아요",
    "둘째 주에 몰아서 적어요",
    "원인이 뭔지 몰라요",
    "불량 원인이 뭔지 다 찾아 고쳐요",
    "MES인지 뭔지에 넣어요",
    "뭐든지 종이에 적어요",
    "엑셀이지 뭐예요",
    "설비가 서면 알려 줘요",
    "옆 사람이 설명해 줘요",
    "반장이 설명 좀 하고 끝이에요",
    "종이에 적어요, 그쵸?",
    "엑셀로 관리해요 맞죠?",
    "그만두는 사람이 많아요",
    "그만둔 분이 알았어요",
    "중단하고 반장을 불러요",
    "멈추고 봅니다",
    "이전 담당자가 적었어요",
    "이전 조건을 씁니다",
    "앞 공정에서 받아요",
    "뒤로 미룹니다",
    "다시 답을 줍니다",
    "되돌려 받아서 고칩니다",
    "2번 라인만 모아요",
    "3번 설비요",
    "1호기만요",
    "하루 3번 적어요",
    "12",
    "0번",
]


@pytest.mark.parametrize(
    ("said", "meaning"),
    [(said, meaning) for meaning, every in (("yes", YES), ("no", NO), ("why", WHY), ("back", BACK), ("stop", STOP), ("skip", SKIP)) for said in every],
)  # fmt: skip
def test_words_about_the_conversation(said: str, meaning: str) -> None:
    assert order(said) == meaning
    assert order(f"  {said} ") == meaning
    heard = plain(RECORDS, said)
    assert heard is None or (heard.kind, meaning) == ("question", "why")


@pytest.mark.parametrize("said", ORDINARY)
def test_an_ordinary_answer_is_no_order_and_no_choice(said: str) -> None:
    assert order(said) is None
    assert plain(RECORDS, said) is None


@pytest.mark.parametrize(
    "said",
    ["몰라", "몰라요", "모르겠어요", "모르겠어여", "잘 모르겠습니다.", "잘 모르겠는데요", "글쎄요 모르겠네요", "그건 저는 잘 몰라요", "모름", "모릅니다", "음... 모르겠음", "ㅁㄹ", "unknown", "don't know", UNKNOWN_CHOICE],
)  # fmt: skip
def test_nobody_knows(said: str) -> None:
    assert order(said) is None
    heard = plain(RECORDS, said)
    assert heard is not None
    assert (heard.kind, heard.value) == ("value", UNKNOWN)


@pytest.mark.parametrize("said", ["3", "3번", "3 번", "3번이요", "3번요", "3이요", "3번입니다.", "3번으로 할게요", "3번쨰", "3번째 거요", "３번", "③", " 3 ", "3번 같아요", "3번인 것 같아요", "세 번째", "세번째요", "세 번째 거", "셋째", "세 번째로 할게요", "세 번째입니다."])  # fmt: skip
def test_a_choice_by_its_number(said: str) -> None:
    heard = plain(RECORDS, said)
    assert heard is not None
    assert heard.value == RECORDS.values[2]


@pytest.mark.parametrize(("said", "at"), [("첫번째", 0), ("첫 번째요", 0), ("첫째", 0), ("두 번째 거요", 1), ("둘째", 1), ("네 번째", 3), ("다섯째요", 4)])  # fmt: skip
def test_a_choice_by_its_place(said: str, at: int) -> None:
    heard = plain(RECORDS, said)
    assert heard is not None
    assert heard.value == RECORDS.values[at]


def test_numbers_run_over_the_choices_and_not_knowing_is_the_last() -> None:
    for item in ITEMS:
        for number, value in enumerate((*item.values, UNKNOWN), 1):
            heard = plain(item, f"{number}번")
            assert heard is not None
            assert heard.value == value
        assert plain(item, f"{len(item.values) + 2}번") is None


def test_every_choice_in_its_own_words_is_that_choice_and_no_order() -> None:
    for item in ITEMS:
        for anchor in item.anchors:
            for said in (anchor.text, anchor.text.rstrip("."), f"  {anchor.text}\n", anchor.value):
                heard = plain(item, said)
                assert order(said) is None, said
                assert heard is not None, said
                assert (heard.kind, heard.value) == ("value", anchor.value)


def test_no_way_of_putting_an_answer_that_we_know_of_is_an_order() -> None:
    """But a plain no, which is one only where something was proposed."""
    for item in ITEMS:
        for anchor in item.anchors:
            for said in (anchor.seen, *anchor.said):
                assert order(said) is None, said
                heard = plain(item, said)
                assert heard is None or heard.value == anchor.value, said


@pytest.mark.parametrize(("said", "asks"), [("AAS가 뭐예요?", True), ("엑셀도 됩니까?", True), ("엑셀로 해요. MES가 뭔가요?", True), ("지게차 정도?", False), ("엑셀?", False), ("MES가 뭔지 모르고 써요.", False)])  # fmt: skip
def test_a_question_in_between_is_none_but_a_question(said: str, asks: bool) -> None:
    heard = plain(RECORDS, said)
    assert (heard is not None and heard.kind == "question") == asks
    assert order(said) is None


@pytest.mark.parametrize("said", ["MES가 뭐예요", "LOT이 뭐예요", "그게 뭔데요", "POP이 뭐지", "PLC는 뭡니까", "근데 ERP가 뭐죠", "관리도라는 게 뭔가요", "도대체 이게 뭐야", "레시피가 무슨 뜻이죠", "무슨 말이에요", "무슨 말인지 모르겠어요", "MES가 뭔지 모르겠어요", "AAS가 뭔지 잘 모르겠습니다", "POP가 뭔지 몰라요", "종이에 적어요. MES가 뭐예요", "질문이 이해가 안 돼요", "설명해 주세요", "보기를 좀 설명해 주실래요", "설명 좀 해 줘요", "설명 부탁드립니다", "뜻을 알려주세요", "MES가 뭔지부터 설명 좀요"])  # fmt: skip
def test_a_question_about_a_word_is_one_without_its_mark_too(said: str) -> None:
    """And who does not know the word has not said that nobody knows the answer."""
    assert order(said) is None
    for each in (said, f"{said}?", f"{said}.", f"  {said} "):
        heard = plain(RECORDS, each)
        assert heard is not None
        assert (heard.kind, heard.value) == ("question", None)


@pytest.mark.parametrize(("said", "kept"), [("엑셀로 관리해요 맞죠?", "엑셀로 관리해요"), ("엑셀로 관리해요, 그렇죠?", "엑셀로 관리해요"), ("종이에 적음. 맞나요?", "종이에 적음"), ("이게 맞나요?", "이게 맞나요?"), ("맞죠?", "맞죠?"), ("엑셀로 관리해요", "엑셀로 관리해요")])  # fmt: skip
def test_what_is_put_after_an_answer_is_no_question(said: str, kept: str) -> None:
    assert statement(said) == kept


@pytest.mark.parametrize("said", ["...", "?", "🙂", "-", "!!"])
def test_what_holds_no_word_is_asked_about_again(said: str) -> None:
    heard = plain(RECORDS, said)
    assert heard is not None
    assert (heard.kind, heard.value, heard.nearest) == ("unclear", None, ())
    assert order(said) is None


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=60))
def test_any_text_is_read(said: str) -> None:
    order(said)
    heard = plain(RECORDS, said)
    assert heard is None or heard.kind != "value" or heard.value in {*RECORDS.values, UNKNOWN}


@pytest.mark.parametrize("begin", ["네", "예", "아니", "그만", "그만 할게요", "나중에 다시 ", "왜 ", "아 ", "글쎄요 ", "이전 질문", "맞아요", "넘어가 ", "다음 ", "MES가 ", "뭔지 ", "뭔지 잘 ", "무슨 말 ", "설명 ", "첫 번", "그게 "])  # fmt: skip
def test_a_long_text_of_words_like_orders_is_read_at_once(begin: str) -> None:
    said = (begin * LONGEST)[: LONGEST - 1] + "x"
    assert order(said) is None
    assert plain(RECORDS, said) is None
