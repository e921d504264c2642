"""A row that ``get()`` locks must have the version that the session knows: who locks it wants to change it."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from azoth.orm.exc import StaleDataError
from azoth.orm.runtime.symbols import NO_VALUE
from azoth.sql.visitors import HasChildren

if TYPE_CHECKING:
    from azoth.orm.runtime.state import InstanceState


class VersionCheck(HasChildren):
    """The option of a statement whose rows must have the versions of the objects that are in memory for them."""

    compares_versions: ClassVar[bool] = True
    propagate_to_loaders: ClassVar[bool] = False
    _shape: ClassVar[tuple[str, ...]] = ("version check",)
    _binds: ClassVar[tuple[object, ...]] = ()


def check_version(state: InstanceState, instance: object, key: str, found: object) -> None:
    """Compare the version of a locked row with that of the object which is in memory for it.

    Args:
        state: the object's state.
        instance: the object; where it has no version, it is about to get that of the row.
        key: the attribute of the version.
        found: the version that the row has.

    Raises:
        StaleDataError: the row was changed since the object was loaded.
    """
    changes = state.changes
    known = instance.__dict__.get(key, NO_VALUE) if changes is None or key not in changes else changes[key]
    if known is NO_VALUE or known == found:
        return
    mapper = state.manager.mapper
    raise StaleDataError(
        f"{mapper.class_.__name__} with key {state.pk!r} has another {key} in the database than when it was loaded",
        why="somebody else has changed the row, and the lock is on what it is now, not on what the object shows",
        fix="refresh the object under the lock: session.refresh(..., with_for_update=True)",
        code="AZ-L720",
    )
