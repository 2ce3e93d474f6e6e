"""Passages for tests of the assistant."""

from __future__ import annotations

from assistant.evidence import Passage

FACTORY = (
    "자율형공장의 정부지원금은 2년 동안 최대 6억 원이다 (2차 자료: 안내서).\n"
    "자율형공장은 약 30개 과제를 뽑는다 (출처: 아시아경제 2025-10-30).\n"
    "자율형공장의 2026년 회차 접수는 2026년 1월 7일에 마감되었다."
)
SPECIAL = "제조AI특화의 정부지원금은 최대 2억 원이다.\n제조AI특화의 사업 기간은 9개월 이내다."
LAW = "① 원사업자는 수급사업자의 기술자료를 본인 또는 제3자에게 제공하도록 요구하여서는 아니 된다."
UNKNOWN = "상생형 AI트랙에서 나머지 절반을 누가 부담하는지는 확인되지 않았다. 공고문을 확인한다."
ALARMS = "코드 | 원인 | 조치\nE-217 | 금형 온도 과열 | 냉각수 밸브를 연다\nE-218 | 유압 저하 | 오일을 보충한다"


def passage(n: int, title: str, text: str, locator: str = "내용") -> Passage:
    return Passage(n, f"doc-{n}", title, locator, None, title, text, similarity=0.9)


PASSAGES = [
    passage(1, "자율형공장", FACTORY),
    passage(2, "제조AI특화", SPECIAL),
    passage(3, "하도급거래 공정화에 관한 법률", LAW, "제12조의3"),
    passage(4, "사출성형기 매뉴얼", ALARMS, "표 1 2–3행"),
]
