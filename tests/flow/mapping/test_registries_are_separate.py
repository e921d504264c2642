"""Registries are configured each by itself: a broken mapping stops the classes of its own registry only."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Iterator
from typing import Any

import pytest

from azoth import Column, ForeignKey, Integer, MetaData, String, Table, event, inspect, select
from azoth.exc import ArgumentError, InvalidRequestError
from azoth.orm import (
    DeclarativeBase,
    Mapped,
    Mapper,
    Session,
    backref,
    class_mapper,
    configure_mappers,
    declarative_base,
    mapped_column,
    mapper,
    registry,
    relation,
    relationship,
    selectinload,
)
from azoth.orm.mapping.configuring.configuration import all_mappers
from tests.database import Database


@pytest.fixture(autouse=True)
def _all_others_are_configured() -> Iterator[None]:
    configure_mappers()
    yield
    # Broken classes of one test must not stop others that configure everything.
    for left in all_mappers():
        if not left.configured:
            left.dispose()


def new_base(kind: str) -> Any:
    """Make a declarative base of one of the kinds that there are."""
    if kind == "class":
        return type("Base", (DeclarativeBase,), {})
    return declarative_base() if kind == "function" else registry().generate_base()


def thing(base: Any, name: str, /, **members: Any) -> Any:
    """Declare a class with a primary key."""
    return type(
        name, (base,), {"__tablename__": name.lower(), "id": mapped_column(Integer, primary_key=True), **members}
    )


def broken(base: Any, name: str = "Broken") -> Any:
    """Declare a class with a relationship to a class that is missing."""
    return thing(base, name, missing_id=mapped_column(Integer), rel=relationship("Missing"))


# --- the others go on ---


@pytest.mark.parametrize("kind", ["class", "function", "registry"])
def test_a_broken_registry_does_not_stop_others(database: Database, kind: str) -> None:
    one, other = new_base(kind), new_base(kind)
    wrong, fine = broken(one), thing(other, "Fine")
    engine = database.make_engine()
    other.metadata.create_all(engine)
    with Session(engine) as session:
        session.add(fine(id=1))
        session.commit()
        assert session.scalars(select(fine)).one().id == 1
    assert inspect(fine).configured
    with pytest.raises(InvalidRequestError, match=r"relationship Broken\.rel refers to 'Missing'"):
        wrong()
    assert fine().id is None


def test_a_broken_classic_mapping_stops_classic_mappings_only() -> None:
    metadata = MetaData()
    wrong = type("Wrong", (), {})
    mapped = mapper(
        wrong, Table("w", metadata, Column("id", Integer, primary_key=True)), properties={"rel": relation("Missing")}
    )
    own, fine = registry(), type("Fine", (), {})
    own.map_imperatively(fine, Table("f", metadata, Column("id", Integer, primary_key=True)))
    try:
        fine()
        with pytest.raises(InvalidRequestError, match=r"Wrong\.rel"):
            wrong()
    finally:
        mapped.dispose()


def test_using_a_fine_registry_does_not_touch_the_broken_one() -> None:
    one, other = new_base("class"), new_base("class")
    asked: list[str] = []
    thing(one, "Asked", rel=relationship(lambda: asked.append("asked")))
    touched = thing(one, "Touched")
    heard: list[Any] = []
    event.listen(touched, "before_mapper_configured", lambda mapper, class_: heard.append(class_))
    thing(other, "Fine")()
    assert (asked, heard) == ([], [])
    one.registry.dispose()


# --- a failure is told again, and can be cured ---


def test_a_failure_is_told_again_at_each_use_until_the_missing_class_is_there() -> None:
    base = new_base("class")
    wrong, beside = broken(base), thing(base, "Beside")
    with pytest.raises(InvalidRequestError, match=r"^relationship Broken\.rel refers to 'Missing'") as first:
        beside()
    for use in (beside, wrong, lambda: inspect(wrong).attrs, lambda: class_mapper(beside), base.registry.configure):
        with pytest.raises(InvalidRequestError) as again:
            use()
        assert str(again.value).splitlines()[0] == (
            "One or more mappers failed to initialize; the first was that of Broken.rel [AZ-M06]"
        )
        assert again.value.__cause__ is first.value
    thing(base, "Missing", broken_id=mapped_column(ForeignKey("broken.id")))
    assert wrong().rel == []
    assert inspect(beside).configured


def test_a_class_of_another_registry_can_be_the_missing_one() -> None:
    names: dict[str, Any] = {}
    one, other = registry(class_registry=names).generate_base(), registry(class_registry=names).generate_base()
    wrong = broken(one)
    with pytest.raises(InvalidRequestError, match="Missing"):
        wrong()
    found = thing(other, "Missing")
    wrong.__table__.append_column(Column("m", ForeignKey(found.__table__.c.id)))
    assert wrong().rel is None


def test_an_error_that_is_not_ours_is_told_with_the_attribute() -> None:
    def fail() -> Any:
        raise LookupError("nothing here")

    base = new_base("class")
    wrong = thing(base, "Wrong", rel=relationship(fail))
    with pytest.raises(LookupError) as first:
        wrong()
    assert first.value.__notes__ == ["raised while the mapping of Wrong.rel was configured"]
    with pytest.raises(InvalidRequestError, match=r"first was that of Wrong\.rel"):
        wrong()


def test_configure_mappers_configures_all_others_and_raises_the_first_error() -> None:
    bases = [new_base("class") for _ in range(4)]
    fine = [thing(bases[0], "One"), thing(bases[3], "Four")]
    broken(bases[1], "Second")
    broken(bases[2], "Third")
    with pytest.raises(InvalidRequestError, match=r"Second\.rel"):
        configure_mappers()
    assert all(class_.__mapper__.configured for class_ in fine)
    with pytest.raises(InvalidRequestError, match=r"failed to initialize; the first was that of Second\.rel"):
        configure_mappers()
    bases[1].registry.dispose()
    with pytest.raises(InvalidRequestError, match=r"Third\.rel"):
        configure_mappers()
    bases[2].registry.dispose()
    configure_mappers()


# --- relationships between registries ---


def linked(**options: Any) -> tuple[Any, Any]:
    """Declare a parent in one registry and, in another, children whose relationship leads to it."""
    metadata = MetaData()
    one, other = registry(metadata=metadata).generate_base(), registry(metadata=metadata).generate_base()
    parent = thing(one, "Parent", name=mapped_column(String))
    child = thing(
        other, "Child", parent_id=mapped_column(ForeignKey("parent.id")), parent=relationship(parent, **options)
    )
    return parent, child


def saved(database: Database, parent: Any, child: Any, made: Any) -> None:
    """Save what was made, and read it anew from both sides."""
    engine = database.make_engine()
    parent.metadata.create_all(engine)
    with Session(engine) as session:
        session.add(made)
        session.commit()
        session.expunge_all()
        found = session.scalars(select(parent).options(selectinload(parent.children))).one()
        assert [one.parent for one in found.children] == [found, found]
        found.children.pop()
        session.commit()
        assert len(session.scalars(select(child).where(child.parent == found)).all()) == 1


@pytest.mark.parametrize("first", ["parent", "child"])
def test_backrefs_reach_into_another_registry_whichever_class_is_used_first(database: Database, first: str) -> None:
    parent, child = linked(backref=backref("children", cascade="all, delete-orphan"))
    if first == "parent":
        made = parent(children=[child(), child()])
    else:
        child()
        made = parent()
        child(parent=made)
        child().parent = made
        assert len(made.children) == 2
    saved(database, parent, child, made)


def test_a_backref_reaches_a_class_that_was_used_before(database: Database) -> None:
    metadata = MetaData()
    one, other = registry(metadata=metadata).generate_base(), registry(metadata=metadata).generate_base()
    parent = thing(one, "Parent")
    parent()
    child = thing(
        other,
        "Child",
        parent_id=mapped_column(ForeignKey("parent.id")),
        parent=relationship(parent, backref=backref("children", cascade="all, delete-orphan")),
    )
    made = child(parent=parent()).parent
    assert made.children[0].parent is made
    made.children.append(child())
    assert made.children[1].parent is made
    assert len(parent.__mapper__.manager.attributes["children"].reverse) == 1
    assert [one.key for one in child.__mapper__.manager.delete_orphan_attributes] == ["children"]
    saved(database, parent, child, made)


def test_back_populates_joins_both_registries(database: Database) -> None:
    metadata = MetaData()
    one, other = registry(metadata=metadata).generate_base(), registry(metadata=metadata).generate_base()
    found: list[Any] = []
    parent = thing(one, "Parent", children=relationship(lambda: found[0], back_populates="parent"))
    child = thing(
        other,
        "Child",
        parent_id=mapped_column(ForeignKey("parent.id")),
        parent=relationship(parent, back_populates="children"),
    )
    found.append(child)
    saved(database, parent, child, parent(children=[child(), child()]))


def test_annotations_with_classes_of_another_registry_add_backrefs_too() -> None:
    metadata = MetaData()

    class One(DeclarativeBase):
        pass

    class Other(DeclarativeBase):
        pass

    One.metadata = Other.metadata = metadata
    parent = thing(One, "Parent")
    child = type("Child", (Other,), {
        "__tablename__": "child",
        "__annotations__": {"id": Mapped[int], "parent_id": Mapped[int], "parent": Mapped[parent]},
        "id": mapped_column(primary_key=True),
        "parent_id": mapped_column(ForeignKey("parent.id")),
        "parent": relationship(backref="children"),
    })  # fmt: skip
    made = parent(children=[child()])
    assert made.children[0].parent is made


def test_registries_with_the_same_names_add_backrefs_to_each_other() -> None:
    names: dict[str, Any] = {}
    metadata = MetaData()
    one, other = [registry(metadata=metadata, class_registry=names).generate_base() for _ in range(2)]
    parent = thing(one, "Parent")
    child = thing(
        other,
        "Child",
        parent_id=mapped_column(ForeignKey("parent.id")),
        parent=relationship("Parent", backref="children"),
    )
    made = parent(children=[child()])
    assert made.children[0].parent is made


def test_a_broken_registry_adds_nothing_to_the_classes_of_others() -> None:
    metadata = MetaData()
    one, other = registry(metadata=metadata).generate_base(), registry(metadata=metadata).generate_base()
    parent = thing(one, "Parent")
    child = thing(
        other,
        "Child",
        parent_id=mapped_column(ForeignKey("parent.id")),
        parent=relationship(parent, backref="children"),
        rel=relationship("Missing"),
    )
    assert not hasattr(parent(), "children")
    with pytest.raises(InvalidRequestError, match=r"Child\.rel"):
        child()
    thing(other, "Missing", child_id=mapped_column(ForeignKey("child.id")))
    assert child(parent=parent()).parent.children[0].rel == []


def test_what_depends_on_a_broken_registry_is_broken_and_names_it() -> None:
    metadata = MetaData()
    one, other = registry(metadata=metadata).generate_base(), registry(metadata=metadata).generate_base()
    target = broken(one)
    user = thing(other, "User", b_id=mapped_column(ForeignKey("broken.id")), b=relationship(target))
    with pytest.raises(InvalidRequestError, match=r"Broken\.rel"):
        user()
    with pytest.raises(InvalidRequestError, match=r"failed to initialize; the first was that of Broken\.rel"):
        user()
    thing(one, "Missing", broken_id=mapped_column(ForeignKey("broken.id")))
    assert user(b=target()).b.rel == []


def test_a_wrong_back_reference_is_found_again_after_another_is_mended() -> None:
    base = new_base("class")
    parent = thing(base, "Parent", children=relationship("Child", back_populates="wrong"))
    thing(base, "Child", parent_id=mapped_column(ForeignKey("parent.id")), parent=relationship("Parent"))
    with pytest.raises(ArgumentError, match=r"Parent\.children refers back to Child\.wrong"):
        parent()
    thing(base, "Unrelated")
    with pytest.raises(ArgumentError, match=r"Parent\.children refers back to Child\.wrong"):
        parent()


# --- registry.configure() and dispose() ---


def test_configure_without_cascade_stays_in_the_registry() -> None:
    parent, child = linked()
    with pytest.raises(InvalidRequestError, match=r"cannot configure relationship Child\.parent"):
        child.registry.configure()
    assert not parent.__mapper__.configured
    parent.registry.configure()
    assert parent.__mapper__.configured
    assert not child.__mapper__.configured
    child.registry.configure()
    assert child.__mapper__.configured


def test_configure_with_cascade_takes_in_what_it_depends_on() -> None:
    parent, child = linked()
    child.registry.configure(cascade=True)
    assert parent.__mapper__.configured
    assert child.__mapper__.configured


def test_dispose_takes_dependents_only_with_cascade() -> None:
    parent, child = linked()
    child()
    with pytest.raises(InvalidRequestError, match="others depend") as caught:
        parent.registry.dispose()
    assert "Child" in caught.value.why
    parent.registry.dispose(cascade=True)
    assert inspect(parent, raiseerr=False) is inspect(child, raiseerr=False) is None
    parent.registry.dispose()


# --- events ---


def test_events_tell_of_what_is_configured_and_of_nothing_else() -> None:
    heard: list[Any] = []
    removals: list[tuple[Any, str, Any]] = []

    def note(name: str, arguments: int) -> None:
        def about_one(mapper: Any, class_: type[Any]) -> None:
            heard.append((name, class_.__name__))

        def about_all() -> None:
            heard.append(name)

        wrapped: Any = about_one if arguments else about_all
        event.listen(Mapper, name, wrapped)
        removals.append((Mapper, name, wrapped))

    parent, child = linked(backref="children")
    unused = thing(new_base("class"), "Unused")
    note("before_configured", 0)
    note("before_mapper_configured", 2)
    note("mapper_configured", 2)
    note("after_configured", 0)
    try:
        child()
        assert heard == [
            "before_configured",
            ("before_mapper_configured", "Child"),
            ("before_mapper_configured", "Parent"),
            ("mapper_configured", "Child"),
            ("mapper_configured", "Parent"),
            "after_configured",
        ]
        heard.clear()
        parent()
        assert heard == []
        configure_mappers()
        assert heard == [
            "before_configured",
            ("before_mapper_configured", "Unused"),
            ("mapper_configured", "Unused"),
            "after_configured",
        ]
        heard.clear()
        unused()
        configure_mappers()
        assert heard == []
    finally:
        for removal in removals:
            event.remove(*removal)


def test_a_listener_may_use_other_registries_and_its_own_class() -> None:
    one, other = thing(new_base("class"), "One"), thing(new_base("class"), "Other")
    made: list[Any] = []

    def make(mapper: Any, class_: type[Any]) -> None:
        made.extend([other(id=1), one(id=2)])

    event.listen(one, "before_mapper_configured", make)
    one()
    assert [instance.id for instance in made] == [1, 2]
    assert other.__mapper__.configured


# --- memory ---


@pytest.mark.parametrize("fate", ["unused", "used", "broken"])
def test_registries_that_are_dropped_leave_nothing(fate: str) -> None:
    def make() -> list[weakref.ref[Any]]:
        base = new_base("function")
        parent = thing(base, "Parent")
        child = thing(
            base, "Child", parent_id=mapped_column(ForeignKey("parent.id")), parent=relationship(parent, backref="kids")
        )
        if fate == "used":
            child()
        elif fate == "broken":
            wrong = broken(base)
            with pytest.raises(InvalidRequestError):
                wrong()
        return [weakref.ref(one) for one in (base.registry, parent, parent.__mapper__, child)]

    references = [reference for _ in range(100) for reference in make()]
    gc.collect()
    assert [reference() for reference in references if reference() is not None] == []


def test_a_broken_class_that_is_unmapped_stops_nobody() -> None:
    base = new_base("class")
    wrong, beside = broken(base), thing(base, "Beside")
    with pytest.raises(InvalidRequestError):
        beside()
    wrong.__mapper__.dispose()
    assert beside().id is None
