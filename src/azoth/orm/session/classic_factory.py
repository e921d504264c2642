"""create_session(): a classic session without a factory."""

from __future__ import annotations

from typing import Any

from azoth.orm.session.session import Session


def create_session(bind: Any = None, **arguments: Any) -> Session:
    """Make a classic session: it does not flush by itself and has no transaction until ``begin()``.

    Args:
        bind: the engine or connection.
        arguments: arguments of ``Session``; ``autoflush`` and ``expire_on_commit`` are False here by default, and
            ``autocommit`` is True.

    Returns:
        the session.
    """
    if "transactional" not in arguments:
        arguments.setdefault("autocommit", True)
    arguments.setdefault("autoflush", False)
    arguments.setdefault("expire_on_commit", False)
    return Session(bind, **arguments)
