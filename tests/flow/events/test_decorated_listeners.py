"""Decorated functions listen, and fill columns, with the arguments that their decorators take."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

import pytest

import azoth
from azoth import Column, Integer, MetaData, Table, event, select
from azoth.exc import ArgumentError
from azoth.orm import Session


def by_target(function: Callable[..., Any]) -> Callable[..., Any]:
    """Let a function that takes one argument listen to rows, of which listeners get three."""

    @wraps(function)
    def called(mapper: object, connection: object, target: object) -> Any:
        return function(target)

    return called


def handing_on(function: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(function)
    def called(*arguments: Any, **keywords: Any) -> Any:
        return function(*arguments, **keywords)

    return called


def test_a_decorator_that_takes_the_events_arguments_decides(family: Any, session: Session) -> None:
    heard: list[Any] = []
    event.listen(family.Parent, "after_insert", by_target(heard.append))
    session.add(parent := family.Parent(name="a"))
    session.flush()
    assert heard == [parent]


def test_so_does_that_of_a_method(family: Any, session: Session) -> None:
    class Log:
        def __init__(self) -> None:
            self.heard: list[Any] = []

        def _noting(function: Callable[..., Any]) -> Callable[..., Any]:  # type: ignore[misc]
            @wraps(function)
            def called(self: Log, mapper: object, connection: object, target: object) -> Any:
                return function(self, target)

            return called

        @_noting
        def note(self, target: object) -> None:
            self.heard.append(target)

    log = Log()
    event.listen(family.Parent, "after_insert", log.note)
    session.add(parent := family.Parent(name="a"))
    session.flush()
    assert log.heard == [parent]


def test_one_that_hands_everything_on_asks_the_function(family: Any) -> None:
    heard: list[Any] = []
    # The form of this event that has no initiator.
    event.listen(family.Parent.name, "set", handing_on(lambda target, value, old: heard.append(value)))
    family.Parent(name="a")
    assert heard == ["a"]
    with pytest.raises(ArgumentError, match="cannot listen"):
        event.listen(family.Parent.name, "set", handing_on(lambda value: None))


def test_a_default_function_gets_the_context_if_its_decorator_takes_it(engine: azoth.Engine) -> None:
    def with_context(function: Callable[[], int]) -> Callable[..., int]:
        @wraps(function)
        def called(context: Any) -> int:
            return function() + len(context.get_current_parameters())

        return called

    def without(function: Callable[[int], int]) -> Callable[..., int]:
        @wraps(function)
        def called() -> int:
            return function(1)

        return called

    table = Table(
        "counted",
        MetaData(),
        Column("id", Integer, primary_key=True),
        Column("first", Integer, default=with_context(lambda: 10)),
        Column("second", Integer, default=without(lambda number: number + 1)),
        Column("third", Integer, default=handing_on(lambda context: 7)),
        Column("fourth", Integer, default=handing_on(lambda: 8)),
    )
    with engine.begin() as connection:
        table.create(connection)
        connection.execute(table.insert(), {"id": 1})
        row = connection.execute(select(table)).one()
    assert row[0] == 1
    assert row.first > 10
    assert tuple(row)[2:] == (2, 7, 8)


def test_listeners_of_tables_get_what_their_decorators_take(engine: azoth.Engine) -> None:
    heard: list[Any] = []

    def plain(function: Callable[..., None]) -> Callable[..., None]:
        @wraps(function)
        def called(target: Any, connection: Any) -> None:
            function(target, connection, tables="none", more=True)

        return called

    @plain
    def note(target: Any, connection: Any, **facts: Any) -> None:
        heard.append((target.name, facts))

    table = Table("told", MetaData(), Column("id", Integer, primary_key=True))
    event.listen(table, "after_create", note)
    table.create(engine)
    assert heard == [("told", {"tables": "none", "more": True})]
