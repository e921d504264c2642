"""Mapped dataclasses, their mixins and bases: constructors, values and rows as SQLAlchemy has them."""

# Annotations are evaluated here, as the names in them are variables of functions.
# mypy: disable-error-code="misc, name-defined"

import dataclasses
import inspect
from typing import Any, List, Optional, Set  # noqa: UP035 - older spellings are valid

import pytest

from azoth import ForeignKey, exc
from azoth.orm import DeclarativeBase, Mapped, MappedAsDataclass, configure_mappers, mapped_column, relationship
from tests.database import Database
from tests.flow.differential.library import AZOTH, SQLALCHEMY, Library


def values_of(instance: object) -> dict[str, Any]:
    return {key: value for key, value in instance.__dict__.items() if not key.startswith("_")}


def parameters_of(class_: type[Any]) -> list[tuple[str, str, bool]]:
    found = inspect.signature(class_).parameters.values()
    return [(one.name, str(one.kind), one.default is inspect.Parameter.empty) for one in found]


def defaults(database: Database, lib: Library) -> list[Any]:
    class Base(lib.MappedAsDataclass, lib.DeclarativeBase):
        pass

    class Item(Base):
        __tablename__ = "item"
        id: lib.Mapped[int] = lib.mapped_column(primary_key=True)
        name: lib.Mapped[str] = lib.mapped_column(lib.String(9))
        status: lib.Mapped[str] = lib.mapped_column(lib.String(9), default="new")
        hidden: lib.Mapped[int] = lib.mapped_column(default=9, init=False)
        unsaid: lib.Mapped[Optional[int]] = lib.mapped_column(default=None)
        made: lib.Mapped[int] = lib.mapped_column(default_factory=lambda: 8)
        parts: lib.Mapped[List["Part"]] = lib.relationship(default_factory=list)  # noqa: UP006

    class Part(Base):
        __tablename__ = "part"
        id: lib.Mapped[int] = lib.mapped_column(primary_key=True)
        item_id: lib.Mapped[Optional[int]] = lib.mapped_column(lib.ForeignKey("item.id"), default=None, repr=False)

    class Bare(Base, init=False):
        __tablename__ = "bare"
        id: lib.Mapped[int] = lib.mapped_column(primary_key=True)
        status: lib.Mapped[str] = lib.mapped_column(lib.String(9), default="new")

    engine = database.make_engine(library=lib)
    Base.metadata.create_all(engine)
    found: list[Any] = [parameters_of(Item), values_of(Item(1, "a")), Bare().status]
    item = Item(1, "a")
    found += [item.status, item.hidden, item.unsaid, item.made, item.parts, item == Item(1, "a")]
    with lib.Session(engine) as session:
        item = Item(1, "a", status="old", parts=[Part(5)])
        item.hidden = 10
        session.add(item)
        session.commit()
        same = session.merge(Item(1, "b"))
        session.flush()
        found += [same is item, item.name, item.status, item.hidden, item.made, [part.id for part in item.parts]]
        session.merge(Item(1, "c", status="new", parts=[]))
        session.commit()
        found += [item.name, item.status, len(item.parts)]
        session.add(Item(2, "z"))
        session.commit()
        found += [tuple(row) for row in session.execute(lib.select(Item.__table__).order_by(Item.id))]
    Base.registry.dispose()
    return found


def test_defaults_are_those_of_attributes_that_nobody_set(database: Database) -> None:
    found = defaults(database, AZOTH)
    assert found == defaults(database, SQLALCHEMY)
    assert found[-1] == (2, "z", "new", 9, None, 8)


def bases(lib: Library) -> list[Any]:
    class Base(lib.MappedAsDataclass, lib.DeclarativeBase, unsafe_hash=True):
        owner: int

    class Abstract(Base):
        __abstract__ = True
        kind: str

    class Mixin(lib.MappedAsDataclass):
        code: lib.Mapped[int] = lib.mapped_column(primary_key=True)
        size: lib.Mapped[int] = lib.mapped_column(default=1)

    class Item(Abstract, repr=False):
        __tablename__ = "item"
        id: lib.Mapped[int] = lib.mapped_column(primary_key=True)

    class Thing(Mixin, Base):
        __tablename__ = "thing"
        _: dataclasses.KW_ONLY
        note: str = dataclasses.field(default="n")
        last: lib.Mapped[int]
        plain: int = 5

    item, thing = Item(5, "k", 7), Thing(1, 2, 3, last=4)
    found: list[Any] = [parameters_of(Item), parameters_of(Thing), repr(item).partition(".Item")[2]]
    found += [hash(item) == hash(Item(5, "k", 7)), dataclasses.asdict(thing), list(Thing.__table__.c.keys())]
    found += [dataclasses.is_dataclass(Base), dataclasses.is_dataclass(Mixin), list(Thing.__annotations__)]
    Base.registry.dispose()
    return found


def test_bases_and_mixins_are_dataclasses_by_themselves() -> None:
    assert bases(AZOTH) == bases(SQLALCHEMY)


def declared(lib: Library) -> list[Any]:
    class Base(lib.MappedAsDataclass, lib.DeclarativeBase):
        pass

    class User(Base):
        __tablename__ = "user"
        id: lib.Mapped[int] = lib.mapped_column(init=False, primary_key=True)

    class Owned(lib.MappedAsDataclass, kw_only=True):
        owner_id: lib.Mapped[int] = lib.mapped_column(lib.ForeignKey("user.id"), init=False)

        @lib.declared_attr
        def owner(cls) -> lib.Mapped[User]:
            return lib.relationship(foreign_keys=[cls.owner_id])

        @lib.declared_attr
        def size(cls) -> lib.Mapped[int]:
            return lib.mapped_column()

    class Item(Owned, Base, kw_only=True):
        __tablename__ = "item"
        id: lib.Mapped[int] = lib.mapped_column(init=False, primary_key=True)
        name: lib.Mapped[str]

    user = User()
    item = Item(name="n", owner=user, size=3)
    column = Item.__table__.c.size
    found = [sorted(parameters_of(Item)), item.owner is user, item.size, column.nullable, type(column.type).__name__]
    Base.registry.dispose()
    return found


def test_methods_of_mixins_declare_fields_by_what_they_return() -> None:
    assert declared(AZOTH) == declared(SQLALCHEMY)


def test_a_function_that_makes_dataclasses_sees_the_annotations_of_the_body() -> None:
    seen: dict[str, Any] = {}

    def make(class_: type[Any], **options: Any) -> type[Any]:
        seen[class_.__name__] = class_.__annotations__
        return dataclasses.dataclass(class_, **options)

    class Base(DeclarativeBase):
        pass

    class Item(MappedAsDataclass, Base, dataclass_callable=make):
        __tablename__ = "item"
        id: Mapped[int] = mapped_column(primary_key=True)
        note: str = "n"

    assert seen == {"Item": {"id": Mapped[int], "note": str}}
    Base.registry.dispose()


def test_defaults_that_fit_no_relationship_are_refused() -> None:
    class Base(MappedAsDataclass, DeclarativeBase):
        pass

    with pytest.raises(exc.ArgumentError, match=r"relationship\(\): default"):
        relationship(default="nobody")
    with pytest.raises(exc.ArgumentError, match=r"default_factory of Wrong\.items is list, and its collection a set"):

        class Wrong(Base):
            __tablename__ = "wrong"
            id: Mapped[int] = mapped_column(primary_key=True)
            items: Mapped[Set["Wrong"]] = relationship(default_factory=list)  # noqa: UP006

    with pytest.raises(exc.ArgumentError, match=r"default_factory of Made\.items is made, and its collection a list"):

        def made() -> List[Any]:  # noqa: UP006
            return []

        class Made(Base):
            __tablename__ = "made"
            id: Mapped[int] = mapped_column(primary_key=True)
            items: Mapped[List["Made"]] = relationship(default_factory=made, init=False)  # noqa: UP006

    with pytest.raises(exc.ArgumentError, match=r"Single\.other is a relationship to one object") as caught:

        class Single(Base):
            __tablename__ = "single"
            id: Mapped[int] = mapped_column(primary_key=True)
            other: Mapped[Optional["Single"]] = relationship(default_factory=list)

    assert "default=None" in caught.value.fix

    class Node(Base):
        __tablename__ = "node"
        id: Mapped[int] = mapped_column(primary_key=True)
        parts: Mapped[List["Part"]] = relationship(default=None)  # noqa: UP006

    class Part(Base):
        __tablename__ = "part"
        id: Mapped[int] = mapped_column(primary_key=True)
        node_id: Mapped[Optional[int]] = mapped_column(ForeignKey("node.id"), default=None)

    with pytest.raises(exc.ArgumentError, match=r"relationship Node\.parts is a collection"):
        configure_mappers()
    Base.registry.dispose()


def test_the_factory_of_a_collection_may_be_the_annotated_kind() -> None:
    class Items(List[Any]):  # noqa: UP006
        pass

    class Base(MappedAsDataclass, DeclarativeBase):
        pass

    class Box(Base):
        __tablename__ = "box"
        id: Mapped[int] = mapped_column(primary_key=True, init=False)
        box_id: Mapped[Optional[int]] = mapped_column(ForeignKey("box.id"), init=False)
        kept: Mapped[List["Box"]] = relationship(default_factory=list, collection_class=Items)  # noqa: UP006
        own: Mapped[List["Box"]] = relationship(  # noqa: UP006
            default_factory=Items, collection_class=Items, overlaps="kept"
        )

    box = Box()
    assert isinstance(box.kept, Items)
    assert isinstance(box.own, Items)
    Base.registry.dispose()


def stored_defaults(database: Database, lib: Library) -> list[Any]:
    class Base(lib.MappedAsDataclass, lib.DeclarativeBase):
        _sa_disable_descriptor_defaults = True

    class Parent(Base):
        __tablename__ = "parent"
        id: lib.Mapped[int] = lib.mapped_column(primary_key=True)
        status: lib.Mapped[str] = lib.mapped_column(lib.String(9), default="new")
        hidden: lib.Mapped[int] = lib.mapped_column(default=9, init=False)
        title: lib.Mapped[str] = lib.synonym("status", default="other")
        children: lib.Mapped[List["Child"]] = lib.relationship(default_factory=list)  # noqa: UP006

    class Child(Base):
        __tablename__ = "child"
        id: lib.Mapped[int] = lib.mapped_column(primary_key=True)
        parent_id: lib.Mapped[Optional[int]] = lib.mapped_column(lib.ForeignKey("parent.id"), default=None)
        parent: lib.Mapped[Optional[Parent]] = lib.relationship(default=None, overlaps="children")

    class Bare(Base, init=False):
        __tablename__ = "bare"
        id: lib.Mapped[int] = lib.mapped_column(primary_key=True)
        status: lib.Mapped[str] = lib.mapped_column(lib.String(9), default="new")

    class Served(Base):
        _sa_disable_descriptor_defaults = False
        __tablename__ = "served"
        id: lib.Mapped[int] = lib.mapped_column(primary_key=True)
        status: lib.Mapped[str] = lib.mapped_column(lib.String(9), default="new")

    engine = database.make_engine(library=lib)
    Base.metadata.create_all(engine)
    parent = Parent(1)
    found: list[Any] = [sorted(values_of(parent)), parent.status, parent.hidden, parent.children]
    found += [Bare().status, sorted(values_of(Served(1))), Served(1).status]
    with lib.Session(engine) as session:
        session.add_all([Parent(1, status="old", title="old", children=[Child(1)]), Child(2, parent_id=1)])
        session.flush()
        found += [session.get(Child, 2).parent]
        same = session.merge(Parent(1))
        session.commit()
        found += [same.status, [child.id for child in same.children]]
    Base.registry.dispose()
    return found


def test_a_class_may_say_that_its_constructor_stores_defaults(database: Database) -> None:
    found = stored_defaults(database, AZOTH)
    assert found == stored_defaults(database, SQLALCHEMY)
    assert found[1:4] == ["other", 9, []]


def test_what_is_inserted_instead_of_nothing_may_differ_from_the_constructors_default(database: Database) -> None:
    class Base(MappedAsDataclass, DeclarativeBase):
        pass

    class Item(Base):
        __tablename__ = "item"
        id: Mapped[int] = mapped_column(primary_key=True)
        size: Mapped[Optional[int]] = mapped_column(default=None, insert_default=5)
        weight: Mapped[int] = mapped_column(default=1, insert_default=2)

    item = Item(1)
    assert (item.size, item.weight) == (None, 1)
    engine = database.make_engine()
    Base.metadata.create_all(engine)
    with AZOTH.Session(engine) as session:
        session.add(item)
        session.commit()
        assert (item.size, item.weight) == (5, 1)
    Base.registry.dispose()
