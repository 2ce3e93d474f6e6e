"""`giljabi eval knowledge`: how well files are read, and how fast. Each part fails where it misses what must hold."""

from __future__ import annotations

import sys
import tempfile
from dataclasses import asdict
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from evals.errors import EvalError
from serving.home import Home
from ui.evaluate import DEFAULT_REFERENCE, Reference, bar, opened_product, show
from ui.options import Json, Lang, settings_in

MISSED = 1
PAGES_A_SECOND, PEAK_MB = 50.0, 1_000.0
CHUNKS_FASTER, INDEX_FASTER, AGAIN_FASTER = 3.0, 1.2, 50.0


class Part(StrEnum):
    """What is measured."""

    AAS = "aas"
    HWP = "hwp"
    PDF = "pdf"
    FUZZ = "fuzz"
    INDEXING = "indexing"
    CALENDAR = "calendar"


def knowledge(
    parts: Annotated[
        list[Part] | None, typer.Argument(help="aas hwp pdf fuzz indexing calendar; 없으면 aas hwp · default: aas hwp")
    ] = None,
    reference: Reference = DEFAULT_REFERENCE,
    pdf: Annotated[Path | None, typer.Option(help="큰 PDF (pdf) · a long PDF")] = None,
    folder: Annotated[Path | None, typer.Option(help="넣을 폴더 (indexing) · the folder to take in")] = None,
    changed: Annotated[
        str, typer.Option(help="그 안에서 고칠 글 파일 (indexing) · the text file to change in it")
    ] = "",
    count: Annotated[int, typer.Option(min=1, help="형식마다 몇 개 (fuzz) · mutations of each format")] = 10_000,
    formats: Annotated[str, typer.Option(help="형식, 쉼표로 (fuzz) · formats, by comma; default: all")] = "",
    seed: Annotated[int, typer.Option(help="난수 씨 (fuzz) · seed")] = 1,
    lang: Lang = None,
    as_json: Json = False,
) -> None:
    """자료 읽기 평가: AAS, HWP, PDF, 망가진 파일, 넣는 속도, 법의 시행일 · reading files: completeness, safety, speed, dates."""
    wanted = parts or [Part.AAS, Part.HWP]
    run: dict[Part, Any] = {
        Part.AAS: lambda: _aas(reference),
        Part.HWP: lambda: _hwp(reference),
        Part.PDF: lambda: _pdf(pdf),
        Part.FUZZ: lambda: _fuzz(formats, count, seed, reference),
        Part.INDEXING: lambda: _indexing(folder, changed, lang),
        Part.CALENDAR: lambda: _calendar(reference, lang),
    }
    reports = {part: run[part]() for part in wanted}
    show({str(part): report for part, report in reports.items()}, as_json)
    if not all(report["held"] for report in reports.values()):
        raise typer.Exit(MISSED)


def _aas(reference: Path) -> dict[str, Any]:
    from evals.aas import check

    report = check(reference / "aas")
    return {**asdict(report), "agreement": round(report.agreement, 5), "held": report.passed}


def _hwp(reference: Path) -> dict[str, Any]:
    from evals.hwp import check

    report = check(reference / "hwp")
    return {**asdict(report), "held": report.passed}


def _pdf(path: Path | None) -> dict[str, Any]:
    from evals.pages import measure

    if path is None or not path.is_file():
        raise EvalError("--pdf로 긴 PDF를 알려 주세요 · name a long PDF with --pdf")
    report = measure(path)
    fast = report.pages_per_second >= PAGES_A_SECOND and report.peak_mb <= PEAK_MB
    return {**asdict(report), "held": fast and report.right == report.sampled}


def _fuzz(formats: str, count: int, seed: int, reference: Path) -> dict[str, Any]:
    from evals.fuzz import fuzz
    from evals.seeds import FORMATS

    names = [name.strip() for name in formats.split(",") if name.strip()] or list(FORMATS)
    if unknown := [name for name in names if name not in FORMATS]:
        raise EvalError(f"모르는 형식 · unknown formats: {', '.join(unknown)} ({', '.join(FORMATS)})")
    reports = {}
    with bar(len(names)) as progress:
        for name in names:
            reports[name] = fuzz(name, count, seed, None, reference if reference.is_dir() else None)
            print(f"{name}: {reports[name].read} / {reports[name].tried}", file=sys.stderr)
            progress.update()
    return {
        "formats": {name: asdict(report) for name, report in reports.items()},
        "held": all(report.held for report in reports.values()),
    }


def _indexing(folder: Path | None, changed: str, lang: Any) -> dict[str, Any]:
    from evals.indexing import measure
    from serving.build import EMBEDDING_MODEL, model_store

    if folder is None:
        raise EvalError("--folder로 넣을 폴더를 알려 주세요 · name a folder with --folder")
    settings = settings_in(lang)
    model = model_store(settings, Home(settings.home_path)).ensure(EMBEDDING_MODEL)
    with tempfile.TemporaryDirectory() as work:
        report = measure(folder, model, Path(work), changed, lambda stage: print(stage, file=sys.stderr)).wire()
    faster = report["faster"]
    held = faster["chunks"] >= CHUNKS_FASTER and faster["index"] >= INDEX_FASTER and faster["again"] >= AGAIN_FASTER
    return {**report, "held": held}


def _calendar(reference: Path, lang: Any) -> dict[str, Any]:
    import asyncio

    from evals.calendar import measure, questions, summary
    from serving.accounts.companies import LOCAL
    from ui.evaluate import await_engine, take_in

    with opened_product(settings_in(lang)) as made:
        take_in(made, reference)
        await_engine(made)
        with made.opened(LOCAL) as mine:
            marks = asyncio.run(measure(mine.conversation.on, questions()))
    shares = summary(marks)
    wrong = [{"id": mark.id, "answer": mark.answer} for mark in marks if not mark.right]
    return {**shares, "questions": len(marks), "wrong": wrong, "held": shares["clean"] == 1.0}
