"""Why the ORM sends a SELECT of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from azoth.orm.loading.related_loads import RelatedLoads
    from azoth.orm.loading.terms import Terms
    from azoth.orm.mapping.properties.relationship import RelationshipProperty
    from azoth.orm.runtime.state import InstanceState


class Purpose(NamedTuple):
    """Why the ORM sends a SELECT of its own.

    Attributes:
        relationship: the relationship that is loaded, or None.
        columns: whether columns of present instances are loaded: a refresh, an expired or deferred attribute.
        touched: the state whose attribute was read, where that is the reason.
        loads: where to note what is to be loaded afterwards, if this is a part of a load.
        terms: what acts on it.
    """

    relationship: RelationshipProperty | None = None
    columns: bool = False
    touched: InstanceState | None = None
    loads: RelatedLoads | None = None
    terms: Terms | None = None
