"""What a report says of itself: headings, labels and marks, Korean and English side by side.

What the firm answered and what the instrument says of it stay in Korean in both.
"""

from __future__ import annotations

from dataclasses import dataclass

from assistant.text import Language

SENTENCES: dict[str, dict[Language, str]] = {
    "title": {"ko": "AI 전환 자가진단 보고서", "en": "AI transformation self-diagnosis report"},
    "mark": {
        "ko": "이 보고서는 AI를 쓰는 길잡이가 만들었습니다. 대화로 하신 말씀은 AI가 보기와 맞추었을 수 있고, 고르신 답은 고르신 그대로입니다. 점수와 수준은 정해진 규칙으로 계산했습니다.",
        "en": "This report was made by Giljabi, which uses AI: what was said in conversation may have been matched to the "
        "choices by AI, and what was chosen stands as chosen; scores and levels were computed by fixed rules.",
    },
    "mark_short": {
        "ko": "AI를 쓰는 길잡이의 자가진단 · 공식 수준확인 아님",
        "en": "Self-diagnosis by Giljabi, which uses AI · not an official check",
    },
    "keywords": {
        "ko": "AI 생성물 표시, AI를 쓰는 서비스, 자가진단, AI-generated",
        "en": "AI-generated, by a service that uses AI, self-diagnosis",
    },
    "notice_title": {"ko": "먼저 읽어 주세요", "en": "Read this first"},
    "company_unnamed": {"ko": "이름을 적지 않은 회사", "en": "Company not named"},
    "meta": {
        "ko": "{day} 답변 기준 · {depth} · 진단표 {version}",
        "en": "Answers as of {day} · {depth} · instrument {version}",
    },
    "depth_first": {"ko": "첫 진단", "en": "first diagnosis"},
    "depth_deep": {"ko": "깊은 진단", "en": "deep diagnosis"},
    "answered": {"ko": "{items}문항 가운데 {given}문항 답함", "en": "{given} of {items} questions answered"},
    "answered_all": {"ko": "{items}문항 모두 답함", "en": "all {items} questions answered"},
    "answered_unknown": {"ko": " (모름 {unknown})", "en": " ({unknown} unknown)"},
    "goals": {"ko": "이루려는 것", "en": "Goals"},
    "losses": {"ko": "줄이려는 손실", "en": "Losses to cut"},
    "not_stated": {"ko": "아직 말하지 않았습니다.", "en": "Not stated yet."},
    # One page
    "summary": {"ko": "한 장 요약", "en": "Summary on one page"},
    "system": {"ko": "시스템 스마트화 수준", "en": "System level (시스템 스마트화 수준)"},
    "readiness": {"ko": "AI 준비도", "en": "AI readiness (AI 준비도)"},
    "apart": {
        "ko": "위의 둘은 서로 다른 결과입니다. 더하거나 평균 내지 않습니다.",
        "en": "These are two different outputs. They are never added up or averaged.",
    },
    "system_unknown": {"ko": "아직 알 수 없음", "en": "Cannot tell yet"},
    "range": {"ko": "있을 수 있는 범위: {lowest} ~ {highest}", "en": "Possible range: {lowest} to {highest}"},
    "range_why": {
        "ko": "모르는 답이 가장 나쁠 때와 가장 좋을 때입니다.",
        "en": "Were all that is unknown at its worst and at its best.",
    },
    "range_one": {
        "ko": "모르는 답이 있어도 이 수준은 바뀌지 않습니다.",
        "en": "What is unknown does not change this level.",
    },
    "of_five": {"ko": "/ 5점", "en": "of 5"},
    "readiness_note": {
        "ko": "답을 아는 {n}개 차원의 평균입니다.",
        "en": "The mean of the {n} dimensions that are known.",
    },
    "held": {"ko": "근거", "en": "Basis"},
    "declared": {"ko": "선언", "en": "declared (선언)"},
    "evidenced": {"ko": "근거 있음", "en": "evidenced (근거 있음)"},
    "declared_means": {
        "ko": "선언은 답만 있고 아직 자료로 보이지 않은 것입니다.",
        "en": "Declared: an answer without a document behind it yet.",
    },
    "evidenced_means": {
        "ko": "근거 있음은 자료나 AAS가 답을 뒷받침하는 것입니다.",
        "en": "Evidenced: a document or an AAS supports the answers.",
    },
    "strengths": {"ko": "잘하고 있는 것", "en": "Strengths"},
    "no_strengths": {"ko": "아직 꼽을 만큼 답이 모이지 않았습니다.", "en": "Not enough answers yet to name any."},
    "no_strengths_reached": {
        "ko": "아직 강점으로 꼽는 {bar}점에 이른 영역이 없습니다.",
        "en": "No area has reached {bar} yet, from which on it is named a strength.",
    },
    "gaps_first": {"ko": "먼저 메울 것 세 가지", "en": "The three gaps that matter most"},
    "no_gaps": {"ko": "지금 답으로는 먼저 메울 것을 꼽지 않았습니다.", "en": "No gap stands out in these answers."},
    "why": {"ko": "까닭", "en": "Why"},
    "quick_wins": {"ko": "90일 안에 할 수 있는 것", "en": "Quick wins within 90 days"},
    "no_quick_wins": {
        "ko": "90일 안에 끝나는 일은 찾지 못했습니다.",
        "en": "Nothing was found that is done within 90 days.",
    },
    "and_more": {"ko": "이 밖에 {n}가지가 더 있습니다(뒤의 실행 계획).", "en": "{n} more in the roadmap below."},
    "days": {"ko": "{days}일", "en": "{days} days"},
    # Chart
    "chart": {"ko": "차원별 AI 준비도", "en": "AI readiness by dimension"},
    "chart_says": {
        "ko": "차원별 AI 준비도(0~5점): {scores}. 같은 숫자가 표에도 있습니다.",
        "en": "AI readiness by dimension (0 to 5): {scores}. The table holds the same figures.",
    },
    "chart_gap": {
        "ko": "모르는 차원은 비워 두었습니다. 0점이 아닙니다.",
        "en": "Unknown dimensions are left open; they are not zero.",
    },
    "chart_now": {"ko": "이번", "en": "now"},
    "chart_before": {"ko": "지난번", "en": "before"},
    "unknown": {"ko": "모름", "en": "unknown"},
    # Detail
    "detail": {"ko": "자세한 내용", "en": "In detail"},
    "reasons": {"ko": "시스템 스마트화 수준의 까닭", "en": "Why this system level"},
    "no_reasons": {"ko": "까닭으로 들 답이 아직 없습니다.", "en": "There are no answers to rest it on yet."},
    "level": {"ko": "수준", "en": "Level"},
    "condition": {"ko": "조건", "en": "Condition"},
    "holds": {"ko": "맞는가", "en": "Holds"},
    "yes": {"ko": "맞음", "en": "yes"},
    "no": {"ko": "아님", "en": "no"},
    "scores": {"ko": "차원과 영역의 점수", "en": "Scores by dimension and area"},
    "dimension": {"ko": "차원", "en": "Dimension"},
    "dimension_area": {"ko": "차원 · 영역", "en": "Dimension · area"},
    "score": {"ko": "점수", "en": "Score"},
    "known": {"ko": "아는 답", "en": "Known"},
    "with_evidence": {"ko": "근거 있는 답", "en": "With evidence"},
    "out_of": {"ko": "{some}/{all}", "en": "{some}/{all}"},
    "gaps": {"ko": "메울 것과 AI 활용", "en": "Gaps and AI use cases"},
    "gap_line": {"ko": "{dimension} · 지금 {score}점", "en": "{dimension} · now {score}"},
    "waits_for": {"ko": "먼저 볼 것", "en": "See to first"},
    "actions": {"ko": "할 일", "en": "What to do"},
    "funding": {"ko": "알아볼 지원사업 자료", "en": "Reading on funding"},
    "training": {"ko": "배울 자료", "en": "Training"},
    "use_case": {"ko": "AI 활용 {n}. {name}", "en": "AI use case {n}. {name}"},
    "no_use_cases": {
        "ko": "지금 바로 맞는 AI 활용을 찾지 못했습니다. 할 일부터 해 주세요.",
        "en": "No use case fits yet. Start with what to do.",
    },
    "fits": {"ko": "우리 회사에 맞는 까닭", "en": "Why it fits"},
    "effort": {"ko": "드는 품", "en": "Effort"},
    "step": {"ko": "단계", "en": "Step"},
    "automation": {"ko": "자동화", "en": "Automation (자동화)"},
    "intelligence": {"ko": "지능화", "en": "Intelligence (지능화)"},
    "autonomy": {"ko": "자율화", "en": "Autonomy (자율화)"},
    "needs": {"ko": "필요한 것", "en": "What it needs"},
    "state": {"ko": "우리 회사", "en": "Your firm"},
    "have": {"ko": "있음", "en": "have"},
    "missing": {"ko": "없음", "en": "missing"},
    "datasets": {"ko": "시험해 볼 공개 데이터", "en": "Public data to try it on"},
    "dataset": {"ko": "데이터", "en": "Data set"},
    "terms": {"ko": "이용 조건", "en": "Terms"},
    "source": {"ko": "출처", "en": "Source"},
    "no_datasets": {"ko": "출처를 확인한 공개 데이터가 없습니다.", "en": "No public data set with a named source."},
    "pitfalls": {"ko": "조심할 것", "en": "What goes wrong"},
    "safety": {"ko": "안전", "en": "Safety"},
    "environment": {"ko": "환경", "en": "Environment"},
    "vendor_questions": {"ko": "공급기업에 물어볼 것", "en": "What to ask a vendor"},
    "no_vendor_questions": {"ko": "아직 꼽은 질문이 없습니다.", "en": "No questions yet."},
    "read_on": {"ko": "더 읽을 자료", "en": "Read on"},
    "roadmap": {"ko": "실행 계획: 자동화 → 지능화 → 자율화", "en": "Roadmap: automation → intelligence → autonomy"},
    "work": {"ko": "할 일", "en": "Work"},
    "for_gap": {"ko": "영역", "en": "Area"},
    "by": {"ko": "기한", "en": "Within"},
    "stage_empty": {"ko": "이 단계에 잡힌 일이 없습니다.", "en": "Nothing is planned in this step."},
    "effects": {"ko": "안전과 환경에 미치는 영향", "en": "Effects on safety and environment"},
    "effects_none": {"ko": "따로 적을 영향이 없습니다.", "en": "None to name."},
    "doubts": {"ko": "확인하고 싶은 것", "en": "What we would like to check"},
    "doubts_lead": {
        "ko": "답이 서로 맞지 않아 보이는 곳입니다. 틀렸다는 뜻이 아니니 한 번만 더 봐 주세요.",
        "en": "Places where answers seem not to match. Please look again; it may well be right.",
    },
    "no_doubts": {"ko": "서로 맞지 않는 답이 없습니다.", "en": "No answers disagree."},
    "again": {"ko": "지난번과 비교", "en": "Before and after"},
    "again_lead": {
        "ko": "{day}에 같은 판의 진단표로 답한 결과와, 두 번 다 답을 안 {items}문항으로 견주었습니다.",
        "en": "Compared with the diagnosis of {day} by the same version, over the {items} questions known both times.",
    },
    "no_previous": {
        "ko": "견줄 지난 진단이 없습니다. 여섯 달 뒤 다시 하면 달라진 것을 보여 드립니다.",
        "en": "There is no earlier diagnosis to compare with. Repeat in six months to see the change.",
    },
    "before": {"ko": "지난번", "en": "Before"},
    "after": {"ko": "이번", "en": "Now"},
    "difference": {"ko": "차이", "en": "Change"},
    "output": {"ko": "결과", "en": "Output"},
    "changes": {"ko": "달라진 답과 까닭", "en": "Answers that changed, and why"},
    "no_changes": {"ko": "달라진 답이 없습니다.", "en": "No answer changed."},
    "not_said": {"ko": "적지 않음", "en": "not said"},
    "answers": {"ko": "모든 답", "en": "All answers"},
    "no_answers": {"ko": "아직 답이 없습니다.", "en": "No answers yet."},
    "question": {"ko": "질문", "en": "Question"},
    "answer": {"ko": "답", "en": "Answer"},
    "evidence": {"ko": "자료", "en": "Evidence"},
    "unknowns": {"ko": "아직 모르는 것", "en": "Not known yet"},
    "unknowns_lead": {
        "ko": "모르는 답은 점수에 넣지 않았습니다. 알게 되면 보고서가 더 정확해집니다.",
        "en": "Unknown answers are not scored. The report sharpens once they are known.",
    },
    "no_unknowns": {"ko": "모른다고 하신 것이 없습니다.", "en": "Nothing was left unknown."},
    "about": {"ko": "이 보고서에 대하여", "en": "About this report"},
    "page_of": {"ko": "{page} / {pages}쪽", "en": "Page {page} of {pages}"},
    # Names of the levels where the report holds only their ids
    "none": {"ko": "기초 전", "en": "below basic (기초 전)"},
    "basic": {"ko": "기초", "en": "basic (기초)"},
    "middle_1": {"ko": "중간1", "en": "middle 1 (중간1)"},
    "middle_2": {"ko": "중간2", "en": "middle 2 (중간2)"},
    "advanced": {"ko": "고도", "en": "advanced (고도)"},
}


@dataclass(frozen=True, slots=True)
class Say:
    """The sentences in one language."""

    language: Language

    def __call__(self, key: str, **values: object) -> str:
        """Raises KeyError for a sentence that is not there."""
        return SENTENCES[key][self.language].format(**values)

    def score(self, score: float | None) -> str:
        return self("unknown") if score is None else f"{score:.1f}"


def mark(language: Language) -> str:
    """What exports say of AI's part in them (AI기본법 제31조)."""
    return SENTENCES["mark"][language]
