"""Who is signed in, as the page knows it: what it shows depends on it, what is allowed never does."""

from __future__ import annotations

from dataclasses import dataclass

from ui.client import Client

_WITHOUT_DOCUMENTS = {"host", "operator"}
_OF_A_COMPANY = {"staff", "admin"}


@dataclass(frozen=True, slots=True)
class SignedIn:
    """The object of `GET /api/session`. Without a role nothing is known of the visitor yet."""

    person_id: str = ""
    role: str = ""
    company: str | None = None
    granted: tuple[str, ...] = ()

    @property
    def reads(self) -> bool:
        """Whether there is anything for them to ask over."""
        return self.role not in _WITHOUT_DOCUMENTS and (self.role != "consultant" or bool(self.granted))

    @property
    def writes(self) -> bool:
        """Whether they may add and delete documents."""
        return self.role in _OF_A_COMPANY


def signed_in(client: Client) -> SignedIn:
    """Raises ClientError."""
    told = client.call("GET", "/api/session")
    return SignedIn(told["person_id"], told["role"], told.get("company"), tuple(told.get("granted") or ()))
