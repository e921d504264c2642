"""Results that were kept, as by a cache, become objects of a session again."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from typing import Any, Protocol

from azoth.engine.result import FrozenResult
from azoth.orm.loading.load_plan import entity_places
from azoth.orm.loading.result_nodes import result_nodes

__all__ = ["merge_frozen_result", "merge_result"]


class MergingSession(Protocol):
    """What merging asks of a session."""

    @property
    def no_autoflush(self) -> AbstractContextManager[object]:
        """A block in which nothing is flushed."""

    def merge(self, instance: object, *, load: bool = True) -> object:
        """Copy an object's state onto the session's own object."""


def merge_frozen_result(
    session: MergingSession, statement: object, frozen_result: FrozenResult[*tuple[Any, ...]], load: bool = True
) -> FrozenResult[*tuple[Any, ...]]:
    """Merge the objects of a frozen result into a session, as a cache of results does.

    Args:
        session: the session.
        statement: the statement whose result was frozen: it says which columns are objects.
        frozen_result: what ``session.execute(statement).freeze()`` gave.
        load: whether rows are looked up in the database; False takes the objects' state as the database's.

    Returns:
        a frozen result with the session's objects; calling it gives a result.

    Emits: one SELECT for each object that is not present, unless ``load=False``; nothing is flushed.
    """
    places = entity_places(result_nodes(getattr(statement, "_raw_columns", ()), ()))
    with session.no_autoflush:
        rows = [_merged_row(session, row, places, load) for row in frozen_result.rewrite_rows()]
    return frozen_result.with_new_rows(rows)


class MergingQuery(Protocol):
    """What merging asks of a classic query."""

    def merge_result(self, iterator: object, load: bool = True) -> Any:
        """Merge the objects of an earlier result into the query's session."""


def merge_result(query: MergingQuery, iterator: object, load: bool = True) -> Any:
    """Merge what a query gave earlier into its session; the classic form of ``merge_frozen_result()``.

    Args:
        query: the query.
        iterator: objects, or rows of them; a frozen result gives a frozen result.
        load: whether rows are looked up in the database; False takes the objects' state as the database's.

    Emits: one SELECT for each object that is not present, unless ``load=False``.
    """
    return query.merge_result(iterator, load)


def _merged_row(session: MergingSession, row: Sequence[Any], places: frozenset[int], load: bool) -> tuple[Any, ...]:
    return tuple(
        [
            session.merge(value, load=load) if place in places and value is not None else value
            for place, value in enumerate(row)
        ]
    )
