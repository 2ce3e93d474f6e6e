"""ZIP archives: the list of what lies in them, and each file as an attachment that is read as a document of its own."""

from __future__ import annotations

from pathlib import PurePath

from knowledge.document import Attachment, Document, Finding
from knowledge.errors import UnreadableError
from knowledge.readers import unread
from knowledge.readers.format import Format, Progress, silent
from knowledge.readers.outline import Outline
from knowledge.readers.package import Package
from knowledge.readers.text import language_of

_STARTS = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")
_LITTER = {".ds_store", "thumbs.db", "desktop.ini"}
LONGEST_NAME = 300


def claims(data: bytes, _name: str) -> bool:
    """Any ZIP that is not the package of another format; those are refused by `unread` where no reader takes them."""
    return data.startswith(_STARTS) and unread.package_refusal(data) is None


def read(data: bytes, name: str, progress: Progress = silent) -> Document:
    """One table of the contents; the files as attachments. What is locked or damaged is a finding, the others go on.

    Raises UnreadableError where nothing could be taken out: `encrypted`, `broken` or `empty`.
    """
    package = Package(data, FORMAT.name)
    wanted = [path for path in package.names if _is_content(path) and package.size(path)]
    attachments: list[Attachment] = []
    findings: list[Finding] = []
    rows = [["파일", "크기"]]
    for done, path in enumerate(wanted, 1):
        shown = _shortened(package.label(path))
        try:
            attachments.append(Attachment(shown, package.read(path)))
        except UnreadableError as error:
            findings.append(Finding(shown, "", "inside_encrypted" if error.reason == "encrypted" else "inside_broken"))
        rows.append([shown, _size(package.size(path))])
        progress(done, len(wanted))
    if not attachments:
        raise _nothing(findings)
    outline = Outline()
    outline.table(rows)
    return Document(
        title=PurePath(name).stem,
        media_type=FORMAT.media_type,
        sections=outline.sections(),
        language=language_of(" ".join(row[0] for row in rows[1:])),
        findings=tuple(findings),
        attachments=tuple(attachments),
    )


def _nothing(findings: list[Finding]) -> UnreadableError:
    if any(finding.problem == "inside_encrypted" for finding in findings):
        return UnreadableError("encrypted")
    return UnreadableError("broken", format=FORMAT.name) if findings else UnreadableError("empty")


def _is_content(path: str) -> bool:
    """Not what an operating system left behind: its index files, and the locks of open office files."""
    parts = path.replace("\\", "/").split("/")
    return "__MACOSX" not in parts and parts[-1].lower() not in _LITTER and not parts[-1].startswith(("~$", "._"))


def _shortened(path: str) -> str:
    """A name to show, never a path to write to: one line, not endless, its ending kept."""
    line = " ".join(path.replace("\\", "/").split())
    return line if len(line) <= LONGEST_NAME else f"{line[: LONGEST_NAME - 20]}…{line[-19:]}"


def _size(size: int) -> str:
    for unit, factor in (("MB", 1_000_000), ("KB", 1_000)):
        if size >= factor:
            return f"{size / factor:.1f} {unit}"
    return f"{size} B"


FORMAT = Format("ZIP", "application/zip", claims, read)
