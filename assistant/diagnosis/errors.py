"""What can go wrong in a diagnosis."""

from __future__ import annotations

from assistant.errors import AssistantError


class UnknownDiagnosisError(AssistantError):
    """This company has no diagnosis of this id."""


class BadAnswerError(AssistantError):
    """No such question, no such choice, or evidence that cannot stand for an answer."""
