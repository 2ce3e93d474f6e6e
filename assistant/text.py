"""Sentences the assistant says in its own name, Korean and English side by side."""

from __future__ import annotations

from typing import Literal

Language = Literal["ko", "en"]

SENTENCES: dict[str, dict[Language, str]] = {
    "abstain": {
        "ko": "자료에서 찾지 못했습니다.",
        "en": "I could not find this in the documents.",
    },
    "abstain_next": {
        "ko": "질문을 더 구체적으로 바꾸어 보거나, 관련 자료를 올린 뒤 다시 물어보세요. "
        "지원사업이라면 공고문이나 기업마당, 담당 기관에서 확인해 주세요.",
        "en": "Try a more specific question, or add the document that should hold the answer and ask again. "
        "For a support programme, check the notice itself, Bizinfo (기업마당) or the agency in charge.",
    },
    "quote": {
        "ko": "자료에 이렇게 적혀 있습니다: “{quote}” [{n}]",
        "en": "The document says: “{quote}” [{n}]",
    },
    "nearest": {
        "ko": "가장 가까운 내용은 이렇습니다. 물으신 것의 답은 아닐 수 있습니다: “{quote}” [{n}]",
        "en": "The nearest passage, which may not answer your question: “{quote}” [{n}]",
    },
    "value_stated": {
        "ko": "{machine}의 {name}{particle} {value}입니다. [{n}]",
        "en": "{machine}: {name} is {value}. [{n}]",
    },
    "value_unchecked": {
        "ko": "{machine}의 {name}{particle} {value}입니다(사람 확인 필요). [{n}]",
        "en": "{machine}: {name} is {value} (nobody has confirmed it yet). [{n}]",
    },
    "stated_otherwise": {
        "ko": "다른 자료에는 다르게 적혀 있습니다: “{quote}” [{n}]",
        "en": "Another document says otherwise: “{quote}” [{n}]",
    },
    "values_differ": {
        "ko": "자료마다 값이 다르니, 명판이나 제조사에서 어느 쪽이 맞는지 확인해 주세요.",
        "en": "The documents disagree; check the nameplate or ask the manufacturer which is right.",
    },
    "more_values": {
        "ko": "맞는 항목이 더 있습니다. 설비와 항목을 더 자세히 적어 다시 물어보세요.",
        "en": "More elements match. Name the machine and the property more closely and ask again.",
    },
    "unknown_diagnosis": {
        "ko": "그런 진단이 없습니다. 진단 목록에서 다시 골라 주세요.",
        "en": "There is no such diagnosis. Choose from the list again.",
    },
    "unknown_evidence": {
        "ko": "이 답에 그 자료는 붙어 있지 않습니다. 화면을 새로 열어 확인해 주세요.",
        "en": "That document does not stand behind this answer. Open it anew and look again.",
    },
    "question_changed": {
        "ko": "그 사이에 질문이 바뀌어 방금 하신 말씀은 적지 않았습니다. 지금 질문을 확인하고 다시 답해 주세요.",
        "en": "The question has changed meanwhile, so what you said was not noted. Look at the question now and answer again.",
    },
    "diagnosis_version": {
        "ko": "예전 판의 질문으로 한 진단이라 지금은 열 수 없습니다. 지난 점수는 성장기록에 남아 있습니다. 새로 진단해 주세요.",
        "en": "This diagnosis was made with an earlier version of the questions and cannot be opened now. Its scores are "
        "kept in the case file. Begin a new one.",
    },
    "no_such_question": {
        "ko": "이 진단에 없는 질문입니다. 다음 질문(next)의 question_id로 답해 주세요.",
        "en": "This diagnosis has no such question. Answer with the question_id of next.",
    },
    "no_such_choice": {
        "ko": "이 질문에 없는 답입니다. 보기(choices)의 value 가운데 하나나 unknown으로 답해 주세요.",
        "en": "This question has no such choice. Answer with a value of its choices, or unknown.",
    },
    "diagnosis_closed": {
        "ko": "마친 지 30일이 지난 진단은 고치지 않고 남겨 둡니다. ‘다시 진단하기’로 새로 시작해 주세요.",
        "en": "A diagnosis finished more than 30 days ago is kept as it is. Begin a new one.",
    },
    "no_font": {
        "ko": "한글 글꼴이 없어 보고서를 만들 수 없습니다. 관리자에게 koreanize-matplotlib 패키지를 설치해 달라고 해 주세요.",
        "en": "The report cannot be made: its Korean font is missing. Ask the administrator to install the package koreanize-matplotlib.",
    },
    "no_such_part": {
        "ko": "이 진단에 없는 영역입니다. 영역을 다시 골라 주세요.",
        "en": "This diagnosis has no such dimension. Choose again.",
    },
    "part_taken": {
        "ko": "다른 분이 이미 맡은 영역입니다. 그분과 의논한 뒤 다시 골라 주세요.",
        "en": "Somebody else has taken this dimension. Talk to them, then choose again.",
    },
    "answer_empty": {"ko": "답이 비어 있습니다. 답을 적어 주세요.", "en": "The answer is empty. Write one."},
    "answer_long": {
        "ko": "답이 너무 깁니다. 1000자 안으로 줄여 주세요.",
        "en": "The answer is too long. Use at most 1000 characters.",
    },
    "evidence_unknown": {
        "ko": "모른다고 한 답에는 근거를 붙일 수 없습니다. 먼저 보기에서 답을 골라 주세요.",
        "en": "Nothing can stand behind an answer that is not known. Choose an answer first.",
    },
    "evidence_many": {
        "ko": "한 답에 붙일 수 있는 근거는 20개까지입니다. 필요 없는 근거를 뗀 뒤 다시 붙여 주세요.",
        "en": "An answer takes at most 20 pieces of evidence. Take one away, then attach this one.",
    },
    "evidence_not_own": {
        "ko": "우리 회사 자료만 근거로 붙일 수 있습니다. 자료를 올린 뒤 그 자료를 골라 주세요.",
        "en": "Only your own company's documents can stand for an answer. Add the document, then choose it.",
    },
    "evidence_not_read": {
        "ko": "아직 읽지 못한 자료입니다. 자료 읽기가 끝난 뒤에 다시 붙여 주세요.",
        "en": "This document has not been read yet. Attach it when reading is done.",
    },
    "evidence_no_path": {
        "ko": "이 자료의 AAS에 그런 요소가 없습니다. idShort 경로를 확인해 주세요.",
        "en": "The AAS in this document has no such element. Check the idShort path.",
    },
    "engine_down": {
        "ko": "지금은 AI가 문장을 만들지 못해, 찾은 근거를 그대로 보여 드립니다.",
        "en": "The AI cannot write an answer at the moment, so here is the evidence itself.",
    },
    "engine_busy": {
        "ko": "지금 질문이 밀려 있어, 찾은 근거를 그대로 보여 드렸습니다. 잠시 뒤에 다시 물어보시면 AI가 풀어서 설명해 드립니다.",
        "en": "Many questions are waiting, so here is the evidence itself. Ask again a little later for a written answer.",
    },
    "engine_cut": {
        "ko": "AI가 도중에 멈추어, 찾은 근거까지만 보여 드립니다.",
        "en": "The AI stopped midway, so only the evidence is shown.",
    },
    "stays_here": {
        "ko": "주관기업 LLM에 보내지 않기로 한 자료라서, 찾은 근거를 그대로 보여 드렸습니다.",
        "en": "This document is marked not to be sent to the host's LLM, so here is the evidence itself.",
    },
    "has_orders": {
        "ko": "근거 {n}에 AI에게 내리는 지시로 보이는 글이 있어 답에 쓰지 않았습니다. 자료가 어디서 왔는지 확인해 주세요.",
        "en": "Passage {n} holds text that reads as orders to the AI. It was not used; check where the document comes from.",
    },
    "not_in_force": {
        "ko": "이 법령은 {date}부터 시행됩니다. 지금 시행 중인 조문은 국가법령정보센터에서 확인해 주세요.",
        "en": "This law takes effect on {date}. Check the text in force today at the Korean Law Information Center.",
    },
    "not_yet": {
        "ko": "지금 시행 중인 조문은 자료실에 없습니다. 아래 《{title}》은 {start}부터 시행되는 조문이니, "
        "현행 조문은 국가법령정보센터에서 확인해 주세요.",
        "en": "The text in force now is not in the library. 《{title}》 below takes effect only on {start}; "
        "check the present text at the Korean Law Information Center.",
    },
    "not_then": {
        "ko": "{day}에 시행 중이던 조문은 자료실에 없습니다. 아래 《{title}》은 {start}부터 시행되는 조문입니다.",
        "en": "The text in force on {day} is not in the library. 《{title}》 below takes effect on {start}.",
    },
    "absent_then": {
        "ko": "{day}에 시행 중이던 조문은 자료실에 없습니다. 자료실의 《{title}》은 {start}부터 시행되는 조문입니다.",
        "en": "The text in force on {day} is not in the library, whose 《{title}》 takes effect on {start}.",
    },
    "as_of": {
        "ko": "{day} 기준으로, 자료실에 있는 《{title}》 가운데 그날 시행 중인 것({start} 시행)에서 찾았습니다.",
        "en": "As of {day}: found in the version of 《{title}》 in the library that is in force on that day (from {start}).",
    },
    "undated": {
        "ko": "《{title}》에는 언제부터 적용되는지 날짜가 없어, {day}에도 같았는지는 알 수 없습니다.",
        "en": "《{title}》 carries no date, so it cannot be told whether the same held on {day}.",
    },
    "before_amendment": {
        "ko": "‘{words}’이 언제를 말하는지 정할 수 없어, 오늘({today}) 기준으로 찾았습니다. 개정되기 전의 내용은 그때의 연월일을 "
        "함께 적어 다시 물어보세요.",
        "en": "Which day “{words}” means could not be told, so this is for today ({today}). Ask again with the date to "
        "see the text before the amendment.",
    },
    "day_of_fact": {
        "ko": "질문의 ‘{words}’ 부분은 답의 기준일이 아니라 회사나 설비의 사정으로 읽고, 오늘({today}) 기준으로 찾았습니다. "
        "그때의 조문을 물으신 것이면 바로 뒤에 법 이름을 적어 다시 물어보세요.",
        "en": "“{words}” was read as part of your circumstances, not as the day to answer for; this is for today ({today}). "
        "If you mean the law as it stood then, name the law right after the date and ask again.",
    },
    "day_impossible": {
        "ko": "질문에 적힌 날짜는 달력에 없는 날입니다. 연월일을 확인해 다시 물어보세요.",
        "en": "The date in the question does not exist. Check the year, month and day and ask again.",
    },
    "no_longer": {
        "ko": "《{title}》은 {day}에 시행 중인 조문이 아닙니다.",
        "en": "《{title}》 is not in force on {day}.",
    },
    "notice_not_then": {
        "ko": "아래 《{title}》은 {start} 자 공고로, {day}에는 아직 나오지 않은 것입니다.",
        "en": "《{title}》 below is a notice of {start}, which was not yet out on {day}.",
    },
    "replaced": {
        "ko": "《{title}》은 나중에 나온 것으로 바뀌었으니, 새 문서를 확인해 주세요.",
        "en": "《{title}》 was replaced by a later one; check that one.",
    },
    "notice_corrected": {
        "ko": "《{title}》에는 나중에 나온 정정·재공고가 따로 있으니, 바뀐 내용을 함께 확인해 주세요.",
        "en": "A later notice corrects or follows 《{title}》; check what it changes.",
    },
    "closed": {
        "ko": "《{title}》의 접수는 마감되었습니다(접수 마감 {closes}).",
        "en": "Applications to 《{title}》 are closed (last day {closes}).",
    },
    "staged": {
        "ko": "{place}에는 시행일이 따로 정해진 부분이 있습니다: “{quote}”",
        "en": "Part of {place} takes effect on a day of its own: “{quote}”",
    },
    "malformed_answer": {
        "ko": "AI의 답이 정해진 형식이 아니어서 쓰지 않았습니다. 다시 해 보고, 되풀이되면 운영자에게 알려 주세요.",
        "en": "The AI's answer was not in the form asked for, so it was not used. Try again; if it recurs, tell the operator.",
    },
    "unknown_conversation": {
        "ko": "그 대화를 찾을 수 없습니다. 새 대화를 시작하거나 목록에서 다시 골라 주세요.",
        "en": "There is no such conversation. Start a new one or choose from the list.",
    },
    "unknown_turn": {
        "ko": "그 답변을 찾을 수 없습니다. 대화를 다시 열어 주세요.",
        "en": "There is no such answer. Open the conversation again.",
    },
    "case_day_to_come": {
        "ko": "아직 오지 않은 날이나 달입니다. 오늘까지의 날을 적어 주세요.",
        "en": "This day or month is still to come. State one up to today.",
    },
    "case_other_kind": {
        "ko": "고칠 기록과 종류가 다릅니다. 같은 종류로 고치거나, 지우고 새로 적어 주세요.",
        "en": "This is of another kind than the entry it corrects. Correct it with its own kind, or remove it and write a new one.",
    },
    "case_unknown_entry": {
        "ko": "성장기록에 그런 기록이 없거나 이미 지웠습니다. 목록을 새로 고쳐 확인해 주세요.",
        "en": "There is no such entry in the case file, or it was removed. Refresh the list.",
    },
    "case_full": {
        "ko": "성장기록이 가득 찼습니다. 내보내기로 파일을 받은 뒤 운영자에게 알려 주세요.",
        "en": "The case file is full. Export it and tell the operator.",
    },
    "case_busy": {
        "ko": "여러 사람이 한꺼번에 적고 있어 남기지 못했습니다. 잠시 뒤 다시 해 주세요.",
        "en": "Too many wrote at once, so this was not kept. Try again shortly.",
    },
    "question_empty": {
        "ko": "질문이 비어 있습니다. 궁금한 것을 적어 주세요.",
        "en": "The question is empty. Write what you would like to know.",
    },
    "personal_masked": {
        "ko": "개인정보({kinds})를 가렸습니다. AI와 로그에는 가린 글만 가고, 원문은 우리 회사 저장소에만 남습니다.",
        "en": "Personal data ({kinds}) was masked. The AI and the logs get the masked text only; the original stays in your company's store.",
    },
    "personal_resident": {"ko": "주민등록번호", "en": "resident registration number"},
    "personal_phone": {"ko": "전화번호", "en": "phone number"},
    "personal_card": {"ko": "카드번호", "en": "card number"},
    "personal_account": {"ko": "계좌번호", "en": "account number"},
    "personal_passport": {"ko": "여권번호", "en": "passport number"},
    "personal_licence": {"ko": "운전면허번호", "en": "driving licence number"},
    "question_long": {
        "ko": "질문이 너무 깁니다. 2,000자 안으로 줄여 주세요.",
        "en": "The question is too long. Keep it within 2,000 characters.",
    },
}


def sentence(key: str, language: Language, **details: object) -> str:
    """The sentence for `key`, its blanks filled from `details`."""
    return SENTENCES[key][language].format(**details)
