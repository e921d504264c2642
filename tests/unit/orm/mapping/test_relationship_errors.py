"""Wrong relationships: each error names the relationship, the cause and the way out."""

from __future__ import annotations

from typing import Any

import pytest

import azoth
from azoth import Column, ForeignKey, Integer, String, Table
from azoth.exc import AmbiguousForeignKeysError, ArgumentError, AzothWarning, InvalidRequestError, NoForeignKeysError
from azoth.orm import backref, configure_mappers, declarative_base, relationship


@pytest.fixture
def Base() -> Any:
    base = declarative_base()
    yield base
    base.registry.dispose()


def parent_and_child(base: Any, *, child_columns: dict[str, Any] | None = None, **options: Any) -> tuple[Any, Any]:
    columns = {"parent_id": Column(ForeignKey("parent.id"))} if child_columns is None else child_columns
    child = type("Child", (base,), {"__tablename__": "child", "id": Column(Integer, primary_key=True), **columns})
    options.setdefault("argument", "Child")
    parent = type(
        "Parent",
        (base,),
        {"__tablename__": "parent", "id": Column(Integer, primary_key=True), "children": relationship(**options)},
    )
    return parent, child


def test_an_unknown_target_suggests_similar_names(Base: Any) -> None:
    parent_and_child(Base, argument="Childe")
    with pytest.raises(InvalidRequestError, match=r"Parent\.children refers to 'Childe'") as caught:
        configure_mappers()
    assert "'Child'" in caught.value.fix


def test_no_foreign_key_between_the_tables(Base: Any) -> None:
    parent_and_child(Base, child_columns={})
    with pytest.raises(NoForeignKeysError, match=r"relationship Parent\.children") as caught:
        configure_mappers()
    assert "primaryjoin" in caught.value.fix


def test_a_foreign_key_to_a_table_that_is_not_defined_is_named(Base: Any) -> None:
    parent_and_child(Base, child_columns={"parent_id": Column(ForeignKey("parents.id"))})
    with pytest.raises(NoForeignKeysError) as caught:
        configure_mappers()
    assert "parents.id" in caught.value.why


def test_several_foreign_keys_between_the_tables(Base: Any) -> None:
    parent_and_child(Base, child_columns={"a": Column(ForeignKey("parent.id")), "b": Column(ForeignKey("parent.id"))})
    with pytest.raises(AmbiguousForeignKeysError, match=r"relationship Parent\.children") as caught:
        configure_mappers()
    assert "foreign_keys" in caught.value.fix
    assert "child.a" in caught.value.why


def test_a_condition_without_foreign_keys(Base: Any) -> None:
    parent_and_child(Base, child_columns={"name": Column(String)}, primaryjoin="Parent.id == Child.name")
    with pytest.raises(ArgumentError, match="foreign key columns") as caught:
        configure_mappers()
    assert "foreign()" in caught.value.fix


def test_a_condition_that_cannot_be_written(Base: Any) -> None:
    parent_and_child(Base, primaryjoin="Parent.id > foreign(Child.parent_id)")
    with pytest.raises(ArgumentError, match="simple equality") as caught:
        configure_mappers()
    assert "viewonly" in caught.value.fix


def test_unknown_cascades_name_the_valid_ones() -> None:
    with pytest.raises(ArgumentError, match="unknown cascade 'delete-orphans'") as caught:
        relationship("X", cascade="all, delete-orphans")
    assert "save-update" in caught.value.why
    assert "'delete-orphan'" in caught.value.fix


def test_delete_orphan_on_the_many_side(Base: Any) -> None:
    class Parent(Base):
        __tablename__ = "parent"
        id = Column(Integer, primary_key=True)

    class Child(Base):
        __tablename__ = "child"
        id = Column(Integer, primary_key=True)
        parent_id = Column(ForeignKey("parent.id"))
        parent = relationship(Parent, cascade="all, delete-orphan")

    with pytest.raises(ArgumentError, match="delete-orphan") as caught:
        configure_mappers()
    assert "single_parent" in caught.value.fix


def test_a_viewonly_relationship_leaves_out_the_cascades_of_writing() -> None:
    assert relationship("X", viewonly=True, cascade="all, delete-orphan").cascade == {
        "merge",
        "expunge",
        "refresh-expire",
    }
    assert relationship("X", viewonly=True, cascade="delete").cascade == set()
    assert relationship("X", viewonly=True).cascade == {"merge"}


def test_no_cascades_are_asked_for_by_none() -> None:
    assert relationship("X", cascade=None).cascade == set()
    assert relationship("X").cascade == relationship("X", cascade=False).cascade == {"save-update", "merge"}


def test_cascades_may_be_set() -> None:
    declared = relationship("X")
    declared.cascade = "save-update, expunge"
    assert declared.cascade == {"save-update", "expunge"}
    assert declared.cascade.expunge


def test_delete_orphan_without_delete_is_warned_of() -> None:
    with pytest.warns(AzothWarning, match="requires delete"):
        declared = relationship("X", cascade="save-update, delete-orphan")
    assert declared.cascade == {"save-update", "delete-orphan"}


def test_back_populates_to_nothing(Base: Any) -> None:
    parent_and_child(Base, back_populates="parent")
    with pytest.raises(ArgumentError, match=r"Child\.parent, which does not exist"):
        configure_mappers()


def test_both_sides_with_the_same_direction_ask_for_remote_side(Base: Any) -> None:
    class Node(Base):
        __tablename__ = "node"
        id = Column(Integer, primary_key=True)
        parent_id = Column(ForeignKey("node.id"))
        children = relationship("Node", back_populates="parent")
        parent = relationship("Node", back_populates="children")

    with pytest.raises(ArgumentError, match="same direction") as caught:
        configure_mappers()
    assert "remote_side" in caught.value.fix


def test_a_backref_over_an_attribute(Base: Any) -> None:
    parent_and_child(Base, backref=backref("id"))
    with pytest.raises(ArgumentError, match="backref 'id'"):
        configure_mappers()


def test_backref_and_back_populates_together() -> None:
    with pytest.raises(ArgumentError, match="both backref and back_populates"):
        relationship("X", backref="a", back_populates="b")


def test_a_secondary_table_without_foreign_keys(Base: Any) -> None:
    Table("link", Base.metadata, Column("a", Integer), Column("b", Integer))
    parent_and_child(Base, secondary="link")
    with pytest.raises(NoForeignKeysError, match=r"Parent\.children"):
        configure_mappers()


def test_an_unknown_secondary_table_suggests_similar_names(Base: Any) -> None:
    Table("links", Base.metadata, Column("a", Integer))
    parent_and_child(Base, secondary="link")
    with pytest.raises(InvalidRequestError, match="'link'") as caught:
        configure_mappers()
    assert "'links'" in caught.value.fix


def test_a_target_that_is_not_mapped(Base: Any) -> None:
    class Plain: ...

    parent_and_child(Base, argument=Plain)
    with pytest.raises(ArgumentError, match="expects a class or a mapper"):
        configure_mappers()


def test_a_relationship_without_target(Base: Any) -> None:
    parent_and_child(Base, argument=None)
    with pytest.raises(ArgumentError, match="names no related class"):
        configure_mappers()


def test_unknown_strategies_and_arguments() -> None:
    with pytest.raises(ArgumentError, match="lazy='eager'"):
        relationship("X", lazy="eager")
    with pytest.raises(TypeError, match="no argument 'back_populate'; did you mean 'back_populates'"):
        relationship("X", back_populate="y")  # type: ignore[call-arg]


@pytest.mark.parametrize(
    "text",
    [
        "__import__('os').system('true')",
        "Parent.__class__",
        "Parent.metadata.clear()",
        "Parent.registry.dispose()",
        "open('x')",
        "Parent.id == Child.parent_id if True else None",
        "(lambda: 1)()",
        "[c for c in Child]",
        "Parent.metadata._sa_x",
        "eval('1')",
    ],
)
def test_text_cannot_reach_beyond_classes_tables_and_sql(Base: Any, text: str) -> None:
    parent_and_child(Base, primaryjoin=text)
    with pytest.raises(InvalidRequestError, match=r"Parent\.children"):
        configure_mappers()


def test_unknown_attributes_in_text_suggest_similar_ones(Base: Any) -> None:
    parent_and_child(Base, primaryjoin="Parent.id == Child.parentid")
    with pytest.raises(InvalidRequestError, match=r"Child\.parentid") as caught:
        configure_mappers()
    assert "'parent_id'" in caught.value.fix


def test_classes_of_one_name_need_their_module() -> None:
    Base = declarative_base()
    for module in ("shop.models", "stock.models"):
        type(
            "Item",
            (Base,),
            {"__tablename__": module.replace(".", "_"), "__module__": module, "id": Column(Integer, primary_key=True)},
        )
    names = Base.registry.names_for(object, "items")

    assert names.target("shop.models.Item").__table__.name == "shop_models"
    with pytest.raises(InvalidRequestError, match="Multiple classes") as caught:
        names.target("Item")
    assert "stock.models.Item" in caught.value.why


def test_comparing_collections_and_asking_the_wrong_question(Base: Any) -> None:
    Parent, Child = parent_and_child(Base, backref="parent")
    configure_mappers()

    with pytest.raises(InvalidRequestError, match=r"contains\(\)"):
        _ = Parent.children == Child()
    with pytest.raises(InvalidRequestError, match=r"has\(\)"):
        Parent.children.has()
    with pytest.raises(InvalidRequestError, match=r"any\(\)"):
        Child.parent.any()
    with pytest.raises(InvalidRequestError, match="no attribute 'nam'"):
        Parent.children.any(nam=3)
    with pytest.raises(ArgumentError, match="compared with Parent objects"):
        _ = Child.parent == 5
    with pytest.raises(InvalidRequestError, match="not a relationship"):
        Parent.id.any()
    with pytest.raises(azoth.exc.InvalidRequestError, match="in_"):
        Child.parent.in_([1])
