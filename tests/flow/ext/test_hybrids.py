"""Hybrids: computed in Python on an object, by the database in a statement."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from azoth import Engine, String, func, insert, inspect, select, update
from azoth.exc import InvalidRequestError
from azoth.ext.hybrid import Comparator, HybridExtensionType, hybrid_method, hybrid_property
from azoth.orm import (
    Bundle,
    DeclarativeBase,
    Mapped,
    QueryableAttribute,
    Session,
    aliased,
    composite,
    mapped_column,
)


class Base(DeclarativeBase):
    pass


class CaseInsensitive(Comparator[str]):
    def __eq__(self, other: object) -> Any:
        return func.lower(self.__clause_element__()) == func.lower(other)

    __hash__ = None  # type: ignore[assignment]


@dataclass
class Ends:
    start: int
    stop: int


class Interval(Base):
    __tablename__ = "interval"
    id: Mapped[int] = mapped_column(primary_key=True)
    start: Mapped[int | None]
    stop: Mapped[int | None] = mapped_column("ende")
    first: Mapped[str | None] = mapped_column(String(10))
    last: Mapped[str | None] = mapped_column(String(10))

    @hybrid_property
    def length(self) -> Any:
        """How long it is."""
        return self.stop - self.start  # type: ignore[operator]

    @length.inplace.setter
    def _length_setter(self, value: int) -> None:
        self.stop = self.start + value  # type: ignore[operator]

    @length.inplace.deleter
    def _length_deleter(self) -> None:
        self.stop = None

    @length.inplace.update_expression
    @classmethod
    def _length_update(cls, value: int) -> Any:
        return [(cls.stop, cls.start + value)]

    @hybrid_method
    def contains(self, point: int) -> Any:
        return (self.start <= point) & (point < self.stop)  # type: ignore[operator]

    @hybrid_method
    def named(self, name: str) -> Any:
        return self.first == name

    @named.expression
    def _named(cls, name: str) -> Any:
        return func.lower(cls.first) == name.lower()

    named = _named  # type: ignore[assignment]

    @hybrid_property
    def any_case(self) -> Any:
        return (self.first or "").lower()

    @any_case.comparator  # type: ignore[no-redef]
    def any_case(cls) -> CaseInsensitive:
        return CaseInsensitive(cls.first)

    @hybrid_property
    def full(self) -> Any:
        return f"{self.first} {self.last}"

    @full.expression  # type: ignore[no-redef]
    def full(cls) -> Any:
        return cls.first + " " + cls.last  # type: ignore[operator]

    @full.update_expression  # type: ignore[no-redef]
    def full(cls, value: str) -> Any:
        first, last = value.split(" ", 1)
        return [(cls.first, first), ("last", last)]

    @full.bulk_dml  # type: ignore[no-redef]
    def full(cls, values: Any, value: str) -> None:
        values["first"], values["last"] = value.split(" ", 1)

    @hybrid_property
    def begin(self) -> Any:
        return self.start

    @hybrid_property
    def outermost(self) -> Any:
        return self.begin


@pytest.fixture
def session(engine: Engine) -> Iterator[Session]:
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        session.add(Interval(id=1, start=1, stop=5, first="A", last="x"))
        session.add(Interval(id=2, start=10, stop=40, first="b", last="y"))
        session.commit()
        yield session


def test_on_an_object_it_is_computed_set_and_deleted_by_the_functions() -> None:
    interval = Interval(start=1, stop=5)
    assert (interval.length, interval.contains(3), interval.contains(7)) == (4, True, False)
    interval.length = 10
    assert interval.stop == 11
    del interval.length
    assert interval.stop is None
    with pytest.raises(AttributeError, match="begin: can't set attribute"):
        interval.begin = 3
    with pytest.raises(AttributeError, match="begin: can't delete attribute"):
        del interval.begin


def test_the_keyword_constructor_sets_it() -> None:
    assert Interval(start=2, length=3).stop == 5  # type: ignore[call-arg]


def test_a_statement_selects_it_under_its_name(session: Session) -> None:
    result = session.execute(select(Interval.length, Interval.begin).order_by(Interval.length.desc()))
    assert list(result.keys()) == ["length", "begin"]
    assert result.all() == [(30, 10), (4, 1)]
    subquery = select(Interval.length).subquery()
    assert session.scalars(select(subquery.c.length)).all() == [4, 30]


def test_a_statement_compares_it(session: Session) -> None:
    def found(*criteria: Any) -> list[int]:
        return list(session.scalars(select(Interval.id).where(*criteria).order_by(Interval.id)))

    assert found(Interval.length > 4) == [2]
    assert found(Interval.length.in_([4, 30])) == [1, 2]
    assert found(Interval.length > 5) == [2]
    assert found(Interval.contains(3)) == [1]
    assert found(Interval.named("a")) == [1]
    assert found(Interval.any_case == "B") == [2]
    assert session.scalars(select(Interval.id).filter_by(length=30)).all() == [2]
    assert session.query(Interval.length).order_by("length").all() == [(4,), (30,)]


def test_values_in_it_are_those_of_each_statement(session: Session) -> None:
    for point, ids in ((3, [1]), (20, [2]), (3, [1])):
        assert session.scalars(select(Interval.id).where(Interval.contains(point))).all() == ids


def test_of_an_alias_it_is_made_from_the_alias(session: Session) -> None:
    other = aliased(Interval)
    statement = select(other.id, Interval.id).join(other, other.length > Interval.length)
    assert session.execute(statement).all() == [(2, 1)]
    assert session.scalars(select(other.id).where(other.contains(3), other.any_case == "a")).all() == [1]


def test_bundles_and_labels_hold_it(session: Session) -> None:
    (row,) = session.scalars(select(Bundle("both", Interval.length, Interval.begin)).where(Interval.id == 1)).all()
    assert (row.length, row.begin) == (4, 1)
    assert session.execute(select(Interval.length.label("how_long"))).first().how_long == 4  # type: ignore[union-attr]


@pytest.mark.parametrize("by_name", [True, False], ids=["by name", "by attribute"])
@pytest.mark.parametrize("strategy", ["evaluate", "fetch", False])
def test_an_update_sets_what_it_stands_for(session: Session, by_name: bool, strategy: Any) -> None:
    interval = session.get_one(Interval, 1)
    assert interval.full == "A x"
    values: Any = (
        {"length": 7, "full": "p q", "outermost": 1}
        if by_name
        else {Interval.length: 7, Interval.full: "p q", Interval.outermost: 1}
    )
    session.execute(
        update(Interval).where(Interval.id == 1).values(values), execution_options={"synchronize_session": strategy}
    )
    if strategy is False:
        session.refresh(interval)
    assert (interval.stop, interval.full, interval.start) == (8, "p q", 1)
    session.expire_all()
    assert (interval.stop, interval.full) == (8, "p q")


def test_query_update_sets_what_it_stands_for(session: Session) -> None:
    session.query(Interval).filter(Interval.full == "b y").update({Interval.full: "c z"})
    assert session.get_one(Interval, 2).full == "c z"


def test_the_same_update_with_other_values_sets_those(session: Session) -> None:
    for value in ("k l", "m n"):
        session.execute(update(Interval).where(Interval.id == 1).values(full=value))
        assert session.scalars(select(Interval.full).where(Interval.id == 1)).one() == value


def test_rows_of_many_hold_what_it_stands_for(session: Session) -> None:
    session.execute(insert(Interval), [{"id": 5, "full": "k l", "begin": 3}, {"id": 6, "full": "m n", "begin": 4}])
    session.execute(update(Interval), [{"id": 6, "full": "o p"}])
    session.bulk_insert_mappings(Interval, [{"id": 7, "full": "q r"}])
    rows = session.execute(select(Interval.id, Interval.full, Interval.start).where(Interval.id > 4)).all()
    assert rows == [(5, "k l", 3), (6, "o p", 4), (7, "q r", None)]


def test_what_is_no_attribute_and_says_no_pairs_cannot_be_set(session: Session) -> None:
    class Bare(DeclarativeBase):
        pass

    class Thing(Bare):
        __tablename__ = "thing"
        id: Mapped[int] = mapped_column(primary_key=True)

    class Doubled:
        extension_type = HybridExtensionType.HYBRID_PROPERTY

        def __get__(self, instance: object, owner: Any) -> Any:
            class Twice:
                def __clause_element__(self) -> Any:
                    return owner.id.__clause_element__() * 2

            return QueryableAttribute(owner, "doubled", None, Twice(), None)

    Thing.doubled = Doubled()  # type: ignore[attr-defined]
    with pytest.raises(InvalidRequestError, match=r"Thing\.doubled cannot be set by a statement"):
        session.execute(update(Thing).values(doubled=3))


def test_a_derived_class_overrides_a_part() -> None:
    class Named(DeclarativeBase):
        pass

    class First(Named):
        __tablename__ = "first"
        id: Mapped[int] = mapped_column(primary_key=True)
        first: Mapped[str]

        @hybrid_property
        def name(self) -> Any:
            return self.first

    class Both(First):
        last: Mapped[str] = mapped_column(nullable=True)

        @First.name.getter
        def name(self) -> Any:
            return self.first + " " + self.last

        @First.name.overrides.setter
        def renamed(self, value: str) -> None:
            self.first, self.last = value.split(" ")

    assert (First(first="a").name, Both(first="a", last="b").name) == ("a", "a b")
    assert str(select(First.name)) == "SELECT first.first AS name \nFROM first"
    assert "first.last" in str(select(Both.name))
    both = Both()
    both.renamed = "c d"
    assert both.last == "d"


def test_mixins_and_unmapped_bases_share_it(engine: Engine) -> None:
    class Mixed(DeclarativeBase):
        pass

    class Sized:
        size: Mapped[int]

        @hybrid_property
        def doubled(self) -> Any:
            return self.size * 2

    class Box(Sized, Mixed):
        __tablename__ = "box"
        id: Mapped[int] = mapped_column(primary_key=True)

    Mixed.metadata.create_all(engine)
    with Session(engine) as session:
        session.add(Box(size=4))
        session.flush()
        assert session.scalars(select(Box.doubled)).all() == [8]
        assert "doubled" in inspect(Box).all_orm_descriptors


def test_inspection_tells_hybrids_from_others() -> None:
    descriptors = inspect(Interval).all_orm_descriptors
    assert descriptors["length"].extension_type is HybridExtensionType.HYBRID_PROPERTY
    assert descriptors["contains"].extension_type is HybridExtensionType.HYBRID_METHOD
    assert isinstance(Interval.length, QueryableAttribute)
    assert Interval.length.is_attribute
    assert (Interval.length.key, str(Interval.length), Interval.length.class_) == (
        "length",
        "Interval.length",
        Interval,
    )
    assert Interval.length.parent is inspect(Interval)
    assert Interval.length.__doc__ == "How long it is."
    Interval.length.info["unit"] = "m"
    assert descriptors["length"].info == {"unit": "m"}
    assert Interval.begin.property.key == "start"


def test_one_that_is_added_later_counts_for_values(session: Session) -> None:
    assert "late" not in inspect(Interval).stand_ins
    Interval.late = hybrid_property(lambda one: one.first)  # type: ignore[attr-defined]
    try:
        session.execute(update(Interval).where(Interval.id == 1).values(late="L"))
        assert session.scalars(select(Interval.late).where(Interval.id == 1)).all() == ["L"]  # type: ignore[attr-defined]
    finally:
        del Interval.late  # type: ignore[attr-defined]
        inspect(Interval).forget_stand_ins()


def test_what_an_update_sets_may_stand_for_others_itself(engine: Engine) -> None:
    class Own(DeclarativeBase):
        pass

    class Line(Own):
        __tablename__ = "line"
        id: Mapped[int] = mapped_column(primary_key=True)
        start: Mapped[int]
        stop: Mapped[int]
        both = composite(Ends, "start", "stop")

        @hybrid_property
        def length(self) -> Any:
            return self.stop - self.start

        @length.update_expression  # type: ignore[no-redef]
        def length(cls, value: int) -> Any:
            return [(cls.both, Ends(0, value))]

        @hybrid_property
        def size(self) -> Any:
            return self.length

    Own.metadata.create_all(engine)
    with Session(engine) as session:
        session.add_all([Line(id=number, start=1, stop=2) for number in (1, 2, 3)])
        session.commit()
        session.execute(update(Line).where(Line.id == 1).values(size=7))
        session.execute(update(Line).where(Line.id == 2).values({Line.size: 8}))
        session.execute(update(Line), [{"id": 3, "size": 9}])
        session.execute(insert(Line), [{"id": 4, "size": 10}])
        assert session.execute(select(Line.start, Line.stop).order_by(Line.id)).all() == [
            (0, 7),
            (0, 8),
            (0, 9),
            (0, 10),
        ]
