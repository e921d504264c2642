"""Relationships that are only written, under the name that programs import."""

from __future__ import annotations

from azoth.util.late_names import late_names

# As typing.TYPE_CHECKING, which type checkers take it for.
TYPE_CHECKING = False

if TYPE_CHECKING:
    from azoth.orm.query.write_only_collection import WriteOnlyCollection

__all__ = [
    "WriteOnlyCollection",
]

# By way of azoth.orm, which connects its layers before it hands out a name.
__getattr__ = late_names(
    __name__,
    globals(),
    {"azoth.orm": ("WriteOnlyCollection",)},
)
