"""Contextual sessions, under the names that programs import."""

from __future__ import annotations

from azoth.util.late_names import late_names

# As typing.TYPE_CHECKING, which type checkers take it for.
TYPE_CHECKING = False

if TYPE_CHECKING:
    from azoth.orm.session.scoped import QueryPropertyDescriptor, scoped_session
else:
    __getattr__, __dir__ = late_names(__name__, globals(), first="azoth.orm.wiring")

# Written by scripts/facades from the imports above; edit those.
__all__ = ["QueryPropertyDescriptor", "scoped_session"]
_HOMES = {
    "azoth.orm.session.scoped": ("QueryPropertyDescriptor", "scoped_session"),
}
"""Where each name is at home."""
