"""A diagnosis report for people: a page, a PDF and a DOCX, each a pure function of the `Report` and a language.

The same report makes the same bytes, wherever and whenever it is made.
"""

from __future__ import annotations

from assistant.report.as_docx import docx
from assistant.report.as_html import html, page
from assistant.report.as_pdf import pdf

__all__ = ["docx", "html", "page", "pdf"]
