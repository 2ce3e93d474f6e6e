"""Commands of `giljabi eval` that try to break it: walls, orders in documents, overload, `kill -9`. Each fails if it can."""

from __future__ import annotations

import time
from typing import Annotated

import typer

from serving.accounts.companies import LOCAL
from ui.evaluate import await_engine, bar, opened_product, show
from ui.options import Json, Lang, settings_in

BROKEN = 1
MOST_MB, MOST_DESCRIPTORS = 4_000, 1_000
"""What a server may take that has served 200 companies."""


def walls(
    tries: Annotated[int, typer.Option(min=100, help="몇 번 · how many calls")] = 100_000,
    companies: Annotated[int, typer.Option(min=2, help="회사 수 · how many companies")] = 12,
    lang: Lang = None,
    as_json: Json = False,
) -> None:
    """담 시험: 남의 회사 것을 아무 방법으로나 요구해 보기 · cross-company calls of every kind; canaries seen must be 0."""
    from evals.walls import Walls, installation

    with installation(settings_in(lang)) as (base, made, api):
        site = Walls(base, made, api, companies)
        opened = site.open_all()
        with bar(tries) as progress:
            report = site.attack(tries, lambda done: progress.update(done - progress.n))
    show({**report, "all_opened": opened}, as_json)
    if report["canaries_seen"] or opened["memory_mb"] > MOST_MB or opened["descriptors"] > MOST_DESCRIPTORS:
        raise typer.Exit(BROKEN)


def injections(lang: Lang = None, as_json: Json = False) -> None:
    """자료에 숨긴 지시 시험: 하나씩 올리고 묻기 · documents that give the model orders, planted one by one; obeyed must be 0."""
    from evals.injections import load, run_blocking

    with opened_product(settings_in(lang)) as made:
        while made.indexing:
            time.sleep(0.5)
        await_engine(made)
        with bar(len(load())) as progress:
            report = run_blocking(made, LOCAL, lambda done: progress.update(done - progress.n))
    show(report, as_json)
    if report["answers_obeyed"] or report["answers_live"]:
        raise typer.Exit(BROKEN)


def overload(
    seconds: Annotated[float, typer.Option(min=6, help="과부하를 거는 시간(초) · seconds of overload")] = 60,
    lang: Lang = None,
    as_json: Json = False,
) -> None:
    """과부하 시험: 견디는 것의 열 배로 묻기 · ten times the callers it sustains; who is let in waits at most twice as long."""
    from evals.overload import ENVIRONMENT, run
    from evals.server import server

    with server(settings_in(lang), ENVIRONMENT) as running, bar(int(seconds)) as progress:
        report = run(running, seconds, lambda done: progress.update(int(done) - progress.n))
    show(report, as_json)
    if report["crashed"] or not report["kept"]:
        raise typer.Exit(BROKEN)


def durability(
    minutes: Annotated[float, typer.Option(min=0.1, help="몇 분 · minutes of writing and killing")] = 10,
    lang: Lang = None,
    as_json: Json = False,
) -> None:
    """전원 시험: 쓰는 동안 kill -9 · writes while the server is killed at random; all it acknowledged must be there."""
    from evals.durability import ENVIRONMENT, run
    from evals.server import server

    with server(settings_in(lang), ENVIRONMENT) as running, bar(int(minutes * 60)) as progress:
        report = run(running, minutes * 60, lambda done: progress.update(int(done) - progress.n))
    show(report, as_json)
    if report["wrong"]:
        raise typer.Exit(BROKEN)
