"""What acts on a load beside its statement, and why the load is made."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final, NamedTuple

if TYPE_CHECKING:
    from azoth.orm.loading.load_path import LoadPath
    from azoth.orm.loading.loader_criteria import LoaderCriteria
    from azoth.orm.loading.loader_options import LoaderTree
    from azoth.orm.loading.related_loads import RelatedLoads
    from azoth.orm.mapping.properties.relationship import RelationshipProperty
    from azoth.orm.runtime.state import InstanceState


class Terms(NamedTuple):
    """What a statement's execution asks of all loads that follow from it.

    Attributes:
        criteria: those that entities must meet.
        options: execution options.
        refresh: whether instances that are present take over the rows' values (``populate_existing``).
    """

    criteria: tuple[LoaderCriteria, ...] = ()
    options: Mapping[str, Any] = {}
    refresh: bool = False

    @property
    def lasting(self) -> Terms | None:
        """What loads obey that come later, when an attribute is read; None for nothing."""
        lasting = tuple([one for one in self.criteria if one.propagate])
        return Terms(lasting) if lasting else None


OF_ONE_STATEMENT: Final = frozenset(
    {"autoflush", "dml_strategy", "max_row_buffer", "stream_results", "synchronize_session", "yield_per"}
)
"""Execution options that are meant for the statement alone which they are given to."""


def following_terms(criteria: tuple[LoaderCriteria, ...], options: Mapping[str, Any], refresh: bool) -> Terms | None:
    """Say what acts on the loads that follow from a statement; None for nothing."""
    handed_on = {name: value for name, value in options.items() if name not in OF_ONE_STATEMENT}
    return Terms(criteria, handed_on, refresh) if criteria or handed_on else None


REFRESHING: Final = Terms((), {"populate_existing": True}, True)


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


class TreeOption:
    """The options that a load hands on, as an option of the statement that stands for it.

    Args:
        mapper: the entity.
        tree: what the options say of it.
        path: the way that led to it.
    """

    __slots__ = ("_shape", "mapper", "path", "tree")

    _binds: tuple[Any, ...] = ()

    def __init__(self, mapper: Any, tree: LoaderTree, path: LoadPath | None) -> None:
        self.mapper = mapper
        self.tree = tree
        self.path = path
        self._shape = ("tree", mapper._shape, tree, path)
