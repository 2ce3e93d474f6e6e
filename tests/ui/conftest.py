from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.ui.fake_api import FakeApi, served


@pytest.fixture
def api() -> FakeApi:
    return FakeApi(pace=0)


@pytest.fixture
def api_url(api: FakeApi) -> Iterator[str]:
    with served(api) as url:
        yield url
