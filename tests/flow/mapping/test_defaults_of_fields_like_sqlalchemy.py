"""Arguments that are left out of the constructor of a mapped dataclass take nothing from those that are given."""

# Annotations are evaluated here, as the names in them are variables of functions.

import inspect
from typing import Any, Optional

import pytest

from azoth import ForeignKey, exc
from azoth.orm import DeclarativeBase, Mapped, MappedAsDataclass, mapped_column, relationship, synonym
from tests.database import Database
from tests.flow.differential.library import AZOTH, SQLALCHEMY, Library


def outcome(database: Database, lib: Library) -> list[Any]:
    class Base(lib.MappedAsDataclass, lib.DeclarativeBase):  # type: ignore[misc, name-defined]
        pass

    class Parent(Base):
        __tablename__ = "parent"
        id: lib.Mapped[int] = lib.mapped_column(primary_key=True)  # type: ignore[name-defined]
        name: lib.Mapped[Optional[str]] = lib.mapped_column(lib.String(9), default=None)  # type: ignore[name-defined]
        title: lib.Mapped[Optional[str]] = lib.synonym("name", default=None)  # type: ignore[name-defined]
        kind: lib.Mapped[str] = lib.mapped_column(lib.String(9), default="x")  # type: ignore[name-defined]
        sort: lib.Mapped[str] = lib.synonym("kind", default="x")  # type: ignore[name-defined]

    class Child(Base):
        __tablename__ = "child"
        id: lib.Mapped[int] = lib.mapped_column(primary_key=True)  # type: ignore[name-defined]
        parent_id: lib.Mapped[Optional[int]] = lib.mapped_column(  # type: ignore[name-defined]
            lib.ForeignKey("parent.id"), default=None
        )
        parent: lib.Mapped[Optional[Parent]] = lib.relationship(default=None)  # type: ignore[name-defined]

    engine = database.make_engine(library=lib)
    Base.metadata.create_all(engine)
    with lib.Session(engine) as session:
        parents = [Parent(1, "ed"), Parent(2, title="zed"), Parent(3, kind="y"), Parent(4, sort="z"), Parent(5)]
        found: list[Any] = [(one.name, one.title, one.kind, one.sort) for one in parents]
        session.add_all(parents)
        session.flush()
        children = [Child(1, 2), Child(2, parent=parents[0]), Child(3), Child(4, None, None)]
        found += [one.parent for one in children if one.id != 2]
        session.add_all(children)
        session.commit()
        found += [(one.name, one.kind) for one in parents]
        found += [(one.parent_id, one.parent and one.parent.name) for one in children]
    Base.registry.dispose()
    return found


def test_what_is_left_out_stays_as_it_is(database: Database) -> None:
    found = outcome(database, AZOTH)
    assert found == outcome(database, SQLALCHEMY)
    assert found[-4:] == [(2, "zed"), (1, "ed"), (None, None), (None, None)]


class OwnWrites:
    """A mixin that sees each write, so that attributes are set one level deeper."""

    def __setattr__(self, key: str, value: object) -> None:
        super().__setattr__(key, value)


def test_a_class_that_sees_its_own_writes_keeps_a_key_that_was_given(database: Database) -> None:
    class Base(MappedAsDataclass, DeclarativeBase):
        pass

    class Node(OwnWrites, Base):
        __tablename__ = "node"
        id: Mapped[int] = mapped_column(primary_key=True)
        parent_id: Mapped[Optional[int]] = mapped_column(ForeignKey("node.id"), default=None)
        parent: Mapped[Optional["Node"]] = relationship(remote_side=[id], default=None)

    node = Node(2, parent_id=1)
    assert "parent" not in node.__dict__
    assert node.parent is None
    assert node.parent_id == 1
    assert inspect.signature(Node).parameters["parent"].default is not inspect.Parameter.empty


@pytest.mark.parametrize("options", [{}, {"default": "other"}])
def test_a_synonym_has_the_default_of_its_attribute(options: dict[str, Any]) -> None:
    class Base(MappedAsDataclass, DeclarativeBase):
        pass

    with pytest.raises(exc.ArgumentError, match=r"synonym User.title has another default than name") as caught:

        class User(Base):
            __tablename__ = "user"
            id: Mapped[int] = mapped_column(primary_key=True)
            name: Mapped[str] = mapped_column(**options)
            title: Mapped[str] = synonym("name", default="x")

    assert "init=False" in caught.value.fix
