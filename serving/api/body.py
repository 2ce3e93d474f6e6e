"""What every body of a request must be: fields that are known, in text that any database can keep."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, model_validator


class Body(BaseModel):
    """A request's body. JSON can spell what is no text, a NUL and halves of characters: refused wherever it stands."""

    model_config = ConfigDict(extra="forbid")

    @model_validator(mode="before")
    @classmethod
    def _is_text(cls, given: Any) -> Any:
        waiting = [given]
        while waiting:
            one = waiting.pop()
            if isinstance(one, str):
                one.encode()  # raises a ValueError for half a character
                if "\0" in one:
                    raise ValueError("NUL")
            elif isinstance(one, dict):
                waiting += [*one, *one.values()]
            elif isinstance(one, list):
                waiting += one
        return given
