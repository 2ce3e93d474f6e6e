"""How plant staff say it and how the documents write it: synonyms, words that carry no subject, words that ask for a figure."""

from __future__ import annotations

import re

SYNONYMS: tuple[frozenset[str], ...] = (
    frozenset({"자부담", "기업부담금", "자기부담", "자기부담금", "기업부담", "부담"}),
    frozenset({"지원금", "보조금", "정부지원금", "지원액", "지원", "대주", "보태주", "나라돈", "한도"}),
    frozenset({"llm", "거대언어모델", "대규모언어모델", "언어모델"}),
    frozenset({"aas", "자산관리셸", "자산관리쉘"}),
    frozenset({"예지보전", "고장예측", "예측정비", "예지정비"}),
    frozenset({"마감", "접수", "기한", "신청기간", "접수기간"}),
    frozenset({"신청", "접수", "지원하", "참여", "해당"}),
    frozenset({"조건", "자격", "요건", "대상", "필요", "요구", "필수"}),
    frozenset({"기간", "개월", "동안", "기간내"}),
    frozenset({"규모", "과제", "선정", "뽑", "모집", "개사"}),
    frozenset({"정부", "나라", "국가"}),
    frozenset({"작년", "지난해"}),
    frozenset({"대기업", "주관기업", "원청", "원사업자", "위탁기업"}),
    frozenset({"협력사", "도입기업", "하청", "수급사업자", "수탁기업", "협력업체"}),
    frozenset({"돈", "비용", "금액", "자금", "대금"}),
    frozenset({"직원", "근로자", "종사자", "상시근로자", "인원", "사람", "식구"}),
    frozenset({"사장", "대표", "경영책임자", "사업주", "ceo"}),
    frozenset({"중처법", "중대재해처벌법", "중대재해"}),
    frozenset({"산안법", "산업안전보건법"}),
    frozenset({"3.0", "스마트제조혁신"}),
    frozenset({"출석", "출석률"}),
    frozenset({"장비", "설비", "기계"}),
    frozenset({"이유", "원인", "까닭", "요인", "걸림돌", "장애"}),
    frozenset({"도면", "기술자료", "공정조건"}),
    frozenset({"비밀유지", "비밀유지계약", "nda"}),
    frozenset({"알리", "고지", "통지", "표시"}),
    frozenset({"보관", "보존"}),
    frozenset({"주", "내", "지급", "제출", "납부"}),
    frozenset({"몫", "비율", "퍼센트", "%", "비중"}),
    frozenset({"설문", "조사", "조사결과"}),
    frozenset({"예산", "규모", "총액"}),
    frozenset({"차이", "다르", "비교", "구분"}),
    frozenset({"재해", "사고", "다치", "부상"}),
    frozenset({"사이트", "홈페이지", "누리집", "플랫폼"}),
)
"""Groups of terms (as the tokenizer gives them) that stand for one another when a passage is judged."""

FORMAL: dict[str, tuple[str, ...]] = {
    "원청": ("원사업자", "위탁기업", "대기업"), "하청": ("수급사업자", "수탁기업", "협력사"),
    "갑질": ("부당", "불공정"), "단가": ("하도급대금", "납품대금"), "물건값": ("하도급대금", "납품대금"),
    "납품": ("납품대금", "목적물", "하도급대금"), "외상": ("하도급대금", "지급기일"), "결제": ("지급", "대금"),
    "깎": ("감액",), "후려치": ("감액", "부당"), "도면": ("기술자료",), "공정": ("기술자료",), "레시피": ("기술자료",),
    "노하우": ("기술자료",), "각서": ("계약서", "서면"), "서류": ("서면", "문서"), "종이": ("서면",), "비밀": ("비밀유지",),
    "중처법": ("중대재해", "중대재해처벌"), "중대재해법": ("중대재해", "중대재해처벌"), "산안법": ("산업안전보건",),
    "노동법": ("근로기준",), "노동청": ("고용노동", "관서", "고용노동부"), "노동부": ("고용노동부",), "산재": ("산업재해",),
    "다치": ("부상", "산업재해", "휴업"), "쉬": ("휴업",), "안전교육": ("안전보건교육",), "안전관리자": ("안전보건관리책임자",),
    "사장": ("사업주", "경영책임자"), "대표": ("사업주", "경영책임자"), "벌금": ("과태료",),
    "cctv": ("카메라", "영상", "고정형 영상정보처리기기"), "씨씨티비": ("카메라", "영상"), "카메라": ("영상",),
    "주민번호": ("주민등록번호",), "해킹": ("유출", "침해"), "월급": ("임금",), "급여": ("임금",), "야근": ("연장근로",),
    "잔업": ("연장근로",), "연차": ("유급휴가",), "알바": ("단시간근로자",), "나라": ("정부", "국가"), "국비": ("정부", "공공"),
    "보조금": ("지원금", "정부지원금"), "식구": ("직원", "종사자", "상시근로자"), "챗봇": ("생성형", "인공지능"),
    "챗gpt": ("거대언어모델", "생성형"), "인공지능": ("ai",), "불량": ("결함", "검사"), "홈페이지": ("누리집",), "사이트": ("누리집",),
    "내보내": ("해고",), "자르": ("해고",), "퇴사": ("퇴직",), "그만두": ("퇴직",), "일주일": ("1주", "주"), "신입": ("근로자",),
    "보이": ("열람",), "지우": ("파기", "삭제"), "랜섬웨어": ("악성", "감염"), "감염": ("악성",), "물량": ("휴업",), "세우": ("휴업",),
    "멈추": ("작업중지", "중지"), "붙이": ("게시", "부착"), "임산부": ("임신",), "쉬는시간": ("휴게시간",), "휴게": ("휴게시간",),
    "퇴직금": ("퇴직급여",), "동의서": ("동의",), "검수": ("검사",), "취소": ("위탁취소",), "이자": ("지연이자",), "자재": ("원재료",),
    "재료": ("원재료",), "원자재": ("원재료",), "특허": ("기술자료",), "베끼": ("유용",), "빼돌리": ("유용",), "도용": ("유용",),
    "교육비": ("교육", "훈련"), "출석": ("출석률",),
}  # fmt: skip
"""What staff say, and the words under which laws and notices have it: added to a search, and read as the same thing."""

SUBJECTLESS: frozenset[str] = frozenset(
    """
    얼마 무엇 뭐 어떻 어떻게 어디 언제 누구 왜 몇 어느 어떤 무슨 며칠 하 되 있 없 알리 알 주 보 싶 말하 말 궁금 좀 것 거 수 때 데 등 중 더 그 이 저 그것 이것 우리
    저희 우리회사 회사 업체 공장 기업 이번 올해 요즘 지금 오늘 현재 정도 경우 방법 관련 대하 관하 위하 통하 따르 정확 정확히 설명 정리 부탁 안내 알려주 가르치 나오 나 들 같
    그냥 혹시 진짜 다 잘 많 좋 크 젤 제일 가장 또 및 년 월 일 개 명 번 원 곳 쉽 모르 묻 프로 퍼 퍼센트 총 보통 군데 대략 이상 이하 관계 각각 사실 사항 부분 하나 둘
    질문 답 답변 내용 뜻 의미 이름 종류 한 두 안 못 그럼 그러면 그런데 근데 그리고 가 오 쓰 받 되나 가능 ? ! .
    """.split()  # noqa: SIM905 - a list of Korean words reads better as text
)
"""Terms that are in every question and tell no subject."""

FOLLOW_UP = re.compile(
    r"^\s*(?:그럼|그러면|그런데|근데|그리고|그건|그거|그것|그 ?사업|그 ?법|거기|여기|이건|이거|저건|또|그때|아까|방금|위의|앞의|then|and|what about|how about)\b"
    r"|^\s*(?:그럼|그러면|그런데|근데|그건|그거|거기|이건)",
    re.IGNORECASE,
)
UNKNOWN_STATED = re.compile(
    r"(?:확인|공개|발표|고지|파악)(?:된 바 없|되지 않|하지 못|할 수 없)|알려지지 않|알 수 없|말할 수 없|확인되지 않음|정해지지 않|미확인|적혀 있지 않"
)
"""How a document says that something is not known."""

NOTHING_FOUND = re.compile(
    r"^\W*없음\W*$|자료에(?:는|서)?\s*(?:없|나와 있지 않|포함되어 있지 않|찾을 수 없)|찾지 못했|찾을 수 없습니다|알 수 없습니다|정보가 없|명시되어 있지 않|언급되(?:어 있지|지) 않"
)
"""How a language model says that the passages hold no answer."""

_WANTED: tuple[tuple[str, frozenset[str]], ...] = (
    (r"몇\s*(?:프로|퍼|%|퍼센트)|비율|요율|금리|이자", frozenset({"%"})),
    (r"몇\s*(?:억|만|천|조|원|백)|금액|한도|지원금|보조금|가격|비용|예산|단가|이용료|요금|수수료|견적|시세|벌금|과태료|과징금|얼마(?!나\s*(?:걸|자주|오래))", frozenset({"원", "%"})),
    (r"언제|며칠|날짜|마감|기한|시기|몇\s*(?:월|일)|얼마\s*(?:안|만|전|동안)|얼마나\s*(?:걸|오래)|몇\s*(?:달|개월)", frozenset({"date", "일", "개월", "년", "시간", "주"})),
    (r"기간|몇\s*년|몇년|얼마나\s*오래|몇\s*해", frozenset({"년", "개월", "일", "주"})),
    (r"몇\s*시간", frozenset({"시간"})),
    (r"몇\s*(?:명|사람|인)|인원", frozenset({"명"})),
    (r"몇\s*(?:개|곳|군데|건|가지|대|과제|업체|회사|기업)|개수|규모", frozenset({"개", "가지", "대"})),
    (r"몇\s*(?:번|차례|회)(?!호)", frozenset({"번"})),
    (r"몇\s*(?:단계|점|배|레벨|수준)|점수|배점", frozenset({"단계", "점", "배"})),
    (r"몇\s*(?:도|미터|센치|센티|밀리|럭스|데시벨)|온도|높이|압력", frozenset({"℃", "m", "cm", "mm", "MPa", "bar", "dB"})),
    (r"번호|전화|연락처", frozenset({"code"})),
)  # fmt: skip
"""How a question asks for a value, and the units (of `assistant.claims`) in which it could be answered."""


NOT_KNOWN: frozenset[str] = frozenset(
    "확인 않 되 공고문 회차 다음 자료실 자료 이 문의 조회 사업 스마트 공장 년 월".split()  # noqa: SIM905
)
"""Words around a statement that something is not known, which tell nothing of what that is."""


def asks_for(question: str) -> frozenset[str]:
    """Units of the values that would answer; empty where the question wants words."""
    return frozenset().union(*(units for pattern, units in _WANTED if re.search(pattern, question)))


def forms(term: str) -> frozenset[str]:
    """The term and what may stand for it."""
    return frozenset({term, *FORMAL.get(term, ())}).union(*(group for group in SYNONYMS if term in group))
