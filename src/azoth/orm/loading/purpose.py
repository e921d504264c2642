"""Why the ORM sends a SELECT of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from azoth.util.named_tuple import NamedTuple

if TYPE_CHECKING:
    from azoth.orm.loading.related_loads import RelatedLoads
    from azoth.orm.loading.terms import Terms
    from azoth.orm.mapping.properties.relationship import RelationshipProperty
    from azoth.orm.runtime.state import InstanceState
    from azoth.sql.elements import ClauseElement


class Purpose(NamedTuple):
    """Why the ORM sends a SELECT of its own.

    Attributes:
        relationship: the relationship that is loaded, or None.
        columns: whether columns of present instances are loaded: a refresh, an expired or deferred attribute.
        touched: the state whose attribute was read, where that is the reason.
        loads: where to note what is to be loaded afterwards, if this is a part of a load.
        terms: what acts on it.
        keys: how many primary keys it asks for, where others may act on it; None where it asks otherwise.
    """

    relationship: RelationshipProperty | None = None
    columns: bool = False
    touched: InstanceState | None = None
    loads: RelatedLoads | None = None
    terms: Terms | None = None
    keys: int | None = None


class GivenPurpose:
    """The purpose of a load, as an option of the statement that a session's own ``execute()`` is called with.

    Args:
        purpose: the purpose.
    """

    __slots__ = ("purpose",)

    _shape = ("purpose",)
    _binds: tuple[object, ...] = ()

    def __init__(self, purpose: Purpose) -> None:
        self.purpose = purpose


def taken_purpose(statement: ClauseElement) -> tuple[Any, Purpose | None]:
    """Take the purpose out of a statement, if it is a load of the ORM's own.

    Returns:
        the statement without it, and the purpose.
    """
    options = getattr(statement, "_with_options", ())
    for option in options:
        if option.__class__ is GivenPurpose:
            others = tuple([one for one in options if one is not option])
            return statement._copy_with(_with_options=others), option.purpose
    return statement, None
