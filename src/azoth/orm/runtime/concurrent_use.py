"""What a session answers when two threads use it at the same time.

A session holds a lock (``unit.in_use``) while it talks to the database or changes its transaction. Nobody ever waits
for it: a thread that does not get it is refused, because waiting would only hide that two threads work on the same
objects. The lock is reentrant, so what one operation does inside of another (autoflush, lazy loads, listeners) is one
use. Threads that take turns under a lock of their own are left alone.
"""

from __future__ import annotations

from _thread import RLock
from typing import NoReturn

from azoth.exc import IllegalStateChangeError


def refuse_concurrent_use(operation: str) -> NoReturn:
    """Refuse an operation on a session that another thread is using right now.

    Raises:
        IllegalStateChangeError: always.
    """
    raise IllegalStateChangeError(
        f"{operation}: the session is in use by another thread at this moment",
        why="a session, its objects and its connection belong to one thread at a time",
        fix="give each thread a session of its own: call the sessionmaker in each thread, or use scoped_session()",
        code="AZ-S15",
    )


def refuse_other_threads(in_use: RLock, operation: str) -> None:
    """Refuse an operation that would change what another thread is flushing.

    Args:
        in_use: the lock of who uses the session.
        operation: the operation, for the message.

    Raises:
        IllegalStateChangeError: the lock is another thread's.
    """
    if not in_use.acquire(False):
        refuse_concurrent_use(operation)
    in_use.release()


__all__ = ["refuse_concurrent_use", "refuse_other_threads"]
