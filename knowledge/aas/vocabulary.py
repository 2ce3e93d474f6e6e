"""Korean names of the properties of an Asset Administration Shell, beside their idShorts and semantic ids."""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files

import yaml
from pydantic import BaseModel, ConfigDict, TypeAdapter

_SEPARATORS = re.compile(r"[\s_\-./·()]+")
_VERSION = re.compile(r"#\d{3}$")


SIDE = "세로"
"""Depth of what has a height as well; of a sheet or a plate it may be either, so that it names nothing by itself."""


class Term(BaseModel):
    """One property: `ko` its Korean names, the usual one first."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    ko: tuple[str, ...]
    id_shorts: tuple[str, ...]
    semantic_ids: tuple[str, ...]


def fold(name: str) -> str:
    """A name without what people write differently: case, spaces, underscores, hyphens."""
    return _SEPARATORS.sub("", name).casefold()


@cache
def terms() -> tuple[Term, ...]:
    """The vocabulary as it is written in `vocabulary.yaml`."""
    text = files("knowledge.aas").joinpath("vocabulary.yaml").read_text(encoding="utf-8")
    return TypeAdapter(tuple[Term, ...]).validate_python(yaml.safe_load(text))


@cache
def _by_key() -> dict[str, Term]:
    known: dict[str, Term] = {}
    for term in terms():
        for key in (*map(fold, term.id_shorts), *term.semantic_ids):
            known.setdefault(key, term)
    return known


def korean_names(id_short: str, semantic_id: str = "") -> tuple[str, ...]:
    """What people call a property, by its semantic id or else its idShort; empty where the vocabulary has neither."""
    known = _by_key()
    term = known.get(_VERSION.sub("", semantic_id)) or known.get(fold(id_short))
    return term.ko if term else ()
