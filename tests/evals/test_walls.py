"""The attack on the walls finds nothing where they stand, and something where one is taken down."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from evals.walls import Walls
from knowledge import starter
from retrieval.korean import Tokenizer
from serving.gate import Gate, Identity
from tests.installation import Installation, installed

pytestmark = pytest.mark.proof


@pytest.fixture
def its(tmp_path: Path, tokenizer: Tokenizer, monkeypatch: pytest.MonkeyPatch) -> Iterator[Installation]:
    monkeypatch.setattr(starter, "starter_files", list)
    with installed(tmp_path, tokenizer, person_a_minute=10**6, company_a_minute=10**6) as its:
        yield its


def attacked(its: Installation) -> dict[str, object]:
    site = Walls(its.base, its.product, its.http.app, companies=3)  # type: ignore[arg-type]
    return site.attack(1500, lambda _: None)


def test_walls_that_stand(its: Installation) -> None:
    report = attacked(its)
    assert report["canaries_seen"] == 0
    assert int(str(report["own_canaries_seen"])) > 10
    assert int(str(report["refused"])) > 500


def test_a_gate_that_believes_the_client_is_found_out(its: Installation, monkeypatch: pytest.MonkeyPatch) -> None:
    honest = Gate.by_key

    def gullible(self: Gate, secret: str, company: str | None) -> Identity | None:
        found = honest(self, secret, company)
        return replace(found, place=company) if found and company and found.place else found

    monkeypatch.setattr(Gate, "by_key", gullible)
    monkeypatch.setattr(Walls, "_same", lambda *_: True)  # by what was seen, whatever was changed as well
    assert int(str(attacked(its)["canaries_seen"])) > 100


def test_what_was_changed_or_deleted_is_found_out(its: Installation) -> None:
    site = Walls(its.base, its.product, its.http.app, companies=1)  # type: ignore[arg-type]
    company = site._companies[0]
    before = site._inventory()
    assert site._same(before)
    with its.product.opened(company.company_id) as opened:
        opened.diagnosing.interview.ask(opened.diagnosing.kept.get(company.ids["diagnosis"]), "other", "records")
    assert not site._same(before)
    before = site._inventory()
    with its.product.opened(company.company_id) as opened:
        opened.documents.delete(company.ids["document"])
    assert not site._same(before)


def test_opening_all_closes_the_least_used(
    tmp_path: Path, tokenizer: Tokenizer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(starter, "starter_files", list)
    with installed(tmp_path, tokenizer, open_places=2) as its:
        opened = Walls(its.base, its.product, its.http.app, companies=5).open_all()  # type: ignore[arg-type]
    assert opened["companies"] == 5
    assert opened["open_places"] == 2
