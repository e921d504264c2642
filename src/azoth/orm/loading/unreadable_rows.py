"""Which attribute of which object a stored value belongs to that could not be read while rows were loaded.

Nothing is noted while rows are read: what is needed stands in the traceback, whose line in the generated loader is
that of the column's conversion and whose variables are those of the row.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from azoth.engine.unreadable_values import place_in_row, say_where
from azoth.orm.loading.result_nodes import EntityNode, ResultNode
from azoth.orm.loading.row_loader import RowLayout, RowLoader
from azoth.orm.loading.value_nodes import BundleNode


def say_where_in_rows(error: Exception, load: RowLoader, results: Sequence[ResultNode], layout: RowLayout) -> None:
    """Say in an error of a conversion which attribute of which row it was about; nothing for other errors.

    Args:
        error: what was raised in a row loader.
        load: the row loader.
        results: what its results consist of.
        layout: where the columns stand in its rows.
    """
    code = getattr(load, "__code__", None)
    traceback = error.__traceback__
    while traceback is not None and traceback.tb_frame.f_code is not code:
        traceback = traceback.tb_next
    if traceback is None:
        return
    place = getattr(load, "conversions", {}).get(traceback.tb_lineno)
    if place is None:
        return
    objects: list[tuple[Any, ...]] = [()] * len(layout.processors)
    titles: dict[int, str] = {}
    for expression, title in _columns(results):
        position = layout.position_of[id(expression)]
        objects[position] = (expression,)
        titles.setdefault(position, title)
    variables = traceback.tb_frame.f_locals
    row = [variables.get(f"c{position}") for position in range(len(objects))]
    stored = place_in_row(objects, place, row, range(len(objects)))
    title = titles.get(place, "")
    say_where(error, f"{title} ({stored})" if title else stored)


def _columns(results: Sequence[ResultNode]) -> Iterator[tuple[Any, str]]:
    """Yield the columns of all results, with the names of the attributes that they are loaded for."""
    for result in results:
        if isinstance(result, EntityNode):
            for node in result.walk():
                for key, expression in node.all_columns():
                    yield expression, f"{node.mapper.class_.__name__}.{key or node.mapper.polymorphic_key}"
        elif isinstance(result, BundleNode):
            yield from ((value.expression, "") for value in result.values)
        else:
            yield result.expression, ""
