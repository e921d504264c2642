"""What began a transaction of a session."""

from __future__ import annotations

import enum


class SessionTransactionOrigin(enum.Enum):
    """What began a transaction, as ``SessionTransaction.origin`` tells."""

    AUTOBEGIN = 0
    """The session itself, with its first use."""
    BEGIN = 1
    """``Session.begin()``."""
    BEGIN_NESTED = 2
    """``Session.begin_nested()``: it is a savepoint."""
    SUBTRANSACTION = 3
    """``Session.begin()`` within a transaction of a classic session."""
