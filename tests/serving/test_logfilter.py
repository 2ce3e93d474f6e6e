from __future__ import annotations

import io
import logging
from collections.abc import Iterator

import pytest

from serving.logfilter import PersonalFilter


@pytest.fixture
def log() -> Iterator[tuple[logging.Logger, io.StringIO]]:
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    handler.addFilter(PersonalFilter())
    logger = logging.getLogger("tests.personal")
    logger.setLevel(logging.DEBUG)
    logger.propagate = False
    logger.addHandler(handler)
    yield logger, written
    logger.removeHandler(handler)


def test_message_and_arguments_are_masked(log: tuple[logging.Logger, io.StringIO]) -> None:
    logger, written = log
    logger.info("question %s from %d", "김반장 010-1234-5678", 7)
    logger.info("900101-%s", 1234567)
    logger.info("number %d", 9001011234567)
    logger.info("%(who)s called", {"who": "01012345678"})
    logger.info("alarm %s at %d%%", "E-217", 80)
    assert written.getvalue().splitlines() == [
        "question 김반장 [전화번호 가림] from 7",
        "[주민등록번호 가림]",
        "number [주민등록번호 가림]",
        "[전화번호 가림] called",
        "alarm E-217 at 80%",
    ]


def test_an_exception_is_masked_and_keeps_its_trace(log: tuple[logging.Logger, io.StringIO]) -> None:
    logger, written = log
    try:
        int("900101-1234567")
    except ValueError:
        logger.exception("failed", stack_info=True)
    assert "900101" not in written.getvalue()
    assert "ValueError: invalid literal for int() with base 10: '[주민등록번호 가림]'" in written.getvalue()
    assert "test_logfilter.py" in written.getvalue()


@pytest.mark.parametrize(("message", "arguments"), [("%d", ("010-1234-5678",)), ("%s %s", ("900101-1234567",))])
def test_a_wrong_call_is_logged_masked_and_raises_nothing(
    log: tuple[logging.Logger, io.StringIO], capsys: pytest.CaptureFixture[str], message: str, arguments: tuple[str]
) -> None:
    logger, written = log
    logger.info(message, *arguments)
    assert "가림" in written.getvalue()
    assert "1234567" not in written.getvalue()
    assert capsys.readouterr().err == ""


def test_arguments_read_by_place_keep_their_places() -> None:
    """As uvicorn's access log reads them."""
    record = logging.LogRecord(
        "access",
        logging.INFO,
        "",
        0,
        '%s - "%s %s" %d',
        ("127.0.0.1:1", "GET", "/api/search?q=010-1234-5678", 200),
        None,
    )
    assert PersonalFilter().filter(record)
    assert record.args == ("127.0.0.1:1", "GET", "/api/search?q=[전화번호 가림]", 200)
