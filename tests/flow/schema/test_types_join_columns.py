"""Types that belong to a column join it: those who listen hear of it, and CHECK constraints of types come along."""

from __future__ import annotations

import pickle
from types import ModuleType
from typing import Any

import pytest
import sqlalchemy

import azoth

LIBRARIES = [azoth, sqlalchemy]


def checks(lib: ModuleType, table: Any) -> list[str | None]:
    return sorted(one.name for one in table.constraints if isinstance(one, lib.CheckConstraint))


def flag(lib: ModuleType, name: str = "flag_ck") -> Any:
    return lib.Boolean(create_constraint=True, name=name)


@pytest.mark.parametrize("lib", LIBRARIES)
def test_listeners_hear_of_a_type_and_of_what_is_inside(lib: ModuleType) -> None:
    class Switch(lib.types.TypeDecorator[bool]):  # type: ignore[name-defined]
        impl = lib.Boolean
        cache_ok = True

    heard: list[tuple[str, str, str]] = []

    def hear(event: str) -> Any:
        return lambda type_, column: heard.append((event, type(type_).__name__, column.name))

    listeners = [
        (cls, name, hear(name))
        for cls in (lib.Boolean, Switch, lib.ARRAY)
        for name in ("before_parent_attach", "after_parent_attach")
    ]
    for listener in listeners:
        lib.event.listen(*listener)
    try:
        lib.Column("a", lib.Boolean())
        lib.Column("b", Switch())
        lib.Column("c", lib.ARRAY(lib.Boolean))
        lib.Column("d", lib.Integer().with_variant(lib.Boolean(), "oracle"))
        lib.Column("e", lib.Integer)
    finally:
        for listener in listeners:
            lib.event.remove(*listener)
    both = ["before_parent_attach", "after_parent_attach"]
    assert heard == [
        (name, type_, column)
        for type_, column in [
            ("Boolean", "a"),
            ("Switch", "b"),
            ("Boolean", "b"),
            ("ARRAY", "c"),
            ("Boolean", "c"),
            ("Boolean", "d"),
        ]
        for name in both
    ]


@pytest.mark.parametrize("lib", LIBRARIES)
def test_one_type_can_be_listened_to(lib: ModuleType) -> None:
    heard: list[str] = []
    type_ = lib.Enum("a", "b")
    lib.event.listen(type_, "after_parent_attach", lambda _type, column: heard.append(column.name))
    lib.Column("one", type_)
    lib.Column("two", lib.Enum("a", "b"))
    assert heard == ["one"]


def test_a_type_with_listeners_can_be_pickled() -> None:
    type_ = azoth.Enum("a", "b")
    assert isinstance(type_, azoth.events.SchemaEventTarget)
    azoth.event.listen(type_, "after_parent_attach", lambda _type, _column: None)
    assert pickle.loads(pickle.dumps(type_)).enums == ["a", "b"]


@pytest.mark.parametrize("lib", LIBRARIES)
def test_a_column_that_comes_later_brings_its_check(lib: ModuleType) -> None:
    table = lib.Table("t", lib.MetaData(), lib.Column("a", flag(lib, "one")))
    table.append_column(lib.Column("b", flag(lib, "two")))
    assert checks(lib, table) == ["one", "two"]
    assert checks(lib, table.to_metadata(lib.MetaData())) == ["one", "two"]


@pytest.mark.parametrize("lib", LIBRARIES)
def test_a_type_that_is_assigned_brings_no_check(lib: ModuleType) -> None:
    """Who assigns a type says by other means what becomes of the constraint, as migrations do."""
    column = lib.Column("a", lib.Integer)
    column.type = flag(lib)
    assert checks(lib, lib.Table("t", lib.MetaData(), column)) == []


@pytest.mark.parametrize("lib", LIBRARIES)
def test_a_check_can_be_taken_off_before_the_column_has_a_table(lib: ModuleType) -> None:
    column = lib.Column("a", flag(lib))
    column.type.create_constraint = False
    assert checks(lib, lib.Table("t", lib.MetaData(), column)) == []


def test_a_mapped_column_brings_the_check_of_its_type() -> None:
    class Base(azoth.orm.DeclarativeBase):
        type_annotation_map = {bool: azoth.Boolean(create_constraint=True, name="by_annotation")}

    class Thing(Base):
        __tablename__ = "thing"
        id: azoth.orm.Mapped[int] = azoth.orm.mapped_column(primary_key=True)
        on: azoth.orm.Mapped[bool]
        off = azoth.orm.mapped_column(azoth.Boolean(create_constraint=True, name="by_type"))

    assert checks(azoth, Thing.__table__) == ["by_annotation", "by_type"]


@pytest.mark.parametrize("lib", LIBRARIES)
def test_a_rule_of_a_constraint_is_told_who_writes_it(lib: ModuleType) -> None:
    """A library that writes constraints by itself asks the rule with what it writes them with."""

    class Writer:
        def __init__(self, dialect: Any) -> None:
            self.dialect = dialect

    table = lib.Table("t", lib.MetaData(), lib.Column("a", flag(lib)))
    (check,) = [one for one in table.constraints if isinstance(one, lib.CheckConstraint)]
    native, other = (lib.engine.default.DefaultDialect(supports_native_boolean=has) for has in (True, False))
    assert [bool(check._create_rule(Writer(dialect))) for dialect in (native, other)] == [False, True]


@pytest.mark.parametrize("lib", LIBRARIES)
def test_what_has_no_columns_is_false(lib: ModuleType) -> None:
    empty = lib.Table("t", lib.MetaData())
    full = lib.Table("f", lib.MetaData(), lib.Column("a", lib.Integer, primary_key=True))
    assert [bool(one.primary_key.columns) for one in (empty, full)] == [False, True]
    assert [bool(one.c) for one in (empty, full)] == [False, True]
