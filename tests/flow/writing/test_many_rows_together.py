"""Flushes of many rows: one statement where the database reads rows as a table, and the same rows everywhere."""

from __future__ import annotations

import datetime
import enum
import uuid
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from azoth import JSON, Engine, ForeignKey, LargeBinary, Numeric, String, Uuid, exc, func, select, update
from azoth.orm import DeclarativeBase, Mapped, Session, mapped_column, relationship
from azoth.orm.exc import StaleDataError

MANY = 300


class Base(DeclarativeBase):
    pass


class Color(enum.Enum):
    red = 1
    blue = 2


class Parcel(Base):
    __tablename__ = "parcel"

    id: Mapped[int] = mapped_column(primary_key=True)
    label: Mapped[str | None] = mapped_column(String(60))
    weight: Mapped[Decimal | None] = mapped_column(Numeric(10, 2))
    size: Mapped[float | None]
    fragile: Mapped[bool | None]
    sent: Mapped[datetime.datetime | None]
    day: Mapped[datetime.date | None]
    time: Mapped[datetime.time | None]
    content: Mapped[bytes | None] = mapped_column(LargeBinary)
    number: Mapped[uuid.UUID | None] = mapped_column(Uuid)
    facts: Mapped[Any] = mapped_column(JSON(none_as_null=True), nullable=True)
    made: Mapped[str] = mapped_column(String(20), server_default="by the server")


class Painted(Base):
    __tablename__ = "painted"

    id: Mapped[int] = mapped_column(primary_key=True)
    color: Mapped[Color]


class Counted(Base):
    __tablename__ = "counted"
    __mapper_args__ = {"version_id_col": "version"}

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(20))
    version: Mapped[int]


class Seat(Base):
    __tablename__ = "seat"

    id: Mapped[int] = mapped_column(primary_key=True)
    place: Mapped[int] = mapped_column(unique=True)


class Folder(Base):
    __tablename__ = "folder"

    id: Mapped[int] = mapped_column(primary_key=True)
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("folder.id"))
    children: Mapped[list[Folder]] = relationship(order_by="Folder.id")


@pytest.fixture
def tables(engine: Engine) -> Engine:
    Base.metadata.create_all(engine)
    return engine


def parcel(number: int) -> Parcel:
    return Parcel(
        label=f"parcel {number}, 'quoted' \\ {{}} \"ü\"",
        weight=Decimal(number) / 4,
        size=number / 3,
        fragile=number % 2 == 0,
        sent=datetime.datetime(2026, 1, 1) + datetime.timedelta(hours=number),
        day=datetime.date(2026, 1, 1) + datetime.timedelta(days=number),
        time=datetime.time(number % 24, number % 60),
        content=bytes([number % 256, 0, 255]),
        number=uuid.UUID(int=number),
        facts={"n": number, "list": [None, "x\"'\\"]},
    )


def values_of(one: Parcel) -> tuple[Any, ...]:
    return (one.weight, one.size, one.fragile, one.sent, one.day, one.time, one.content, one.number, one.facts)


def sent_together(engine: Engine, statements: list[str], verb: str, rows: int) -> None:
    """Assert that rows went in one statement, where the database reads them as a table."""
    if engine.dialect.rows_as_table is not None:
        assert len([one for one in statements if one.startswith(verb)]) == 1, statements
    assert rows > 1


def test_every_object_gets_the_key_of_its_own_row(tables: Engine, statements: list[str]) -> None:
    parcels = [parcel(number) for number in range(MANY)]
    for one in parcels:
        one.label = str(one.number.int) if one.number is not None else None
    with Session(tables) as session:
        session.add_all(parcels)
        statements.clear()
        session.commit()
        sent_together(tables, statements, "INSERT", MANY)
        ids = {one.label: one.id for one in parcels}
        assert dict(session.execute(select(Parcel.label, Parcel.id)).tuples().all()) == ids
        assert len(set(ids.values())) == MANY


def test_values_of_all_kinds_are_stored_as_they_are(tables: Engine) -> None:
    expected = [values_of(parcel(number)) for number in range(50)]
    with Session(tables) as session:
        session.add_all([parcel(number) for number in range(50)] + [Parcel() for _ in range(50)])
        session.commit()
    with Session(tables) as session:
        found = session.scalars(select(Parcel).order_by(Parcel.id)).all()
        assert [values_of(one) for one in found[:50]] == expected
        assert {values_of(one) for one in found[50:]} == {(None,) * 9}
        assert {one.made for one in found} == {"by the server"}


def test_values_of_different_kinds_in_one_column(tables: Engine) -> None:
    weights: list[Any] = [1, Decimal("2.5"), None, 3.25] * 5
    with Session(tables) as session:
        session.add_all([Parcel(label=str(place), weight=weight) for place, weight in enumerate(weights)])
        session.commit()
        found = session.scalars(select(Parcel.weight).order_by(Parcel.id)).all()
        assert [None if one is None else Decimal(one) for one in found] == [
            None if one is None else Decimal(one) for one in weights
        ]


@pytest.mark.lacks("loose types")
@pytest.mark.parametrize("change", ["insert", "update"])
def test_a_text_that_is_too_long_is_refused_and_never_cut_off(tables: Engine, change: str) -> None:
    with Session(tables) as session:
        parcels = [Parcel(label="short") for _ in range(20)]
        session.add_all(parcels)
        if change == "update":
            session.commit()
            assert {one.label for one in parcels} == {"short"}
        for one in parcels:
            one.label = "x" * 61
        with pytest.raises(exc.DBAPIError):
            session.flush()
        session.rollback()
        assert session.scalar(select(func.count()).select_from(Parcel).where(func.length(Parcel.label) > 5)) == 0


def test_types_that_cannot_go_together_go_one_by_one(tables: Engine) -> None:
    with Session(tables) as session:
        session.add_all([Painted(color=Color.red if number % 2 else Color.blue) for number in range(20)])
        session.commit()
        painted = session.scalars(select(Painted).order_by(Painted.id)).all()
        assert [one.color for one in painted] == [Color.blue, Color.red] * 10
        for one in painted:
            one.color = Color.red
        session.commit()
        assert set(session.scalars(select(Painted.color))) == {Color.red}


def test_updates_and_deletes_go_together(tables: Engine, statements: list[str]) -> None:
    with Session(tables) as session:
        parcels = [Parcel(label=str(number), weight=number) for number in range(MANY)]
        session.add_all(parcels)
        session.commit()
        assert [one.weight for one in parcels] == list(range(MANY))
        for number, one in enumerate(parcels):
            one.weight = Decimal(number) + Decimal("0.5")
            one.label = None if number % 3 == 0 else f"new {number}"
        statements.clear()
        session.commit()
        sent_together(tables, statements, "UPDATE", MANY)
        found = session.scalars(select(Parcel).order_by(Parcel.id)).all()
        assert [one.weight for one in found] == [Decimal(number) + Decimal("0.5") for number in range(MANY)]
        assert [one.label for one in found] == [None if n % 3 == 0 else f"new {n}" for n in range(MANY)]
        for one in found[10:]:
            session.delete(one)
        statements.clear()
        session.commit()
        sent_together(tables, statements, "DELETE", MANY - 10)
        assert session.scalars(select(Parcel.id).order_by(Parcel.id)).all() == [one.id for one in found[:10]]


def test_versions_are_counted_and_checked(tables: Engine, statements: list[str]) -> None:
    with Session(tables) as session:
        rows = [Counted(name="a") for _ in range(MANY)]
        session.add_all(rows)
        session.commit()
        assert {one.version for one in rows} == {1}
        for one in rows:
            one.name = "b"
        statements.clear()
        session.commit()
        sent_together(tables, statements, "UPDATE", MANY)
        assert {one.version for one in rows} == {2}
        session.execute(update(Counted.__table__).where(Counted.id == rows[7].id).values(version=9))
        session.commit()


@pytest.mark.parametrize("what", ["update", "delete"])
def test_a_row_that_others_have_changed_is_noticed_among_many(tables: Engine, what: str) -> None:
    with Session(tables) as session:
        rows = [Counted(name="a") for _ in range(50)]
        session.add_all(rows)
        session.commit()
        seen = [one.version for one in rows]
        assert set(seen) == {1}
        session.execute(
            update(Counted.__table__).where(Counted.__table__.c.id == rows[7].id).values(version=9),
            execution_options={"synchronize_session": False},
        )
        for one in rows:
            if what == "update":
                one.name = "b"
            else:
                session.delete(one)
        with pytest.raises(StaleDataError, match=r"50 row\(s\); 49 were matched"):
            session.flush()


def test_unique_values_that_move_from_row_to_row_keep_their_order(tables: Engine) -> None:
    with Session(tables) as session:
        seats = [Seat(place=place) for place in range(20)]
        session.add_all(seats)
        session.commit()
        assert [one.place for one in seats] == list(range(20))
        for one in seats:
            one.place += 1
        session.commit()
        assert session.scalars(select(Seat.place).order_by(Seat.id)).all() == list(range(1, 21))


def test_rows_of_one_statement_may_refer_to_each_other(tables: Engine) -> None:
    with Session(tables) as session:
        session.add_all([Folder(children=[Folder(children=[Folder()]) for _ in range(5)]) for _ in range(5)])
        session.commit()
        roots = session.scalars(select(Folder).where(Folder.parent_id.is_(None))).all()
        assert [[len(child.children) for child in root.children] for root in roots] == [[1] * 5] * 5


@pytest.mark.parametrize("value", [lambda: func.lower("ABC"), lambda: select(func.max(3)).scalar_subquery()])
def test_expressions_among_the_values_are_evaluated(tables: Engine, value: Callable[[], Any]) -> None:
    with Session(tables) as session:
        parcels = [Parcel(size=number, made="x") for number in range(20)]
        parcels[7].size = value() if "max" in str(value()) else func.length("abc")
        session.add_all(parcels)
        session.commit()
        assert [one.size for one in parcels] == [3 if number == 7 else number for number in range(20)]


def test_a_page_size_divides_the_rows(tables: Engine, statements: list[str]) -> None:
    tables.dialect.insertmanyvalues_page_size = 100
    with Session(tables) as session:
        parcels = [Parcel(label=str(number)) for number in range(MANY)]
        session.add_all(parcels)
        statements.clear()
        session.commit()
        assert len([one for one in statements if one.startswith("INSERT")]) >= 3
        found = dict(session.execute(select(Parcel.id, Parcel.label)).tuples().all())
        assert all(found[one.id] == one.label for one in parcels)


def test_each_row_goes_by_itself_where_the_program_wants_that(tables: Engine, statements: list[str]) -> None:
    tables.dialect.use_insertmanyvalues = False
    with Session(tables) as session:
        session.add_all([Parcel() for _ in range(20)])
        (insertion,) = session.plan().as_dict()["steps"]
        assert sum(one["times"] for one in insertion["statements"]) == 20
        statements.clear()
        session.commit()
    assert len([one for one in statements if one.startswith("INSERT")]) == 20
