"""Aliases of mapped classes, and bundles of columns."""

from __future__ import annotations

import pytest

import azoth
from azoth import ForeignKey, String, select
from azoth.orm import Bundle, DeclarativeBase, Mapped, aliased, column_property, mapped_column, relationship, synonym
from azoth.orm.exc import UnmappedClassError
from azoth.sql.selectable.derived_shape import canonical_shape


class Base(DeclarativeBase):
    pass


class Node(Base):
    __tablename__ = "node"
    id: Mapped[int] = mapped_column(primary_key=True)
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("node.id"))
    name: Mapped[str] = mapped_column(String)
    twice: Mapped[str] = column_property(name + name)
    title: Mapped[str] = synonym("name")
    children: Mapped[list[Node]] = relationship()

    @classmethod
    def named(cls, name: str) -> object:
        return cls.name == name

    def shout(self) -> object:
        return self.name.upper()


def test_attributes_belong_to_the_alias() -> None:
    other = aliased(Node, name="o")

    assert str(other.name == "x") == "o.name = :name_1"
    assert str(other.title == "x") == "o.name = :name_1"
    assert str(other.twice == "x") == "(o.name || o.name) = :param_1"
    assert other.name is other.name
    assert other.name.parent is azoth.inspect(other)


def test_inspecting_an_alias_gives_its_parts() -> None:
    other = aliased(Node, name="o")
    insp = azoth.inspect(other)

    assert insp.mapper is azoth.inspect(Node)
    assert insp.entity is other
    assert insp.is_aliased_class
    assert insp.selectable.name == "o"
    assert azoth.inspect(insp) is insp


def test_statements_with_new_aliases_of_one_class_have_one_shape() -> None:
    def statement() -> object:
        other = aliased(Node)
        return select(other).where(other.name == "x")._shape

    assert canonical_shape(statement()) == canonical_shape(statement())
    first, second = aliased(Node), aliased(Node)
    one, other = select(first).where(first.id == 1), select(first).where(second.id == 1)
    assert canonical_shape(one._shape) != canonical_shape(other._shape)


def test_a_subquery_can_stand_for_a_class() -> None:
    subquery = select(Node).where(Node.name == "x").subquery("s")
    other = aliased(Node, subquery)

    assert str(select(other.id).where(other.name == "y")).startswith("SELECT s.id")


def test_only_mapped_classes_and_tables_have_aliases() -> None:
    with pytest.raises(UnmappedClassError):
        aliased(int)
    assert aliased(Node.__table__, name="t").name == "t"


def test_missing_attributes_are_attribute_errors() -> None:
    with pytest.raises(AttributeError):
        aliased(Node).nothing


def test_bundles_hold_their_expressions_by_key() -> None:
    bundle = Bundle("b", Node.id, Node.name)

    assert list(bundle.c.keys()) == ["id", "name"]
    assert bundle.c.name is Node.name
    assert Bundle("b", Node.id)._shape == Bundle("b", Node.id)._shape != Bundle("b", Node.name)._shape
    process = bundle.create_row_processor(None, [lambda row: row[0], lambda row: row[1]], ["id", "name"])
    assert process((1, "x")).name == "x"
