"""What a log line may carry: no personal numbers, neither in the message nor in an exception's text."""

from __future__ import annotations

import logging
from typing import Any

from assistant.personal import mask


class PersonalFilter(logging.Filter):
    """Masks each record; attach it to a handler, since a logger's own filters do not see its children's records."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.args = _masked_arguments(record.args)
        message = _message(record)
        masked = mask(message).text
        if masked != message or record.args is None:
            record.msg, record.args = masked, ()
        if record.exc_info and not record.exc_text:
            record.exc_text = logging.Formatter().formatException(record.exc_info)
        if record.exc_text:  # formatters print this text; the exception itself would print unmasked
            record.exc_text, record.exc_info = mask(record.exc_text).text, None
        if record.stack_info:
            record.stack_info = mask(record.stack_info).text
        return True


def _masked_arguments(arguments: Any) -> Any:
    """Strings are masked where they stand, so that formatters that read arguments by place still can."""
    if isinstance(arguments, dict):
        return {key: _masked_argument(value) for key, value in arguments.items()}
    return tuple(_masked_argument(value) for value in arguments) if isinstance(arguments, tuple) else arguments


def _masked_argument(argument: object) -> object:
    return mask(argument).text if isinstance(argument, str) else argument


def _message(record: logging.LogRecord) -> str:
    try:
        return record.getMessage()
    except (TypeError, ValueError, KeyError, OverflowError):
        # Arguments that do not fit: logging would print them as they are to standard error.
        message = f"{record.msg} {record.args}"
        record.args = None
        return message
