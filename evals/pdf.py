"""A PDF of a few lines, Korean included: documents to plant, some of their text invisible."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence

_WIDTH = 70
_INVISIBLE = "3 Tr"
_UNICODE = "\n".join(
    [
        "/CIDInit /ProcSet findresource begin 12 dict begin begincmap",
        "1 begincodespacerange <0000> <FFFF> endcodespacerange",
    ]
    + [f"1 beginbfrange <{high:02X}00> <{high:02X}FF> <{high:02X}00> endbfrange" for high in range(256)]
    + ["endcmap end end"]
)


def page(lines: Sequence[str], unseen: str | None = None) -> bytes:
    """One page with `lines` under one another, and `unseen` as text that no viewer draws."""
    shown = [("0 Tr", piece) for line in lines for piece in _wrapped(line)]
    shown += [(_INVISIBLE, piece) for piece in _wrapped(unseen or "")]
    text = "".join(f"{mode} <{_hex(piece)}> Tj 0 -16 Td\n" for mode, piece in shown)
    return _file(
        [
            "<< /Type /Catalog /Pages 2 0 R >>",
            "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R"
            " /Resources << /Font << /F1 5 0 R >> >> >>",
            _stream(f"BT /F1 10 Tf 50 790 Td\n{text}ET"),
            "<< /Type /Font /Subtype /Type0 /BaseFont /Batang /Encoding /Identity-H /ToUnicode 7 0 R"
            " /DescendantFonts [6 0 R] >>",
            "<< /Type /Font /Subtype /CIDFontType2 /BaseFont /Batang /DW 600"
            " /CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) /Supplement 0 >> >>",
            _stream(_UNICODE),
        ]
    )


def _wrapped(line: str) -> list[str]:
    return textwrap.wrap(line, _WIDTH, break_on_hyphens=False)


def _hex(text: str) -> str:
    return text.encode("utf-16-be").hex()


def _stream(content: str) -> str:
    return f"<< /Length {len(content)} >>\nstream\n{content}\nendstream"


def _file(objects: Sequence[str]) -> bytes:
    body, offsets = "%PDF-1.7\n", []
    for number, content in enumerate(objects, 1):
        offsets.append(len(body))
        body += f"{number} 0 obj\n{content}\nendobj\n"
    table = "".join(f"{offset:010} 00000 n \n" for offset in offsets)
    start = len(body)
    body += f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}"
    return f"{body}trailer << /Size {len(objects) + 1} /Root 1 0 R >>\nstartxref\n{start}\n%%EOF\n".encode("latin-1")
