"""A join without a left side begins at what select_from() names, or at what was joined before: as in SQLAlchemy."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

import pytest

from tests.database import Database

pytest.importorskip("sqlalchemy")


@contextmanager
def bills(database: Database, name: str) -> Iterator[SimpleNamespace]:
    """Persons, the bills that they have paid, and the bills that they owe a share of."""
    sa: Any = importlib.import_module(name)
    orm: Any = importlib.import_module(f"{name}.orm")

    class Base(orm.DeclarativeBase):  # type: ignore[misc, name-defined]
        pass

    class Person(Base):
        __tablename__ = "person"
        id = sa.Column(sa.Integer, primary_key=True)
        weight = sa.Column(sa.Integer)

    class Bill(Base):
        __tablename__ = "bill"
        id = sa.Column(sa.Integer, primary_key=True)
        payer_id = sa.Column(sa.ForeignKey("person.id"))

    owing = sa.Table(
        "owing",
        Base.metadata,
        sa.Column("bill_id", sa.ForeignKey("bill.id")),
        sa.Column("person_id", sa.ForeignKey("person.id")),
    )
    engine = database.make_engine(library=sa)
    Base.metadata.create_all(engine)
    session = orm.Session(engine)
    session.add_all([Person(id=number, weight=number) for number in (1, 2, 3)])
    session.flush()
    session.add_all([Bill(id=1, payer_id=1), Bill(id=2, payer_id=3)])
    session.flush()
    session.execute(
        owing.insert(), [{"bill_id": bill, "person_id": person} for bill, person in ((1, 1), (1, 2), (2, 3))]
    )
    with session:
        yield SimpleNamespace(sa=sa, orm=orm, session=session, Person=Person, Bill=Bill, owing=owing)
    engine.dispose()


SCENARIOS: dict[str, Callable[[SimpleNamespace], Any]] = {
    "the entity is among the columns": lambda our: our.sa.select(our.Bill).select_from(our.Bill).join(our.Person),
    "and is joined on": lambda our: our.sa.select(our.Bill).select_from(our.Bill).join(our.Person).join(our.owing),
    "another one is selected": lambda our: (
        our.sa.select(our.sa.func.sum(our.Person.weight), our.Bill.id)
        .select_from(our.Person)
        .join(our.owing)
        .join(our.Bill)
        .group_by(our.Bill.id)
        .order_by(our.Bill.id)
    ),
    "the query does so": lambda our: (
        our.session.query(our.sa.func.sum(our.Person.weight), our.Bill)
        .select_from(our.Person)
        .join(our.owing)
        .join(our.Bill)
        .group_by(our.Bill.id)
        .order_by(our.Bill.id)
        .with_entities(our.Bill.id, our.sa.func.sum(our.Person.weight))
    ),
    "what is joined last has a condition": lambda our: (
        our.sa.select(our.Person.id, our.Bill.id)
        .select_from(our.Person)
        .join(our.owing)
        .join(our.Bill, our.Bill.id == our.owing.c.bill_id)
    ),
    "the joined table is selected as well": lambda our: (
        our.sa.select(our.Bill.id, our.owing.c.person_id)
        .select_from(our.Person)
        .join(our.owing)
        .where(our.Bill.id == our.owing.c.bill_id)
    ),
    "nothing is named": lambda our: our.sa.select(our.Bill.id, our.Person.id).join(our.Person).join(our.owing),
}


def outcome(our: SimpleNamespace, made: Any) -> Any:
    rows = our.session.execute(made).all() if not isinstance(made, our.orm.Query) else made.all()
    return sorted(tuple([value.id if hasattr(value, "id") else value for value in row]) for row in rows)


@pytest.mark.parametrize("which", SCENARIOS)
def test_the_same_rows_as_sqlalchemy(database: Database, which: str) -> None:
    with bills(database, "azoth") as ours, bills(database, "sqlalchemy") as theirs:
        assert outcome(ours, SCENARIOS[which](ours)) == outcome(theirs, SCENARIOS[which](theirs))


@pytest.mark.parametrize(
    "make",
    [
        lambda our: our.sa.select(our.Person, our.Bill).join(our.owing),
        lambda our: our.sa.select(our.Bill).select_from(our.Person).join(our.owing).select_from(our.Bill),
    ],
)
def test_two_that_could_be_meant_are_ambiguous(database: Database, make: Callable[[SimpleNamespace], Any]) -> None:
    for name in ("azoth", "sqlalchemy"):
        error = importlib.import_module(f"{name}.exc").InvalidRequestError
        with bills(database, name) as our, pytest.raises(error, match="Can't determine which FROM clause to join"):
            our.session.execute(make(our))
