"""Passwords: argon2 hashes, and one that nobody's matches."""

from __future__ import annotations

from functools import cached_property

from serving.errors import RequestError

SHORTEST, LONGEST = 10, 200


class Passwords:
    """Hashes with argon2id at the library's own parameters, which follow RFC 9106; a hash is renewed when they change."""

    def __init__(self) -> None:
        from argon2 import PasswordHasher

        self._hasher = PasswordHasher()

    def hash(self, password: str) -> str:
        """Raises RequestError for a password that is too short to be one, or no text."""
        if not SHORTEST <= len(password) <= LONGEST or len(set(password)) < 4 or not _is_text(password):
            raise RequestError("password_weak", 422, shortest=SHORTEST)
        return self._hasher.hash(password)

    def verify(self, known: str | None, password: str) -> bool:
        """Whether it matches. For a person without a password (None) as much time is taken as for any other."""
        from argon2.exceptions import VerificationError, VerifyMismatchError

        typed = password[:LONGEST] if _is_text(password) else ""
        try:
            return self._hasher.verify(known or self._nobodys, typed) and known is not None
        except (VerifyMismatchError, VerificationError):
            return False

    def outdated(self, known: str) -> bool:
        return self._hasher.check_needs_rehash(known)

    @cached_property
    def _nobodys(self) -> str:
        from serving.accounts.secrets import issue

        return self._hasher.hash(issue()[0])


def _is_text(password: str) -> bool:
    """JSON can carry halves of characters, which stand for nothing."""
    return not any("\ud800" <= letter <= "\udfff" for letter in password)
