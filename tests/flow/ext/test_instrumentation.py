"""Instrumentation of one's own: what is put on a mapped class, and taken off, passes the program's manager."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from azoth import Column, Engine, ForeignKey, Integer, String
from azoth.exc import InvalidRequestError
from azoth.ext import instrumentation
from azoth.ext.instrumentation import (
    INSTRUMENTATION_MANAGER,
    ExtendedInstrumentationRegistry,
    InstrumentationManager,
    find_native_user_instrumentation_hook,
    instrumentation_finders,
)
from azoth.orm import Session, registry, relationship
from azoth.orm.exc import UnmappedClassError
from azoth.orm.instrumentation import ClassManager, InstrumentationFactory, is_instrumented, manager_of_class


class Told(list[tuple[Any, ...]]):
    """What managers were told."""


class ByHand(list[Any]):
    """A collection of the manager's choice."""


class Managed(InstrumentationManager):
    told: Told

    def manage(self, class_: type[Any], manager: ClassManager) -> None:
        self.told.append(("manage", class_.__name__, manager is manager_of_class(class_)))

    def unregister(self, class_: type[Any], manager: ClassManager) -> None:
        self.told.append(("unregister", class_.__name__))

    def instrument_attribute(self, class_: type[Any], key: str, inst: object) -> None:
        self.told.append(("attribute", key))

    def post_configure_attribute(self, class_: type[Any], key: str, inst: object) -> None:
        self.told.append(("ready", key))

    def install_descriptor(self, class_: type[Any], key: str, inst: object) -> None:
        self.told.append(("descriptor", key))
        super().install_descriptor(class_, key, inst)

    def uninstall_descriptor(self, class_: type[Any], key: str) -> None:
        self.told.append(("no descriptor", key))
        super().uninstall_descriptor(class_, key)

    def install_member(self, class_: type[Any], key: str, implementation: object) -> None:
        self.told.append(("member", key))
        super().install_member(class_, key, implementation)

    def uninstall_member(self, class_: type[Any], key: str) -> None:
        self.told.append(("no member", key))
        super().uninstall_member(class_, key)

    def instrument_collection_class(self, class_: type[Any], key: str, collection_class: Any) -> Any:
        self.told.append(("collection", key, collection_class))
        return ByHand


@pytest.fixture
def told() -> Told:
    return Told()


@pytest.fixture
def models(told: Told) -> Iterator[Any]:
    base: Any = registry().generate_base()

    class Item(base):
        __tablename__ = "items"
        id = Column(Integer, primary_key=True)
        order_id = Column(ForeignKey("orders.id"))

    class Order(base):
        __tablename__ = "orders"
        __sa_instrumentation_manager__ = type("OfOrders", (Managed,), {"told": told})
        id = Column(Integer, primary_key=True)
        name = Column(String(30))
        items = relationship(Item)

    yield Order, Item
    base.registry.dispose()


def test_what_is_put_on_a_class_passes_its_manager(models: Any, told: Told) -> None:
    order_class, item_class = models
    order_class(name="x")
    assert {("descriptor", key) for key in ("id", "name", "items")} <= set(told)
    assert {("attribute", key) for key in ("id", "name", "items")} <= set(told)
    assert {("ready", key) for key in ("id", "name", "items")} <= set(told)
    assert ("member", "__setattr__") in told
    assert ("manage", "Order", True) in told
    assert [one for one in told if one[0] == "collection"] == [("collection", "items", list)]
    assert not any("Item" in one for one in told)
    assert type(manager_of_class(item_class)) is ClassManager


def test_a_managed_class_is_loaded_and_written_as_others(models: Any, engine: Engine) -> None:
    order_class, item_class = models
    order_class.metadata.create_all(engine)
    with Session(engine) as session:
        order = order_class(id=1, name="first", items=[item_class()])
        assert isinstance(order.items, ByHand)
        session.add(order)
        session.commit()
        order.name = "second"
        order.items.append(item_class())
        session.commit()
        session.expunge_all()
        loaded = session.get(order_class, 1)
        assert (loaded.name, len(loaded.items), isinstance(loaded.items, ByHand)) == ("second", 2, True)


def test_what_is_taken_off_passes_it_too(models: Any, told: Told) -> None:
    order_class, _ = models
    told.clear()
    order_class.registry.dispose()
    assert {("no descriptor", "name"), ("no member", "__setattr__"), ("unregister", "Order")} <= set(told)
    assert "name" not in vars(order_class)


def test_finders_are_asked_in_their_order(told: Told) -> None:
    def find(cls: type[Any]) -> Any:
        return type("Found", (Managed,), {"told": told}) if cls.__name__ == "Found" else None

    instrumentation_finders.insert(0, find)
    try:
        base: Any = registry().generate_base()
        namespace = {"__tablename__": "found", "id": Column(Integer, primary_key=True)}
        found = type("Found", (base,), namespace)
        assert ("manage", "Found", True) in told
        base.registry.dispose()
        assert find_native_user_instrumentation_hook(found) is None
    finally:
        instrumentation_finders.remove(find)


@pytest.mark.parametrize("hook", instrumentation.FIXED)
def test_a_manager_cannot_keep_values_or_states_elsewhere(hook: str) -> None:
    manager = type("Elsewhere", (InstrumentationManager,), {hook: lambda self, *arguments: None})
    base: Any = registry().generate_base()
    namespace = {"__tablename__": "x", "id": Column(Integer, primary_key=True), INSTRUMENTATION_MANAGER: manager}
    with pytest.raises(InvalidRequestError, match=f"cannot have {hook}"):
        type("X", (base,), namespace)


def test_managers_states_and_values_are_found(models: Any) -> None:
    order_class, _ = models
    order = order_class(name="x")
    found = ExtendedInstrumentationRegistry()
    assert found.manager_of_class(order_class) is manager_of_class(order_class)
    assert found.opt_manager_of_class(int) is None
    with pytest.raises(UnmappedClassError, match="AZ-X79"):
        found.manager_of_class(int)
    assert found.state_of(order) is order._sa_instance_state
    assert found.dict_of(order) is order.__dict__
    assert is_instrumented(order, "name")
    assert not is_instrumented(order, "other")
    assert not is_instrumented(5, "name")


def test_the_factory_makes_managers_and_ends_them(models: Any, told: Told) -> None:
    order_class, item_class = models
    factory = InstrumentationFactory()
    assert type(factory.create_manager_for_cls(item_class)) is ClassManager
    factory.unregister(int)
    told.clear()
    factory.unregister(order_class)
    assert ("unregister", "Order") in told
