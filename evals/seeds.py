"""Sound small files of every format to be damaged: written here, and real ones where the reference folder is at hand."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable, Mapping
from email.message import EmailMessage
from pathlib import Path

from evals.pdf import page

LARGEST = 300_000
"""Bytes of a reference file that is taken for a seed: larger ones cost time and reach no other code."""
MOST = 40
_TEXT = (
    "프레스 점검 기록\n\n유압 펌프의 압력을 확인하고 기록한다. 이상이 있으면 보전팀에 알린다.\n\n2026-11-23 12.5 MPa\n"
)
_MARKDOWN = """---
title: 점검
---
# 점검

## 알람

| 코드 | 원인 |
|---|---|
| E-217 | 과열 |

1. 전원을 끈다
2. **식힌다** `G01` <b>x</b>[^1]

[^1]: 30분
"""
_PAGE = """<!doctype html><html lang="ko"><head><meta charset="utf-8"><title>공고</title><style>.b{display:none}</style>
<meta property="article:published_time" content="2026-03-02"><script type="application/ld+json">{"datePublished":"2026-01-01"}</script>
</head><body><main><h1>지원</h1><p>최대 2<b>억</b> 원<sup><a href="#fn1">1</a></sup></p><ol start="3"><li>첫째<ul><li>가</li></ul></li></ol>
<dl><dt>용어</dt><dd>설명</dd></dl><pre>G01 X1</pre><div style="color:#fff;background:#fff">숨김</div><table><caption>표</caption><thead><tr>
<th rowspan="2">구분</th><th colspan="2">금액</th></tr><tr><th>정부</th><th>자부담</th></tr></thead><tr><td>가</td><td>1</td><td>2</td></tr></table>
<table><tr><td><table><tr><td>a</td><td>b</td></tr><tr><td>c</td><td>d</td></tr></table></td></tr></table><p id="fn1">1 부가세 제외</p></main></body></html>"""
_OOXML_TYPES = '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="xml" ContentType="application/xml"/></Types>'
_W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
_S = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def seeds_of(format_name: str, reference: Path | None = None) -> tuple[list[bytes], str]:
    """(files of the format, the file name they come under): written ones, then real ones of `reference`, smallest first."""
    name, patterns, written = FORMATS[format_name]
    seeds = written()
    if reference is not None:
        paths = [path for pattern in patterns for path in reference.glob(pattern) if 0 < path.stat().st_size <= LARGEST]
        seeds += [path.read_bytes() for path in _spread(sorted(paths, key=lambda path: (path.stat().st_size, path)))]
    return seeds, name


def _spread(paths: list[Path]) -> list[Path]:
    """Small and large ones alike."""
    step = max(1, len(paths) // MOST)
    return paths[::step][:MOST]


def _texts() -> list[bytes]:
    return [_TEXT.encode(encoding) for encoding in ("utf-8", "cp949", "utf-16", "utf-16-le", "johab")]


def _mails() -> list[bytes]:
    mail = EmailMessage()
    mail["Subject"], mail["From"], mail["To"] = "견적 회신", "김 <a@example.kr>", "b@example.kr"
    mail["Date"] = "Mon, 23 Nov 2026 10:00:00 +0900"
    mail.set_content(_TEXT)
    mail.add_alternative(_PAGE, subtype="html")
    mail.add_attachment(b"%PDF-1.4", maintype="application", subtype="pdf", filename="견적서.pdf")
    outer = EmailMessage()
    outer["Subject"], outer["From"], outer["Date"] = "전달", "a@example.kr", "23 Nov 2026 10:00:00 +0900"
    outer.set_content(_TEXT)
    outer.add_attachment(mail)
    raw = 'Subject: 점검\r\nFrom: 김\r\nContent-Type: text/plain; name="기록.txt"\r\n\r\n본문\r\n'.encode("cp949")
    saved = (
        "From: <Saved by Blink>\r\nSnapshot-Content-Location: https://example.kr/\r\nSubject: x\r\nMIME-Version: 1.0\r\n"
        'Content-Type: multipart/related; type="text/html"; boundary="b"\r\n\r\n--b\r\nContent-Type: text/html\r\n\r\n'
        f"{_PAGE}\r\n--b--\r\n"
    ).encode()
    return [mail.as_bytes(), outer.as_bytes(), raw, saved]


def packed(files: Mapping[str, str | bytes]) -> bytes:
    """A ZIP of these files."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in files.items():
            package.writestr(name, content)
    return out.getvalue()


def _archives() -> list[bytes]:
    inner = packed({"a.txt": _TEXT})
    return [packed({"점검/기록.txt": _TEXT, "b.html": _PAGE, "c.zip": inner, "__MACOSX/._x": "x", "empty": ""}), inner]


def _relations(*targets: tuple[str, str]) -> str:
    lines = "".join(
        f'<Relationship Id="rId{n}" Type="{_OFFICE}/{kind}" Target="{target}"/>'
        for n, (kind, target) in enumerate(targets, 1)
    )
    return (
        f'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{lines}</Relationships>'
    )


def _documents() -> list[bytes]:
    cell = "<w:tc><w:tcPr><w:gridSpan w:val='2'/></w:tcPr><w:p><w:r><w:t>칸</w:t></w:r></w:p></w:tc>"
    body = (
        f'<w:document {_W}><w:body><w:p><w:pPr><w:pStyle w:val="Heading1"/></w:pPr><w:r><w:t>점검</w:t></w:r></w:p>'
        '<w:p><w:pPr><w:numPr><w:ilvl w:val="0"/><w:numId w:val="1"/></w:numPr></w:pPr><w:r><w:t>압력</w:t></w:r>'
        '<w:r><w:footnoteReference w:id="2"/></w:r></w:p>'
        f"<w:tbl><w:tr>{cell}</w:tr><w:tr>{cell}{cell}</w:tr></w:tbl></w:body></w:document>"
    )
    notes = f'<w:footnotes {_W}><w:footnote w:id="2"><w:p><w:r><w:t>주</w:t></w:r></w:p></w:footnote></w:footnotes>'
    parts = {"[Content_Types].xml": _OOXML_TYPES, "_rels/.rels": _relations(("officeDocument", "word/document.xml")),
             "word/document.xml": body, "word/footnotes.xml": notes,
             "word/_rels/document.xml.rels": _relations(("footnotes", "footnotes.xml"))}  # fmt: skip
    return [packed(parts)]


def _workbooks() -> list[bytes]:
    row = '<row r="{0}"><c r="A{0}" t="s"><v>0</v></c><c r="B{0}"><v>46000.5</v></c><c r="C{0}" t="inlineStr"><is><t>부품</t></is></c></row>'
    sheet = f'<worksheet {_S}><sheetData>{row.format(1)}{row.format(2)}</sheetData><mergeCells><mergeCell ref="A1:B1"/></mergeCells></worksheet>'
    parts = {"[Content_Types].xml": _OOXML_TYPES, "_rels/.rels": _relations(("officeDocument", "xl/workbook.xml")),
             "xl/workbook.xml": f'<workbook {_S}><sheets><sheet name="재고" sheetId="1" r:id="rId1"/></sheets></workbook>',
             "xl/_rels/workbook.xml.rels": _relations(("worksheet", "worksheets/sheet1.xml"), ("sharedStrings", "sharedStrings.xml")),
             "xl/sharedStrings.xml": f"<sst {_S}><si><t>품번</t></si></sst>", "xl/worksheets/sheet1.xml": sheet}  # fmt: skip
    return [packed(parts)]


def _slides() -> list[bytes]:
    from pptx import Presentation
    from pptx.util import Inches

    show = Presentation()
    slide = show.slides.add_slide(show.slide_layouts[1])
    slide.shapes.title.text, slide.placeholders[1].text = "안전", "전원을 끈다\n잠근다"
    table = slide.shapes.add_table(2, 2, Inches(1), Inches(1), Inches(4), Inches(1)).table
    table.cell(0, 0).text, table.cell(1, 1).text = "코드", "E-217"
    table.cell(0, 0).merge(table.cell(0, 1))
    slide.notes_slide.notes_text_frame.text = "발표자 메모"
    out = io.BytesIO()
    show.save(out)
    return [out.getvalue()]


def _pdfs() -> list[bytes]:
    return [page(["프레스 점검 기록", "유압 펌프의 압력을 확인한다", "코드  원인", "E-217  과열"])]


def _tables() -> list[bytes]:
    rows = "품번,이름,수량\n" + "".join(f'A-{n},"볼트, M{n}",{n * 10}\n' for n in range(8))
    return [rows.encode("utf-8-sig"), rows.encode("cp949"), rows.replace(",", "\t").encode("utf-16")]


def _shell() -> dict[str, object]:
    held = {"modelType": "Property", "idShort": "RatedVoltage", "valueType": "xs:string", "value": "230 V"}
    submodel = {"modelType": "Submodel", "id": "urn:x:1", "idShort": "Nameplate", "submodelElements": [held]}
    return {"submodels": [submodel]}


def _shells_json() -> list[bytes]:
    text = json.dumps(_shell(), indent=1)
    return [text.encode(), text.encode("utf-8-sig")]


def _shells_xml() -> list[bytes]:
    text = (
        '<?xml version="1.0"?><environment xmlns="https://admin-shell.io/aas/3/0"><submodels><submodel><idShort>Nameplate</idShort>'
        "<id>urn:x:1</id><submodelElements><property><idShort>RatedVoltage</idShort><valueType>xs:string</valueType>"
        "<value>230 V</value></property></submodelElements></submodel></submodels></environment>"
    )
    return [text.encode()]


def _shell_packages() -> list[bytes]:
    aas = "http://admin-shell.io/aasx/relationships"
    rels = '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="{}" Target="{}"/></Relationships>'
    parts: dict[str, str | bytes] = {
        "[Content_Types].xml": _OOXML_TYPES,
        "_rels/.rels": rels.format(f"{aas}/aasx-origin", "/aasx/aasx-origin"),
        "aasx/aasx-origin": "Intentionally empty.",
        "aasx/_rels/aasx-origin.rels": rels.format(f"{aas}/aas-spec", "/aasx/data.json"),
        "aasx/data.json": json.dumps(_shell()),
    }
    return [packed(parts)]


def _none() -> list[bytes]:
    return []


FORMATS: dict[str, tuple[str, tuple[str, ...], Callable[[], list[bytes]]]] = {
    "txt": ("a.txt", ("policy/*.txt",), _texts),
    "md": ("a.md", ("laws/*/*.md",), lambda: [_MARKDOWN.encode()]),
    "html": ("a.html", (), lambda: [_PAGE.encode(), _PAGE.replace("utf-8", "euc-kr").encode("cp949")]),
    "eml": ("a.eml", (), _mails),
    "zip": ("a.zip", (), _archives),
    "csv": ("a.csv", (), _tables),
    "pdf": ("a.pdf", (), _pdfs),
    "hwp": ("a.hwp", ("hwp/**/*.hwp",), _none),
    "hwpx": ("a.hwpx", ("hwp/**/*.hwpx",), _none),
    "docx": ("a.docx", (), _documents),
    "xlsx": ("a.xlsx", (), _workbooks),
    "pptx": ("a.pptx", (), _slides),
    "aasx": ("a.aasx", ("aas/**/*.aasx",), _shell_packages),
    "aas-json": ("a.json", ("aas/templates/**/*.json", "aas/conformance/**/*.json"), _shells_json),
    "aas-xml": ("a.xml", ("aas/conformance/**/*.xml",), _shells_xml),
}
"""Format: the name its files come under, where in the reference folder they lie, and those written here."""
