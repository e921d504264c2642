"""The Session: transactions, membership, cascades, flush, queries."""

from __future__ import annotations

from azoth.util.late_names import late_names

# As typing.TYPE_CHECKING, which type checkers take it for.
TYPE_CHECKING = False

if TYPE_CHECKING:
    from azoth.orm.session.factory import sessionmaker
    from azoth.orm.session.objects.moving import make_transient, make_transient_to_detached, was_deleted
    from azoth.orm.session.open_sessions import close_all_sessions
    from azoth.orm.session.session import Session, object_session
    from azoth.orm.session.statements.execute_state import ORMExecuteState
    from azoth.orm.session.transactions.transaction import SessionTransaction

__all__ = [
    "ORMExecuteState",
    "Session",
    "SessionTransaction",
    "close_all_sessions",
    "make_transient",
    "make_transient_to_detached",
    "object_session",
    "sessionmaker",
    "was_deleted",
]

# By way of azoth.orm, which connects its layers before it hands out a name.
__getattr__ = late_names(
    __name__,
    globals(),
    {
        "azoth.orm": (
            "ORMExecuteState",
            "Session",
            "SessionTransaction",
            "close_all_sessions",
            "make_transient",
            "make_transient_to_detached",
            "object_session",
            "sessionmaker",
            "was_deleted",
        )
    },
)
