"""Do the objects of a session agree with their rows?"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from azoth.exc import InvalidRequestError
from azoth.inspection import inspect
from azoth.orm import Session

__all__ = ["disagreements"]


def disagreements(session: Session, *, rows_may_be_missing: bool) -> Iterator[tuple[str, str]]:
    """Compare every object of a session with its row, before and after a refresh.

    Args:
        session: the session, after ``rollback()``.
        rows_may_be_missing: whether objects may be without a row, because the outcome of a commit is not known.

    Yields:
        what must hold, and what was found.
    """
    if session.new or session.dirty or session.deleted:
        counts = f"{len(session.new)} new, {len(session.dirty)} dirty, {len(session.deleted)} deleted"
        yield "after a rollback nothing waits to be written", counts
        return
    rows = _rows_by_session_of_its_own(session)
    for instance, row in rows:
        name = type(instance).__name__
        if row is None:
            # What was only read may be gone, if the transaction that has made it was rolled back; then nothing of it
            # is in memory either.
            if _loaded(instance) and not rows_may_be_missing:
                yield "persistent objects with values have a row", f"{name} {inspect(instance).identity} has none"
            continue
        yield from _differences(name, "loaded", _loaded(instance), row)
        try:
            session.refresh(instance)
        except InvalidRequestError as error:
            yield "objects can be refreshed", f"{name}: {error.summary}"
        else:
            yield from _differences(name, "refreshed", _loaded(instance), row)
    session.rollback()


def _rows_by_session_of_its_own(session: Session) -> list[tuple[Any, dict[str, Any] | None]]:
    """Read the row of every object, before the session itself uses a connection: there may be one for all."""
    rows = []
    for instance in list(session):
        state = inspect(instance)
        with Session(session.get_bind(state.mapper)) as other:
            same = other.get(state.mapper.class_, state.identity)
            rows.append((instance, None if same is None else _loaded(same)))
    return rows


def _loaded(instance: Any) -> dict[str, Any]:
    state = inspect(instance)
    present = state.dict
    return {
        attribute.key: present[attribute.key] for attribute in state.mapper.column_attrs if attribute.key in present
    }


def _differences(name: str, how: str, values: dict[str, Any], row: dict[str, Any]) -> Iterator[tuple[str, str]]:
    wrong = [key for key, value in values.items() if key in row and row[key] != value]
    if wrong:
        yield "objects equal their rows", f"{how} {name} differs in {', '.join(wrong)}"
