"""All sessions of the process, wherever they are."""

from __future__ import annotations

import gc

from azoth.exc import AzothError
from azoth.orm.session.session import Session


def close_all_sessions() -> None:
    """Close every session of the process that is still alive, in whatever thread it is; for the end of a test, say.

    Emits: ROLLBACK for each transaction that is begun.
    State: all objects are detached or transient.

    Raises:
        IllegalStateChangeError: another thread is using a session right now; all others are closed nevertheless.
    """
    failures: list[AzothError] = []
    # Sessions are found through the garbage collector, so that making one costs nothing for being findable.
    # type(), not isinstance(): the latter asks objects for their __class__, which runs code of stand-ins of any kind.
    for session in [found for found in gc.get_objects() if issubclass(type(found), Session)]:
        try:
            session.close()
        except AzothError as failure:
            failures.append(failure)
    if failures:
        raise failures[0]
