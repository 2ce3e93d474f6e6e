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
    name: str | None = None
    company_id: str | None = None
    company: str | None = None
    granted: tuple[tuple[str, str], ...] = ()
    """Ids and names of the companies that let a consultant in."""

    @property
    def reads(self) -> bool:
        """Whether there is anything for them to ask over."""
        return self.role not in _WITHOUT_DOCUMENTS and (self.role != "consultant" or self.company is not None)

    @property
    def has_case(self) -> bool:
        """Whether there is a company whose diagnoses they may see."""
        return self.reads and self.company is not None

    @property
    def writes(self) -> bool:
        """Whether they may add and delete documents."""
        return self.role in _OF_A_COMPANY


def signed_in(client: Client) -> SignedIn:
    """Raises ClientError."""
    told = client.call("GET", "/api/session")
    granted = tuple((one["company_id"], one["company"]) for one in told["granted"])
    return SignedIn(told["person_id"], told["role"], told["name"], told["company_id"], told["company"], granted)
