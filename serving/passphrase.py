"""Passphrases of backups: what is locked with one can be opened by any program that speaks age."""

from __future__ import annotations

import base64
import json
import subprocess
import sys
import unicodedata
from typing import Literal

from serving.errors import RequestError, ServingError
from serving.secret import foreign_environment

SHORTEST = 12
_WRONG = 3
"""Exit status of the child where the passphrase does not open what it was given."""


def lock(data: bytes, passphrase: str) -> bytes:
    """`data` as an age file that the passphrase opens. Raises RequestError for one that is too short."""
    if len(passphrase) < SHORTEST:
        raise RequestError("passphrase_short", 422, shortest=SHORTEST)
    return _in_a_child("encrypt", data, passphrase)


def unlock(data: bytes, passphrase: str) -> bytes:
    """What was locked. Raises RequestError for the wrong passphrase."""
    return _in_a_child("decrypt", data, passphrase)


def _in_a_child(what: Literal["encrypt", "decrypt"], data: bytes, passphrase: str) -> bytes:
    """scrypt is made to be slow, takes up to a gigabyte, and its binding holds Python's lock for all of its seconds.

    Hangul typed on another system may come in pieces, so the passphrase is composed first.
    """
    said = {
        "what": what,
        "data": base64.b64encode(data).decode(),
        "passphrase": unicodedata.normalize("NFC", passphrase),
    }
    child = subprocess.run(
        [sys.executable, "-P", "-m", __name__], input=json.dumps(said).encode(), capture_output=True, check=False,
        env=foreign_environment(),
    )  # fmt: skip
    if child.returncode == _WRONG:
        raise RequestError("backup_passphrase", 422)
    if child.returncode:
        raise ServingError("internal")
    return base64.b64decode(child.stdout)


def _main() -> int:
    import pyrage  # type: ignore[import-untyped]

    said = json.load(sys.stdin)
    try:
        done = getattr(pyrage.passphrase, said["what"])(base64.b64decode(said["data"]), said["passphrase"])
    except pyrage.DecryptError:
        return _WRONG
    sys.stdout.write(base64.b64encode(done).decode())
    return 0


if __name__ == "__main__":
    sys.exit(_main())
