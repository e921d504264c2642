"""Attributes of derived classes that a query for the base class did not bring are loaded for all peers of the class."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

import azoth
from azoth import exc, select
from azoth.orm import Session, selectin_polymorphic, set_load_on_peers
from tests.flow.loading.vehicles import Bicycle, Car, Ship, Taxi, Vehicle, make_vehicles, of_its_class

COUNT = 80
PEERS_OF_A_STATEMENT = 500


@pytest.fixture
def garage(engine: azoth.Engine) -> azoth.Engine:
    make_vehicles(engine, COUNT)
    return engine


@pytest.fixture
def without_peers() -> Iterator[None]:
    """The switch of the whole program is off."""
    before = set_load_on_peers(False)
    yield
    set_load_on_peers(before)


def vehicles(session: Session) -> list[Vehicle]:
    return list(session.scalars(select(Vehicle).order_by(Vehicle.id)).all())


def test_a_loop_sends_one_statement_for_each_class(garage: azoth.Engine, statements: list[str]) -> None:
    with Session(garage) as session:
        statements.clear()
        found = vehicles(session)
        assert len(statements) == 1
        assert [of_its_class(one) for one in found] == list(range(1, COUNT + 1))
    assert len(statements) == 1 + 4


def test_a_loop_backwards(garage: azoth.Engine, statements: list[str]) -> None:
    with Session(garage) as session:
        found = vehicles(session)
        statements.clear()
        assert [of_its_class(one) for one in reversed(found)] == list(range(COUNT, 0, -1))
    assert len(statements) == 4


def test_what_a_class_inherits_comes_with_its_own(garage: azoth.Engine, statements: list[str]) -> None:
    with Session(garage) as session:
        taxis = [one for one in vehicles(session) if isinstance(one, Taxi)]
        statements.clear()
        assert {(taxi.doors, taxi.number - taxi.id) for taxi in taxis} == {(5, 0)}
    assert len(statements) == 1


def test_deferred_columns_of_the_base_are_loaded_class_by_class(garage: azoth.Engine, statements: list[str]) -> None:
    with Session(garage) as session:
        found = vehicles(session)
        statements.clear()
        assert [one.bell for one in found] == [f"bell {number}" for number in range(1, COUNT + 1)]
    assert len(statements) == 4


def test_relationships_of_a_derived_class(garage: azoth.Engine, statements: list[str]) -> None:
    with Session(garage) as session:
        taxis = [one for one in vehicles(session) if isinstance(one, Taxi)]
        statements.clear()
        assert [len(taxi.trips) for taxi in taxis] == [1] * (COUNT // 4)
    assert len(statements) == 1


def test_expired_objects_of_many_classes_fill_their_statements(engine: azoth.Engine, statements: list[str]) -> None:
    # As many of each class as go into one statement, the classes mixed.
    count = 4 * PEERS_OF_A_STATEMENT
    make_vehicles(engine, count)
    with Session(engine) as session:
        found = vehicles(session)
        session.commit()
        statements.clear()
        assert [one.name for one in found] == [f"no. {number}" for number in range(1, count + 1)]
        assert [of_its_class(one) for one in found] == list(range(1, count + 1))
    assert len(statements) == 4


def test_a_result_too_large_to_list_its_peers(engine: azoth.Engine, statements: list[str]) -> None:
    count = 12_000
    make_vehicles(engine, count)
    with Session(engine) as session:
        found = vehicles(session)
        statements.clear()
        assert [of_its_class(one) for one in found] == list(range(1, count + 1))
    assert len(statements) == count // PEERS_OF_A_STATEMENT


def test_off_for_a_session(garage: azoth.Engine, statements: list[str]) -> None:
    with Session(garage, load_on_peers=False) as session:
        found = vehicles(session)
        statements.clear()
        assert [of_its_class(one) for one in found] == list(range(1, COUNT + 1))
    assert len(statements) == COUNT


@pytest.mark.usefixtures("without_peers")
def test_off_for_the_program(garage: azoth.Engine, statements: list[str]) -> None:
    with Session(garage, load_on_peers=True) as session:
        found = vehicles(session)
        statements.clear()
        assert [of_its_class(one) for one in found] == list(range(1, COUNT + 1))
        assert len(statements) == COUNT
        statements.clear()
        assert sum(len(one.trips) for one in found if isinstance(one, Taxi)) == COUNT // 4
        assert len(statements) == COUNT // 4


def test_the_switch_of_the_program_acts_on_sessions_that_exist(garage: azoth.Engine, statements: list[str]) -> None:
    with Session(garage) as session:
        found = vehicles(session)
        assert set_load_on_peers(False) is True
        try:
            statements.clear()
            assert [of_its_class(one) for one in found[:8]] == list(range(1, 9))
            assert len(statements) == 8
        finally:
            assert set_load_on_peers(True) is False
        assert [of_its_class(one) for one in found] == list(range(1, COUNT + 1))
        assert len(statements) == 8 + 4


@pytest.mark.usefixtures("without_peers")
def test_what_a_query_asks_for_comes_at_once_in_any_case(garage: azoth.Engine, statements: list[str]) -> None:
    with Session(garage) as session:
        statements.clear()
        wanted = selectin_polymorphic(Vehicle, [Car, Taxi, Ship, Bicycle])
        found = session.scalars(select(Vehicle).options(wanted).order_by(Vehicle.id)).all()
        sent = len(statements)
        assert [of_its_class(one) for one in found] == list(range(1, COUNT + 1))
        assert len(statements) == sent <= 1 + 4


def test_the_switch_is_a_flag() -> None:
    with pytest.raises(exc.ArgumentError, match=r"set_load_on_peers\(\): enabled"):
        set_load_on_peers("no")  # type: ignore[arg-type]
    assert set_load_on_peers(True) is True
