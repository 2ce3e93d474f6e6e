"""Sentences of the host's written requests, Korean and English side by side. Items are those of 하도급법 시행령."""

from __future__ import annotations

from ui.text import Language

SENTENCES: dict[str, dict[Language, str]] = {
    "requests": {"ko": "주관기업의 자료 요청", "en": "The host's requests"},
    "requests_more": {"ko": "주관기업은 하도급법 제12조의3에 따라 서면으로만 자료를 요청할 수 있습니다. 승인한 자료만, 정한 기간에만 보입니다.", "en": "The host may ask for a document only in writing (하도급법 제12조의3). It sees what you grant, and only for the days agreed."},
    "requests_none": {"ko": "아직 요청이 없습니다.", "en": "No requests yet."},
    "mine": {"ko": "자료 요청", "en": "Written requests"},
    "mine_more": {"ko": "하도급법 제12조의3의 서면입니다. 정당한 사유를 입증해야 하고, 협력사가 승인하면 정한 기간에만 그 자료를 받을 수 있습니다. 요청과 답은 두 회사의 기록에 남습니다.", "en": "The writing that 하도급법 제12조의3 asks for. You must show a justified reason; what the supplier grants can be had on the days agreed. Both logs keep every step."},
    "state_requested": {"ko": "답을 기다림", "en": "waiting"},
    "state_granted": {"ko": "승인", "en": "granted"},
    "state_narrowed": {"ko": "좁혀서 승인", "en": "granted in part"},
    "state_refused": {"ko": "거절", "en": "refused"},
    "state_withdrawn": {"ko": "거둠", "en": "withdrawn"},
    "step_requested": {"ko": "요청", "en": "asked"},
    "step_granted": {"ko": "승인", "en": "granted"},
    "step_narrowed": {"ko": "좁혀서 승인", "en": "granted in part"},
    "step_refused": {"ko": "거절", "en": "refused"},
    "step_withdrawn": {"ko": "거둠", "en": "withdrawn"},
    "step_disclosed": {"ko": "자료를 받음", "en": "document had"},
    "history": {"ko": "지나온 일", "en": "What happened"},
    "host": {"ko": "주관기업", "en": "Host"},
    "asked_at": {"ko": "{time} 요청", "en": "asked {time}"},
    "granted_scope": {"ko": "범위: {scope}", "en": "Scope: {scope}"},
    "granted_until": {"ko": "{day}까지", "en": "until {day}"},
    "fetch": {"ko": "승인된 자료 받기", "en": "Download the document"},
    # The paper
    "paper": {"ko": "기술자료 요구 서면 (시행령 제7조의3)", "en": "Request (시행령 제7조의3)"},
    "secrecy_paper": {"ko": "비밀유지계약 (시행령 제7조의4)", "en": "Secrecy agreement (시행령 제7조의4)"},
    "company": {"ko": "협력사의 이름", "en": "Supplier's name"},
    "purpose": {"ko": "요구목적", "en": "Purpose"},
    "ownership": {"ko": "권리귀속 관계", "en": "Who owns the rights"},
    "price": {"ko": "대가", "en": "Price"},
    "payment": {"ko": "대가의 지급방법", "en": "How it is paid"},
    "name": {"ko": "기술자료의 명칭", "en": "Name of the document"},
    "scope": {"ko": "기술자료의 범위", "en": "Scope"},
    "deliver_on": {"ko": "제공일", "en": "Day of delivery"},
    "delivery": {"ko": "제공방법", "en": "How it is delivered"},
    "justification": {"ko": "요구가 정당함을 입증하는 사항", "en": "Why the request is justified"},
    "use_until": {"ko": "사용기간의 마지막 날", "en": "Last day of use"},
    "holders": {"ko": "제공받아 보유할 임직원 (한 줄에 한 명)", "en": "Who will hold it (one a line)"},
    "secrecy": {"ko": "비밀유지의무", "en": "Duty of secrecy"},
    "no_other_use": {"ko": "목적 외 사용금지", "en": "No other use"},
    "damages": {"ko": "위반에 따른 배상", "en": "Damages"},
    "return_method": {"ko": "반환·폐기 방법", "en": "How it is returned or destroyed"},
    "return_on": {"ko": "반환·폐기 일자", "en": "Day of return or destruction"},
    "write": {"ko": "새 요청 쓰기", "en": "Write a request"},
    "ask": {"ko": "요청 보내기", "en": "Send the request"},
    "ask_sure": {"ko": "이 서면을 협력사에 보낼까요? 보낸 뒤에는 고칠 수 없고 두 회사의 기록에 남습니다.", "en": "Send it? It cannot be changed then and stands in both logs."},
    "ask_yes": {"ko": "보내기", "en": "Send"},
    "asked": {"ko": "요청을 보냈습니다.", "en": "The request is sent."},
    # The answer
    "answer": {"ko": "답하기", "en": "Answer"},
    "document": {"ko": "보여 줄 우리 자료", "en": "Our document to show"},
    "no_document": {"ko": "먼저 ‘자료’에 올려 주세요", "en": "Add it under Documents first"},
    "choose": {"ko": "고르세요", "en": "Choose"},
    "narrow_scope": {"ko": "좁힌 범위 (좁혀서 승인할 때)", "en": "Smaller scope (to grant in part)"},
    "narrow_until": {"ko": "앞당긴 마지막 날 (좁혀서 승인할 때)", "en": "Earlier last day (to grant in part)"},
    "note": {"ko": "덧붙이는 말 (선택)", "en": "A word beside it (optional)"},
    "grant": {"ko": "요청대로 승인", "en": "Grant as asked"},
    "grant_sure": {"ko": "서면의 조건대로 고른 자료를 주관기업에 보여 줄까요?", "en": "Show the chosen document to the host on the terms of the paper?"},
    "narrow": {"ko": "좁혀서 승인", "en": "Grant in part"},
    "narrow_sure": {"ko": "좁힌 조건으로 고른 자료를 주관기업에 보여 줄까요?", "en": "Show the chosen document to the host on the smaller terms?"},
    "refuse": {"ko": "거절", "en": "Refuse"},
    "refuse_sure": {"ko": "이 요청을 거절할까요?", "en": "Refuse this request?"},
    "withdraw": {"ko": "승인 거두기", "en": "Withdraw"},
    "withdraw_sure": {"ko": "승인을 거둘까요? 주관기업은 곧바로 그 자료를 볼 수 없습니다.", "en": "Withdraw it? The host can read the document no longer, at once."},
    "decided": {"ko": "답을 남겼습니다. 주관기업과 우리 회사의 기록에 남았습니다.", "en": "Your answer is kept, in the host's log and in ours."},
    "no": {"ko": "그대로 두기", "en": "Leave it"},
}  # fmt: skip


def say(key: str, language: Language, **details: object) -> str:
    """The sentence for `key`, its blanks filled from `details`."""
    return SENTENCES[key][language].format(**details)
