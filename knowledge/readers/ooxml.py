"""Office Open XML (ISO/IEC 29500): what DOCX, PPTX and XLSX share, and the office files that cannot be read."""

from __future__ import annotations

import io
import posixpath
import re
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import unquote

from lxml import etree

from knowledge.document import Document
from knowledge.errors import UnreadableError, UnsupportedError
from knowledge.readers.format import Format, Progress, silent
from knowledge.readers.package import Package, names_of
from knowledge.readers.xml import local, parse

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ZIP = b"PK\x03\x04"
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_PLACEHOLDER_TITLES = {"powerpoint 프레젠테이션", "powerpoint presentation", "word document", "제목 없음", "untitled"}
"""Programs write these where nobody gave a title."""


@dataclass(frozen=True, slots=True)
class Relation:
    """What one part says of another: the last word of the relation's type (`footnotes`), and the other's path."""

    kind: str
    target: str


class Parts:
    """The parts of an office file and how they refer to each other."""

    def __init__(self, data: bytes, format_name: str) -> None:
        """Raises UnreadableError where the package is damaged, TooLargeError where it would unpack to too much."""
        self._format = format_name
        self.package = Package(data, format_name)

    def root(self, name: str) -> etree._Element:
        """Raises UnreadableError where the part is missing or not well-formed."""
        return parse(self.package.read(name), self._format)

    def relations(self, name: str = "") -> dict[str, Relation]:
        """Relations of a part, of the package itself without a name, by their ids. Links to outside are left out."""
        folder, base = posixpath.split(name)
        path = posixpath.join(folder, "_rels", f"{base}.rels")
        if path not in self.package:
            return {}
        found = {}
        for element in self.root(path):
            target = unquote(element.get("Target", ""))
            if local(element) == "Relationship" and element.get("TargetMode") != "External":
                kind = element.get("Type", "").rpartition("/")[2]
                whole = posixpath.normpath(posixpath.join("/", folder, target)).lstrip("/")
                found[element.get("Id", "")] = Relation(kind, whole)
        return found

    def related(self, kind: str, name: str = "") -> list[str]:
        """Paths of the parts that `name` refers to in this way, as far as they exist."""
        relations = self.relations(name).values()
        return [r.target for r in relations if r.kind == kind and r.target in self.package]

    def main(self) -> str:
        """The part everything hangs on. Raises UnreadableError where the package does not say."""
        found = self.related("officeDocument")
        if not found:
            raise UnreadableError("broken", format=self._format)
        return found[0]

    def properties(self) -> tuple[str, dict[str, str]]:
        """Title, empty where none was given, and `created` and `modified` as ISO dates."""
        title, dates = "", {}
        for name in self.related("core-properties")[:1]:
            for element in self.root(name):
                words = (element.text or "").strip()
                if local(element) == "title" and words.lower() not in _PLACEHOLDER_TITLES:
                    title = words
                if local(element) in {"created", "modified"} and _DATE.match(words):
                    dates[local(element)] = words[:10]
        return title, dates


def of_kind(folder: str) -> Callable[[bytes, str], bool]:
    """`claims` for packages whose parts lie in `folder` (`word`, `ppt`, `xl`)."""

    def claims(data: bytes, _name: str) -> bool:
        if not data.startswith(_ZIP):
            return False
        names = names_of(data)
        return "[Content_Types].xml" in names and any(name.startswith(f"{folder}/") for name in names)

    return claims


def attribute(element: etree._Element, name: str) -> str | None:
    """An attribute by its local name: the transitional and the strict form differ in their namespaces."""
    for key, value in element.attrib.items():
        if str(key).rpartition("}")[2] == name:
            return str(value)
    return None


def child(element: etree._Element, name: str) -> etree._Element | None:
    """The first child of this local name."""
    return next((each for each in element if local(each) == name), None)


def children(element: etree._Element, parent: str, name: str) -> list[etree._Element]:
    """Elements called `name` in the child called `parent`; none where there is no such child."""
    found = child(element, parent)
    return [each for each in found if local(each) == name] if found is not None else []


def said(element: etree._Element | None, name: str) -> bool:
    """Whether a switch such as `w:vanish` is on: there, and not said to be off."""
    found = child(element, name) if element is not None else None
    return found is not None and attribute(found, "val") not in {"0", "false", "off"}


def streams(data: bytes) -> frozenset[str]:
    """Names of the streams at the root of an OLE file; none where it is none or cannot be opened."""
    if not data.startswith(_OLE):
        return frozenset()
    import olefile

    try:
        with olefile.OleFileIO(io.BytesIO(data)) as ole:
            return frozenset(path[0] for path in ole.listdir() if len(path) == 1)
    except (OSError, ValueError, IndexError, KeyError, TypeError, AttributeError, RecursionError, MemoryError):
        return frozenset()


_OLD = {"WordDocument": "DOC", "PowerPoint Document": "PPT", "EncryptedPackage": ""}


def _claims_old(data: bytes, _name: str) -> bool:
    return bool(streams(data) & _OLD.keys())


def _refuse(data: bytes, _name: str, _progress: Progress = silent) -> Document:
    found = streams(data)
    if "EncryptedPackage" in found:
        raise UnreadableError("encrypted")
    name = next(_OLD[each] for each in _OLD if each in found)
    raise UnsupportedError("old_office", format=name, instead=f"{name}X")


OLD = Format("옛 오피스 파일", "application/x-ole-storage", _claims_old, _refuse)
"""DOC and PPT of before 2007, and office files with a password: refused by name, with what to do."""
