from __future__ import annotations

from pathlib import Path

import pytest

from evals import aas
from evals.errors import EvalError
from tests.knowledge.shells import as_aasx, as_json, as_xml, meter

REFERENCE = Path(__file__).parents[3] / "shared" / "reference" / "aas"


def put(folder: Path, **files: bytes) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, data in files.items():
        (folder / name.replace("__", ".")).write_bytes(data)


def shelf(folder: Path) -> Path:
    """A folder laid out as the reference is."""
    broken = as_json(meter()).replace(b'"SerialNumber"', b'"Serial Number"')
    put(folder / "templates", meter__aasx=as_aasx(as_xml(meter()), part="a.xml"), meter__json=as_json(meter()))
    put(folder / "conformance" / "Json" / "Expected", good__json=as_json(meter()))
    put(folder / "conformance" / "Json" / "Unexpected", bad__json=broken)
    good = folder / "packages" / "valid" / "one"
    put(good, **{"[Content_Types]__xml": b'<Types xmlns="x"/>'})
    put(good / "_rels", __rels=b'<Relationships xmlns="x"/>')
    put(folder / "packages" / "invalid" / "two", note__txt=b"x")
    return folder


def test_what_is_right_passes(tmp_path: Path) -> None:
    report = aas.check(shelf(tmp_path))
    assert report.passed
    assert (report.templates, report.pairs, report.agreement, report.empty) == (2, 1, 1.0, ())
    assert report.stated == report.agreeing == 7
    assert (report.conformance.accepted, report.conformance.flagged) == (1, 1)
    assert (report.packages.accepted, report.packages.flagged) == (1, 1)


def test_what_is_wrong_is_named_and_fails(tmp_path: Path) -> None:
    folder = shelf(tmp_path)
    put(folder / "templates", meter__json=as_json(meter(volts="400")), empty__json=b'{"submodels": []}')
    put(folder / "conformance" / "Json" / "Unexpected", fine__json=as_json(meter()))
    report = aas.check(folder)
    assert not report.passed
    assert report.empty == ("empty.json: no_text",)
    assert report.differing == ("meter.aasx: TechnicalData/Ratings/RatedVoltage (Property)",) * 2
    assert report.agreeing == 6
    assert report.conformance.misses == ("invalid: fine.json",)


def test_another_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(EvalError):
        aas.check(tmp_path)


@pytest.mark.skipif(not REFERENCE.exists(), reason="the reference files are not on this machine")
@pytest.mark.proof
def test_the_reference_passes() -> None:
    report = aas.check(REFERENCE)
    assert report.passed
    assert report.agreement >= 0.999
