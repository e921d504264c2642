"""The identifiers of two-phase transactions: whose they are, until when they are alive, and which branch they name.

``azoth1.<owner>.<transaction>.<began>.<lease>.<branch>``: at most 64 bytes, which is what XA takes, of letters that
need no quoting anywhere. A reader that does not know the version of the format leaves the transaction alone.
"""

from __future__ import annotations

import re
import secrets
from typing import Final, NamedTuple

from azoth.exc import ArgumentError

__all__ = ["FORMAT", "GlobalId", "check_owner", "new_transaction", "read_id"]

FORMAT: Final = 1
"""The version that is written."""

_LETTERS: Final = "0123456789abcdefghijklmnopqrstuvwxyz"
_TRANSACTION_LENGTH: Final = 20
_OWNER: Final = re.compile(r"[A-Za-z0-9_-]{1,16}\Z")
_WRITTEN: Final = re.compile(r"azoth(\d+)\.(.*)\Z", re.DOTALL)
_FIRST_FORMAT: Final = re.compile(
    r"(?P<owner>[A-Za-z0-9_-]{1,16})\.(?P<transaction>[0-9a-z]{20})\.(?P<began>[0-9a-z]{1,7})\.(?P<lease>[0-9a-z]{1,7})"
    r"\.(?P<branch>[0-9a-z]{1,2})\Z"
)


class GlobalId(NamedTuple):
    """The identifier of one branch of a transaction.

    Attributes:
        owner: who coordinates the transaction.
        transaction: the transaction's own part, which all branches share.
        began: when it began, in seconds since 1970.
        lease_until: until when its coordinator may decide, in seconds since 1970.
        branch: the number of the branch.
    """

    owner: str
    transaction: str
    began: int
    lease_until: int
    branch: int

    def __str__(self) -> str:
        times = f"{_in_letters(self.began)}.{_in_letters(self.lease_until)}"
        return f"azoth{FORMAT}.{self.owner}.{self.transaction}.{times}.{_in_letters(self.branch)}"


class UnknownFormat(NamedTuple):
    """An identifier of azoth's in a format that this release does not know.

    Attributes:
        version: that of the format.
    """

    version: int


def new_transaction() -> str:
    """Make a transaction's part of its identifiers: 100 random bits."""
    return "".join([secrets.choice(_LETTERS) for _ in range(_TRANSACTION_LENGTH)])


def read_id(text: str) -> GlobalId | UnknownFormat | None:
    """Read an identifier; None where it is not one of azoth's.

    Args:
        text: what a database has listed.
    """
    written = _WRITTEN.match(text)
    if written is None:
        return None
    version = int(written[1])
    found = _FIRST_FORMAT.match(written[2])
    if version != FORMAT or found is None:
        return UnknownFormat(version)
    numbers = [int(found[name], 36) for name in ("began", "lease", "branch")]
    return GlobalId(found["owner"], found["transaction"], *numbers)


def check_owner(owner: object) -> str:
    """Refuse what cannot be the owner of transactions.

    Args:
        owner: the name.

    Raises:
        ArgumentError: it is no such name.
    """
    if not isinstance(owner, str) or _OWNER.match(owner) is None:
        raise ArgumentError(
            f"TwoPhase(): the owner of transactions is a name of 1 to 16 letters, digits, - and _, not {owner!r}",
            why="it stands in the identifiers of prepared transactions, of which databases take 64 bytes.",
            fix='name the application, as in TwoPhase("orders"); all of its processes may have the same name.',
            code="AZ-S300",
        )
    return owner


def _in_letters(number: int) -> str:
    digits = ""
    while True:
        number, rest = divmod(number, 36)
        digits = _LETTERS[rest] + digits
        if not number:
            return digits
