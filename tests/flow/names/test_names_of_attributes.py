"""Which names attributes of mapped classes, fields of dataclasses and columns of rows can have."""

from __future__ import annotations

import copy
import pickle
from typing import Any

import pytest

from azoth import Column, Integer, String, Table, literal, select
from azoth.exc import ArgumentError, InvalidRequestError
from azoth.orm import (
    DeclarativeBase,
    Mapped,
    MappedAsDataclass,
    Session,
    aliased,
    column_property,
    configure_mappers,
    deferred,
    mapped_column,
    registry,
    relationship,
    synonym,
)
from tests.database import Database
from tests.flow.names.hostile import CODE, NAMES, nothing_runs

REFUSED = (
    "__dict__", "__class__", "__init__", "__eq__", "__bool__", "__slots__", "__mapper__", "__del__", "__x__",
    "_sa_instance_state", "_sa_class_manager", "_azoth_manager", "_azoth_changes", "_azoth_anything",
)  # fmt: skip
SPECIAL_METHODS = ("__bool__", "__call__", "__del__", "__class__", "__dict__", "__classcell__", "__len__", "__enter__")


def mapped(name: str, **properties: Any) -> Any:
    """Map a class imperatively whose table has a column of a name."""
    mappings = registry()
    subject = Table("t", mappings.metadata, Column("id", Integer, primary_key=True), Column(name, String))
    class_ = type("Thing", (mappings.generate_base(),), {"__abstract__": True})
    mappings.map_imperatively(class_, subject, properties=properties)
    return class_


@pytest.mark.parametrize("name", REFUSED)
def test_names_with_a_meaning_of_their_own_are_refused_when_the_class_is_mapped(name: str) -> None:
    with pytest.raises(ArgumentError, match="cannot have a mapped attribute named"):
        mapped(name)
    mapping = mapped("plain")
    with pytest.raises(ArgumentError, match="cannot have a mapped attribute named"):
        mapping.__mapper__.add_property(name, column_property(mapping.plain + "x"))


@pytest.mark.parametrize("name", REFUSED)
def test_such_columns_can_be_mapped_under_another_name_or_left_out(database: Database, name: str) -> None:
    mappings = registry()
    subject = Table("t", mappings.metadata, Column("id", Integer, primary_key=True), Column(name, String))
    engine = database.make_engine()
    mappings.metadata.create_all(engine)
    base = mappings.generate_base()
    renamed = type("Renamed", (base,), {"__table__": subject, "other": subject.c[name]})
    type("Without", (base,), {"__table__": subject, "__mapper_args__": {"exclude_properties": [name]}})
    with Session(engine) as session:
        session.add(renamed(other="x"))
        session.commit()
        row = session.execute(select(renamed, subject.c[name])).one()
        assert row[0].other == row._mapping[name] == "x"


@pytest.mark.parametrize("name", NAMES)
def test_kinds_of_attributes_with_any_name(database: Database, name: str) -> None:
    mappings = registry()
    subject = Table("t", mappings.metadata, Column("id", Integer, primary_key=True), Column(name, String))
    engine = database.make_engine()
    mappings.metadata.create_all(engine)
    thing: Any = type("Thing", (mappings.generate_base(),), {
        "__table__": subject,
        f"{name} late": deferred(subject.c[name]),
        f"{name} sql": column_property(subject.c[name] + "?"),
        f"{name} synonym": synonym(f"{name} late"),
    })  # fmt: skip
    with nothing_runs(), Session(engine) as session:
        session.add(thing(**{f"{name} late": "x"}))
        session.commit()
        session.expunge_all()
        found = session.scalars(select(thing).filter_by(**{f"{name} synonym": "x"})).one()
        assert getattr(found, f"{name} late") == "x"
        assert getattr(found, f"{name} sql") == "x?"
        other = aliased(thing, name=name)
        assert session.scalar(select(getattr(other, f"{name} sql"))) == "x?"
        session.delete(found)
        session.commit()


# --- dataclasses ---


@pytest.mark.parametrize("name", [*CODE, "class", "a b", ""])
def test_fields_of_dataclasses_are_names_of_parameters(name: str) -> None:
    class Base(MappedAsDataclass, DeclarativeBase):
        pass

    body = {
        "__tablename__": "t",
        "__annotations__": {"id": Mapped[int], name: Mapped[int]},
        "id": mapped_column(primary_key=True),
        name: mapped_column("other"),
    }
    with nothing_runs(), pytest.raises(ArgumentError, match="no name for a parameter"):
        type("Thing", (Base,), body)


# --- rows ---


@pytest.mark.parametrize("name", SPECIAL_METHODS)
def test_columns_named_like_special_methods_leave_rows_rows(database: Database, name: str) -> None:
    engine = database.make_engine()
    with engine.connect() as connection:
        row = connection.execute(select(literal(1).label(name), literal(2).label("x"))).one()
    assert row
    assert len(row) == 2
    assert row._mapping[name] == 1
    assert row.x == 2
    assert copy.copy(row) == copy.deepcopy(row) == pickle.loads(pickle.dumps(row)) == (1, 2)


# --- text that names classes ---


def related(text: str, **options: Any) -> None:
    class Base(DeclarativeBase):
        pass

    class Parent(Base):
        __tablename__ = "p"
        id = mapped_column(Integer, primary_key=True)
        children = relationship(text, **options)

    class Child(Base):
        __tablename__ = "c"
        id = mapped_column(Integer, primary_key=True)

    try:
        configure_mappers()
    finally:
        Base.registry.dispose()


@pytest.mark.parametrize(
    "text",
    [
        "__import__('os')", "Child.__init__", "'{0.__class__}'.format(Child)", "(lambda: Child)()", "open('x')",
        "[c for c in ()]", "Child if 1 else Parent", "f'{Child}'", "Child := 1", "a\0b", "(" * 500, "Child ** 9",
        "foreign.__globals__", "Child.metadata._add_table", "1 / 0", "select.x",
    ],
)  # fmt: skip
def test_text_of_relationships_is_no_python(text: str) -> None:
    with pytest.raises(InvalidRequestError, match=r"Parent\.children"):
        related(text)
    with pytest.raises(InvalidRequestError, match=r"Parent\.children"):
        related("Child", primaryjoin=text)


@pytest.mark.parametrize("name", CODE)
def test_code_in_text_of_relationships_does_not_run(name: str) -> None:
    with nothing_runs(), pytest.raises((InvalidRequestError, ArgumentError), match=r"Parent\.children"):
        related(name)
