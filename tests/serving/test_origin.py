"""Which requests come from a foreign page."""

from __future__ import annotations

import pytest

from serving.api.origin import foreign

OURS = "giljabi.plant:7860"


def scope(method: str, headers: dict[str, str], kind: str = "http") -> dict[str, object]:
    raw = [(name.encode(), value.encode()) for name, value in {"host": OURS, **headers}.items()]
    return {"type": kind, "headers": raw} | ({"method": method} if kind == "http" else {})


FOREIGN = [
    {"sec-fetch-site": "cross-site", "origin": "https://evil.example"},
    {"sec-fetch-site": "same-site", "origin": "http://portal.plant"},
    {"sec-fetch-site": "cross-site"},
    {"sec-fetch-site": "cross-site", "origin": f"http://{OURS}"},
    {"sec-fetch-site": ""},
    {"origin": "http://evil.example"},
    {"origin": "http://giljabi.plant:8080"},
    {"origin": "http://giljabi.plant"},
    {"origin": f"http://{OURS}.evil.example"},
    {"origin": f"http://evil.example#{OURS}"},
    {"origin": "null"},
    {"origin": ""},
    {"origin": "null", "host": ""},
    {"origin": "http://[", "host": "giljabi.plant"},
]
OWN = [
    {"sec-fetch-site": "same-origin", "origin": f"http://{OURS}"},
    {"sec-fetch-site": "none"},
    # A proxy that serves us under another name rewrites Host; the browser still knows whose page it was.
    {"sec-fetch-site": "same-origin", "origin": "https://giljabi.example"},
    {"origin": f"http://{OURS}"},
    {"origin": "https://GILJABI.plant:7860"},
    {},
]


@pytest.mark.parametrize("headers", FOREIGN)
@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "ANYTHING"])
def test_a_foreign_page_changes_nothing(method: str, headers: dict[str, str]) -> None:
    assert foreign(scope(method, headers))


@pytest.mark.parametrize("headers", OWN)
@pytest.mark.parametrize("method", ["POST", "DELETE"])
def test_our_own_page_and_programs_may(method: str, headers: dict[str, str]) -> None:
    assert not foreign(scope(method, headers))


@pytest.mark.parametrize("headers", FOREIGN)
@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS"])
def test_reading_is_no_change(method: str, headers: dict[str, str]) -> None:
    assert not foreign(scope(method, headers))


def test_a_websocket_counts_as_a_change() -> None:
    assert all(foreign(scope("", headers, "websocket")) for headers in FOREIGN)
    assert not any(foreign(scope("", headers, "websocket")) for headers in OWN)
