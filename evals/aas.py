"""Are real AAS files read, and told valid from invalid? Templates of the IDTA, conformance files and packages."""

from __future__ import annotations

import io
import zipfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from evals.errors import EvalError
from knowledge.aas.environment import Environment
from knowledge.aas.findings import valid
from knowledge.errors import KnowledgeError
from knowledge.readers import aas, reader

AGREEMENT = 0.99
ACCEPTED = 0.99
FLAGGED = 0.95
_METAMODEL = "3.0"
"""What the conformance files and packages are written for; JSON does not say it."""

Statement = tuple[str, str]
"""(idShort path with the element's class, all that it states)."""


@dataclass(frozen=True, slots=True)
class Sorting:
    """Files told valid from invalid. `misses` names those told wrongly; `unread` counts files that the reader refused."""

    valid: int = 0
    accepted: int = 0
    invalid: int = 0
    flagged: int = 0
    misses: tuple[str, ...] = ()

    @property
    def passed(self) -> bool:
        accepted = self.accepted >= ACCEPTED * self.valid
        return self.valid > 0 and self.invalid > 0 and accepted and self.flagged >= FLAGGED * self.invalid


@dataclass(frozen=True, slots=True)
class AasReport:
    """`empty` names templates without text or refused; `agreeing` of `stated` paths with their values are the same in the
    AASX and the JSON of a template, `differing` lists the others. `unaided` is `conformance` where JSON is not said to
    be of metamodel 3.0, as in a file that a person adds. A crash is an error of its own and ends the check.
    """

    templates: int
    empty: tuple[str, ...]
    pairs: int
    stated: int
    agreeing: int
    differing: tuple[str, ...]
    conformance: Sorting
    unaided: Sorting
    packages: Sorting
    sections: int = 0
    findings: dict[str, int] = field(default_factory=dict)
    """How often each problem was found in the templates."""

    @property
    def agreement(self) -> float:
        return self.agreeing / self.stated if self.stated else 0.0

    @property
    def passed(self) -> bool:
        read = self.templates > 0 and not self.empty and self.agreement >= AGREEMENT
        return read and self.conformance.passed and self.packages.passed


def check(folder: Path) -> AasReport:
    """`folder` holds `templates`, `conformance` and `packages`. Raises EvalError where it does not."""
    if not all((folder / name).is_dir() for name in ("templates", "conformance", "packages")):
        raise EvalError(f"{folder} does not hold templates, conformance and packages")
    templates = sorted(p for p in (folder / "templates").rglob("*") if p.suffix.lower() in {".aasx", ".json", ".xml"})
    empty, sections, findings = _read(templates)
    pairs = [(p, p.with_suffix(".json")) for p in templates if p.suffix == ".aasx" and p.with_suffix(".json").exists()]
    stated, agreeing, differing = _compared(pairs)
    tests = [(not {"Unexpected", "invalid"} & set(p.parts), p) for p in _files(folder / "conformance")]
    packed = [(p.parent.name == "valid", p) for p in sorted((folder / "packages").glob("*/*")) if p.is_dir()]
    return AasReport(
        templates=len(templates),
        empty=tuple(empty),
        pairs=len(pairs),
        stated=stated,
        agreeing=agreeing,
        differing=tuple(differing),
        conformance=_sorted((good, path.name, path.read_bytes(), _METAMODEL) for good, path in tests),
        unaided=_sorted((good, path.name, path.read_bytes(), "") for good, path in tests),
        packages=_sorted((good, path.name, zipped(path), _METAMODEL) for good, path in packed),
        sections=sections,
        findings=dict(findings),
    )


def statements(environment: Environment) -> Counter[Statement]:
    """Every element with its path and what it states, as often as it stands there."""
    return Counter(
        (f"{path} ({node.kind})", repr((node.value, node.texts, node.low, node.high, node.references, node.asset, node.size)))
        for submodel in environment.submodels
        for path, node in submodel.walk()
    )  # fmt: skip


def zipped(folder: Path) -> bytes:
    """The package whose unpacked files lie in a folder."""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as package:
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                package.write(path, path.relative_to(folder).as_posix())
    return held.getvalue()


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.suffix.lower() in {".json", ".xml"})


def _read(templates: list[Path]) -> tuple[list[str], int, Counter[str]]:
    empty, sections, findings = list[str](), 0, Counter[str]()
    for path in templates:
        try:
            document = reader.read(path.read_bytes(), path.name)
        except KnowledgeError as error:
            empty.append(f"{path.name}: {error.reason}")
            continue
        if document.kind != "aas" or not any(section.text.strip() for section in document.sections):
            empty.append(path.name)
        sections += len(document.sections)
        findings.update(found.problem for found in document.findings)
    return empty, sections, findings


def _compared(pairs: list[tuple[Path, Path]]) -> tuple[int, int, list[str]]:
    stated = agreeing = 0
    differing: list[str] = []
    for package, text in pairs:
        one, other = (statements(aas.examined(path.read_bytes()).environment) for path in (package, text))
        stated += max(one.total(), other.total())
        agreeing += (one & other).total()
        differing += [f"{package.name}: {path}" for path, _ in (one - other) | (other - one)]
    return stated, agreeing, differing


def _sorted(files: Iterator[tuple[bool, str, bytes, str]]) -> Sorting:
    counts: Counter[tuple[bool, bool]] = Counter()
    misses: list[str] = []
    for good, name, data, version in files:
        try:
            accepted = valid(aas.examined(data, version).findings)
        except KnowledgeError:
            accepted = False
        counts[good, accepted] += 1
        if good != accepted:
            misses.append(f"{'valid' if good else 'invalid'}: {name}")
    goods, bads = counts[True, True] + counts[True, False], counts[False, True] + counts[False, False]
    return Sorting(goods, counts[True, True], bads, counts[False, False], tuple(misses))
