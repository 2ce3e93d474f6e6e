"""What the conversation of a diagnosis says in its own name, Korean and English side by side."""

from __future__ import annotations

from assistant.diagnosis.turn import Turn
from assistant.text import Language
from knowledge.instrument import UNKNOWN, Item

UNKNOWN_CHOICE = "잘 모르겠습니다."

SENTENCES: dict[str, dict[Language, str]] = {
    "proposed": {
        "ko": "‘{choice}’로 알아들었습니다. 맞으면 ‘네’, 아니면 아래에서 골라 주세요.",
        "en": "I understood: “{choice}”. Say “yes” if that is right, or choose below.",
    },
    "proposed_unknown": {
        "ko": "‘잘 모르겠다’는 말씀으로 알아들었습니다. 맞으면 ‘네’, 아니면 아래에서 골라 주세요.",
        "en": "I understood that you do not know. Say “yes” if that is right, or choose below.",
    },
    "recorded": {"ko": "‘{choice}’로 적었습니다.", "en": "Noted: “{choice}”."},
    "recorded_unknown": {
        "ko": "모르는 것으로 적어 두었습니다. 점수를 깎지 않으며, 나중에 고칠 수 있습니다.",
        "en": "Noted as not known. It does not lower the score, and you can change it later.",
    },
    "unclear": {
        "ko": "어느 쪽인지 아직 모르겠습니다. 아래에서 가장 가까운 것을 골라 주세요.",
        "en": "I cannot tell which it is yet. Choose what is nearest below.",
    },
    "unclear_between": {
        "ko": "‘{low}’ 쪽입니까, ‘{high}’ 쪽입니까? 둘 다 아니면 아래에서 골라 주세요.",
        "en": "Is it rather “{low}” or “{high}”? If neither, choose below.",
    },
    "question": {
        "ko": "질문하신 것부터 자료에서 찾아보고, 이 질문으로 돌아오겠습니다.",
        "en": "Let me look that up first; then we come back to this question.",
    },
    "question_after": {
        "ko": "질문하신 것을 자료에서 찾아보겠습니다.",
        "en": "Let me look that up.",
    },
    "why": {"ko": "여쭙는 까닭: {why}", "en": "Why this is asked: {why}"},
    "back": {"ko": "앞 질문으로 돌아왔습니다.", "en": "Back to the question before."},
    "first": {
        "ko": "첫 질문이라 그 앞의 질문이 없습니다. 이 질문부터 답해 주세요.",
        "en": "This is the first question; there is none before it. Please answer this one.",
    },
    "skipped": {
        "ko": "이 질문은 비워 두었습니다. 끝에 다시 여쭙겠습니다.",
        "en": "Left open. I will ask it again at the end.",
    },
    "only": {
        "ko": "남은 질문은 이것뿐입니다. 모르시면 ‘모르겠어요’라고 하셔도 됩니다.",
        "en": "This is the only question left. If you do not know, just say so.",
    },
    "stopped": {
        "ko": "여기까지 적어 두었습니다. 다른 기기에서도 이어서 할 수 있습니다.",
        "en": "Everything so far is kept. You can go on from another device too.",
    },
    "done": {
        "ko": "질문이 끝났습니다. 결과를 볼 수 있습니다.",
        "en": "That was the last question. The result is ready.",
    },
    "done_for_you": {
        "ko": "맡으신 질문이 끝났습니다. 다른 분이 맡은 질문이 {left}개 남았습니다.",
        "en": "Your part is done. {left} question(s) are left to others.",
    },
}


def worded(turn: Turn, language: Language) -> str:
    """What is said to a person after a turn."""
    item, said = turn.item, SENTENCES
    if item is None:
        after = {"question": "question_after", "stopped": "stopped"}.get(turn.outcome)
        return said[after][language] if after else _ended(turn, language)
    if turn.outcome == "proposed" and turn.value:
        return _proposed(item, turn.value, language)
    if turn.outcome == "unclear" and len(turn.nearest) == 2:
        low, high = (item.anchor(value).text for value in turn.nearest)
        return said["unclear_between"][language].format(low=low, high=high)
    if turn.outcome == "why":
        return said["why"][language].format(why=item.why)
    if turn.outcome not in {"recorded", "done"}:
        return said[turn.outcome][language]
    kept = said["recorded_unknown"][language] if turn.value == UNKNOWN else _recorded(turn, language)
    return kept if turn.outcome == "recorded" else f"{kept} {_ended(turn, language)}"


def _proposed(item: Item, value: str, language: Language) -> str:
    if value == UNKNOWN:
        return SENTENCES["proposed_unknown"][language]
    return SENTENCES["proposed"][language].format(choice=item.anchor(value).text)


def _recorded(turn: Turn, language: Language) -> str:
    if turn.item is None or turn.value is None:
        return ""
    return SENTENCES["recorded"][language].format(choice=turn.item.anchor(turn.value).text)


def _ended(turn: Turn, language: Language) -> str:
    key = "done_for_you" if turn.left_to_others else "done"
    return SENTENCES[key][language].format(left=turn.left_to_others)
