"""Sign-ins begun at an OpenID provider: kept here for a few minutes, each for the one browser that began it."""

from __future__ import annotations

import hmac
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

from serving.accounts.secrets import issue, kept
from serving.errors import RequestError

SECONDS = 600
_MOST = 10_000
"""Sign-ins under way at most; the oldest give way."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """What is remembered of a sign-in until the browser is back.

    `in_body`: the provider wants the client's secret in the form, not in a header. `invitation` is the secret of one.
    """

    nonce: str
    verifier: str
    redirect_uri: str
    token_url: str
    keys_url: str
    in_body: bool
    invitation: str | None


class Attempts:
    """For any thread. In memory: who is on the way while the server starts anew begins anew."""

    def __init__(self, clock: Callable[[], float] = time.monotonic, most: int = _MOST) -> None:
        self._clock = clock
        self._most = most
        self._lock = threading.Lock()
        self._begun: OrderedDict[str, tuple[float, str, Attempt]] = OrderedDict()

    def begin(self, attempt: Attempt) -> tuple[str, str]:
        """The state that goes to the provider, and the secret that stays in the browser's cookie."""
        (state, known), (browser, owner) = issue(), issue()
        with self._lock:
            now = self._clock()
            self._begun[known] = (now + SECONDS, owner, attempt)
            while len(self._begun) > self._most or next(iter(self._begun.values()))[0] <= now:
                self._begun.popitem(last=False)
        return state, browser

    def finish(self, state: str, browser: str) -> Attempt:
        """The attempt of this state, once. Raises RequestError: unknown, used, too late, or begun in another browser."""
        with self._lock:
            found = self._begun.pop(kept(state), None)
        if found is None:
            raise RequestError("oidc_stale", 400)
        until, owner, attempt = found
        if until <= self._clock() or not hmac.compare_digest(owner, kept(browser)):
            raise RequestError("oidc_stale", 400)
        return attempt
