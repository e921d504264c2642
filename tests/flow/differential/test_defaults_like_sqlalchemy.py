"""Functions that make column values are told the same about their row as with SQLAlchemy, however rows are written."""

from __future__ import annotations

from typing import Any

import pytest

from tests.database import Database
from tests.flow.differential.library import AZOTH, SQLALCHEMY, Library, Scenario, outcome_of

SCENARIOS: list[Scenario] = []


def scenario(function: Scenario) -> Scenario:
    """Register a scenario."""
    SCENARIOS.append(function)
    return function


class Model:
    """A bill whose attributes and columns have different names; its defaults note what they see."""

    def __init__(self, lib: Library) -> None:
        base: Any = lib.declarative_base()
        self.metadata = base.metadata
        self.seen: list[Any] = []

        class Shouting(lib.TypeDecorator):  # type: ignore[name-defined, misc]
            impl = lib.String
            cache_ok = True

            def process_bind_param(self, value: Any, dialect: Any) -> Any:
                return None if value is None else value.upper()

        links = lib.Table(
            "links",
            base.metadata,
            lib.Column("one", lib.ForeignKey("bill.id"), primary_key=True),
            lib.Column("other", lib.ForeignKey("bill.id"), primary_key=True),
            lib.Column("plain", lib.Integer, default=9),
            lib.Column("made", lib.Integer, default=lambda: 5),
            lib.Column("told", lib.Integer, default=lambda context: self.see(context, 6)),
        )

        class Bill(base):
            __tablename__ = "bill"
            id = lib.Column(lib.Integer, primary_key=True)
            net = lib.Column("net_cents", lib.Integer)
            early = lib.Column("early_one", lib.Integer, default=7)
            gross = lib.Column("gross_cents", lib.Integer, default=lambda context: self.see(context, 1))
            late = lib.Column(lib.Integer, default=8)
            changed = lib.Column("n_changed", lib.Integer, onupdate=lambda context: self.see(context, 5))
            counted = lib.Column(lib.Integer, default=lambda: 3, onupdate=lambda: 4)
            again = lib.Column(lib.Integer, default=lambda context: self.see(context, 2))
            note = lib.Column(Shouting)
            word = lib.Column("the_word", Shouting)
            keyed = lib.Column("k_name", lib.String, key="k_key")
            server = lib.Column(lib.Integer, server_default="3")
            tags = lib.Column(lib.JSON)
            version = lib.Column(lib.Integer, nullable=False)
            __mapper_args__ = {"version_id_col": version}
            others = lib.relationship(
                "Bill",
                secondary=links,
                primaryjoin=lambda: Bill.id == links.c.one,
                secondaryjoin=lambda: Bill.id == links.c.other,
                order_by="Bill.id",
            )

        class Receipt(base):
            __tablename__ = "receipt"
            id = lib.Column("number", lib.Integer, primary_key=True)
            net = lib.Column("net_cents", lib.Integer)
            changed = lib.Column("n_changed", lib.Integer, onupdate=lambda context: self.see(context, 5))

        self.Bill, self.Receipt = Bill, Receipt
        self.count = lib.text("SELECT count(*) FROM bill")

    def see(self, context: Any, value: int) -> int:
        self.seen.append(
            [
                dict(context.get_current_parameters()),
                dict(context.get_current_parameters(isolate_multiinsert_groups=False)),
                dict(context.current_parameters),
                context.current_column.key,
                [context.isinsert, context.isupdate, context.isdelete, context.isddl],
                context.connection.scalar(self.count),
            ]
        )
        return value

    def fill(self, session: Any) -> None:
        """Begin without rows."""


@pytest.mark.parametrize("run", SCENARIOS, ids=lambda run: run.__name__)
def test_does_the_same_as_sqlalchemy(database: Database, run: Scenario) -> None:
    expected = outcome_of(database, SQLALCHEMY, Model, run)
    assert outcome_of(database, AZOTH, Model, run) == expected


def rows(lib: Library, s: Any) -> Any:
    return [
        sorted(map(tuple, s.execute(lib.text(f"SELECT * FROM {table}"))), key=lambda row: row[:2])
        for table in ("bill", "links")
    ]


@scenario
def a_new_object(lib: Library, m: Any, s: Any) -> Any:
    s.add(m.Bill(id=1, net=5, tags=[1, 2], note="x"))
    s.flush()
    return [m.seen, rows(lib, s)]


@scenario
def new_objects_without_keys(lib: Library, m: Any, s: Any) -> Any:
    s.add_all([m.Bill(net=5, keyed="k", version=1), m.Bill(net=6, keyed=None, version=1)])
    s.flush()
    s.add(m.Bill(again=1, server=4))
    s.flush()
    return [m.seen, rows(lib, s)]


@scenario
def a_value_that_is_an_expression(lib: Library, m: Any, s: Any) -> Any:
    s.add(m.Bill(id=1, net=lib.text("2 + 3")))
    s.flush()
    one = s.get(m.Bill, 1)
    one.net = lib.text("3 + 3")
    one.note = "n"
    s.flush()
    return [m.seen, rows(lib, s)]


@scenario
def changed_objects(lib: Library, m: Any, s: Any) -> Any:
    s.add_all([m.Bill(id=number, net=number) for number in (1, 2, 3)])
    s.commit()
    m.seen.clear()
    first, second, third = s.query(m.Bill).order_by(m.Bill.id)
    first.net = second.net = 50
    first.word = second.word = "w"
    third.changed = 3
    s.flush()
    first.net = None
    s.flush()
    return [m.seen, rows(lib, s)]


@scenario
def statements(lib: Library, m: Any, s: Any) -> Any:
    s.execute(lib.insert(m.Bill).values(id=1, net=1, word="w", note="n", version=1))
    s.execute(lib.insert(m.Bill), {"id": 2, "net": 2, "version": 1})
    s.execute(lib.insert(m.Bill), [{"id": 3, "net": 3, "version": 1}, {"id": 4, "net": 4, "version": 1}])
    s.execute(lib.update(m.Bill).where(m.Bill.id == 1).values(net=10, word="v"))
    s.execute(lib.update(m.Bill).where(m.Bill.id == 2).values({m.Bill.word: "u"}))
    return [m.seen, rows(lib, s)]


@scenario
def rows_found_by_their_keys(lib: Library, m: Any, s: Any) -> Any:
    s.add_all([m.Receipt(id=number, net=number) for number in (1, 2, 3)])
    s.flush()
    s.bulk_update_mappings(m.Receipt, [{"id": 1, "net": 10}, {"id": 2, "net": 20}])
    s.execute(lib.update(m.Receipt), [{"id": 2, "net": 200}, {"id": 3, "net": 300}])
    return [m.seen, list(map(tuple, s.execute(lib.text("SELECT * FROM receipt ORDER BY number"))))]


@scenario
def bulk_methods(lib: Library, m: Any, s: Any) -> Any:
    s.bulk_insert_mappings(m.Bill, [{"net": 1}, {"net": 2}])
    s.bulk_save_objects([m.Bill(net=3), m.Bill(net=4, word="w")])
    return [m.seen, rows(lib, s)]


@scenario
def rows_of_an_association_table(lib: Library, m: Any, s: Any) -> Any:
    first, second, third = [m.Bill(id=number) for number in (1, 2, 3)]
    first.others = [second, third]
    third.others = [first]
    s.add_all([first, second, third])
    s.flush()
    written = rows(lib, s)
    seen = sorted([seen for seen in m.seen if seen[3] == "told"], key=lambda seen: seen[0]["other"])
    first.others.remove(third)
    s.flush()
    return [seen, written, rows(lib, s)]
