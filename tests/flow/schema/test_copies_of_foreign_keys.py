"""Copies of columns and tables, and the foreign keys that come along."""

from __future__ import annotations

from typing import Any

import pytest

from azoth import Column, ForeignKey, ForeignKeyConstraint, Integer, MetaData, Table, create_engine, inspect
from azoth.schema import CreateTable

pytestmark = pytest.mark.sqlite_only("the file of a database, and names of its types")


def tables(metadata: MetaData) -> Table:
    Table("parent", metadata, Column("id", Integer, primary_key=True), schema="old")
    return Table(
        "child", metadata, Column("id", Integer, primary_key=True), Column("parent_id", ForeignKey("old.parent.id"))
    )


def test_a_column_in_a_table_leaves_its_foreign_key_to_the_constraint() -> None:
    child = tables(MetaData())
    copied: Any = child.c.parent_id._copy()
    assert copied.foreign_keys == set()
    metadata = MetaData()
    Table("parent", metadata, Column("id", Integer, primary_key=True), schema="old")
    again = Table("child", metadata, copied, *[one._copy() for one in child.foreign_key_constraints])
    assert str(CreateTable(again)).count("FOREIGN KEY") == 1


def test_a_column_without_a_table_takes_its_foreign_key_along() -> None:
    copied: Any = Column("parent_id", ForeignKey("parent.id"))._copy()
    assert [one.target_fullname for one in copied.foreign_keys] == ["parent.id"]


def test_a_copied_table_has_each_foreign_key_once_and_asks_where_it_goes() -> None:
    child = tables(MetaData())
    asked = []

    def referred(table: Any, schema: Any, constraint: Any, referred_schema: Any) -> str:
        asked.append((table.name, schema, type(constraint), referred_schema))
        return "new"

    copied = child.to_metadata(MetaData(), schema="elsewhere", referred_schema_fn=referred)
    assert [one.target_fullname for one in copied.foreign_keys] == ["new.parent.id"]
    assert asked == [("child", "elsewhere", ForeignKeyConstraint, "old")]


def test_creating_nothing_makes_the_file(tmp_path: Any) -> None:
    path = tmp_path / "new.db"
    MetaData().create_all(create_engine(f"sqlite:///{path}"))
    assert path.exists()


def test_the_text_of_a_type_is_asked_of_the_dialect() -> None:
    """Of a dialect it is what writes types, of its class the class, as other libraries know it."""
    dialect = create_engine("sqlite://").dialect
    assert dialect.type_compiler.process(Integer()) == "INTEGER"
    assert isinstance(type(dialect).type_compiler, type)
    assert isinstance(dialect.type_compiler_instance, type(dialect).type_compiler)


def test_elements_are_their_own_inspection() -> None:
    child = tables(MetaData())
    assert inspect(child) is child
    assert inspect(child.c.id) is child.c.id
