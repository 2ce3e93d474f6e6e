"""The machine's own command line: keys of one start, known to whoever may read the data folder."""

from __future__ import annotations

from serving.accounts.companies import LOCAL
from serving.accounts.roles import Role
from serving.accounts.secrets import issue
from serving.gate import LOCAL_PERSON, Identity

OPERATOR = "operator"
"""Who account commands are logged as: whoever can use the machine is its operator."""


class Machine:
    """Two keys made at each start and written nowhere but into the home: the operator's, and the local company's."""

    def __init__(self) -> None:
        operator, operators = issue()
        local, locals_ = issue()
        self.keys = {"operator": operator, "local": local}
        self.known = {
            operators: Identity(OPERATOR, Role.OPERATOR, None, None, operators),
            locals_: Identity(LOCAL_PERSON, Role.ADMIN, LOCAL, LOCAL, locals_),
        }
