"""Question sets: what people ask, which documents answer it, or why nothing does."""

from __future__ import annotations

import json
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from evals.errors import EvalError
from knowledge.document import content_hash, document_id
from knowledge.starter import starter_files


@dataclass(frozen=True, slots=True)
class Asked:
    """One question. `documents` are ids of every document that holds the answer; `must` are alternative-sets (`a|b`)
    one of each of which a right answer contains.
    """

    identity: str
    question: str
    answerable: bool
    near: bool
    documents: frozenset[str]
    must: tuple[str, ...]


def load(name: str, reference: Path) -> list[Asked]:
    """The set `dev`, `dev2` or `test`. `reference`: folder that holds `laws/` and `policy/`; raises EvalError where it is absent."""
    source = files("evals") / "data" / "questions" / f"{name}.jsonl"
    if not source.is_file():
        raise EvalError(f"질문 묶음 '{name}'이 없습니다 · no question set '{name}'")
    shipped = {f"{file.removesuffix('.md')}": document_id(content_hash(data)) for file, data in starter_files()}
    asked = []
    for line in source.read_text(encoding="utf-8").splitlines():
        item = json.loads(line)
        asked.append(
            Asked(
                identity=item["id"],
                question=item["question"],
                answerable=item["answerable"],
                near=bool(item.get("near", False)),
                documents=frozenset(_identity(entry, shipped, reference) for entry in item.get("documents") or []),
                must=tuple(item.get("must") or []),
            )
        )
    return asked


def reference_files(reference: Path) -> list[Path]:
    """The laws and policy texts the sets ask about. Raises EvalError where the folder is absent."""
    found = sorted([*reference.glob("laws/*/*.md"), *reference.glob("policy/*.txt")])
    if not found:
        raise EvalError(f"참고 자료가 없습니다 · no reference texts: {reference}")
    return found


def _identity(entry: str, shipped: dict[str, str], reference: Path) -> str:
    if entry in shipped:
        return shipped[entry]
    path = reference / entry
    if not path.is_file():
        raise EvalError(f"'{entry}'라는 자료가 없습니다 · no such document")
    return document_id(content_hash(path.read_bytes()))
