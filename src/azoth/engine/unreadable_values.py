"""Where a stored value stands that a type cannot read: its table, its column and the key of its row."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from azoth.exc import UnreadableValueError

__all__ = ["place_in_row", "say_where", "say_where_in_row"]


def say_where(error: BaseException, place: str) -> None:
    """Add to an error where the value stands that could not be read.

    Args:
        error: what a type, or the user's part of one, has raised.
        place: the column and the row.
    """
    if isinstance(error, UnreadableValueError):
        error.summary = f"{place}: {error.summary}"
        error.args = (error.summary,)
    else:
        # The user's own error, raised by process_result_value(): it keeps its class and its text.
        error.add_note(f"{place}: raised while a stored value was read")


def say_where_in_row(
    error: Exception,
    row: Sequence[object],
    objects: Sequence[Sequence[Any]],
    processors: Sequence[Callable[[Any], Any] | None],
    sources: Sequence[int],
) -> None:
    """Find the column of a row that cannot be read, and say so in the error; do nothing where all can be.

    Args:
        error: what was raised while rows were read.
        row: the row that was read last, as the driver gave it.
        objects: for each column what stands for it: column objects, names.
        processors: for each column what turns the driver's value into the user's, or None.
        sources: the position of each column in the row.
    """
    for position, (process, source) in enumerate(zip(processors, sources, strict=True)):
        if process is not None and _raises(process, row[source]):
            say_where(error, place_in_row(objects, position, row, sources))
            return


def place_in_row(objects: Sequence[Sequence[Any]], position: int, row: Sequence[object], sources: Sequence[int]) -> str:
    """Name a column with its table, and the key of its row where the result has it.

    Args:
        objects: for each column what stands for it: column objects, names.
        position: which column.
        row: the row.
        sources: the position of each column in the row.
    """
    column = _column_of(objects, position)
    if column is None:
        return f"column {position + 1} of the result"
    stored = _stored(column)
    if stored is None:
        return str(getattr(column, "name", None) or f"column {position + 1} of the result")
    key = _key_of(column, row, objects, sources)
    of_row = f" of the row with the key {', '.join(map(repr, key))}" if key else ""
    return f"{stored.table.fullname}.{stored.name}{of_row}"


def _raises(process: Callable[[Any], Any], value: object) -> bool:
    try:
        process(value)
    except Exception:  # noqa: BLE001 -- which one it was that raised is what we want to know
        return True
    return False


def _column_of(objects: Sequence[Sequence[Any]], position: int) -> Any:
    if position >= len(objects):
        return None
    found = [one for one in objects[position] if not isinstance(one, str)]
    with_table = [one for one in found if getattr(one, "table", None) is not None]
    return (with_table or found or [None])[0]


def _stored(column: Any) -> Any:
    """Give the column of the table behind a column; None where there is none, or several."""
    columns = [one for one in getattr(column, "base_columns", ()) if hasattr(getattr(one, "table", None), "fullname")]
    return columns[0] if len(columns) == 1 else None


def _key_of(column: Any, row: Sequence[object], objects: Sequence[Sequence[Any]], sources: Sequence[int]) -> list[Any]:
    """Give the key of the row that a column belongs to; nothing where the result does not have all of it."""
    stored = _stored(column)
    if stored is None or not hasattr(stored.table, "primary_key"):
        return []
    values: dict[Any, Any] = {}
    for position, source in enumerate(sources):
        other = _column_of(objects, position)
        if other is not None and getattr(other, "table", None) is column.table:
            values[_stored(other)] = row[source]
    key = list(stored.table.primary_key)
    return [values[one] for one in key] if key and all(one in values for one in key) else []
