"""Statements and bulk methods over joined tables with versions, composite keys, and keys under other names."""

from __future__ import annotations

from typing import Any

import pytest

import azoth
from azoth.exc import InvalidRequestError
from azoth.orm import Session
from azoth.orm.exc import StaleDataError
from tests.database import Database
from tests.flow.differential.library import AZOTH, SQLALCHEMY, Library, Scenario, outcome_of


class Vehicles:
    """Joined tables with a composite key under other names and a version, made with either library."""

    def __init__(self, lib: Library) -> None:
        base: Any = lib.declarative_base()
        self.metadata: Any = base.metadata
        text, integer = lib.String(20), lib.Integer

        class Vehicle(base):  # type: ignore[misc]
            __tablename__ = "vehicle"
            land = lib.Column("country", text, primary_key=True)
            plate = lib.Column(text, primary_key=True)
            kind = lib.Column(text)
            colour = lib.Column(text, default="white", onupdate="grey")
            version = lib.Column("counter", integer, nullable=False)
            __mapper_args__ = {
                "polymorphic_on": kind,
                "polymorphic_identity": "vehicle",
                "version_id_col": version,
            }

        class Lorry(Vehicle):
            __tablename__ = "lorry"
            lorry_land = lib.Column(text, primary_key=True)
            lorry_plate = lib.Column(text, primary_key=True)
            load = lib.Column("tons", integer, onupdate=77)
            axles = lib.Column(integer, default=2)
            __table_args__ = (
                lib.ForeignKeyConstraint(["lorry_land", "lorry_plate"], ["vehicle.country", "vehicle.plate"]),
            )
            __mapper_args__ = {"polymorphic_identity": "lorry"}

        self.Vehicle, self.Lorry = Vehicle, Lorry

    def fill(self, session: Any) -> None:
        """Write some rows."""
        session.add(self.Vehicle(land="A", plate="1"))
        session.add(self.Lorry(land="A", plate="2", load=3))
        session.add(self.Lorry(land="B", plate="2", load=4))
        session.commit()

    def rows(self, session: Any) -> list[list[Any]]:
        """Give what is in the tables."""
        return [
            sorted(tuple(row) for row in session.connection().execute(table.select()))
            for table in self.metadata.sorted_tables
        ]


SCENARIOS: list[Scenario] = []


def scenario(function: Scenario) -> Scenario:
    """Register a scenario."""
    SCENARIOS.append(function)
    return function


@pytest.mark.parametrize("run", SCENARIOS, ids=lambda run: run.__name__)
def test_does_the_same_as_sqlalchemy(database: Database, run: Scenario) -> None:
    expected = outcome_of(database, SQLALCHEMY, Vehicles, run)
    assert not str(expected).startswith("error")
    assert outcome_of(database, AZOTH, Vehicles, run) == expected


@scenario
def inserted_rows(lib: Library, m: Any, s: Any) -> Any:
    rows = [{"land": "C", "plate": "1", "load": 5}, {"land": "C", "plate": "2", "colour": "red", "axles": 4}]
    found = s.scalars(lib.insert(m.Lorry).returning(m.Lorry, sort_by_parameter_order=True), rows).all()
    seen = [(one.land, one.plate, one.lorry_land, one.lorry_plate, one.load, one.axles, one.version) for one in found]
    return m.rows(s), seen


@scenario
def inserted_mappings(lib: Library, m: Any, s: Any) -> Any:
    rows = [{"land": "C", "plate": "1", "load": 5}]
    s.bulk_insert_mappings(m.Lorry, rows, return_defaults=True)
    return m.rows(s), rows[0]["lorry_land"], rows[0]["lorry_plate"]


@scenario
def saved_objects(lib: Library, m: Any, s: Any) -> Any:
    lorry = s.get(m.Lorry, ("A", "2"))
    lorry.load, lorry.colour = 9, "blue"
    s.bulk_save_objects([lorry, m.Lorry(land="D", plate="1"), m.Vehicle(land="D", plate="2")])
    s.expunge_all()
    return m.rows(s)


@scenario
def rows_by_keys(lib: Library, m: Any, s: Any) -> Any:
    def key(land: str) -> dict[str, Any]:
        # SQLAlchemy wants the key of each table; azoth knows that they are equal.
        twice = {} if lib is AZOTH else {"lorry_land": land, "lorry_plate": "2"}
        return {"land": land, "plate": "2", "version": 1, **twice}

    s.execute(lib.update(m.Lorry), [{**key("A"), "load": 9, "colour": "red"}])
    s.execute(lib.update(m.Lorry), [{**key("B"), "load": 8}])
    return m.rows(s)


@scenario
def update_of_the_own_table(lib: Library, m: Any, s: Any) -> Any:
    lorries = s.scalars(lib.select(m.Lorry).order_by(m.Lorry.land)).all()
    s.execute(lib.update(m.Lorry).where(m.Lorry.load > 3).values(axles=6))
    return [(one.load, one.axles, one.colour) for one in lorries], m.rows(s)


# -- what is only azoth's ---------------------------------------------------------------------------


def run(database: Database, function: Any) -> Any:
    return outcome_of(database, AZOTH, Vehicles, lambda lib, m, s: function(m, s))


def test_an_update_of_both_tables(database: Database) -> None:
    def change(m: Vehicles, s: Session) -> Any:
        lorries = s.scalars(azoth.select(m.Lorry).order_by(m.Lorry.land)).all()
        values = {"colour": "red", "axles": 6}
        count = s.execute(
            azoth.update(m.Lorry).where(m.Lorry.plate == "2", m.Lorry.land != "A").values(values)
        ).rowcount
        return count, [(one.colour, one.axles, one.load) for one in lorries], m.rows(s)

    assert run(database, change) == (
        1,
        [("white", 2, 3), ("red", 6, 77)],
        [
            [("A", "1", "vehicle", "white", 1), ("A", "2", "lorry", "white", 1), ("B", "2", "lorry", "red", 1)],
            [("A", "2", 3, 2), ("B", "2", 77, 6)],
        ],
    )


def test_an_update_of_the_base_table_by_criteria_of_the_other(database: Database) -> None:
    def change(m: Vehicles, s: Session) -> Any:
        s.execute(azoth.update(m.Lorry).where(m.Lorry.load == 4).values(colour="red"))
        s.execute(azoth.update(m.Lorry).where(m.Lorry.colour == "red").values(axles=m.Lorry.axles + 1))
        return m.rows(s)

    assert run(database, change) == [
        [("A", "1", "vehicle", "white", 1), ("A", "2", "lorry", "white", 1), ("B", "2", "lorry", "red", 1)],
        [("A", "2", 3, 2), ("B", "2", 77, 3)],
    ]


def test_a_delete_by_composite_keys(database: Database) -> None:
    def change(m: Vehicles, s: Session) -> Any:
        s.execute(azoth.delete(m.Vehicle).where(m.Vehicle.land == "B"))
        first = m.rows(s)
        returned = s.execute(azoth.delete(m.Lorry).returning(m.Lorry.plate, m.Lorry.colour)).all()
        return first, [tuple(row) for row in returned], m.rows(s)

    assert run(database, change) == (
        [[("A", "1", "vehicle", "white", 1), ("A", "2", "lorry", "white", 1)], [("A", "2", 3, 2)]],
        [("2", "white")],
        [[("A", "1", "vehicle", "white", 1)], []],
    )


def test_a_row_with_another_version_is_not_updated(database: Database) -> None:
    def change(m: Vehicles, s: Session) -> Any:
        with pytest.raises(StaleDataError, match="Lorry"):
            s.execute(azoth.update(m.Lorry), [{"land": "A", "plate": "2", "version": 5, "load": 9}])
        with pytest.raises(InvalidRequestError, match="no version"):
            s.bulk_update_mappings(m.Lorry, [{"land": "A", "plate": "2", "load": 9}])
        with pytest.raises(InvalidRequestError, match="plate"):
            s.bulk_update_mappings(m.Lorry, [{"land": "A", "version": 1, "load": 9}])
        return m.rows(s)[1]

    assert run(database, change) == [("A", "2", 3, 2), ("B", "2", 4, 2)]


def test_an_upsert_of_several_tables_is_refused(database: Database) -> None:
    def change(m: Vehicles, s: Session) -> Any:
        from azoth.dialects.sqlite import insert  # noqa: PLC0415

        upsert = insert(m.Lorry).on_conflict_do_nothing()
        with pytest.raises(InvalidRequestError, match="several tables"):
            s.execute(upsert, [{"land": "A", "plate": "9", "load": 1}])
        return m.rows(s)[1]

    assert run(database, change) == [("A", "2", 3, 2), ("B", "2", 4, 2)]


def test_values_of_both_tables_are_one_object(database: Database) -> None:
    def change(m: Vehicles, s: Session) -> Any:
        one = {"land": "C", "plate": "1", "load": azoth.func.abs(-3)}
        s.execute(azoth.insert(m.Lorry).values(one))
        s.execute(azoth.insert(m.Lorry).values([{**one, "plate": "2"}, {**one, "plate": "3", "colour": None}]))
        return m.rows(s)

    vehicles, lorries = run(database, change)
    assert vehicles[-3:] == [
        ("C", "1", "lorry", "white", 1),
        ("C", "2", "lorry", "white", 1),
        ("C", "3", "lorry", None, 1),
    ]
    assert lorries[-3:] == [("C", "1", 3, 2), ("C", "2", 3, 2), ("C", "3", 3, 2)]
