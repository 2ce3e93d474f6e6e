"""How much evidence a prompt may carry, in the served model's own tokens."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

MARKS = 16
"""Tokens a message or a passage costs beside its text: the template's marks, a number, line ends."""


@dataclass(frozen=True, slots=True)
class Budget:
    """All in tokens. `evidence` is the most that is worth reading for one answer on this engine; `context` is what the
    model takes in all, the `answer` of at most so many included.
    """

    count: Callable[[str], int]
    context: int
    evidence: int
    answer: int

    def room(self, fixed: Sequence[str], passages: int) -> int:
        """What is left for the text of so many passages beside the `fixed` texts; none where they leave no room."""
        taken = sum(self.count(text) for text in fixed) + MARKS * (len(fixed) + passages)
        return max(0, min(self.evidence, self.context - self.answer - taken))
