"""What time it is, and how a moment is stored."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

KOREA = ZoneInfo("Asia/Seoul")
"""Where a day begins and ends for those who use this."""


def now() -> datetime:
    return datetime.now(UTC)


def moment(at: datetime) -> str:
    """A time as it is stored: UTC, to the microsecond, so that it sorts as text."""
    return at.astimezone(UTC).isoformat(timespec="microseconds")
