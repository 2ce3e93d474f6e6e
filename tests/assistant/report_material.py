"""A report filled by hand: everything that it can hold is there once at least."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from assistant.diagnosis.report import (
    AnswerShown,
    Changed,
    Comparison,
    DataSet,
    DimensionScore,
    Doubt,
    Gap,
    Moved,
    Need,
    PlannedAction,
    Readiness,
    Reason,
    Report,
    Roadmap,
    Score,
    Stage,
    Strength,
    SystemEstimate,
    UseCaseFit,
)

NOTICE = "이 결과는 스스로 해 본 진단입니다. 정부의 공식 스마트공장 수준확인이 아니며, 지원사업 신청서에 공식 수준으로 적을 수 없습니다."
DIMENSIONS = {
    "strategy": ("전략과 리더십", 2.0),
    "process": ("공정과 과제", 3.3),
    "data": ("데이터", 1.4),
    "equipment": ("설비와 연결", None),
    "people": ("사람과 소양", 2.5),
    "security": ("IT/OT와 보안", 0.0),
    "safety": ("안전과 환경", 4.0),
    "money": ("자금과 협력", 3.0),
}


def _dimension(name: str) -> DimensionScore:
    called, score = DIMENSIONS[name]
    known = 0 if score is None else 2
    areas = tuple(
        Score(f"{name}_{n}", f"{called} 영역 {n}", score, 3, known, known if name == "safety" else 0) for n in (1, 2)
    )
    return DimensionScore(name, called, score, 6, 2 * known, 2 * known if name == "safety" else 0, areas)


def use_case(number: int) -> UseCaseFit:
    return UseCaseFit(
        id=f"case_{number}",
        name=f"카메라로 겉면 불량 찾기 {number}",
        summary="제품 사진으로 긁힘과 찍힘을 찾아 사람이 다시 볼 것만 남깁니다.",
        fits="금속 가공과 프레스에 맞고, 불량 줄이기라는 목표에 닿습니다.",
        effort="보통: 공급기업과 몇 달, 카메라와 조명을 놓을 자리가 필요합니다.",
        step="intelligence",
        needs=(
            Need("불량 사진이 종류마다 모여 있다.", "missing"),
            Need("LOT 번호로 제품을 찾을 수 있다.", "have"),
            Need("조명이 일정한 검사 자리가 있다.", "unknown"),
        ),
        pitfalls=(
            "조명이 바뀌면 맞던 것도 틀립니다. (우리의 생각)",
            "불량 사진이 적어 배우지 못했습니다. (출처: 어느 안내서)",
        ),
        datasets=(
            DataSet(
                f"공개 표면 결함 사진 {number}",
                "강판 겉면",
                "CC BY 4.0",
                "어느 논문",
                f"https://example.org/data/{number}",
            ),
        )
        if number % 2
        else (),
        safety="사람이 프레스 가까이에서 검사하는 시간이 줄어듭니다.",
        environment="버리는 소재가 줄어듭니다.",
        vendor_questions=("우리 제품 사진으로 먼저 시험해 줍니까?", "틀렸을 때 누가 다시 가르칩니까?"),
        library=(("usecase-vision-inspection", "비전 검사 길잡이"),),
    )


def action(number: int, *, days: int = 30) -> PlannedAction:
    return PlannedAction(
        f"data_{number % 2 + 1}",
        "생산 실적 기록",
        f"작업일보 항목을 줄이고 번호를 통일한다 {number}.",
        "automation",
        days,
    )


def gap(number: int) -> Gap:
    return Gap(
        area="data_1",
        name=f"메울 것 {number}: 품질과 이력 추적",
        dimension="data",
        score=1.0 + number / 10,
        text="불량이 나도 어느 LOT과 조건에서 나왔는지 찾기 어렵습니다.",
        priority=9.0 - number,
        because=(f"불량 줄이기가 목표인데 지금 1.{number}점입니다.", "종이를 뒤지면 하루쯤 걸린다고 답했습니다."),
        waits_for=("data_2",),
        use_cases=tuple(use_case(number * 10 + each) for each in (1, 2, 3)),
        actions=(action(number), action(number + 1, days=240)),
        funding=(("programme-government", "정부형 스마트공장 안내"),),
        training=(("data-basics", "데이터 기초"),),
    )


def previous() -> Comparison:
    return Comparison(
        day=date(2026, 5, 11),
        items=52,
        level_before="none",
        level_after="basic",
        overall_before=1.6,
        overall_after=2.3,
        dimensions=tuple(
            Moved(key, name, None if key == "people" else 1.0, score) for key, (name, score) in DIMENSIONS.items()
        ),
        changes=(
            Changed(
                "records", "생산 실적을 어떻게 남깁니까?", "종이에 적는다.", "교대 끝에 입력한다.", "POP를 들였습니다."
            ),
        ),
    )


def report() -> Report:
    return Report(
        version="1.0",
        depth="deep",
        day=date(2026, 11, 20),
        company="한빛정밀 주식회사",
        sector="금속 가공",
        goals=("불량 줄이기", "고객사가 요구하는 자료 내기"),
        losses=("불량과 재작업", "설비 정지"),
        items=60,
        answered=52,
        system=SystemEstimate(
            level="basic",
            name="기초",
            meaning="생산 정보가 디지털로 남습니다.",
            lowest="none",
            highest="middle_1",
            held="declared",
            reasons=(
                Reason("basic", "생산 실적이 시스템에 남습니다.", holds=True),
                Reason("middle_1", "설비 값이 저절로 모입니다.", holds=None),
                Reason("middle_2", "모은 정보로 설비를 제어합니다.", holds=False),
            ),
        ),
        readiness=Readiness(2.3, tuple(_dimension(name) for name in DIMENSIONS)),
        strengths=(
            Strength("safety_1", "작업 안전", 4.0, "위험을 미리 찾아 고칩니다."),
            Strength("process_1", "풀 문제와 목표 숫자", 3.5, "줄이려는 손실을 골라 숫자로 재고 있습니다."),
            Strength("money_1", "투자와 자부담", 3.0, "투자할 돈과 효과 계산이 준비되어 있습니다."),
        ),
        gaps=tuple(gap(number) for number in (1, 2, 3)),
        doubts=(
            Doubt(
                ("live_use", "collection"),
                "설비 값은 사람이 적는데 현황은 실시간으로 본다고 하셨습니다. 확인해 주세요.",
            ),
        ),
        roadmap=Roadmap(
            quick_wins=tuple(action(number, days=30 + number) for number in range(6)),
            stages=(
                Stage("automation", "자동화", (action(7, days=180),)),
                Stage("intelligence", "지능화", (action(8, days=365),)),
                Stage("autonomy", "자율화", ()),
            ),
        ),
        safety=("검사하는 사람이 프레스에서 멀어집니다.",),
        environment=("폐기하는 소재가 줄어듭니다.",),
        vendor_questions=("데이터는 누구의 것입니까?", "그만두면 데이터를 어떻게 돌려줍니까?"),
        answers=tuple(
            AnswerShown(
                item_id=f"{dimension}_{n}",
                dimension=dimension,
                question=f"{name}에 대한 질문 {n}은 어떻게 합니까?",
                text="모릅니다." if score is None else "하루나 교대가 끝나면 사람이 MES나 POP, ERP에 입력한다.",
                score=None if score is None else 3,
                held="evidenced" if dimension == "safety" else "declared",
                evidence=("안전보건 점검표.pdf",) if dimension == "safety" else (),
            )
            for dimension, (name, score) in DIMENSIONS.items()
            for n in range(1, 8)
        ),
        unknown=("설비의 값은 어떻게 모읍니까?", "AAS가 있습니까?"),
        previous=previous(),
        notice=NOTICE,
    )


def bare() -> Report:
    """Nothing is known and nothing was found."""
    unknown = tuple(
        replace(each, score=None, answered=0, evidenced=0, areas=()) for each in report().readiness.dimensions
    )
    return replace(
        report(),
        company="",
        goals=(),
        losses=(),
        answered=0,
        system=replace(report().system, level=None, name="", meaning="", reasons=()),
        readiness=Readiness(None, unknown),
        strengths=(),
        gaps=(),
        doubts=(),
        roadmap=Roadmap((), ()),
        safety=(),
        environment=(),
        vendor_questions=(),
        answers=(),
        unknown=(),
        previous=None,
    )


def hostile() -> Report:
    """Names and answers that break what is careless: markup, ampersands, emoji, control characters, endless words."""
    nasty = '<script>alert("x")</script> & <b>굵게</b> 🏭 \x07\ud800\u202e' + "끝없는단어" * 80
    asked = replace(report().answers[0], text=nasty, question=nasty, held="evidenced", evidence=(nasty,))
    whole = report()
    changes = (Changed("records", nasty, nasty, nasty, nasty * 4),)
    return replace(
        whole,
        company=nasty,
        answers=(asked, *whole.answers[1:]),
        unknown=(nasty,),
        previous=replace(previous(), changes=changes),
    )
