"""association_proxy(): an attribute of related objects, shown as the owner's own."""

from __future__ import annotations

import copy
import operator
import pickle
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from azoth import Engine, ForeignKey, func, insert, inspect, select
from azoth.exc import ArgumentError, InvalidRequestError
from azoth.ext.associationproxy import AssociationProxy, AssociationProxyExtensionType, association_proxy
from azoth.ext.hybrid import hybrid_property
from azoth.orm import (
    DeclarativeBase,
    Mapped,
    MappedAsDataclass,
    Session,
    aliased,
    attribute_keyed_dict,
    mapped_column,
    relationship,
)
from tests.flow.differential.library import AZOTH, SQLALCHEMY, Library


class Base(DeclarativeBase):
    pass


class User(Base):
    __tablename__ = "user"
    id: Mapped[int] = mapped_column(primary_key=True)
    links: Mapped[list[Link]] = relationship(back_populates="user", cascade="all, delete-orphan")
    words: AssociationProxy[list[str]] = association_proxy("links", "word")
    keywords: AssociationProxy[list[Keyword]] = association_proxy(
        "links", "keyword", creator=lambda keyword: Link(keyword=keyword)
    )
    address: Mapped[Address | None] = relationship(cascade="all, delete-orphan")
    city = association_proxy("address", "city")
    town = association_proxy("address", "city", cascade_scalar_deletes=True)
    place = association_proxy("address", "city", create_on_none_assignment=True)
    loud = association_proxy("address", "loud")
    notes_by_key: Mapped[dict[str, Note]] = relationship(
        collection_class=attribute_keyed_dict("key"), cascade="all, delete-orphan"
    )
    notes = association_proxy("notes_by_key", "text", creator=lambda key, text: Note(key=key, text=text))
    marks_of: Mapped[set[Mark]] = relationship(cascade="all, delete-orphan")
    marks = association_proxy("marks_of", "name", info={"for": "marks"})


class Keyword(Base):
    __tablename__ = "keyword"
    id: Mapped[int] = mapped_column(primary_key=True)
    word: Mapped[str | None]

    def __init__(self, word: str | None = None) -> None:
        self.word = word


class Link(Base):
    __tablename__ = "link"
    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    keyword_id: Mapped[int | None] = mapped_column(ForeignKey("keyword.id"))
    user: Mapped[User] = relationship(back_populates="links")
    keyword: Mapped[Keyword] = relationship()
    word = association_proxy("keyword", "word")

    def __init__(self, word: str | None = None, keyword: Keyword | None = None) -> None:
        self.keyword = Keyword(word) if keyword is None else keyword


class Address(Base):
    __tablename__ = "address"
    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    city: Mapped[str | None]

    def __init__(self, city: str | None) -> None:
        self.city = city

    @hybrid_property
    def loud(self) -> Any:
        return func.upper(self.city) if isinstance(self, type) else str(self.city).upper()

    @loud.expression  # type: ignore[no-redef]
    def loud(cls) -> Any:
        return func.upper(cls.city)


class Note(Base):
    __tablename__ = "note"
    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    key: Mapped[str]
    text: Mapped[str | None]


class Mark(Base):
    __tablename__ = "mark"
    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    name: Mapped[str]

    def __init__(self, name: str) -> None:
        self.name = name


@pytest.fixture
def session(engine: Engine) -> Iterator[Session]:
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        yield session


# --- lists, sets and dictionaries are as the built-in ones ---

LIST_STEPS: list[Callable[[Any], Any]] = [
    lambda v: v.append("d"),
    lambda v: v.extend(["d", "e"]),
    lambda v: v.insert(1, "d"),
    lambda v: v.pop(),
    lambda v: v.pop(0),
    lambda v: v.remove("b"),
    lambda v: v.remove("nothing"),
    lambda v: v.clear(),
    lambda v: v.__setitem__(1, "x"),
    lambda v: v.__setitem__(7, "x"),
    lambda v: v.__setitem__(slice(0, 2), ["x", "y", "z"]),
    lambda v: v.__setitem__(slice(None, None, 2), ["x", "y"]),
    lambda v: v.__setitem__(slice(None, None, 2), ["x"]),
    lambda v: v.__setitem__(slice(2, 0), ["x"]),
    lambda v: v.__delitem__(0),
    lambda v: v.__delitem__(slice(0, 2)),
    lambda v: v[1:],
    lambda v: v[-1],
    lambda v: operator.add(v, ["x"]),
    lambda v: operator.add(["x"], v),
    lambda v: v * 2,
    lambda v: 2 * v,
    lambda v: v + 3,
    lambda v: v.__iadd__(["x"]) and None,
    lambda v: v.__imul__(2) and None,
    lambda v: v.__imul__(0) and None,
    lambda v: (v == ["a", "b", "c"], v != ["a"], v < ["b"], v <= ["a"], v > ["a"], v >= ["z"]),
    lambda v: ("b" in v, "z" in v, v.index("c"), v.count("a"), len(v), bool(v), list(reversed(v))),
    lambda v: (v.copy(), repr(v)),
    hash,
]
SET_STEPS: list[Callable[[Any], Any]] = [
    lambda v: v.add("d"),
    lambda v: v.add("a"),
    lambda v: v.discard("a"),
    lambda v: v.discard("z"),
    lambda v: v.remove("a"),
    lambda v: v.remove("z"),
    lambda v: v.clear(),
    lambda v: v.update(["c", "d"], {"e"}),
    lambda v: v.difference_update(["a"], ["b"]),
    lambda v: v.intersection_update(["a", "z"]),
    lambda v: v.symmetric_difference_update(["a", "z"]),
    lambda v: (v | {"z"}, v & {"a"}, v - {"a"}, v ^ {"a", "z"}, {"z"} | v, {"a"} & v, {"a", "q"} - v, {"a"} ^ v),
    lambda v: v | ["z"],
    lambda v: v & ["z"],
    lambda v: v - ["z"],
    lambda v: v ^ ["z"],
    lambda v: (v.union(["z"]), v.difference(["a"]), v.intersection(["a"]), v.symmetric_difference(["a"])),
    lambda v: (v.issubset("abcd"), v.issuperset("a"), v.isdisjoint("xyz"), v == {"a", "b", "c"}, v < {*"abcd"}),
    lambda v: v.__ior__({"z"}) and None,
    lambda v: v.__isub__({"a"}) and None,
    lambda v: v.__iand__({"a"}) and None,
    lambda v: v.__ixor__({"a", "z"}) and None,
    lambda v: (sorted(v.copy()), len(v), bool(v), "a" in v),
    hash,
]
DICT_STEPS: list[Callable[[Any], Any]] = [
    lambda v: v.__setitem__("a", "new"),
    lambda v: v.__setitem__("z", "new"),
    lambda v: v.__delitem__("a"),
    lambda v: v.__delitem__("z"),
    lambda v: (v["a"], v.get("a"), v.get("z"), v.get("z", 3)),
    lambda v: v["z"],
    lambda v: (v.setdefault("a", "x"), v.setdefault("z", "x")),
    lambda v: v.pop("a"),
    lambda v: v.pop("z", "none"),
    lambda v: v.pop("z"),
    lambda v: v.clear(),
    lambda v: v.update({"a": "1"}, z="2"),
    lambda v: v.update([("q", "1")]),
    lambda v: (sorted(v), sorted(v.keys()), sorted(v.values()), sorted(v.items()), len(v), bool(v), "a" in v),
    lambda v: (v == {"a": "A", "b": "B"}, v != {}, v.copy(), repr(v)),
    hash,
]


def outcome(step: Callable[[Any], Any], values: Any) -> Any:
    try:
        result = step(values)
    except (IndexError, KeyError, TypeError, ValueError) as error:
        return type(error).__name__, type(values)
    return result


@pytest.mark.parametrize("step", LIST_STEPS)
def test_a_list_behaves_as_one(step: Callable[[Any], Any]) -> None:
    expected = ["a", "b", "c"]
    user = User(words=["a", "b", "c"])
    result, control = outcome(step, user.words), outcome(step, expected)
    assert result[:1] == control[:1] if isinstance(control, tuple) and type(control[-1]) is type else result == control
    assert user.words == expected
    assert [link.keyword.word for link in user.links] == expected


@pytest.mark.parametrize("step", SET_STEPS)
def test_a_set_behaves_as_one(step: Callable[[Any], Any]) -> None:
    expected = {"a", "b", "c"}
    user = User(marks={"a", "b", "c"})
    result, control = outcome(step, user.marks), outcome(step, expected)
    assert result[:1] == control[:1] if isinstance(control, tuple) and type(control[-1]) is type else result == control
    assert user.marks == expected
    assert {mark.name for mark in user.marks_of} == expected


@pytest.mark.parametrize("step", DICT_STEPS)
def test_a_dictionary_behaves_as_one(step: Callable[[Any], Any]) -> None:
    expected = {"a": "A", "b": "B"}
    user = User(notes={"a": "A", "b": "B"})
    result, control = outcome(step, user.notes), outcome(step, expected)
    assert result[:1] == control[:1] if isinstance(control, tuple) and type(control[-1]) is type else result == control
    assert user.notes == expected
    assert {key: note.text for key, note in user.notes_by_key.items()} == expected


def test_popping_some_value_takes_its_object_off() -> None:
    user = User(marks={"a"}, notes={"k": "t"})
    assert user.marks.pop() == "a"
    assert user.notes.popitem() == ("k", "t")
    assert (user.marks_of, user.notes_by_key) == (set(), {})
    for empty in (user.marks.pop, user.notes.popitem):
        with pytest.raises(KeyError):
            empty()


def test_the_order_of_a_list_is_that_of_the_related_objects() -> None:
    user = User(words=["b", "a"])
    for change in (user.words.sort, user.words.reverse):
        with pytest.raises(NotImplementedError):
            change()


def test_adding_in_place_makes_only_the_new_objects() -> None:
    user = User(words=["a"], marks={"a"})
    (link,), (mark,) = user.links, user.marks_of
    user.words += ["b"]
    user.marks |= {"b"}
    assert user.links[0] is link
    assert (user.words, mark in user.marks_of, user.marks) == (["a", "b"], True, {"a", "b"})


def test_replacing_keeps_the_objects_of_values_that_stay() -> None:
    user = User(marks={"a", "b"}, notes={"k": "1", "l": "2"})
    kept = {mark.name: mark for mark in user.marks_of}["a"]
    note = user.notes_by_key["k"]
    user.marks = {"a", "c"}
    user.notes = {"k": "3", "m": "4"}
    assert kept in user.marks_of
    assert (user.marks, user.notes_by_key["k"] is note, user.notes) == ({"a", "c"}, True, {"k": "3", "m": "4"})


def test_a_collection_is_replaced_by_itself_and_by_another_ones() -> None:
    user, other = User(words=["a", "b"]), User(words=["c"])
    user.words = user.words
    assert user.words == ["a", "b"]
    user.words = other.words
    other.words.append("d")
    assert (user.words, other.words) == (["c"], ["c", "d"])


def test_a_proxy_goes_on_through_a_proxy_and_has_creators() -> None:
    keyword = Keyword("x")
    user = User(keywords=[keyword])
    assert user.words == ["x"]
    user.words.append("y")
    assert [one.word for one in user.keywords] == ["x", "y"]
    assert user.links[0].keyword is keyword


# --- single values ---


def test_a_single_value_is_that_of_the_related_object() -> None:
    user = User()
    assert user.city is None
    user.city = None
    assert user.address is None
    user.city = "Rome"
    address = user.address
    assert address is not None
    user.city = "Oslo"
    assert (user.address is address, address.city, user.loud) == (True, "Oslo", "OSLO")
    user.city = None
    assert user.address is address
    user.town = None
    assert user.address is None
    user.place = None
    assert user.address is not None


def test_deleting_a_single_value_takes_the_object_off(session: Session) -> None:
    user = User(id=1, city="Rome")
    session.add(user)
    session.commit()
    del user.city
    session.commit()
    assert user.address is None
    assert session.scalars(select(func.count(Address.id))).all() == [0]


def test_two_options_that_exclude_each_other_are_refused() -> None:
    with pytest.raises(ArgumentError, match="mutually exclusive"):
        association_proxy("a", "b", cascade_scalar_deletes=True, create_on_none_assignment=True)


# --- stored, copied, pickled ---


def test_changes_are_stored(session: Session) -> None:
    user = User(id=1, words=["a", "b"], marks={"m"}, notes={"k": "t"}, city="Rome")
    session.add(user)
    session.commit()
    assert (user.words, user.marks, user.notes, user.city) == (["a", "b"], {"m"}, {"k": "t"}, "Rome")
    user.words.remove("a")
    user.notes["k"] = "u"
    user.marks = []
    session.commit()
    assert (user.words, user.marks, user.notes) == (["b"], set(), {"k": "u"})
    assert session.scalars(select(func.count(Link.id))).all() == [1]


def test_what_a_proxy_shows_keeps_the_owner_alive() -> None:
    words = User(words=["a"]).words
    words.append("b")
    assert words == ["a", "b"]


def test_objects_and_their_proxies_can_be_pickled() -> None:
    user = User(words=["a"], marks={"m"}, notes={"k": "t"})
    back, words, marks, notes = pickle.loads(pickle.dumps((user, user.words, user.marks, user.notes)))
    words.append("b")
    assert (back.words, marks, notes) == (["a", "b"], {"m"}, {"k": "t"})
    assert copy.copy(user).words == ["a"]


# --- on the class and in statements ---


def test_the_class_tells_where_it_leads() -> None:
    assert User.words.attr == (User.links, Link.word)
    assert (User.words.scalar, User.city.scalar, User.city.target_class, User.city.value_attr) == (
        False,
        True,
        Address,
        "city",
    )
    assert User.city.remote_attr is Address.city
    assert User.marks.info == {"for": "marks"}
    descriptor = inspect(User).all_orm_descriptors["marks"]
    assert descriptor.extension_type is AssociationProxyExtensionType.ASSOCIATION_PROXY
    assert User.marks.parent is descriptor
    assert str(User.marks) == "ColumnAssociationProxyInstance(AssociationProxy('marks_of', 'name'))"


def test_statements_ask_for_related_objects(session: Session) -> None:
    session.add_all(
        [User(id=1, words=["ab", "c"], marks={"m"}, city="Rome"), User(id=2, words=["d"], city=None), User(id=3)]
    )
    session.commit()
    link = session.scalars(select(Link).order_by(Link.id)).first()

    def found(criterion: Any) -> list[int]:
        return list(session.scalars(select(User.id).where(criterion).order_by(User.id)))

    assert found(User.words == "d") == [2]
    assert found(User.marks == "m") == [1]
    assert found(User.marks.like("m%")) == [1]
    assert found(User.marks.in_(["m", "n"])) == [1]
    assert found(User.marks.any(Mark.name == "m")) == [1]
    assert found(~User.marks.any()) == [2, 3]
    assert found(User.city == "Rome") == [1]
    assert found(User.city != "Rome") == []
    assert found(User.city == None) == [2, 3]  # noqa: E711
    assert found(User.city.has()) == [1]
    assert found(User.loud == "ROME") == [1]
    assert found(User.keywords.contains(link.keyword)) == [1]  # type: ignore[union-attr]
    assert found(User.keywords.any(word="d")) == [2]
    assert session.scalars(select(User.id).filter_by(city="Rome")).all() == [1]
    other = aliased(User)
    assert session.scalars(select(other.id).where(other.city == "Rome")).all() == [1]
    assert other.city.owning_class is User


def test_questions_that_do_not_fit_are_refused(session: Session) -> None:
    with pytest.raises(InvalidRequestError, match=r"User\.city has no any\(\)"):
        User.city.any()
    with pytest.raises(InvalidRequestError, match=r"User\.marks has no has\(\)"):
        User.marks.has()
    with pytest.raises(ArgumentError, match="its values are no objects"):
        User.marks.any(name="m")
    with pytest.raises(NotImplementedError, match="is no column that could be selected"):
        func.max(User.marks)
    asked: list[Callable[[], Any]] = [
        lambda: select(User.marks),
        lambda: select(User).add_columns(User.marks),
        lambda: session.query(User.marks),
        lambda: session.query(User).with_entities(User.id, User.marks),
        lambda: insert(User).returning(User.marks),
    ]
    for ask in asked:
        with pytest.raises(NotImplementedError, match=r"User\.marks is no column that could be selected"):
            ask()


def test_a_proxy_through_a_column_is_refused() -> None:
    class Own(DeclarativeBase):
        pass

    class Thing(Own):
        __tablename__ = "thing"
        id: Mapped[int] = mapped_column(primary_key=True)
        name: Mapped[str]
        wrong = association_proxy("name", "text")

    with pytest.raises(NotImplementedError, match="name is not a relationship"):
        _ = Thing.wrong


def test_an_attribute_of_some_classes_only_works_on_objects() -> None:
    class Own(DeclarativeBase):
        pass

    class Owner(Own):
        __tablename__ = "owner"
        id: Mapped[int] = mapped_column(primary_key=True)
        parts: Mapped[list[Part]] = relationship()
        sizes = association_proxy("parts", "size")

    class Part(Own):
        __tablename__ = "part"
        id: Mapped[int] = mapped_column(primary_key=True)
        owner_id: Mapped[int] = mapped_column(ForeignKey("owner.id"))
        kind: Mapped[str]
        __mapper_args__ = {"polymorphic_on": "kind", "polymorphic_identity": "part"}

    class Sized(Part):
        size: Mapped[int] = mapped_column(nullable=True)
        __mapper_args__ = {"polymorphic_identity": "sized"}

    owner = Owner(parts=[Sized(size=3)])
    assert owner.sizes == [3]
    with pytest.raises(AttributeError, match="not directly mapped on class Part"):
        _ = Owner.sizes == 3


def test_a_proxy_of_ones_own_kind_is_filled_by_ones_own_function() -> None:
    class Joined:
        def __init__(self, lazy: Any, creator: Any, attribute: str, _parent: Any) -> None:
            self.lazy, self.creator, self.attribute = lazy, creator, attribute

        def text(self) -> str:
            return "+".join(getattr(one, self.attribute) for one in self.lazy())

        def clear(self) -> None:
            self.lazy().clear()

    class Own(DeclarativeBase):
        pass

    class Owner(Own):
        __tablename__ = "owner"
        id: Mapped[int] = mapped_column(primary_key=True)
        parts: Mapped[list[Part]] = relationship()
        names = association_proxy(
            "parts",
            "name",
            proxy_factory=Joined,
            proxy_bulk_set=lambda proxy, values: proxy.lazy().extend(map(proxy.creator, values)),
        )
        loud = association_proxy(
            "parts",
            "name",
            getset_factory=lambda _kind, _proxy: (
                lambda part: part.name.upper(),
                lambda part, value: setattr(part, "name", value.lower()),
            ),
        )

    class Part(Own):
        __tablename__ = "part"
        id: Mapped[int] = mapped_column(primary_key=True)
        owner_id: Mapped[int] = mapped_column(ForeignKey("owner.id"))
        name: Mapped[str]

        def __init__(self, name: str) -> None:
            self.name = name

    owner = Owner(names=["a", "b"])
    assert (owner.names.text(), owner.loud) == ("a+b", ["A", "B"])
    owner.loud[0] = "X"
    assert owner.names.text() == "x+b"


@pytest.mark.parametrize(
    "options, without, with_words",
    [
        ({}, "TypeError", ["a"]),
        ({"init": False}, [], "TypeError"),
        ({"default_factory": lambda: ["q"]}, ["q"], ["a"]),
        ({"kw_only": True, "repr": False}, "TypeError", ["a"]),
    ],
)
def test_in_a_dataclass_it_is_a_field(options: dict[str, Any], without: Any, with_words: Any) -> None:
    class Own(MappedAsDataclass, DeclarativeBase):
        pass

    class Owner(Own):
        __tablename__ = "owner"
        id: Mapped[int] = mapped_column(primary_key=True, init=False)
        parts: Mapped[list[Part]] = relationship(init=False)
        names: AssociationProxy[list[str]] = association_proxy("parts", "name", **options)

    class Part(Own):
        __tablename__ = "part"
        id: Mapped[int] = mapped_column(primary_key=True, init=False)
        name: Mapped[str]
        owner_id: Mapped[int] = mapped_column(ForeignKey("owner.id"), init=False)

    def made(**given: Any) -> Any:
        try:
            return list(Owner(**given).names)
        except TypeError:
            return "TypeError"

    assert (made(), made(names=["a"])) == (without, with_words)


def test_a_mixin_declares_one_for_each_class() -> None:
    from azoth.orm import declared_attr  # noqa: PLC0415

    class Own(DeclarativeBase):
        pass

    class Named:
        @declared_attr
        def names(cls) -> AssociationProxy[Any]:
            return association_proxy("parts", "name")

    class Owner(Named, Own):
        __tablename__ = "owner"
        id: Mapped[int] = mapped_column(primary_key=True)
        parts: Mapped[list[Part]] = relationship()

    class Part(Own):
        __tablename__ = "part"
        id: Mapped[int] = mapped_column(primary_key=True)
        owner_id: Mapped[int] = mapped_column(ForeignKey("owner.id"))
        name: Mapped[str]

    assert Owner(parts=[Part(name="a")]).names == ["a"]
    assert "names" in inspect(Owner).all_orm_descriptors


# --- the same SQL as SQLAlchemy ---


def model(lib: Library) -> Any:
    proxy = __import__(f"{lib.name}.ext.associationproxy", fromlist=["association_proxy"]).association_proxy
    base: Any = lib.declarative_base()

    class Person(base):
        __tablename__ = "person"
        id = lib.Column(lib.Integer, primary_key=True)
        tags_of = lib.relationship("Tag")
        tags = proxy("tags_of", "name")
        tag_notes = proxy("tags_of", "note")
        home_id = lib.Column(lib.ForeignKey("home.id"))
        home = lib.relationship("Home")
        town = proxy("home", "town")
        rooms = proxy("home", "rooms")

    class Home(base):
        __tablename__ = "home"
        id = lib.Column(lib.Integer, primary_key=True)
        town = lib.Column(lib.String(10))
        rooms = lib.relationship("Room")

    class Room(base):
        __tablename__ = "room"
        id = lib.Column(lib.Integer, primary_key=True)
        size = lib.Column(lib.Integer)
        home_id = lib.Column(lib.ForeignKey("home.id"))

    class Tag(base):
        __tablename__ = "tag"
        id = lib.Column(lib.Integer, primary_key=True)
        name = lib.Column(lib.String(10))
        person_id = lib.Column(lib.ForeignKey("person.id"))
        note_id = lib.Column(lib.ForeignKey("note.id"))
        note_of = lib.relationship("Note")
        note = proxy("note_of", "text")

    class Note(base):
        __tablename__ = "note"
        id = lib.Column(lib.Integer, primary_key=True)
        text = lib.Column(lib.String(10))

    class Names:
        pass

    names = Names()
    names.Person, names.Room, names.Tag, names.Note, names.lib = Person, Room, Tag, Note, lib  # type: ignore[attr-defined]
    return names


@pytest.mark.parametrize(
    "criterion",
    [
        lambda m: m.Person.tags == "a",
        lambda m: m.Person.tags != "a",
        lambda m: m.Person.tags.in_(["a", "b"]),
        lambda m: m.Person.tags.any(m.Tag.name == "a"),
        lambda m: ~m.Person.tags.any(),
        lambda m: m.Person.town == "x",
        lambda m: m.Person.town != "x",
        lambda m: m.Person.town.startswith("x"),
        lambda m: m.Person.town.has(),
        lambda m: m.Person.rooms.any(m.Room.size == 3),
        lambda m: m.Person.rooms.any(size=3),
    ],
)
def test_criteria_are_the_same_sql_as_sqlalchemys(criterion: Callable[[Any], Any]) -> None:
    texts = []
    for lib in (AZOTH, SQLALCHEMY):
        text = str(criterion(model(lib)).compile(compile_kwargs={"literal_binds": True}))
        texts.append(" ".join(text.replace("(", " ").replace(")", " ").split()))
    assert texts[0] == texts[1]
