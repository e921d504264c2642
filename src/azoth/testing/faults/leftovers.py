"""What must not be left over when a piece of work has ended, whether it failed or not."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from azoth.testing.faults.database import Database

__all__ = ["leftovers"]


def leftovers(databases: Sequence[Database]) -> Iterator[tuple[str, str]]:
    """Find connections that are still in use, in a transaction, or locked.

    The error that came out may still be held by whoever deals with it, and with it everything in its frames.

    Args:
        databases: the databases; sessions on them are rolled back or closed.

    Yields:
        what must hold, and what was found.
    """
    for database in databases:
        count = getattr(database.engine.pool, "checkedout", None)
        if count is not None and count():
            yield "every connection is back in its pool", f"{count()} checked out"
        begun = database.in_transaction()
        if begun:
            yield "no connection is left in a transaction", f"{begun} in a transaction"
        locked = database.why_locked()
        if locked:
            yield "another connection can write and commit", locked
        if database.driver.dropped:
            yield "connections are closed, not forgotten", f"{database.driver.dropped} forgotten"
