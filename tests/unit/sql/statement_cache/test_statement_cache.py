"""Statements are compiled once per shape, bound by position, and forgotten when they are not used."""

from __future__ import annotations

import datetime
import gc
import linecache
import threading
import traceback
from typing import Any

import pytest

from azoth import exc
from azoth.sql import selectable
from azoth.sql.compiler import GenericDialect, StatementCompiler
from azoth.sql.elements import and_, bindparam, column, literal, text, tuple_
from azoth.sql.functions import func
from azoth.sql.statement_cache import StatementCache
from azoth.sql.types import Integer, String, TypeDecorator

i, s = column("i", Integer), column("s", String)
t = selectable.table("t", column("i", Integer), column("s", String))


class Question(GenericDialect):
    paramstyle = "qmark"


class Doubled(TypeDecorator[int]):
    impl = Integer
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Any) -> Any:
        return value * 2

    def process_result_value(self, value: Any, dialect: Any) -> Any:
        return value // 2


@pytest.fixture
def cache() -> StatementCache:
    return StatementCache(Question())


def test_one_compilation_per_shape(cache: StatementCache) -> None:
    for value in range(5):
        statement = selectable.select(t).where(t.c.i == value)
        prepared = cache.prepare(statement)
        assert prepared.bind(statement, None) == (value,)
    assert cache.compilations == 1
    assert len(cache) == 1
    assert prepared.kind == "select"
    assert prepared.returns_rows
    assert [one.name for one in prepared.columns] == ["i", "s"]
    assert prepared.result_processors is None


def test_values_come_from_the_statement_in_placeholder_order(cache: StatementCache) -> None:
    def statement(one: int, names: list[str], day: datetime.date) -> Any:
        return and_(i == one, s.in_(names), column("d") == day, tuple_(i, s).in_([(one, name) for name in names]))

    prepared = cache.prepare(statement(1, ["a", "b"], datetime.date(2020, 1, 1)))
    other = statement(2, ["x", "y"], datetime.date(2021, 1, 1))
    assert cache.prepare(other) is prepared
    assert prepared.sql == "i = ? AND s IN (?, ?) AND d = ? AND (i, s) IN ((?, ?), (?, ?))"
    assert prepared.bind(other, None) == (2, "x", "y", datetime.date(2021, 1, 1), 2, "x", 2, "y")


def test_parameters_override_named_values(cache: StatementCache) -> None:
    statement = and_(i == bindparam("x", 1), s == bindparam("y", "a"), i > 3)
    assert cache.prepare(statement).bind(statement, None) == (1, "a", 3)
    assert cache.prepare(statement, ("y",)).bind(statement, {"y": "b"}) == (1, "b", 3)
    assert cache.compilations == 2


def test_a_missing_value_names_the_parameter(cache: StatementCache) -> None:
    statement = text("select :x")
    with pytest.raises(exc.StatementError, match="'x'") as raised:
        cache.prepare(statement).bind(statement, None)
    assert raised.value.code == "AZ-C99"
    with pytest.raises(exc.StatementError, match="'x'"):
        cache.prepare(statement, ("x",), True).bind(statement, {"y": 1})


def test_a_key_error_of_a_type_stays_what_it_is(cache: StatementCache) -> None:
    class Mapped(TypeDecorator[int]):
        impl = Integer
        cache_ok = True

        def process_bind_param(self, value: Any, dialect: Any) -> Any:
            return {"a": 1}[value]

    statement = column("m", Mapped()) == bindparam("x")
    prepared = cache.prepare(statement, ("x",))
    assert prepared.bind(statement, {"x": "a"}) == (1,)


def test_functions_make_their_values_on_each_execution(cache: StatementCache) -> None:
    numbers = iter(range(10))
    statement = i == bindparam("x", callable_=lambda: next(numbers))
    prepared = cache.prepare(statement)
    assert [prepared.bind(statement, None) for _ in range(3)] == [(0,), (1,), (2,)]
    plain = i == bindparam("x", 5)
    assert cache.prepare(plain).bind(plain, None) == (5,)


def test_types_process_values_and_results(cache: StatementCache) -> None:
    d = column("d", Doubled())
    statement = selectable.select(d, i).where(d == 4, d.in_([1, 2]))
    prepared = cache.prepare(statement)
    assert prepared.bind(statement, None) == (8, 2, 4)
    assert prepared.result_processors is not None
    process, nothing = prepared.result_processors
    assert process is not None
    assert process(8) == 4
    assert nothing is None


def test_types_of_tuples_process_their_parts(cache: StatementCache) -> None:
    statement = tuple_(i, column("d", Doubled())).in_([(1, 1), (2, 2)])
    assert cache.prepare(statement).bind(statement, None) == (1, 2, 2, 4)


def test_named_lists_are_prepared_with_their_values(cache: StatementCache) -> None:
    statement = selectable.select(t).where(t.c.i.in_(bindparam("ids", expanding=True)))
    assert cache.prepare(statement, ("ids",)).needs_values
    given = statement.params(ids=[1, 2, 3])
    prepared = cache.prepare(given)
    assert not prepared.needs_values
    assert prepared.bind(given, None) == (1, 2, 3)
    assert "IN (?, ?, ?)" in prepared.sql
    assert not cache.prepare(selectable.select(t).where(t.c.i == 1)).needs_values


def test_literal_execute_is_part_of_the_shape(cache: StatementCache) -> None:
    def at(value: int) -> str:
        return cache.prepare(i == literal(value, literal_execute=True)).sql

    assert [at(5), at(6)] == ["i = 5", "i = 6"]


def test_text_in_another_order_than_compiled_binds_in_order(cache: StatementCache) -> None:
    cte = selectable.select(t.c.i).where(t.c.i == 1).cte("c")
    statement = selectable.select(cte, func.f("x")).where(cte.c.i == 2)
    assert cache.prepare(statement).bind(statement, None) == (1, "x", 2)


def test_too_long_lists_are_bound_as_one_text() -> None:
    class JSONCompiler(StatementCompiler):
        packed_list = "SELECT {} FROM json_each({})"

    class Limited(Question):
        statement_compiler = JSONCompiler
        max_bind_variables = 1000

    cache = StatementCache(Limited())
    statement = and_(i.in_(list(range(2000))), s == "x")
    prepared = cache.prepare(statement)
    assert prepared.sql == "i IN (SELECT value FROM json_each(?)) AND s = ?"
    values, x = prepared.bind(statement, None)
    assert values.startswith("[0, 1, 2,")
    assert values.endswith(" 1999]")
    assert x == "x"
    short = and_(i.in_(list(range(900))), s == "x")
    assert cache.prepare(short).sql.count("?") == 901


def test_uncacheable_statements_are_compiled_each_time(cache: StatementCache) -> None:
    class Opaque(String):
        cache_ok = False

    statement = column("o", Opaque()) == "x"
    for _ in range(3):
        assert cache.prepare(statement).bind(statement, None) == ("x",)
    assert cache.compilations == 3
    assert len(cache) == 0


def test_least_recently_used_statements_go_first() -> None:
    cache = StatementCache(Question(), size=10)
    favourite = column("favourite") == 1
    cache.prepare(favourite)
    for number in range(100):
        cache.prepare(column(f"c{number}") == 1)
        cache.prepare(favourite)
    assert len(cache) <= 10
    assert cache.compilations == 101
    cache.prepare(column("c0") == 1)
    assert cache.compilations == 102


def test_clear_forgets_everything(cache: StatementCache) -> None:
    cache.prepare(i == 5)
    cache.plans["x"] = 1
    cache.clear()
    assert len(cache) == 0
    assert not cache.plans


def test_plans_do_not_grow_without_end() -> None:
    cache = StatementCache(Question(), size=20)
    for number in range(100):
        cache.plans[number] = number
    assert len(cache.plans) <= 20
    assert cache.plans[99] == 99


def test_a_cache_of_size_zero_keeps_nothing() -> None:
    cache = StatementCache(Question(), size=0)
    cache.prepare(i == 5)
    cache.prepare(i == 5)
    assert cache.compilations == 2


def test_threads_share_a_cache() -> None:
    cache = StatementCache(Question(), size=20)
    wrong: list[Any] = []

    def work(number: int) -> None:
        for turn in range(300):
            statement = and_(column(f"c{turn % 30}", Integer) == number, i == turn)
            prepared = cache.prepare(statement)
            if prepared.bind(statement, None) != (number, turn) or f"c{turn % 30} " not in prepared.sql:
                wrong.append((number, turn))

    threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong
    assert len(cache) <= 20


def test_the_binder_can_be_read_and_appears_in_tracebacks(cache: StatementCache) -> None:
    statement = i == bindparam("x")
    bind = cache.prepare(statement).bind
    assert "def bind(statement, parameters, connection=None):" in bind.__source__  # type: ignore[attr-defined]
    try:
        bind(statement, None)
    except exc.StatementError as error:
        shown = "".join(traceback.format_exception(error))
        assert "missing(binds[0])" in shown
    else:
        pytest.fail("no value was given")


def test_dropped_binders_leave_no_source_behind(cache: StatementCache) -> None:
    filename = cache.prepare(i == 5).bind.__code__.co_filename  # type: ignore[attr-defined]
    assert filename in linecache.cache
    cache.clear()
    gc.collect()
    assert filename not in linecache.cache


def test_places_of_values_by_name(cache: StatementCache) -> None:
    statement = and_(i == 5, s == bindparam("x", "a"))
    assert cache.prepare(statement).places == {"i_1": 0, "x": 1}
