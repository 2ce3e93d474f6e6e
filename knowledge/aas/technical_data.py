"""Technical Data, IDTA 02003-2-0: its general information, and the properties Korean data sheets name most.

The template leaves open which properties there are, and their identifiers with them: ours are our own concepts, each
with a description of its own in the package.
"""

from __future__ import annotations

from dataclasses import dataclass

from knowledge.aas.template import Slot

SEMANTIC_ID = "0173-1#01-AHX837#002"
TEMPLATE_ID = "https://admin-shell.io/idta-02003-2-0"
VERSION, REVISION = "2", "0"
ID_SHORT = "TechnicalData"
GENERAL = "TechnicalData/GeneralInformation"
GENERAL_SEMANTIC_ID = "0173-1#02-ABK161#002/0173-1#01-AHX838#002"
AREAS_SEMANTIC_ID = "0173-1#02-ABK163#002"
AREA_SEMANTIC_ID = "0173-1#02-ABL358#002/0173-1#01-AHX773#002"
AREAS = "TechnicalData/TechnicalPropertyAreas"
AREA = f"{AREAS}[0]"
ANY_PROPERTY = "https://admin-shell.io/SMT/General/Arbitrary"
"""Semantic id of any property of an area."""

SLOTS: tuple[Slot, ...] = (
    Slot(f"{GENERAL}/ManufacturerName", "제조사", "0173-1#02-AAO677#004",
         mandatory=True, same_as="Nameplate/ManufacturerName"),
    Slot(f"{GENERAL}/ManufacturerProductDesignation", "제품명", "0173-1#02-AAW338#003", (), "MultiLanguageProperty",
         mandatory=True, same_as="Nameplate/ManufacturerProductDesignation"),
    Slot(f"{GENERAL}/ManufacturerArticleNumber", "품번", "0173-1#02-AAO676#005",
         mandatory=True, same_as="Nameplate/ProductArticleNumberOfManufacturer"),
    Slot(f"{GENERAL}/ManufacturerOrderCode", "주문 코드", "0173-1#02-AAO227#004",
         mandatory=True, same_as="Nameplate/OrderCodeOfManufacturer"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Term:
    """A technical property by its idShort, its Korean name and the labels papers give it."""

    id_short: str
    name_ko: str
    names: tuple[str, ...] = ()


TERMS: tuple[Term, ...] = (
    Term("RatedVoltage", "정격전압", ("정격 입력전압", "정격사용전압", "Rated voltage", "Nominal voltage")),
    Term("SupplyVoltage", "전원전압", ("전원", "사용전원", "사용전압", "입력전원", "공급전원", "공급전압", "입력전압", "전압",
                                  "Supply voltage", "Input voltage", "Power supply", "Voltage")),
    Term("OutputVoltage", "출력전압", ("Output voltage",)),
    Term("RatedCurrent", "정격전류", ("전류", "Rated current", "Nominal current", "Current")),
    Term("RatedPower", "정격출력", ("출력", "정격전력", "모터출력", "모터용량", "동력", "Rated power", "Rated output", "Power")),
    Term("PowerConsumption", "소비전력", ("소비 전력량", "소모전력", "Power consumption")),
    Term("RatedFrequency", "정격주파수", ("주파수", "Frequency", "Rated frequency")),
    Term("NumberOfPhases", "상수", ("상", "Phase", "Phases")),
    Term("RatedSpeed", "정격회전수", ("회전수", "정격회전속도", "회전속도", "Rated speed", "Speed")),
    Term("RatedTorque", "정격토크", ("토크", "Torque", "Rated torque")),
    Term("Efficiency", "효율", ("정격효율", "Efficiency")),
    Term("PowerFactor", "역률", ("Power factor", "cosφ")),
    Term("OperatingTemperature", "사용온도", ("사용온도범위", "동작온도", "운전온도", "작동온도", "사용주위온도", "주위온도",
                                         "Operating temperature", "Ambient temperature")),
    Term("StorageTemperature", "보관온도", ("보존온도", "저장온도", "Storage temperature")),
    Term("OperatingHumidity", "사용습도", ("동작습도", "습도", "상대습도", "Operating humidity", "Humidity")),
    Term("DegreeOfProtection", "보호등급", ("방수등급", "방진방수등급", "IP등급", "보호구조", "Degree of protection", "IP rating")),
    Term("InsulationClass", "절연등급", ("절연계급", "절연종별", "Insulation class")),
    Term("InsulationResistance", "절연저항", ("Insulation resistance",)),
    Term("RatedPressure", "정격압력", ("사용압력", "상용압력", "작동압력", "압력", "토출압력", "Operating pressure", "Pressure")),
    Term("MaximumPressure", "최고압력", ("최대압력", "최고사용압력", "Max. pressure", "Maximum pressure")),
    Term("RatedFlow", "정격유량", ("유량", "토출량", "풍량", "Flow rate", "Flow")),
    Term("Capacity", "용량", ("탱크용량", "처리용량", "Capacity")),
    Term("ClampingForce", "형체력", ("클램핑력", "가압력", "가압능력", "Clamping force")),
    Term("MaximumLoad", "최대하중", ("정격하중", "가반하중", "가반중량", "최대가반하중", "Payload", "Max. load", "Maximum load")),
    Term("Stroke", "스트로크", ("행정", "이송거리", "Stroke")),
    Term("RepeatAccuracy", "반복정밀도", ("위치반복정밀도", "반복위치정밀도", "Repeatability")),
    Term("Accuracy", "정밀도", ("정확도", "측정정밀도", "Accuracy")),
    Term("MeasuringRange", "측정범위", ("계측범위", "검출범위", "Measuring range")),
    Term("ResponseTime", "응답시간", ("응답속도", "Response time")),
    Term("NoiseLevel", "소음", ("소음레벨", "소음도", "Noise", "Noise level")),
    Term("Weight", "중량", ("무게", "질량", "기계중량", "본체중량", "총중량", "Weight", "Mass")),
    Term("Length", "길이", ("전장", "Length")),
    Term("Width", "폭", ("너비", "가로", "Width")),
    Term("Height", "높이", ("전고", "Height")),
    Term("Depth", "깊이", ("Depth",)),
    Term("Diameter", "지름", ("직경", "외경", "Diameter")),
    Term("Dimensions", "외형치수", ("외형크기", "치수", "크기", "외형", "제품크기", "Dimensions", "Size")),
    Term("HousingMaterial", "재질", ("본체재질", "케이스재질", "하우징재질", "Material")),
    Term("CommunicationInterface", "통신방식", ("통신", "통신규격", "통신인터페이스", "통신프로토콜", "Interface", "Communication")),
    Term("OutputSignal", "출력신호", ("출력형태", "제어출력", "Output signal", "Output type")),
    Term("CoolingMethod", "냉각방식", ("냉각", "Cooling")),
    Term("MountingType", "설치방식", ("취부방식", "설치방법", "부착방법", "Mounting")),
    Term("Certification", "인증", ("취득인증", "안전인증", "적용규격", "인증규격", "Certification")),
)  # fmt: skip
"""A label is read as the first term that has it."""
