"""What can go wrong while measuring."""

from __future__ import annotations


class EvalError(Exception):
    """Base of this package's errors; its text is for the person at the command line."""
