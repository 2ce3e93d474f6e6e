"""What is done with whole places: backing up, putting back, removing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from threading import Lock

from serving.backup import Backups, clear
from serving.databases import Databases
from serving.home import Home
from serving.leaving import Leaving, Published, emptied
from serving.office import Office
from serving.restore import Restores


@dataclass(frozen=True, slots=True)
class Vault:
    """One of these at a time: the others wait."""

    backups: Backups
    restores: Restores
    leaving: Leaving

    @classmethod
    def over(
        cls, home: Home, databases: Databases, office: Office, published: Published, close: Callable[[str], bool]
    ) -> Vault:
        """`close` closes a place that nobody uses: whether it could."""
        still, empty = Lock(), partial(emptied, close)
        backups = Backups(home, databases, office, still)
        return cls(
            backups,
            Restores(home, databases, office, still, empty),
            Leaving(home, databases, office, published, still, empty, backups.all),
        )

    def settle(self, home: Home) -> None:
        """At the start: finish or clear away what a kill cut short."""
        clear(home)
        self.leaving.finish()
