"""What can go wrong between a question and its answer."""

from __future__ import annotations


class AssistantError(Exception):
    """Base of this package's errors. `reason` is a key of `assistant.text.SENTENCES`."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class UnknownConversationError(AssistantError):
    """No conversation, or no turn in it, of this id belongs to this person."""


class BadQuestionError(AssistantError):
    """The question is empty or over the limit."""


class EngineDownError(AssistantError):
    """The language model did not answer, or stopped answering."""


class EngineRefusedError(EngineDownError):
    """The engine is well and would not take this request: longer than it reads, or with a field it does not know."""


class MalformedAnswerError(AssistantError):
    """The language model answered something else than the schema it was given."""
