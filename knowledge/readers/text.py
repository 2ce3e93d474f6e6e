"""Plain text: paragraphs by blank lines, placed by line numbers."""

from __future__ import annotations

import re
from pathlib import PurePath

from knowledge.document import Document, Locator, Section
from knowledge.encoding import decode
from knowledge.readers.format import Format, Progress, silent

_LINES_PER_SECTION = 40


def claims(_data: bytes, _name: str) -> bool:
    """Whatever decodes: this is the last to be asked."""
    return True


def read(data: bytes, name: str, _progress: Progress = silent) -> Document:
    """Sections of up to forty lines each, cut at blank lines where there are any."""
    lines = decode(data).split("\n")
    sections: list[Section] = []
    start = 0
    while start < len(lines):
        end = _cut(lines, start)
        body = "\n".join(lines[start:end]).strip("\n")
        if body.strip():
            sections.append(Section(len(sections), Locator(f"{start + 1}–{end}행"), body))
        start = end
    title = next((line.strip() for line in lines if line.strip()), PurePath(name).stem)
    return Document(
        title=title if len(title) <= 80 else PurePath(name).stem,
        media_type=FORMAT.media_type,
        sections=tuple(sections),
        language=language_of("\n".join(lines)),
    )


def _cut(lines: list[str], start: int) -> int:
    end = min(start + _LINES_PER_SECTION, len(lines))
    if end == len(lines):
        return end
    blank = next((i for i in range(end, start, -1) if not lines[i - 1].strip()), None)
    return blank if blank and blank - start > _LINES_PER_SECTION // 2 else end


def language_of(text: str) -> str:
    """`ko` where Hangul makes up a tenth of the letters or more, else `en`."""
    hangul = len(re.findall(r"[가-힣]", text[:20000]))
    latin = len(re.findall(r"[A-Za-z]", text[:20000]))
    return "ko" if hangul * 10 >= hangul + latin else "en"


FORMAT = Format("텍스트", "text/plain", claims, read)
