"""Columns are added to tables at positions."""

from __future__ import annotations

from azoth import Column, Integer, MetaData, Table, column, insert, select, table
from azoth.schema import CreateTable


def test_a_column_is_inserted_at_a_position() -> None:
    one = table("t", column("a"), column("c"))
    one.insert_column(column("b"), 1)
    assert one.c.keys() == ["a", "b", "c"]
    assert str(select(one)) == "SELECT t.a, t.b, t.c \nFROM t"


def test_a_column_of_a_schema_is_inserted_at_a_position() -> None:
    one = Table("t", MetaData(), Column("a", Integer), Column("c", Integer))
    one.insert_column(Column("b", Integer, primary_key=True), 0)
    assert one.c.keys() == ["b", "a", "c"]
    assert one.primary_key.columns.keys() == ["b"]
    assert "(\n\tb INTEGER NOT NULL, \n\ta INTEGER" in str(CreateTable(one))
    assert str(insert(one)) == "INSERT INTO t (b, a, c) VALUES (:b, :a, :c)"
