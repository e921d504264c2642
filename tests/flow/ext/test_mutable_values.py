"""Values of columns that change in place mark the objects that hold them as changed."""

from __future__ import annotations

import copy
import gc
import json
import pickle
import weakref
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from azoth import (
    JSON,
    Column,
    Engine,
    ForeignKey,
    Integer,
    PickleType,
    String,
    Table,
    TypeDecorator,
    event,
    inspect,
    select,
    update,
)
from azoth.exc import InvalidRequestError
from azoth.ext.mutable import Mutable, MutableDict, MutableList, MutableSet
from azoth.orm import DeclarativeBase, Mapped, Session, configure_mappers, mapped_column, registry


class Base(DeclarativeBase):
    type_annotation_map = {dict[str, Any]: MutableDict.as_mutable(JSON)}


class Words(TypeDecorator[list[str]]):
    """A list as text; it makes copies of itself in its own way."""

    impl = String
    cache_ok = True

    def __init__(self, length: int = 50) -> None:
        super().__init__(length)
        self.length = length

    def copy(self, **kw: Any) -> Words:
        return Words(self.length)

    def process_bind_param(self, value: Any, dialect: Any) -> Any:
        return None if value is None else " ".join(value)

    def process_result_value(self, value: Any, dialect: Any) -> Any:
        return None if value is None else value.split()


class Tagged:
    tags: Mapped[list[str] | None] = mapped_column(MutableList.as_mutable(Words(30)))


class Page(Tagged, Base):
    __tablename__ = "mutable_page"
    __mapper_args__ = {"polymorphic_on": "kind", "polymorphic_identity": "page"}
    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    data: Mapped[dict[str, Any] | None]
    other: Mapped[dict[str, Any] | None]
    late: Mapped[dict[str, Any] | None] = mapped_column(deferred=True)
    made: Mapped[dict[str, Any]] = mapped_column(default=lambda: {"n": 1})
    numbers: Mapped[Any] = mapped_column(MutableSet.as_mutable(PickleType), nullable=True)
    plain: Mapped[Any] = mapped_column(PickleType, nullable=True)


class Chapter(Page):
    __tablename__ = "mutable_chapter"
    __mapper_args__ = {"polymorphic_identity": "chapter"}
    id: Mapped[int] = mapped_column(ForeignKey("mutable_page.id"), primary_key=True)
    notes: Mapped[dict[str, Any] | None]


class Leaf(Page):
    __mapper_args__ = {"polymorphic_identity": "leaf"}
    side: Mapped[dict[str, Any] | None]


@pytest.fixture
def session(engine: Engine) -> Iterator[Session]:
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        yield session


def stored(session: Session, **values: Any) -> Page:
    page = Page(**values)
    session.add(page)
    session.commit()
    return page


DICT_CHANGES: dict[str, Callable[[Any], Any]] = {
    "d[k] = v": lambda d: d.__setitem__("z", 9),
    "del d[k]": lambda d: d.__delitem__("a"),
    "update": lambda d: d.update({"z": 1}, y=2),
    "|=": lambda d: d.__ior__({"z": 1}),
    "|= of pairs": lambda d: d.__ior__([("z", 1)]),
    "setdefault": lambda d: d.setdefault("z", [1]),
    "pop": lambda d: d.pop("a"),
    "pop with a default": lambda d: (d.pop("a", None), d.pop("nothing", None)),
    "popitem": lambda d: d.popitem(),
    "clear": lambda d: d.clear(),
}

LIST_CHANGES: dict[str, Callable[[Any], Any]] = {
    "l[i] = v": lambda n: n.__setitem__(0, "z"),
    "l[i:j] = v": lambda n: n.__setitem__(slice(0, 2), ["x", "y", "z"]),
    "l[::2] = v": lambda n: n.__setitem__(slice(None, None, 2), ["x", "y"]),
    "del l[i]": lambda n: n.__delitem__(0),
    "del l[i:j]": lambda n: n.__delitem__(slice(0, 2)),
    "append": lambda n: n.append("z"),
    "extend": lambda n: n.extend(iter("xy")),
    "+=": lambda n: n.__iadd__(("x", "y")),
    "*=": lambda n: n.__imul__(2),
    "insert": lambda n: n.insert(1, "z"),
    "pop": lambda n: n.pop(),
    "pop(i)": lambda n: n.pop(0),
    "remove": lambda n: n.remove("a"),
    "sort": lambda n: n.sort(key=lambda word: -ord(word)),
    "sort, reverse": lambda n: n.sort(reverse=True),
    "reverse": lambda n: n.reverse(),
    "clear": lambda n: n.clear(),
}

SET_CHANGES: dict[str, Callable[[Any], Any]] = {
    "add": lambda s: s.add(9),
    "remove": lambda s: s.remove(1),
    "discard": lambda s: s.discard(1),
    "pop": lambda s: s.pop(),
    "clear": lambda s: s.clear(),
    "update": lambda s: s.update([8], {9}),
    "|=": lambda s: s.__ior__({9}),
    "intersection_update": lambda s: s.intersection_update([1], {1}),
    "&=": lambda s: s.__iand__({1}),
    "difference_update": lambda s: s.difference_update([1], {2}),
    "-=": lambda s: s.__isub__({1}),
    "symmetric_difference_update": lambda s: s.symmetric_difference_update([1, 9]),
    "^=": lambda s: s.__ixor__({1, 9}),
}

ALL_CHANGES = [
    *[("data", {"a": 1, "b": [2]}, name, act) for name, act in DICT_CHANGES.items()],
    *[("tags", ["b", "a", "c"], name, act) for name, act in LIST_CHANGES.items()],
    *[("numbers", {1, 2, 3}, name, act) for name, act in SET_CHANGES.items()],
]


@pytest.mark.parametrize(
    "key, value, act",
    [(key, value, act) for key, value, _, act in ALL_CHANGES],
    ids=[f"{key}: {name}" for key, _, name, _ in ALL_CHANGES],
)
def test_every_way_to_change_a_value_is_saved(
    session: Session, key: str, value: Any, act: Callable[[Any], Any]
) -> None:
    page = stored(session, **{key: copy.deepcopy(value)})
    expected = copy.deepcopy(value)
    act(expected)
    assert expected != value

    held = getattr(page, key)
    act(held)
    assert held == expected
    assert inspect(page).attrs[key].history == ([held], (), ())
    session.commit()

    assert getattr(page, key) == expected
    assert not session.dirty


@pytest.mark.parametrize(
    "base, value", [(MutableDict, {}), (MutableList, []), (MutableSet, set())], ids=["dict", "list", "set"]
)
def test_no_mutator_of_the_base_is_left_out(base: type[Any], value: Any) -> None:
    reading = {
        "copy", "count", "difference", "fromkeys", "get", "index", "intersection", "isdisjoint", "issubset",
        "issuperset", "items", "keys", "symmetric_difference", "union", "values",
    }  # fmt: skip
    in_place = {"__setitem__", "__delitem__", "__ior__", "__iand__", "__isub__", "__ixor__", "__iadd__", "__imul__"}
    names = {name for name in dir(value) if not name.startswith("_")} - reading | in_place & set(dir(value))
    assert names <= set(vars(base))


@pytest.mark.parametrize(
    "key, act, rest",
    [
        ("data", lambda d: d.update(_broken([("z", 1)])), {"z": 1}),
        ("tags", lambda n: n.extend(_broken(["z"])), ["z"]),
        ("numbers", lambda s: s.update(_broken([1])), {1}),
    ],
)
def test_a_change_that_fails_half_way_is_a_change(
    session: Session, key: str, act: Callable[[Any], Any], rest: Any
) -> None:
    page = stored(session, **{key: type(rest)()})
    with pytest.raises(ZeroDivisionError):
        act(getattr(page, key))
    session.commit()
    assert getattr(page, key) == rest


def _broken(items: list[Any]) -> Iterator[Any]:
    yield from items
    raise ZeroDivisionError


def test_what_is_not_watched_stays_as_it_was(session: Session) -> None:
    page = stored(session, plain={"a": 1}, data={"deep": []})
    page.plain["a"] = 2
    page.data["deep"].append(1)
    assert not session.dirty
    session.commit()
    assert (page.plain, page.data) == ({"a": 1}, {"deep": []})


@pytest.mark.parametrize("key, wrong", [("data", {1}), ("data", [1]), ("tags", "ab"), ("numbers", {"a": 1})])
def test_a_value_of_another_kind_is_refused_and_changes_nothing(key: str, wrong: Any) -> None:
    page = Page()
    with pytest.raises(ValueError, match=f"Attribute '{key}' does not accept objects of type <class '.*'>") as refused:
        setattr(page, key, wrong)
    assert refused.value.code == "AZ-X01"
    assert key not in page.__dict__
    assert not inspect(page).modified


def test_none_stays_none(session: Session) -> None:
    page = stored(session, data=None, tags=None)
    assert (page.data, page.tags) == (None, None)


# -- how a value comes into an object -----------------------------------------


def test_a_default_is_watched_as_soon_as_the_flush_has_put_it_in(session: Session) -> None:
    page = Page()
    session.add(page)
    session.flush()
    assert type(page.made) is MutableDict
    page.made["n"] = 2
    session.commit()
    assert page.made == {"n": 2}


def test_deferred_values_are_watched_on_every_object_that_they_are_loaded_for(session: Session) -> None:
    session.add_all([Page(late={"n": number}) for number in range(3)])
    session.commit()
    pages = session.scalars(select(Page).order_by(Page.id)).all()
    _ = pages[0].late
    for page in pages:
        page.late["more"] = True
    assert set(session.dirty) == set(pages)
    session.commit()
    assert [page.late for page in pages] == [{"n": number, "more": True} for number in range(3)]


def test_refreshed_values_are_watched(session: Session) -> None:
    page = stored(session, data={"n": 1})
    session.refresh(page, ["data"])
    page.data["n"] = 2
    assert page in session.dirty
    session.refresh(page)
    assert page.data == {"n": 1}
    page.data["n"] = 3
    session.commit()
    assert page.data == {"n": 3}


@pytest.mark.parametrize("many", [False, True])
@pytest.mark.parametrize("how", ["evaluate", "fetch"])
def test_values_that_an_update_statement_puts_into_objects_are_watched(session: Session, how: str, many: bool) -> None:
    page = stored(session, data={"n": 1})
    _ = page.data
    if many:
        session.execute(update(Page), [{"id": page.id, "data": {"n": 2}}])
    else:
        session.execute(update(Page).values(data={"n": 2}), execution_options={"synchronize_session": how})
    assert page.data == {"n": 2}
    page.data["n"] = 3
    session.commit()
    assert page.data == {"n": 3}


@pytest.mark.parametrize("is_present", [False, True])
@pytest.mark.parametrize("load", [False, True])
def test_merged_values_are_watched(session: Session, engine: Engine, load: bool, is_present: bool) -> None:
    page = stored(session, data={"n": 1})
    _ = page.data
    session.expunge(page)
    with Session(engine) as other:
        present = other.get(Page, page.id) if is_present else None
        merged = other.merge(page, load=load)
        assert present is None or merged is present
        assert not other.dirty
        merged.data["n"] = 2
        assert merged in other.dirty
        other.commit()
        assert merged.data == {"n": 2}


@pytest.mark.parametrize("copied", [copy.copy, copy.deepcopy])
def test_a_copied_object_watches_its_value_and_the_original_too(
    session: Session, copied: Callable[[Page], Page]
) -> None:
    page = stored(session, data={"n": 1})
    _ = page.data
    duplicate = copied(page)
    duplicate.id = page.id + 1
    session.add(duplicate)
    session.flush()
    duplicate.data["n"] = 2
    assert duplicate in session.dirty
    assert (page in session.dirty) == (copied is copy.copy)


@pytest.mark.parametrize("protocol", range(2, pickle.HIGHEST_PROTOCOL + 1))
def test_a_pickled_object_takes_its_values_along(session: Session, protocol: int) -> None:
    page = stored(session, data={"n": 1}, other={"m": 1}, tags=["a"], numbers={1})
    _ = page.data
    session.close()
    restored = pickle.loads(pickle.dumps(page, protocol))
    session.add(restored)
    assert not session.dirty
    restored.data["n"] = 2
    assert inspect(restored).attrs.data.history.added == [{"n": 2}]
    assert not inspect(restored).attrs.other.history.added
    restored.tags.append("b")
    restored.numbers.add(2)
    session.commit()
    assert (restored.data, restored.tags, restored.numbers) == ({"n": 2}, ["a", "b"], {1, 2})


@pytest.mark.parametrize("made", [pickle.loads, "deepcopy", "copy"])
@pytest.mark.parametrize("key, value", [("data", {"n": 1}), ("tags", ["a"]), ("numbers", {1})])
def test_a_pickled_or_copied_value_is_another_one_without_parents(key: str, value: Any, made: Any) -> None:
    page = Page(**{key: value})
    held = getattr(page, key)
    duplicate = getattr(copy, made)(held) if isinstance(made, str) else made(pickle.dumps(held))
    assert type(duplicate) is type(held)
    assert duplicate == held
    assert len(duplicate._parents) == 0
    assert list(held._parents.items()) == [(inspect(page), key)]


class Marked(MutableList[str]):
    """A list with something of its own beside the items."""

    mark: str = ""


def test_attributes_of_a_value_are_pickled_with_it() -> None:
    value = Marked(["a"])
    value.mark = "own"
    restored = pickle.loads(pickle.dumps(value))
    assert (restored, restored.mark) == (["a"], "own")


def test_a_list_that_was_pickled_with_its_items_as_state_is_read() -> None:
    value: MutableList[int] = MutableList()
    value.__setstate__([1, 2])
    assert value == [1, 2]


# -- who holds a value ---------------------------------------------------------


def test_one_value_may_have_many_parents_and_attributes(session: Session) -> None:
    shared: MutableDict[str, int] = MutableDict(n=1)
    pages = [Page(data=shared), Page(data=shared), Page(other=shared, data=shared)]
    session.add_all(pages)
    session.flush()
    shared["n"] = 2
    assert set(session.dirty) == set(pages)
    session.commit()
    assert [page.data for page in pages] == [{"n": 2}] * 3
    assert pages[2].other == {"n": 2}


def test_a_value_that_was_replaced_changes_its_former_parent_no_more(session: Session) -> None:
    page = stored(session, data={"n": 1}, other={"m": 1})
    before, other = page.data, page.other
    page.data = {"n": 2}
    del page.other
    session.flush()
    before["n"] = 3
    other["m"] = 3
    assert not session.dirty
    assert (page.data, page.other) == ({"n": 2}, None)


def test_a_value_that_stays_in_one_of_two_attributes_is_watched_there(session: Session) -> None:
    shared: MutableDict[str, int] = MutableDict(n=1)
    page = Page(data=shared, other=shared)
    session.add(page)
    session.flush()
    page.other = None
    session.flush()
    shared["n"] = 2
    assert set(inspect(page).committed_state) == {"data"}


def test_parents_are_held_weakly(session: Session) -> None:
    shared: MutableDict[str, int] = MutableDict(n=1)
    page, other = Page(data=shared), Page(data=shared)
    assert len(shared._parents) == 2
    del other
    gc.collect()
    assert list(shared._parents.items()) == [(inspect(page), "data")]
    assert inspect(page) in shared._parents
    assert shared._parents[inspect(page)] == "data"


def test_a_value_that_is_set_to_itself_is_still_watched(session: Session) -> None:
    page = stored(session, data={"n": 1})
    page.data = page.data
    page.data["n"] = 2
    session.commit()
    assert page.data == {"n": 2}


def test_a_value_whose_object_has_forgotten_it_says_so(session: Session) -> None:
    page = stored(session, data={"n": 1})
    held = page.data
    session.expire(page)
    with pytest.raises(InvalidRequestError, match=r"cannot flag Page\.data as modified: it is not loaded"):
        held["n"] = 2
    assert page.data == {"n": 1}


def test_a_change_can_be_listened_to(session: Session) -> None:
    told: list[Any] = []

    def listen(instance: Any, initiator: Any) -> None:
        told.append((instance, initiator.op.name, initiator.key))

    event.listen(Page.data, "modified", listen)
    try:
        page = Page(data={"n": 1})
        page.data["n"] = 2
    finally:
        event.remove(Page.data, "modified", listen)
    assert told == [(page, "MODIFIED", "data")]


# -- which columns it applies to ----------------------------------------------


def test_derived_classes_watch_what_they_inherit_and_what_they_add(session: Session) -> None:
    chapter = Chapter(data={"n": 1}, notes={"m": 1}, tags=["a"])
    leaf = Leaf(data={"n": 1}, side={"m": 1})
    session.add_all([chapter, leaf])
    session.commit()
    chapter.data["n"] = chapter.notes["m"] = leaf.data["n"] = leaf.side["m"] = 2
    chapter.tags += ["b"]
    session.commit()
    assert (chapter.data, chapter.notes, chapter.tags) == ({"n": 2}, {"m": 2}, ["a", "b"])
    assert (leaf.data, leaf.side) == ({"n": 2}, {"m": 2})


@pytest.fixture
def mapped() -> Iterator[registry]:
    own = registry()
    yield own
    own.dispose()


def test_an_attribute_can_be_told_afterwards_for_derived_classes_too(mapped: registry) -> None:
    class Thing: ...

    class Special(Thing): ...

    table = Table("told_thing", mapped.metadata, Column("id", Integer, primary_key=True), Column("data", JSON))
    mapped.map_imperatively(Thing, table)
    mapped.map_imperatively(Special, inherits=Thing)
    MutableDict.associate_with_attribute(Thing.data)
    for thing in (Thing(), Special()):
        thing.data = {"n": 1}
        assert type(thing.data) is MutableDict
        assert inspect(thing) in thing.data._parents


def test_all_columns_of_a_type_can_be_told_and_the_nearest_word_counts(mapped: registry) -> None:
    class Rows(PickleType):
        cache_ok = True

    class Own(Rows):
        cache_ok = True

    class OwnDict(MutableDict[str, int]): ...

    class Thing: ...

    OwnDict.associate_with(Own)
    MutableDict.associate_with(Rows)
    MutableList.associate_with(Rows)
    table = Table(
        "associated_thing",
        mapped.metadata,
        Column("id", Integer, primary_key=True),
        Column("rows", Rows),
        Column("own", Own),
        Column("noted", MutableSet.as_mutable(Own())),
        Column("plain", PickleType),
    )
    mapped.map_imperatively(Thing, table)
    configure_mappers()
    thing: Any = Thing()
    thing.rows, thing.own, thing.noted, thing.plain = [1], {"n": 1}, {1}, [1]
    kinds = [type(value) for value in (thing.rows, thing.own, thing.noted, thing.plain)]
    assert kinds == [MutableList, OwnDict, MutableSet, list]


def test_two_classes_of_one_table_both_watch_its_values(mapped: registry) -> None:
    class One: ...

    class Two: ...

    data = Column("data", MutableDict.as_mutable(JSON))
    table = Table("of_two", mapped.metadata, Column("id", Integer, primary_key=True), data)
    for class_ in (One, Two):
        mapped.map_imperatively(class_, table)
    for class_ in (One, Two):
        thing: Any = class_()
        thing.data = {}
        assert type(thing.data) is MutableDict


def test_a_table_that_was_copied_has_the_same_values(mapped: registry) -> None:
    class Thing: ...

    table = Table("to_copy", registry().metadata, Column("id", Integer, primary_key=True), Column("data", Words(9)))
    MutableList.as_mutable(table.c.data.type)
    mapped.map_imperatively(Thing, table.to_metadata(mapped.metadata))
    thing: Any = Thing()
    thing.data = ["a"]
    assert type(thing.data) is MutableList


def test_a_type_gets_its_first_word_and_keeps_it() -> None:
    type_ = JSON()
    assert MutableDict.as_mutable(type_) is type_
    assert MutableList.as_mutable(type_) is type_
    base: Any = type("Base", (DeclarativeBase,), {})
    columns = {"id": Column(Integer, primary_key=True), "data": Column(type_)}
    thing: Any = type("Thing", (base,), {"__tablename__": "first_word", **columns})
    assert type(thing(data={}).data) is MutableDict


def test_a_class_that_is_mapped_anew_forgets_what_was_said_of_its_former_attributes() -> None:
    class Thing: ...

    def map_with(type_: Any, name: str) -> registry:
        own = registry()
        table = Table(name, own.metadata, Column("id", Integer, primary_key=True), Column("data", type_))
        own.map_imperatively(Thing, table)
        return own

    for type_, value, kind in (
        (MutableDict.as_mutable(JSON), {}, MutableDict),
        (MutableList.as_mutable(JSON), [], MutableList),
        (JSON(), {}, dict),
    ):
        own = map_with(type_, f"anew_{kind.__name__}")
        thing: Any = Thing()
        thing.data = value
        assert type(thing.data) is kind
        own.dispose()


def test_a_mapped_class_is_not_kept_alive_by_what_follows_it() -> None:
    def made() -> Any:
        class Temporary(DeclarativeBase): ...

        class Thing(Temporary):
            __tablename__ = "temporary"
            id: Mapped[int] = mapped_column(primary_key=True)
            data: Mapped[Any] = mapped_column(MutableDict.as_mutable(JSON))

        Thing(data={}).data["n"] = 1
        return weakref.ref(Thing)

    reference = made()
    gc.collect()
    assert reference() is None


def test_a_class_of_values_can_be_made_of_anything(session: Session, mapped: registry) -> None:
    class Colour(Mutable):
        def __init__(self, name: str) -> None:
            self.name = name

        def __setattr__(self, key: str, value: object) -> None:
            super().__setattr__(key, value)
            self.changed()

        @classmethod
        def coerce(cls, key: str, value: Any) -> Any:
            if isinstance(value, str):
                return cls(value)
            return value if isinstance(value, cls) else Mutable.coerce(key, value)

    class AsText(TypeDecorator[Any]):
        impl = String
        cache_ok = True

        def process_bind_param(self, value: Any, dialect: Any) -> Any:
            return value.name

    class Thing: ...

    table = Table(
        "coloured", mapped.metadata, Column("id", Integer, primary_key=True), Column("c", Colour.as_mutable(AsText))
    )
    mapped.map_imperatively(Thing, table)
    mapped.metadata.create_all(session.connection())
    thing: Any = Thing()
    thing.c = "red"
    session.add(thing)
    session.flush()
    session.refresh(thing)
    assert isinstance(thing.c, Colour)
    thing.c.name = "blue"
    session.flush()
    session.refresh(thing)
    assert thing.c.name == "blue"
    with pytest.raises(ValueError, match="Attribute 'c' does not accept"):
        thing.c = 7


class Tree(MutableDict[str, Any]):
    """A dictionary whose dictionaries tell of their changes too."""

    def __setitem__(self, key: str, value: Any) -> None:
        super().__setitem__(key, self._taken(value))

    @classmethod
    def coerce(cls, key: str, value: Any) -> Any:
        made = super().coerce(key, value)
        if made is not None:
            for name, item in made.items():
                dict.__setitem__(made, name, made._taken(item))
        return made

    def _taken(self, value: Any) -> Any:
        if isinstance(value, dict):
            value = type(self).coerce("", value)
            value._above = self
        return value

    def changed(self) -> None:
        super().changed()
        if above := self.__dict__.get("_above"):
            above.changed()


def test_values_can_be_nested(session: Session, mapped: registry) -> None:
    class Thing: ...

    table = Table(
        "nested", mapped.metadata, Column("id", Integer, primary_key=True), Column("d", Tree.as_mutable(JSON))
    )
    mapped.map_imperatively(Thing, table)
    mapped.metadata.create_all(session.connection())
    thing: Any = Thing()
    thing.d = {"a": {"b": {"c": 1}}}
    session.add(thing)
    session.flush()
    thing.d["a"]["b"]["c"] = 2
    session.flush()
    session.refresh(thing)
    thing.d["a"]["b"]["x"] = {"y": 3}
    session.flush()
    session.refresh(thing)
    assert json.dumps(thing.d) == '{"a": {"b": {"c": 2, "x": {"y": 3}}}}'
