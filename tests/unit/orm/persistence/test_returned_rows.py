"""Rows of RETURNING are given to the objects that they belong to, in whatever order the database gives them back."""

from __future__ import annotations

from decimal import Decimal

import pytest

from azoth.orm.runtime.state import state_of
from azoth.sql.elements import text
from azoth.sql.schema import Column
from azoth.sql.types import Integer, Numeric, String

COUNT = 20


@pytest.fixture
def reversed_rows(unit, monkeypatch):
    """Let the driver give rows back from the last to the first."""
    fetch_all = unit.fetch_all
    monkeypatch.setattr(unit, "fetch_all", lambda *arguments: fetch_all(*arguments)[::-1])


def make(unit, *columns, **options):
    Thing = unit.map("Thing", unit.table("things", *columns), **options)
    unit.open()
    return Thing


def code():
    return Column("code", String, server_default=text("(lower(hex(randomblob(8))))"))


def kept(unit):
    return dict(unit.rows("SELECT id, code FROM things"))


@pytest.mark.usefixtures("reversed_rows")
def test_keys_that_the_database_counts(unit, monkeypatch):
    Thing = make(unit, Column("id", Integer, primary_key=True), Column("name", String))
    monkeypatch.setattr(type(unit.dialect), "supports_lastrowid", False)
    rows = [Thing(name=str(number)) for number in range(COUNT)]
    unit.add(*rows)
    unit.flush()
    assert len(unit.statements) < COUNT
    assert unit.rows("SELECT id, name FROM things ORDER BY id") == [(row.id, row.name) for row in rows]
    assert [state_of(row).pk for row in rows] == [row.id for row in rows]


@pytest.mark.usefixtures("reversed_rows")
def test_values_beside_keys_that_the_database_counts(unit):
    Thing = make(unit, Column("id", Integer, primary_key=True), Column("name", String), code(), eager_defaults=True)
    rows = [Thing(name=str(number)) for number in range(COUNT)]
    unit.add(*rows)
    unit.flush()
    assert len(unit.statements) < COUNT
    found = unit.rows("SELECT id, name, code FROM things ORDER BY id")
    assert found == [(row.__dict__["id"], row.name, row.__dict__["code"]) for row in rows]


@pytest.mark.usefixtures("reversed_rows")
def test_values_of_rows_whose_keys_are_given(unit):
    Thing = make(unit, Column("id", Integer, primary_key=True), code(), eager_defaults=True)
    rows = [Thing(id=number * 3 % 101) for number in range(1, COUNT)]
    unit.add(*rows)
    unit.flush()
    assert unit.sql()[0].endswith("RETURNING things.id, things.code")
    assert len(unit.statements) < COUNT
    assert {row.id: row.__dict__["code"] for row in rows} == kept(unit)


@pytest.mark.usefixtures("reversed_rows")
def test_values_of_rows_with_composite_keys(unit):
    Thing = make(
        unit,
        Column("id", Integer, primary_key=True, autoincrement=False),
        Column("part", Numeric(5, 2), primary_key=True),
        code(),
        eager_defaults=True,
    )
    rows = [Thing(id=number, part=Decimal(number) / 4) for number in range(1, COUNT)]
    unit.add(*rows)
    unit.flush()
    assert {row.id: row.__dict__["code"] for row in rows} == kept(unit)


@pytest.mark.usefixtures("reversed_rows")
def test_keys_that_the_database_makes_up_are_fetched_row_by_row(unit):
    Thing = make(
        unit,
        Column("id", String, primary_key=True, server_default=text("(lower(hex(randomblob(8))))")),
        Column("code", String),
    )
    rows = [Thing(code=str(number)) for number in range(COUNT)]
    unit.add(*rows)
    assert [(one.rows, one.times) for one in unit.plan().statements[0]] == [(1, COUNT)]
    unit.flush()
    assert len(unit.statements) == COUNT
    assert {row.id: row.code for row in rows} == kept(unit)


@pytest.mark.usefixtures("reversed_rows")
def test_a_dialect_that_promises_no_numbers_gets_row_by_row(unit, monkeypatch):
    Thing = make(unit, Column("id", Integer, primary_key=True), Column("code", String))
    monkeypatch.setattr(type(unit.dialect), "supports_lastrowid", False)
    monkeypatch.setattr(type(unit.dialect), "numbers_rows_in_order", False)
    rows = [Thing(code=str(number)) for number in range(COUNT)]
    unit.add(*rows)
    unit.flush()
    assert len(unit.statements) == COUNT
    assert {row.id: row.code for row in rows} == kept(unit)


@pytest.mark.usefixtures("reversed_rows")
def test_a_row_that_comes_back_with_another_key_is_not_guessed(unit):
    # The database keeps the text as it is; the object has a number, which is what the program gave.
    Thing = make(unit, Column("id", String, primary_key=True), code(), eager_defaults=True)
    rows = [Thing(id=number) for number in range(16)]
    unit.add(*rows)
    unit.flush()
    assert len(unit.statements) == 2
    assert not any("code" in row.__dict__ for row in rows)
    assert len(kept(unit)) == 16
