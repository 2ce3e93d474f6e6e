"""Sentences of the page and the HTTP client for people, Korean and English side by side."""

from __future__ import annotations

from typing import Literal

Language = Literal["ko", "en"]

SENTENCES: dict[str, dict[Language, str]] = {
    # The client
    "unreachable": {"ko": "길잡이 서버에 연결하지 못했습니다. 서버가 켜져 있는지 확인한 뒤 다시 해 주세요.", "en": "The Giljabi server cannot be reached. Check that it is running, then try again."},
    "cut": {"ko": "서버와 연결이 끊겼습니다. 잠시 뒤 다시 해 주세요.", "en": "The connection to the server was lost. Try again shortly."},
    "failed": {"ko": "서버가 알 수 없는 답을 보냈습니다. 다시 해 보고, 되풀이되면 운영자에게 알려 주세요.", "en": "The server sent an answer that cannot be read. Try again; if it recurs, tell the operator."},
    # The frame
    "brand": {"ko": "길잡이", "en": "Giljabi"},
    "tagline": {"ko": "협력사의 AI 도입을 근거와 함께 돕습니다", "en": "Helps suppliers adopt AI, with the evidence shown"},
    "switch": {"ko": "English", "en": "한국어"},
    "tab_chat": {"ko": "대화", "en": "Chat"},
    "tab_documents": {"ko": "자료", "en": "Documents"},
    "ai_notice": {"ko": "인공지능(AI)이 답합니다. 틀릴 수 있으니 중요한 결정 전에는 근거를 직접 확인하세요.", "en": "An artificial intelligence (AI) answers. It can be wrong: check the evidence before you decide."},
    # Asking
    "ask_label": {"ko": "질문", "en": "Question"},
    "ask_hint": {"ko": "궁금한 것을 적어 주세요", "en": "Write your question"},
    "send": {"ko": "보내기", "en": "Send"},
    "stop": {"ko": "멈춤", "en": "Stop"},
    "welcome": {"ko": "무엇이 궁금하세요?", "en": "What would you like to know?"},
    "welcome_more": {"ko": "지원사업, 법, 설비 설명서에서 근거를 찾아 답합니다. 눌러서 물어볼 수 있습니다.", "en": "Answers come from support programmes, laws and equipment manuals. Tap one to ask it."},
    "example_llm": {"ko": "대기업 LLM을 협력사가 쓸 수 있는 지원은 뭐가 있나요?", "en": "대기업 LLM을 협력사가 쓸 수 있는 지원은 뭐가 있나요?"},
    "example_factory": {"ko": "자율형공장은 얼마까지 지원하나요?", "en": "자율형공장은 얼마까지 지원하나요?"},
    "example_drawing": {"ko": "원청이 도면을 달라고 하면 어떻게 하나요?", "en": "원청이 도면을 달라고 하면 어떻게 하나요?"},
    # An answer on its way
    "you": {"ko": "내 질문", "en": "Your question"},
    "seeking": {"ko": "자료에서 근거를 찾고 있습니다", "en": "Looking for evidence in the documents"},
    "writing": {"ko": "답을 쓰고 있습니다. 그동안 찾은 근거를 보세요", "en": "Writing the answer. Meanwhile, see the evidence found"},
    "writing_on": {"ko": "이어서 쓰고 있습니다", "en": "Still writing"},
    "place": {"ko": "차례를 기다리고 있습니다. 대기 {place}번째", "en": "Waiting for a turn: number {place} in the queue"},
    # What became of it
    "abstained": {"ko": "답할 근거가 없습니다", "en": "No evidence to answer from"},
    "abstained_next": {"ko": "자료 올리기", "en": "Add a document"},
    "engine_down": {"ko": "AI가 쉬고 있어 자료의 문장을 그대로 옮겼습니다.", "en": "The AI is unavailable, so the documents are quoted as they are."},
    "engine_busy": {"ko": "질문이 밀려 있어 자료의 문장을 그대로 옮겼습니다. 잠시 뒤 다시 물으면 AI가 정리해 드립니다.", "en": "Many questions are waiting, so the documents are quoted as they are. Ask again later for a written answer."},
    "engine_cut": {"ko": "AI가 도중에 멈추어 나머지는 자료의 문장을 그대로 옮겼습니다.", "en": "The AI stopped midway, so the rest is quoted as it is."},
    "open": {"ko": "아직 답이 끝나지 않았습니다. 잠시 뒤 대화를 다시 열어 주세요.", "en": "This answer is not finished yet. Open the conversation again shortly."},
    "stopped": {"ko": "중간에 멈춘 답변입니다.", "en": "This answer was stopped midway."},
    "interrupted": {"ko": "서버가 꺼지면서 끊긴 답변입니다.", "en": "This answer was cut off when the server stopped."},
    "again": {"ko": "다시 묻기", "en": "Ask again"},
    "removed": {"ko": "근거 없는 문장 {removed}개 제외", "en": "{removed} unsupported sentence(s) left out"},
    "quotation": {"ko": "자료 인용", "en": "quoted from documents"},
    "seconds": {"ko": "{seconds}초", "en": "{seconds} s"},
    "good": {"ko": "도움이 됐어요", "en": "This helped"},
    "bad": {"ko": "도움이 안 됐어요", "en": "This did not help"},
    "thanks": {"ko": "알려 주셔서 고맙습니다.", "en": "Thank you for telling us."},
    "comment_hint": {"ko": "무엇이 아쉬웠나요?", "en": "What was wrong?"},
    "comment_send": {"ko": "의견 보내기", "en": "Send comment"},
    # Evidence
    "evidence": {"ko": "근거 {count}건", "en": "Evidence: {count}"},
    "evidence_near": {"ko": "가까운 자료 {count}건 (답의 근거는 아닙니다)", "en": "Nearby documents: {count} (not evidence for an answer)"},
    "show_evidence": {"ko": "근거 {n} 보기", "en": "Show evidence {n}"},
    "back": {"ko": "답변으로 돌아가기", "en": "Back to the answer"},
    "original": {"ko": "원본 파일 받기", "en": "Download the original"},
    "cited": {"ko": "답변에 인용", "en": "Cited"},
    "not_in_force": {"ko": "아직 시행 전", "en": "Not yet in force"},
    "effective": {"ko": "{date} 시행", "en": "In force from {date}"},
    "fictional": {"ko": "가상 설비", "en": "Fictional equipment"},
    "secondary": {"ko": "2차 출처", "en": "secondary source"},
    "source": {"ko": "출처: {source}", "en": "Source: {source}"},
    # Conversations
    "fresh": {"ko": "새 대화", "en": "New conversation"},
    "history": {"ko": "지난 대화", "en": "Conversations"},
    "history_none": {"ko": "아직 대화가 없습니다.", "en": "No conversations yet."},
    "turns": {"ko": "질문 {turns}개", "en": "{turns} question(s)"},
    "forget": {"ko": "‘{title}’ 대화 지우기", "en": "Delete conversation “{title}”"},
    "forget_sure": {"ko": "이 대화를 지울까요? 되돌릴 수 없습니다.", "en": "Delete this conversation? This cannot be undone."},
    "yes_delete": {"ko": "지우기", "en": "Delete"},
    "no_keep": {"ko": "그대로 두기", "en": "Keep"},
    # Documents
    "upload": {"ko": "파일 올리기", "en": "Add files"},
    "upload_hint": {"ko": "PDF, HTML, 마크다운, 텍스트 파일을 올리면 읽어서 답의 근거로 씁니다. 다른 회사에는 보이지 않습니다.", "en": "PDF, HTML, Markdown and text files are read and used as evidence for answers. Other companies cannot see them."},
    "uploading": {"ko": "올리는 중: {names}", "en": "Sending: {names}"},
    "unchanged": {"ko": "이미 있는 자료입니다: {name}", "en": "Already here: {name}"},
    "company": {"ko": "우리 회사 자료", "en": "Our company's documents"},
    "company_none": {"ko": "아직 올린 자료가 없습니다. 설비 설명서나 사내 기준을 올려 보세요.", "en": "Nothing added yet. Try a machine manual or a company standard."},
    "library": {"ko": "공용 자료실", "en": "Library"},
    "library_none": {"ko": "공용 자료실이 비어 있습니다.", "en": "The library is empty."},
    "count": {"ko": "{count}건", "en": "{count}"},
    "queued": {"ko": "차례 기다림", "en": "Waiting"},
    "read": {"ko": "색인 중", "en": "Indexing"},
    "indexed": {"ko": "사용 가능", "en": "Ready"},
    "rejected": {"ko": "읽지 못함", "en": "Not read"},
    "pages": {"ko": "{pages}쪽", "en": "{pages} p."},
    "discard": {"ko": "‘{title}’ 자료 지우기", "en": "Delete document “{title}”"},
    "discard_sure": {"ko": "이 자료를 지울까요? 앞으로의 답변에 쓰이지 않으며, 되돌릴 수 없습니다.", "en": "Delete this document? It will no longer be used in answers. This cannot be undone."},
}  # fmt: skip


def sentence(key: str, language: Language, **details: object) -> str:
    """The sentence for `key`, its blanks filled from `details`."""
    return SENTENCES[key][language].format(**details)
