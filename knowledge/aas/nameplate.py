"""Digital Nameplate, IDTA 02006-3-0: its elements with a single value. Files, markings and free properties are left out.

The address is a collection of IDTA 02002-1-0 (Contact Information), which is mandatory without saying which of its
parts are: it counts as given where its street is.
"""

from __future__ import annotations

from knowledge.aas.template import Kind, Slot

SEMANTIC_ID = "https://admin-shell.io/idta/nameplate/3/0/Nameplate"
TEMPLATE_ID = "https://admin-shell.io/idta-02006-3-0"
VERSION, REVISION = "3", "0"
ID_SHORT = "Nameplate"
ADDRESS = "Nameplate/AddressInformation"
ADDRESS_SEMANTIC_ID = "https://admin-shell.io/zvei/nameplate/1/0/ContactInformations/AddressInformation"
_MLP: Kind = "MultiLanguageProperty"

SLOTS: tuple[Slot, ...] = (
    Slot("Nameplate/URIOfTheProduct", "제품 고유 주소(URI)", "0112/2///61987#ABN590#002",
         ("제품URI", "제품URL", "제품고유주소", "디지털명판주소", "ProductURI", "URIOfTheProduct"),
         value_type="xs:anyURI", mandatory=True),
    Slot("Nameplate/ManufacturerName", "제조사", "0112/2///61987#ABA565#009",
         ("제조사", "제조사명", "제조자", "제조자명", "제조업체", "제조업체명", "제조업자", "제조회사", "제조원", "메이커",
          "Manufacturer", "ManufacturerName", "Maker", "Manufacturedby"),
         _MLP, mandatory=True),
    Slot("Nameplate/ManufacturerProductDesignation", "제품명", "0112/2///61987#ABA567#009",
         ("제품명", "제품명칭", "품명", "기기명", "기기명칭", "장비명", "설비명", "기계명", "상품명", "명칭",
          "ProductName", "ProductDesignation", "ManufacturerProductDesignation"),
         _MLP, mandatory=True),
    Slot(f"{ADDRESS}/Street", "주소(도로명)", "0173-1#02-AAO128#002",
         ("주소", "제조사주소", "본사주소", "공장주소", "소재지", "도로명주소", "사업장주소", "Address", "Street"),
         _MLP, mandatory=True),
    Slot(f"{ADDRESS}/Zipcode", "우편번호", "0173-1#02-AAO129#002", ("우편번호", "Zipcode", "ZIP", "PostalCode"), _MLP),
    Slot(f"{ADDRESS}/CityTown", "시·군", "0173-1#02-AAO132#002", ("도시", "시군", "City"), _MLP),
    Slot(f"{ADDRESS}/NationalCode", "국가 코드", "0173-1#02-AAO134#002", ("국가코드", "국가", "Country"), _MLP),
    Slot("Nameplate/ManufacturerProductRoot", "제품 상위 분류", "0112/2///61360_7#AAS011#001",
         ("제품분류", "제품종류", "기종", "품목", "제품군", "ProductRoot"), _MLP),
    Slot("Nameplate/ManufacturerProductFamily", "제품 계열", "0112/2///61987#ABP464#002",
         ("제품계열", "시리즈", "시리즈명", "제품시리즈", "계열", "Series", "ProductFamily"), _MLP),
    Slot("Nameplate/ManufacturerProductType", "형식(모델)", "0112/2///61987#ABA300#008",
         ("모델", "모델명", "모델번호", "모델No", "형식", "형식명", "형식번호", "형명", "기종명", "규격명",
          "Model", "ModelName", "ModelNo", "Type", "ProductType")),
    Slot("Nameplate/OrderCodeOfManufacturer", "주문 코드", "0112/2///61987#ABA950#008",
         ("주문코드", "주문번호", "발주코드", "주문형번", "오더코드", "OrderCode", "OrderNo", "OrderNumber"),
         mandatory=True),
    Slot("Nameplate/ProductArticleNumberOfManufacturer", "품번", "0112/2///61987#ABA581#007",
         ("품번", "제품번호", "제품코드", "부품번호", "자재번호", "품목번호", "품목코드",
          "ArticleNumber", "ArticleNo", "PartNumber", "PartNo", "P/N")),
    Slot("Nameplate/SerialNumber", "제조번호", "0112/2///61987#ABA951#009",
         ("제조번호", "일련번호", "시리얼번호", "시리얼", "시리얼No", "기기번호", "SerialNumber", "SerialNo", "S/N")),
    Slot("Nameplate/YearOfConstruction", "제조 연도", "0112/2///61987#ABP000#002",
         ("제조연도", "제조년도", "제작연도", "제작년도", "생산연도", "생산년도", "YearOfConstruction", "YearOfManufacture")),
    Slot("Nameplate/DateOfManufacture", "제조일", "0112/2///61987#ABB757#007",
         ("제조일", "제조일자", "제조년월일", "제조연월일", "제작일", "제작일자", "생산일", "생산일자",
          "DateOfManufacture", "ManufacturingDate"), value_type="xs:date"),
    Slot("Nameplate/HardwareVersion", "하드웨어 버전", "0112/2///61987#ABA926#008",
         ("하드웨어버전", "H/W버전", "HW버전", "HardwareVersion")),
    Slot("Nameplate/FirmwareVersion", "펌웨어 버전", "0112/2///61987#ABA302#006",
         ("펌웨어버전", "펌웨어", "F/W버전", "FW버전", "FirmwareVersion", "Firmware")),
    Slot("Nameplate/SoftwareVersion", "소프트웨어 버전", "0112/2///61987#ABA601#008",
         ("소프트웨어버전", "S/W버전", "SW버전", "SoftwareVersion")),
    Slot("Nameplate/CountryOfOrigin", "원산지", "0112/2///61987#ABP462#001",
         ("원산지", "제조국", "제조국가", "생산지", "CountryOfOrigin", "Origin", "MadeIn")),
    Slot("Nameplate/UniqueFacilityIdentifier", "사업장 식별번호",
         "https://admin-shell.io/idta/nameplate/3/0/UniqueFacilityIdentifier", ("사업장식별번호", "공장식별번호")),
)  # fmt: skip
