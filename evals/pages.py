"""Whether citations of a PDF name the right page, and how fast and at what cost in memory it is read.

Passages are sampled from our own chunks; poppler's pdftotext, which shares no code with the reader, says what stands on
the cited page.
"""

from __future__ import annotations

import multiprocessing
import random
import re
import shutil
import subprocess
import time
import unicodedata
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from evals.errors import EvalError
from knowledge.document import Document
from knowledge.readers import pdf
from retrieval.chunk import Chunk, split

SAMPLES = 50
SHORTEST = 40
"""Characters of a passage at least, white space aside: shorter ones stand on many pages."""
_WORD = re.compile(r"[^\W_]+")
_RIGHT_WORDS = 0.98


@dataclass(frozen=True, slots=True)
class Report:
    """`right` of `sampled` passages stand on the page they cite; `wrong` names the others as `p. 12: words`.

    `verbatim` of them stand there as one stretch, white space and line-end hyphens aside; in the others (tables, columns)
    all words do. Where others use the machine, `pages_per_cpu_second` tells more than the clock. `by_chance` would be right on the page after as well: what the check cannot tell. `peak_mb` is the most memory the reading process had, its own start included.
    """

    pages: int
    seconds: float
    pages_per_second: float
    pages_per_cpu_second: float
    peak_mb: float
    boxes_per_page: float
    sampled: int
    right: int
    verbatim: int
    by_chance: int
    wrong: tuple[str, ...]


def measure(path: Path, seed: int = 20261123, samples: int = SAMPLES) -> Report:
    """Read the PDF in a process of its own and check sampled citations.

    Raises EvalError where pdftotext (Debian's poppler-utils) is not installed or the file gives too few passages.
    """
    if shutil.which("pdftotext") is None:
        raise EvalError("pdftotext is missing: install Debian's poppler-utils")
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
        document, seconds, busy, peak = pool.submit(_read, path).result()
    chosen = _sample(split("doc-pages", document), seed, samples)
    verdicts = [(_verdict(path, chunk, chunk.page or 0), chunk) for chunk in chosen]
    elsewhere = [_verdict(path, chunk, (chunk.page or 0) % document.pages + 1) for chunk in chosen]
    boxes = sum(len(section.boxes) for section in document.sections)
    return Report(
        pages=document.pages,
        seconds=round(seconds, 2),
        pages_per_second=round(document.pages / seconds, 1),
        pages_per_cpu_second=round(document.pages / busy, 1),
        peak_mb=round(peak / 1e6, 1),
        boxes_per_page=round(boxes / document.pages, 1),
        sampled=len(chosen),
        right=sum(verdict != "wrong" for verdict, _ in verdicts),
        verbatim=sum(verdict == "verbatim" for verdict, _ in verdicts),
        by_chance=sum(verdict != "wrong" for verdict in elsewhere),
        wrong=tuple(f"{chunk.locator}: {chunk.text[:80]}" for verdict, chunk in verdicts if verdict == "wrong"),
    )


def _read(path: Path) -> tuple[Document, float, float, int]:
    """Document, seconds from bytes to sections, those the processor worked for it, the process's largest memory in bytes."""
    data = path.read_bytes()
    started, worked = time.perf_counter(), time.process_time()
    document = pdf.read(data, path.name)
    return document, time.perf_counter() - started, time.process_time() - worked, _peak()


def _peak() -> int:
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(re.findall(r"VmHWM:\s+(\d+) kB", status)[0]) * 1024


def _sample(chunks: list[Chunk], seed: int, samples: int) -> list[Chunk]:
    long_enough = [chunk for chunk in chunks if len(_squeezed(chunk.text)) >= SHORTEST]
    if len(long_enough) < samples:
        raise EvalError(f"{len(long_enough)} passages are too few to sample {samples}")
    return random.Random(seed).sample(long_enough, samples)


def _verdict(path: Path, chunk: Chunk, number: int) -> str:
    """`verbatim`, `words` or `wrong`: how the passage stands on page `number`."""
    page = _independent(path, number)
    if _squeezed(chunk.text) in _squeezed(page):
        return "verbatim"
    words, there = _WORD.findall(_folded(chunk.text)), set(_WORD.findall(_folded(page)))
    joined = _squeezed(page)
    found = sum(word in there or (len(word) > 3 and word in joined) for word in words)
    return "words" if found >= _RIGHT_WORDS * len(words) else "wrong"


def _independent(path: Path, page: int) -> str:
    command = ["pdftotext", "-f", str(page), "-l", str(page), "-enc", "UTF-8", str(path), "-"]
    done = subprocess.run(command, capture_output=True, check=False, timeout=60)
    if done.returncode:
        raise EvalError(f"pdftotext failed on page {page} of {path}")
    return done.stdout.decode("utf-8", "replace")


def _folded(text: str) -> str:
    """Ligatures and widths made plain, words cut at a line end whole again."""
    return re.sub(r"-\s*\n\s*", "", unicodedata.normalize("NFKC", text)).casefold()


def _squeezed(text: str) -> str:
    """Letters and digits alone: hyphens, bullets and white space are what extractors differ in."""
    return "".join(_WORD.findall(_folded(text)))
