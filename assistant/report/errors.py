"""What can go wrong between a report and a file."""

from __future__ import annotations

from assistant.errors import AssistantError


class ReportError(AssistantError):
    """The report could not be drawn."""


class NoFontError(ReportError):
    """The Korean font is not installed; without it a PDF would show boxes for letters."""

    def __init__(self) -> None:
        super().__init__("no_font")
