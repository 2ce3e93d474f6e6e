"""What a face for people is told of the instrument, so that nothing is named twice."""

from __future__ import annotations

from typing import Any

import pytest

from knowledge.instrument import instrument
from knowledge.usecases import use_cases
from retrieval.korean import Tokenizer
from serving.api.instrument_wire import described
from tests.installation import installed


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory, tokenizer: Tokenizer) -> Any:
    from knowledge import starter

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(starter, "starter_files", list)
        with installed(tmp_path_factory.mktemp("home"), tokenizer, headers=False) as its:
            key = its.key("staff", its.company("가나금속"))
            assert its.http.get("/api/diagnoses/instrument").status_code == 401
            return its.http.get("/api/diagnoses/instrument", headers=key).json()


def test_the_route_is_not_taken_for_a_diagnosis_of_that_name(told: Any) -> None:
    assert told == described(instrument(), use_cases())
    assert told["version"] == instrument().frame.version
    assert told["notice"] == instrument().frame.notice


def test_everything_has_a_name_and_dimensions_their_sources(told: Any) -> None:
    frame = instrument().frame
    for what in ("goals", "losses", "machines"):
        assert told[what] == [{"id": each.id, "name": each.name} for each in getattr(frame, what)]
    assert [each["ksic"] for each in told["sectors"]] == [list(each.ksic) for each in frame.sectors]
    assert [each["id"] for each in told["dimensions"]] == [each.id for each in instrument().dimensions]
    assert all(each["sources"] and each["about"] and each["areas"] for each in told["dimensions"])
    assert {each["id"] for each in told["use_cases"]} == {case.id for case in use_cases().cases}
