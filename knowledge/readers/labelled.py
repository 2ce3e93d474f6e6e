"""Tables of two columns that state one value a line (`모델명 | PR-200`): none of their rows names columns."""

from __future__ import annotations

import re
from collections.abc import Sequence

_LONGEST_LABEL = 20
_ABOUT = (
    "항목|구분|이름|명칭|성명|품명|품목|제품|부품|부품명|설비|설비명|공정|공정명|코드|번호|순번|연번|날짜|일자|연도|년도|월|일|시간|시각|"
    "item|name|key|field|parameter|property|attribute|code|no|number|date|year|month|type|category|product|part|machine"
)
_NAMING = (
    f"{_ABOUT}|내용|값|뜻|의미|설명|수량|단위|단가|금액|가격|비용|규격|사양|비고|원인|증상|조치|대책|기준|결과|상태|횟수|빈도|주기|"
    "담당|비율|점수|판정|목표|실적|계획|측정값|기준값|설정값|요구사항|방법|시기|일정|범위|특성|종류|유형|"
    "value|description|meaning|unit|qty|quantity|amount|price|spec|specification|remarks?|notes?|status|result|count"
)
_ABOUT_CELL = re.compile(rf"(?:{_ABOUT})\.?(?:\s*[(\[].*)?", re.IGNORECASE)
_NAMING_CELL = re.compile(rf"(?:.*\s)?(?:{_NAMING})\.?(?:\s*[(\[].*)?", re.IGNORECASE)
"""A cell that names a column: alone, as the last word, or with a unit in brackets."""
_ATTRIBUTE = re.compile(
    r"(?:.*\s)?(?:모델명?|형식|형명|제조사|제조원|제조업체|제조번호|제조일자?|제조국|원산지|시리얼(?:\s?번호)?|정격.*|전압|전류|출력|전원|용량|"
    r"중량|무게|치수|크기|길이|폭|너비|높이|주소|소재지|전화(?:번호)?|팩스|이메일|홈페이지|대표자?|사업자\s?등록\s?번호|법인명|회사명|업체명|"
    r"담당자|연락처|설치일자?|설치\s?장소|최대\s?압력|재질|색상|model|manufacturer|maker|serial(?:\s?(?:no\.?|number))?|weight|"
    r"voltage|power|dimensions?|address|phone|e-?mail|website)",
    re.IGNORECASE,
)
_NUMBERED = re.compile(r"(?:19|20)\d\d(?!\d)|\d+\s*(?:차|월|분기|호|주|일|회|번|반|공장|라인|단계|등급|급|년)")
"""What begins so is one of several alike, as columns are: `2026년`, `1차`, `3호기`."""


def is_labelled(rows: Sequence[Sequence[str]]) -> bool:
    """Whether these rows are plainly labels with their values. `rows`: all cells of the table, the first row first."""
    filled = [[cell.strip() for cell in row] for row in rows if any(cell.strip() for cell in row)]
    if len(filled) < 2 or any(len(row) != 2 or not row[0] for row in filled):
        return False
    labels, values = [row[0] for row in filled], [row[1] for row in filled]
    if len(set(labels)) < len(labels) or any(len(label) > _LONGEST_LABEL for label in labels):
        return False
    if not values[0] or _ABOUT_CELL.fullmatch(labels[0]) or _NAMING_CELL.fullmatch(values[0]):
        return False
    attributes = [label for label in labels if _ATTRIBUTE.fullmatch(label)]
    return (
        _ATTRIBUTE.fullmatch(labels[0]) is not None
        and len(attributes) > 1
        and len(attributes) * 2 >= len(labels)
        and (not _NUMBERED.match(values[0]) and not _ATTRIBUTE.fullmatch(values[0]))
    )
