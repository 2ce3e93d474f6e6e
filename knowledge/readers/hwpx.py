"""HWPX (KS X 6101, OWPML): Hangul documents as XML in a ZIP. The package here, the text in `hwpx_body`."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from pathlib import PurePath

from knowledge.document import Document
from knowledge.errors import UnreadableError
from knowledge.readers import hwpx_body
from knowledge.readers.format import Format, Progress, silent
from knowledge.readers.hangul_layout import Layout
from knowledge.readers.package import Package, names_of
from knowledge.readers.text import language_of
from knowledge.readers.xml import local, parse

_NAME = "HWPX"
_MIMETYPE = b"application/hwp+zip"
_CONTENT = "Contents/content.hpf"
_HEADER = "Contents/header.xml"
_MANIFEST = "META-INF/manifest.xml"
_SECTION = re.compile(r"Contents/section(\d{1,5})\.xml")
_MASTER_PAGE = re.compile(r"Contents/masterpage(\d{1,5})\.xml")
_KOREA = timedelta(hours=9)


def claims(data: bytes, _name: str) -> bool:
    """A ZIP whose first file says so, as the standard asks, or that holds the parts of one."""
    if not data.startswith(b"PK"):
        return False
    return _MIMETYPE in data[:256] or _CONTENT in (names := names_of(data)) or "Contents/section0.xml" in names


def read(data: bytes, name: str, progress: Progress = silent) -> Document:
    """Sections of all parts. Raises UnreadableError where it is encrypted, damaged or holds no text."""
    package = Package(data, _NAME)
    _refuse_encrypted(package)
    parts = _numbered(package, _SECTION)
    if not parts:
        raise UnreadableError("broken", format=_NAME)
    styles, marks = hwpx_body.styles(parse(package.read(_HEADER), _NAME) if _HEADER in package else None)
    layout = Layout(styles)
    for done, part in enumerate(parts, 1):
        layout.add(hwpx_body.paragraphs(parse(package.read(part), _NAME), marks))
        progress(done, len(parts))
    for part in _numbered(package, _MASTER_PAGE):
        layout.add(hwpx_body.master_page(parse(package.read(part), _NAME), marks))
    sections = layout.sections()
    if not sections:
        raise UnreadableError("no_text")
    title, metadata = _properties(package)
    return Document(
        title=title or layout.first or PurePath(name).stem,
        media_type=FORMAT.media_type,
        sections=sections,
        language=language_of("\n".join(section.text for section in sections)),
        metadata=metadata,
    )


def _numbered(package: Package, pattern: re.Pattern[str]) -> list[str]:
    """Parts of one kind in the order of their numbers, which is the order of the document."""
    found = [(int(match.group(1)), part) for part in package.names if (match := pattern.fullmatch(part))]
    return [part for _, part in sorted(found)]


def _refuse_encrypted(package: Package) -> None:
    """A password or 배포용 shows in the manifest as encryption data of the parts (OpenDocument's way)."""
    if _MANIFEST not in package:
        return
    manifest = parse(package.read(_MANIFEST), _NAME)
    if any(local(element) == "encryption-data" for element in manifest.iter()):
        raise UnreadableError("encrypted")


def _properties(package: Package) -> tuple[str, dict[str, str]]:
    """(title, metadata) as `content.hpf` has them; where it is damaged it says nothing, the text is whole without it."""
    title, found = "", {}
    try:
        elements = list(parse(package.read(_CONTENT), _NAME).iter())
    except UnreadableError:
        return "", {}
    for element in elements:
        text = (element.text or "").strip()
        if local(element) == "title":
            title = title or text
        elif local(element) == "meta" and text:
            found[element.get("name", "")] = text
    dates = {"created": _day(found.get("CreatedDate", "")), "modified": _day(found.get("ModifiedDate", ""))}
    metadata = {key: day for key, day in dates.items() if day}
    if found.get("creator"):
        metadata["author"] = found["creator"]
    return title, metadata


def _day(moment: str) -> str:
    """The day in Korea of a moment in UTC (`2023-01-26T23:01:12Z`), empty where it is none."""
    try:
        return (datetime.fromisoformat(moment).replace(tzinfo=None) + _KOREA).date().isoformat()
    except (ValueError, OverflowError):
        return ""


FORMAT = Format(_NAME, "application/vnd.hancom.hwpx", claims, read)
