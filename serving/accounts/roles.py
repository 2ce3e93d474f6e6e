"""The roles a person or a key can have."""

from __future__ import annotations

from enum import StrEnum

from serving.errors import RequestError


class Role(StrEnum):
    """`staff` and `admin` belong to a company, the others to none."""

    STAFF = "staff"
    ADMIN = "admin"
    CONSULTANT = "consultant"  # 사전·사후 컨설팅: what a company grants, as long as it grants it
    TRAINER = "trainer"  # own cohorts and the library
    HOST = "host"  # 주관기업: counts over consenting companies
    OPERATOR = "operator"  # runs the machine: accounts and health, never contents


OF_A_COMPANY = frozenset({Role.STAFF, Role.ADMIN})


def role_of(word: str) -> Role:
    """Raises RequestError for a word that is no role."""
    try:
        return Role(word)
    except ValueError as error:
        raise RequestError("unknown_role", 422, roles=", ".join(Role)) from error
