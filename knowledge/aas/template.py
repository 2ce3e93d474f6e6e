"""What an IDTA submodel template asks for, element by element, with the words Korean papers use for it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal["Property", "MultiLanguageProperty"]


@dataclass(frozen=True, slots=True)
class Slot:
    """One element with a value. `path` is its idShort path from the submodel on; `names` are labels of it in papers.

    `mandatory`: whether the template wants exactly one. `same_as` is the path of an element that says the same.
    """

    path: str
    name_ko: str
    semantic_id: str
    names: tuple[str, ...] = ()
    kind: Kind = "Property"
    value_type: str = "xs:string"
    mandatory: bool = False
    same_as: str = ""

    @property
    def id_short(self) -> str:
        return self.path.rsplit("/", 1)[-1]
