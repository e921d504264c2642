"""Mappings that cannot work."""

from __future__ import annotations

from typing import Any

import pytest

from azoth import Column, ForeignKey, Integer, MetaData, String, Table
from azoth.exc import (
    AmbiguousForeignKeysError,
    ArgumentError,
    AzothError,
    InvalidRequestError,
    NoForeignKeysError,
    NoReferencedTableError,
    UnboundExecutionError,
)
from azoth.orm import (
    DeclarativeBase,
    Mapped,
    configure_mappers,
    declarative_base,
    mapped_column,
    registry,
    relationship,
)
from tests.flow.errors.message import assert_tells


@pytest.fixture
def Base() -> Any:
    """A base with a registry of its own, so that a broken mapping breaks nothing else."""
    base = declarative_base()
    yield base
    base.registry.dispose()


def test_no_primary_key(Base: Any) -> None:
    with pytest.raises(ArgumentError) as caught:

        class Keyless(Base):
            __tablename__ = "keyless"
            name = Column(String)

    assert_tells(caught.value, "Keyless", "keyless", "primary key")


def test_no_primary_key_in_classic_style() -> None:
    class Keyless:
        pass

    mappers = registry()
    with pytest.raises(ArgumentError) as caught:
        mappers.map_imperatively(Keyless, Table("keyless", MetaData(), Column("name", String)))
    assert_tells(caught.value, "Keyless", "primary key")
    mappers.dispose()


def test_no_table(Base: Any) -> None:
    with pytest.raises(InvalidRequestError) as caught:

        class Tableless(Base):
            name = Column(String)

    assert_tells(caught.value, "Tableless")


def test_no_foreign_key(Base: Any) -> None:
    class Parent(Base):
        __tablename__ = "parent"
        id = Column(Integer, primary_key=True)
        children = relationship("Child")

    class Child(Base):
        __tablename__ = "child"
        id = Column(Integer, primary_key=True)

    with pytest.raises(NoForeignKeysError) as caught:
        configure_mappers()
    assert_tells(caught.value, "Parent.children", "join condition")


def test_several_foreign_keys(Base: Any) -> None:
    class Parent(Base):
        __tablename__ = "parent"
        id = Column(Integer, primary_key=True)
        children = relationship("Child")

    class Child(Base):
        __tablename__ = "child"
        id = Column(Integer, primary_key=True)
        first_id = Column(ForeignKey("parent.id"))
        second_id = Column(ForeignKey("parent.id"))

    with pytest.raises(AmbiguousForeignKeysError) as caught:
        configure_mappers()
    assert_tells(caught.value, "Parent.children", "join condition")
    assert "foreign_keys" in str(caught.value)


def test_an_unknown_target(Base: Any) -> None:
    class Parent(Base):
        __tablename__ = "parent"
        id = Column(Integer, primary_key=True)
        children = relationship("Chidl")

    class Child(Base):
        __tablename__ = "child"
        id = Column(Integer, primary_key=True)
        parent_id = Column(ForeignKey("parent.id"))

    with pytest.raises(InvalidRequestError) as caught:
        configure_mappers()
    assert_tells(caught.value, "Parent", "Chidl")
    # The second use tells the same story: the mapping stays broken until it is corrected.
    with pytest.raises(InvalidRequestError) as caught:
        Parent()
        configure_mappers()
    assert "Parent" in str(caught.value)


def test_a_target_that_is_not_mapped(Base: Any) -> None:
    class Plain:
        pass

    class Parent(Base):
        __tablename__ = "parent"
        id = Column(Integer, primary_key=True)
        children = relationship(Plain)

    with pytest.raises(AzothError) as caught:
        configure_mappers()
    assert_tells(caught.value, "Plain")


def test_an_unknown_back_populates(Base: Any) -> None:
    class Parent(Base):
        __tablename__ = "parent"
        id = Column(Integer, primary_key=True)
        children = relationship("Child", back_populates="owner")

    class Child(Base):
        __tablename__ = "child"
        id = Column(Integer, primary_key=True)
        parent_id = Column(ForeignKey("parent.id"))

    with pytest.raises((ArgumentError, InvalidRequestError)) as caught:
        configure_mappers()
    assert_tells(caught.value, "Parent.children", "Child", "owner")


def test_a_foreign_key_to_an_unknown_table(Base: Any) -> None:
    class Child(Base):
        __tablename__ = "child"
        id = Column(Integer, primary_key=True)
        parent_id = Column(ForeignKey("nosuch.id"))

    with pytest.raises(NoReferencedTableError) as caught:
        next(iter(Child.__table__.c.parent_id.foreign_keys)).column
    assert_tells(caught.value, "child", "parent_id", "nosuch")


def test_an_annotation_without_type(Base: Any) -> None:
    class Own(DeclarativeBase):
        pass

    with pytest.raises(AzothError) as caught:

        class Thing(Own):
            __tablename__ = "thing"
            id: Mapped[int] = mapped_column(primary_key=True)
            odd: Mapped[object]

    assert_tells(caught.value, "Thing", "odd")
    Own.registry.dispose()


def test_an_unknown_cascade(Base: Any) -> None:
    with pytest.raises(ArgumentError) as caught:
        relationship("Child", cascade="save-update, everything")
    assert_tells(caught.value, "everything")


def test_delete_orphan_on_the_many_side(Base: Any) -> None:
    class Parent(Base):
        __tablename__ = "parent"
        id = Column(Integer, primary_key=True)

    class Child(Base):
        __tablename__ = "child"
        id = Column(Integer, primary_key=True)
        parent_id = Column(ForeignKey("parent.id"))
        parent = relationship(Parent, cascade="all, delete-orphan")

    with pytest.raises(ArgumentError) as caught:
        configure_mappers()
    assert_tells(caught.value, "Child.parent")
    assert "single_parent" in str(caught.value)


def test_the_same_table_twice(Base: Any) -> None:
    class First(Base):
        __tablename__ = "thing"
        id = Column(Integer, primary_key=True)

    with pytest.raises(InvalidRequestError) as caught:

        class Second(Base):
            __tablename__ = "thing"
            id = Column(Integer, primary_key=True)

    assert_tells(caught.value, "thing")


@pytest.mark.parametrize("argument", ["remote_side", "order_by", "foreign_keys", "in a list"])
def test_a_built_in_function_in_place_of_an_annotated_attribute(argument: str) -> None:
    class Fresh(DeclarativeBase): ...

    given: dict[str, Any] = {"remote_side": [id]} if argument == "in a list" else {argument: id}

    class Node(Fresh):
        __tablename__ = "node"
        id: Mapped[int] = mapped_column(primary_key=True)
        parent_id: Mapped[int | None] = mapped_column(ForeignKey("node.id"))
        parent: Mapped[Node | None] = relationship(**given)

    with pytest.raises(ArgumentError) as caught:
        Fresh.registry.configure()
    assert_tells(caught.value, "Node.parent", "id()", code="AZ-M415")
    assert "'Node.id'" in caught.value.fix
    Fresh.registry.dispose()


def test_metadata_without_an_engine_is_named_by_its_class() -> None:
    with pytest.raises(UnboundExecutionError, match=r"^MetaData is not bound"):
        MetaData().create_all()
    with pytest.raises(UnboundExecutionError, match=r"^Table node is not bound"):
        Table("node", MetaData(), Column("id", Integer)).create()


@pytest.mark.parametrize("quote", [True, False])
def test_quoting_without_a_name(quote: bool) -> None:
    with pytest.raises(ArgumentError, match="without a name") as caught:
        mapped_column(Integer, quote=quote)
    assert "quote=True" in caught.value.fix
    assert Column("order", Integer, quote=quote).name.quote is quote
