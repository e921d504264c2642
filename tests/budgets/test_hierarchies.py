"""Objects of a hierarchy cost what objects of any class cost: no call per row, no statement per object."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

import azoth
from azoth import select
from azoth.orm import Session, with_polymorphic
from tests.flow.loading.vehicles import Bicycle, Car, Taxi, Vehicle, make_vehicles, of_its_class

Counter = Callable[[Callable[[], Any]], int]

FEW, MANY = 100, 400


@pytest.fixture
def garage(engine: azoth.Engine) -> Iterator[Session]:
    """Vehicles of four classes in turn."""
    make_vehicles(engine, MANY)
    with Session(engine) as session:
        yield session


def calls_for_more_rows(session: Session, entity: Any, key: Any, count_calls: Counter) -> int:
    """Count what the loading of more rows calls beyond that of a few."""
    # Kept, because each object that dies calls the function that takes it out of the identity map.
    kept = []

    def load(limit: int) -> Callable[[], None]:
        def work() -> None:
            session.expunge_all()
            kept.append(session.scalars(select(entity).order_by(key).limit(limit)).all())
            assert len(kept[-1]) == limit

        return work

    return count_calls(load(MANY)) - count_calls(load(FEW))


def test_loading_four_classes_costs_no_call_per_row(garage: Session, count_calls: Counter) -> None:
    assert calls_for_more_rows(garage, Vehicle, Vehicle.id, count_calls) <= 5


def test_loading_four_classes_with_their_tables_costs_no_call_per_row(garage: Session, count_calls: Counter) -> None:
    everything = with_polymorphic(Vehicle, "*")
    assert calls_for_more_rows(garage, everything, everything.id, count_calls) <= 5
    loaded = garage.scalars(select(everything)).all()
    assert {type(one) for one in loaded if one.id <= 4} == {type(one) for one in loaded}
    assert len({type(one) for one in loaded}) == 4


def test_loading_one_class_of_a_shared_table_costs_no_call_per_row(garage: Session, count_calls: Counter) -> None:
    def load(limit: int) -> Callable[[], None]:
        def work() -> None:
            garage.expunge_all()
            assert len(garage.scalars(select(Bicycle).limit(limit)).all()) == limit

        return work

    # The objects die at once: one call each, as those of any class.
    assert count_calls(load(MANY // 4)) - count_calls(load(FEW // 4)) <= (MANY - FEW) // 4 + 5


def test_what_a_query_for_the_base_left_out_costs_one_statement_a_class(garage: Session, statements: list[str]) -> None:
    statements.clear()
    found = garage.scalars(select(Vehicle).order_by(Vehicle.id)).all()
    assert [of_its_class(one) for one in found] == list(range(1, MANY + 1))
    assert len(statements) == 1 + 4


def test_loading_it_calls_no_more_for_four_classes_than_for_one(garage: Session, count_calls: Counter) -> None:
    def read(base: type[Vehicle], limit: int) -> Callable[[], None]:
        def work() -> None:
            garage.expunge_all()
            for one in garage.scalars(select(base).limit(limit)).all():
                one.bell

        return work

    # A deferred column is missing in the same way from objects of a class that nothing is derived from.
    def per_object(base: type[Vehicle], few: int, many: int) -> float:
        return (count_calls(read(base, many)) - count_calls(read(base, few))) / (many - few)

    assert per_object(Vehicle, FEW, MANY) <= per_object(Bicycle, FEW // 4, MANY // 4) + 0.1


def test_changing_objects_of_several_tables_costs_one_call_of_the_driver_a_table(
    garage: Session, statements: list[str]
) -> None:
    # Half of them are taxis, which have a third table.
    cars = garage.scalars(select(Car).order_by(Car.id)).all()
    for car in cars:
        car.name += "!"
        if isinstance(car, Taxi):
            car.number += 1
    statements.clear()
    garage.flush()
    assert sorted(statement.split()[1] for statement in statements) == ["taxi", "vehicle"]
    for car in cars:
        car.doors += 1
    statements.clear()
    garage.flush()
    assert [statement.split()[1] for statement in statements] == ["car"]
