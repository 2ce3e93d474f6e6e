"""What can go wrong in a diagnosis."""

from __future__ import annotations

from assistant.errors import AssistantError


class UnknownDiagnosisError(AssistantError):
    """This company has no diagnosis of this id."""


class UnknownEvidenceError(UnknownDiagnosisError):
    """Nothing of the kind stands behind this answer."""


class BadAnswerError(AssistantError):
    """No such question, no such choice, or evidence that cannot stand for an answer."""


class MovedOnError(AssistantError):
    """What the diagnosis is now is not what was meant: the question has changed, or the questions as a whole have."""
