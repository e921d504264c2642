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
    from azoth.orm.session.transactions.begun_by import SessionTransactionOrigin
    from azoth.orm.session.transactions.transaction import SessionTransaction
else:
    __getattr__, __dir__ = late_names(__name__, globals(), first="azoth.orm.wiring")

# Written by scripts/facades from the imports above; edit those.
__all__ = [
    "ORMExecuteState", "Session", "SessionTransaction", "SessionTransactionOrigin", "close_all_sessions",
    "make_transient", "make_transient_to_detached", "object_session", "sessionmaker", "was_deleted",
]  # fmt: skip
_HOMES = {
    "azoth.orm.session.factory": ("sessionmaker",),
    "azoth.orm.session.objects.moving": ("make_transient", "make_transient_to_detached", "was_deleted"),
    "azoth.orm.session.open_sessions": ("close_all_sessions",),
    "azoth.orm.session.session": ("Session", "object_session"),
    "azoth.orm.session.statements.execute_state": ("ORMExecuteState",),
    "azoth.orm.session.transactions.begun_by": ("SessionTransactionOrigin",),
    "azoth.orm.session.transactions.transaction": ("SessionTransaction",),
}
"""Where each name is at home."""
