"""Sentences of the AAS 준비 점검: what each item is, and what to do about it."""

from __future__ import annotations

from knowledge.aas.readiness import Item
from knowledge.text import Language

NOTICE: dict[Language, str] = {
    "ko": "길잡이가 올려 주신 자료만 보고 하는 자가 점검입니다. 공식 심사나 수준확인이 아니며, 신청 조건은 반드시 그해 공고에서 확인해 주세요.",
    "en": "A self-check of the documents added here. It is no official review; take the terms from the notice of the year.",
}
ITEMS: dict[str, dict[Language, tuple[str, str]]] = {
    "aas": {
        "ko": ("AAS(자산관리쉘)가 있는가", "주요 설비의 AASX나 JSON 파일을 올리거나, 사용설명서·사양표로 ‘AAS 초안’을 만들어 주세요."),
        "en": ("There is an AAS", "Add an AASX or JSON file, or draft one from a manual or data sheet."),
    },
    "metamodel": {
        "ko": ("메타모델 판(3.0 또는 3.1)", "AAS를 만든 도구에서 메타모델 3.0이나 3.1로 다시 내보내 주세요."),
        "en": ("Metamodel 3.0 or 3.1", "Export the AAS again in metamodel 3.0 or 3.1."),
    },
    "asset": {
        "ko": ("어떤 설비의 AAS인지 밝히는 자산 ID", "각 쉘의 assetInformation에 globalAssetId를 적어 주세요."),
        "en": ("An asset id says whose AAS it is", "Put a globalAssetId into each shell's assetInformation."),
    },
    "nameplate": {
        "ko": ("디지털 명판(IDTA 02006) 필수 항목", "빠진 항목을 제조사 명판에서 찾아 적어 주세요. 초안 기능이 자료에서 찾아 줍니다."),
        "en": ("Digital Nameplate (IDTA 02006) complete", "Fill in what is missing from the maker's plate; a draft helps."),
    },
    "technical_data": {
        "ko": ("기술 데이터(IDTA 02003) 필수 항목", "빠진 항목을 사양표에서 찾아 적어 주세요. 초안 기능이 자료에서 찾아 줍니다."),
        "en": ("Technical Data (IDTA 02003) complete", "Fill in what is missing from the data sheet; a draft helps."),
    },
    "handover": {
        "ko": ("인도 문서(Handover Documentation, IDTA 02004)", "설명서와 도면을 문서 분류·판·언어와 함께 서브모델로 넣어 주세요."),
        "en": ("Handover Documentation (IDTA 02004)", "Put manuals and drawings into this submodel, classified."),
    },
    "interfaces": {
        "ko": ("설비 인터페이스(Asset Interfaces Description, IDTA 02017)", "설비 데이터를 어떤 통신으로 읽는지 설비 공급기업에 받아 적어 주세요."),
        "en": ("Asset Interfaces Description (IDTA 02017)", "Ask the vendor how the machine's data are read, and state it."),
    },
    "time_series": {
        "ko": ("시계열 데이터(Time Series Data, IDTA 02008)", "수집하는 센서·공정 데이터의 위치를 서브모델로 밝혀 주세요."),
        "en": ("Time Series Data (IDTA 02008)", "State where the collected sensor and process data are."),
    },
    "semantics": {
        "ko": ("값마다 뜻을 밝히는 semanticId", "semanticId가 없는 항목에 ECLASS나 IEC CDD, 또는 ConceptDescription의 ID를 달아 주세요."),
        "en": ("A semanticId for every value", "Give each element an id of ECLASS, IEC CDD or a ConceptDescription."),
    },
    "findings": {
        "ko": ("규격 검사에서 나온 지적", "자료 화면에서 지적마다 적힌 고치는 방법대로 고친 뒤 다시 올려 주세요."),
        "en": ("Findings of the check against the standard", "Mend each as its remedy says, then add the file again."),
    },
    "drafts": {
        "ko": ("초안에서 사람이 확인하지 않은 값", "초안의 값마다 근거를 보고 맞으면 확인하고, 비었거나 다른 값은 골라 적어 주세요."),
        "en": ("Draft values that nobody has confirmed", "Look at each value's place, confirm it or write the right one."),
    },
    "system_level": {
        "ko": ("시스템 스마트화 수준 중간1 이상", "자료만으로는 알 수 없습니다. 수준확인 결과를 보거나 길잡이의 자가 진단을 해 보세요."),
        "en": ("System level 중간1 or above", "Documents do not tell. See your level check or take the self-diagnosis."),
    },
}  # fmt: skip
_DONE: dict[Language, str] = {"ko": "더 하실 일이 없습니다.", "en": "Nothing more to do."}


def worded(item: Item, language: Language) -> tuple[str, str]:
    """(what it is, what to do next)."""
    title, remedy = ITEMS[item.key][language]
    return title, _DONE[language] if item.state == "met" else remedy
