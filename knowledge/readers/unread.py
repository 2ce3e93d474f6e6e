"""Files that no reader takes, told by the marks in their bytes, each refused with what to do instead."""

from __future__ import annotations

import re

from knowledge.errors import KnowledgeError, UnreadableError, UnsupportedError

_MARKS: tuple[tuple[bytes, str, str], ...] = (
    (b"7z\xbc\xaf\x27\x1c", "unread_archive", "7Z"),
    (b"Rar!\x1a\x07", "unread_archive", "RAR"),
    (b"EGGA", "unread_archive", "EGG"),
    (b"ALZ\x01", "unread_archive", "ALZ"),
    (b"\x1f\x8b", "unread_archive", "GZ"),
    (b"BZh", "unread_archive", "BZ2"),
    (b"\xfd7zXZ\x00", "unread_archive", "XZ"),
    (b"\x28\xb5\x2f\xfd", "unread_archive", "ZST"),
    (b"MSCF\x00\x00\x00\x00", "unread_archive", "CAB"),
    (b"xar!", "unread_archive", "XAR"),
    (b"{\\rtf", "old_office", "RTF"),
    (b"%!PS", "unread_drawing", "PostScript"),
    (b"\xc5\xd0\xd3\xc6", "unread_drawing", "EPS"),
    (b"\x7fELF", "unread_program", "ELF"),
    (b"MZ", "unread_program", "EXE"),
    (b"\xca\xfe\xba\xbe", "unread_program", "CLASS"),
    (b"\xcf\xfa\xed\xfe", "unread_program", "Mach-O"),
    (b"\x00asm", "unread_program", "WASM"),
    (b"L\x00\x00\x00\x01\x14\x02\x00", "unread_program", "LNK"),
    (b"ID3", "unread_media", "MP3"),
    (b"\xff\xfb", "unread_media", "MP3"),
    (b"OggS", "unread_media", "OGG"),
    (b"fLaC", "unread_media", "FLAC"),
    (b"\x1aE\xdf\xa3", "unread_media", "MKV/WEBM"),
    (b"\x30\x26\xb2\x75\x8e\x66\xcf\x11", "unread_media", "WMV"),
    (b"\x00\x00\x01\xba", "unread_media", "MPEG"),
    (b"FLV\x01", "unread_media", "FLV"),
    (b"AC10", "unread_drawing", "DWG"),
    (b"AutoCAD Binary DXF", "unread_drawing", "DXF"),
    (b"ISO-10303-21;", "unread_drawing", "STEP"),
    (b"Kaydara FBX Binary", "unread_drawing", "FBX"),
    (b"SQLite format 3\x00", "unread_data", "SQLite"),
    (b"\x00\x01\x00\x00Standard ", "unread_data", "Access"),
    (b"PAR1", "unread_data", "Parquet"),
    (b"\x89HDF\r\n\x1a\n", "unread_data", "HDF5"),
    (b"!BDN", "unread_mail", "PST"),
    (b"\x78\x9f\x3e\x22", "unread_mail", "winmail.dat"),
    (b"8BPS", "unread_picture", "PSD"),
    (b"GIF8", "unread_picture", "GIF"),
    (b"\x89PNG", "unread_picture", "PNG"),
    (b"\xff\xd8\xff", "unread_picture", "JPEG"),
    (b"II*\x00", "unread_picture", "TIFF"),
    (b"MM\x00*", "unread_picture", "TIFF"),
    (b"\xd7\xcd\xc6\x9a", "unread_picture", "WMF"),
    (b"\x00\x00\x01\x00", "unread_picture", "ICO"),
)
_DRM = (b"SCDSA00", b"<DOCUMENT SAFER", b"<## NASCA DRM FILE")
_TEXTS: tuple[tuple[re.Pattern[bytes], str, str], ...] = (
    (
        re.compile(rb"\s*0\s*\r?\n\s*SECTION\s*\r?\n\s*2\s*\r?\n\s*(?:HEADER|TABLES|ENTITIES|CLASSES|BLOCKS)\b"),
        "unread_drawing",
        "DXF",
    ),
    (re.compile(rb"solid [^\n]*\r?\n\s*facet normal "), "unread_drawing", "STL"),
    (re.compile(rb".{72}S\s*1\r?\n"), "unread_drawing", "IGES"),
)
_BINARY = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
_WRITTEN = ("RTF", "PostScript", "STEP")
_INSTEAD = {
    "PPT": "PPTX",
    "ODP": "PPTX",
    "ODG": "PPTX",
    "XLS": "XLSX",
    "ODS": "XLSX",
    "XLSB": "XLSX",
    "OLE": "DOCX, XLSX, PPTX",
}
_OLE = b"\xd0\xcf\x11\xe0"
_STREAMS: tuple[tuple[str, str, str], ...] = (
    ("__substg1.0_", "unread_mail", "MSG"),
    ("WordDocument", "old_office", "DOC"),
    ("PowerPoint Document", "old_office", "PPT"),
    ("Workbook", "old_office", "XLS"),
    ("VisioDocument", "unread_drawing", "VSD"),
    ("SwDocContentMgr", "unread_drawing", "SolidWorks"),
    ("BodyText", "broken", "HWP"),
)
_ODF = {b"text": "ODT", b"spreadsheet": "ODS", b"presentation": "ODP", b"graphics": "ODG", b"drawing": "ODG"}
_BRANDS = {b"heic": "HEIC", b"heix": "HEIC", b"mif1": "HEIC", b"avif": "AVIF"}
_PARTS: tuple[tuple[bytes, str, str], ...] = (
    (b"AndroidManifest.xml", "unread_program", "APK"),
    (b"META-INF/MANIFEST.MF", "unread_program", "JAR"),
    (b"visio/", "unread_drawing", "VSDX"),
    (b"3D/3dmodel.model", "unread_drawing", "3MF"),
    (b"FixedDocSeq.fdseq", "old_office", "XPS"),
    (b"xl/workbook.bin", "old_office", "XLSB"),
    (b"word/", "broken", "DOCX"),
    (b"xl/", "broken", "XLSX"),
    (b"ppt/", "broken", "PPTX"),
    (b"Contents/section0.xml", "broken", "HWPX"),
    (b"aasx/", "broken", "AASX"),
)


def refuse(data: bytes) -> None:
    """Raises UnsupportedError with the remedy for a format no reader takes, UnreadableError for what only looks damaged
    or is locked. Asked after every reader of packages and before those of text."""
    binary = _BINARY.search(data[:4096]) is not None  # a text may begin with the letters MZ
    for mark, reason, label in _MARKS:
        if data.startswith(mark) and (binary or label in _WRITTEN or not mark.isascii()):
            raise _refusal(reason, label)
    if data.startswith(b"PK\x03\x04"):
        raise package_refusal(data) or _refusal("broken", "ZIP")
    if data.startswith(_OLE):
        raise _of_ole(data)
    if any(data.startswith(mark) for mark in _DRM) or b"DRMONE" in data[:64]:
        raise UnreadableError("drm")
    _refuse_by_place(data)
    for shape, reason, label in _TEXTS:
        if shape.match(data[:4096]):
            raise _refusal(reason, label)


def package_refusal(data: bytes) -> KnowledgeError | None:
    """Why a ZIP is not taken for a plain archive; None where it is one. Names are sought in the bytes, since the
    directory of a truncated package is lost."""
    named = re.match(rb"PK\x03\x04.{26}mimetypeapplication/([\w.+-]+)", data[:256], re.S)
    if named:
        kind = re.match(rb"vnd\.oasis\.opendocument\.(text|spreadsheet|presentation|graphics|drawing|)", named.group(1))
        if kind:
            return _refusal("old_office", _ODF.get(kind.group(1), "ODF"))
        if named.group(1).startswith(b"epub"):
            return _refusal("old_office", "EPUB")
        if named.group(1).startswith(b"hwp"):
            return _refusal("broken", "HWPX")
    ends = data[:65536] + data[-65536:]
    parted = b"[Content_Types].xml" in ends or b"_rels/.rels" in ends
    for part, reason, label in _PARTS:
        if part in ends and (parted or reason == "unread_program" or label == "HWPX"):
            return _refusal(reason, label)
    return None


def _of_ole(data: bytes) -> KnowledgeError:
    """Which program's compound file it is. The names of its streams stand in it as UTF-16."""
    if "EncryptedPackage".encode("utf-16-le") in data:
        return UnreadableError("encrypted")
    for stream, reason, label in _STREAMS:
        if stream.encode("utf-16-le") in data:
            return _refusal(reason, label)
    return _refusal("old_office", "OLE")


def _refuse_by_place(data: bytes) -> None:
    """Marks that do not stand at the very start."""
    if data[4:8] == b"ftyp":
        picture = _BRANDS.get(data[8:12])
        raise _refusal("unread_picture", picture) if picture else _refusal("unread_media", "MP4")
    if data[:4] == b"RIFF":
        kind = data[8:12].decode("ascii", "replace").strip()
        raise _refusal(
            "unread_picture" if kind == "WEBP" else "unread_media", kind if kind in {"WEBP", "WAVE", "AVI"} else "RIFF"
        )
    if data[:4] == b"\x01\x00\x00\x00" and data[40:44] == b" EMF":
        raise _refusal("unread_picture", "EMF")
    if data[257:262] == b"ustar":
        raise _refusal("unread_archive", "TAR")
    if data[2:5] == b"-lh" and data[6:7] == b"-":
        raise _refusal("unread_archive", "LZH")
    if data[32769:32774] == b"CD001":
        raise _refusal("unread_archive", "ISO")


def _refusal(reason: str, label: str) -> KnowledgeError:
    if reason == "broken":
        return UnreadableError(reason, format=label)
    if reason == "old_office":
        return UnsupportedError(reason, format=label, instead=_INSTEAD.get(label, "DOCX"))
    return UnsupportedError(reason, format=label)
