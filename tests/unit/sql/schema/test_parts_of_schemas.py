"""Conditions, comments and options of constraints and indexes."""

from __future__ import annotations

import pytest

from azoth import (
    CheckConstraint,
    Column,
    Computed,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    Table,
    UniqueConstraint,
    column,
    create_engine,
    exc,
    text,
)
from azoth.schema import CreateTable, DropConstraintComment, SetConstraintComment


def test_conditions_go_along_with_copies() -> None:
    check = CheckConstraint("x > 1", name="one").ddl_if(dialect="postgresql")
    table = Table("t", MetaData(), Column("x", Integer), check, Index("i", "x").ddl_if(dialect="postgresql"))
    metadata = MetaData()
    copied = table.to_metadata(metadata)
    engine = create_engine("sqlite://")
    assert "CHECK" not in str(CreateTable(copied).compile(engine))
    metadata.create_all(engine)
    with engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'index'").all() == []


def test_a_condition_of_an_index_may_ask_the_connection() -> None:
    engine = create_engine("sqlite://")
    asked = []

    def wanted(ddl: object, target: object, bind: object, **facts: object) -> bool:
        asked.append(bind.exec_driver_sql("SELECT 1").scalar())
        return True

    metadata = MetaData()
    Table("t", metadata, Column("x", Integer), Index("i", "x").ddl_if(callable_=wanted))
    metadata.create_all(engine)
    assert asked == [1]


def test_comments_of_constraints() -> None:
    table = Table("t", MetaData(), Column("x", Integer), CheckConstraint("x > 1", name="one"))
    (check,) = [constraint for constraint in table.constraints if isinstance(constraint, CheckConstraint)]
    check.comment = "it's more"
    assert str(SetConstraintComment(check)) == "COMMENT ON CONSTRAINT one ON t IS 'it''s more'"
    assert str(DropConstraintComment(check)) == "COMMENT ON CONSTRAINT one ON t IS NULL"


def test_a_computed_column_is_copied_for_another_table() -> None:
    metadata = MetaData()
    computed = Computed("x + 1")
    table = Table("t", metadata, Column("x", Integer), Column("y", Integer, computed))
    other = Table("u", metadata, Column("x", Integer))
    computed.sqltext = table.c.x + 1
    assert str(computed.copy(target_table=other).sqltext) == "u.x + :x_1"
    assert str(computed.copy().sqltext) == "t.x + :x_1"


@pytest.mark.parametrize("given", [("a",), ("a", "b", "c", "d"), (1, "b")])
def test_a_tuple_of_a_foreign_key_has_two_or_three_names(given: tuple[object, ...]) -> None:
    with pytest.raises(exc.ArgumentError, match="AZ-C65"):
        ForeignKey(given)


def test_an_option_of_another_dialect_stands_in_with_a_warning() -> None:
    index = Index("i", "x", postgresql_where="x > 1")
    dialect = create_engine("sqlite://").dialect
    with pytest.warns(exc.SADeprecationWarning, match="AZ-C661"):
        assert index.get_dialect_option(dialect, "where", deprecated_fallback="postgresql") == "x > 1"


def test_a_table_is_created_by_what_is_ddl() -> None:
    table = Table("t", MetaData(), Column("x", Integer))
    with pytest.raises(exc.ArgumentError, match="set_creator_ddl"):
        table.set_creator_ddl("CREATE TABLE t")


def test_collections_and_constraints_without_columns_are_false() -> None:
    table = Table(
        "t",
        MetaData(),
        Column("x", Integer),
        CheckConstraint("x > 1", name="text"),
        CheckConstraint(column("x") > 1, name="expression"),
        UniqueConstraint("x", name="unique"),
        Index("lowered", text("lower(x)")),
        Index("plain", "x"),
    )
    parts = {part.name: part for part in (*table.constraints, *table.indexes)}
    columns = {name: part.columns.keys() for name, part in parts.items()}
    assert columns == {None: [], "text": [], "expression": ["x"], "unique": ["x"], "lowered": [], "plain": ["x"]}
    assert {name for name, part in parts.items() if part.columns} == {"expression", "unique", "plain"}
    assert [bool(parts[name]) for name in (None, "text", "expression", "unique")] == [False, False, True, True]
    assert not table.primary_key
    assert table.c
    assert not Table("empty", MetaData()).c


def test_references_keep_their_constraints_when_a_program_clears_those_of_the_table() -> None:
    """As programs do that write models without constraints."""
    table = Table("t", MetaData(), Column("x", Integer, ForeignKey("u.id")))
    table.constraints = {table.primary_key}
    assert [constraint.column_keys for constraint in table.foreign_key_constraints] == [["x"]]
