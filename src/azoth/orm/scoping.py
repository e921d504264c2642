"""Contextual sessions, under the names that programs import."""

from __future__ import annotations

from azoth.util.late_names import late_names

# As typing.TYPE_CHECKING, which type checkers take it for.
TYPE_CHECKING = False

if TYPE_CHECKING:
    from azoth.orm.session.scoped import QueryPropertyDescriptor, scoped_session

__all__ = [
    "QueryPropertyDescriptor",
    "scoped_session",
]

# By way of azoth.orm, which connects its layers before it hands out a name.
__getattr__ = late_names(
    __name__,
    globals(),
    {
        "azoth.orm": (
            "QueryPropertyDescriptor",
            "scoped_session",
        )
    },
)
