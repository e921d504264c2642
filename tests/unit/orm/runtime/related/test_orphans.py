"""Objects under delete-orphan relationships know whether an owner holds them."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from azoth.exc import InvalidRequestError
from azoth.orm.runtime.related.orphans import guard, has_parent, is_orphan
from azoth.orm.runtime.state import state_of
from tests.unit.orm.runtime.mapped_classes import Family, Unit, mapped_class, one_to_many


@pytest.fixture
def owned() -> Family:
    family = Family()
    guard(family.children, family.Child._azoth_manager)
    return family


def test_a_new_object_is_an_orphan_until_an_owner_takes_it(owned: Family) -> None:
    child = owned.Child()
    assert is_orphan(state_of(child))
    parent = owned.Parent(children=[child])
    assert not is_orphan(state_of(child))
    parent.children.remove(child)
    assert is_orphan(state_of(child))


def test_an_object_from_the_database_is_believed_to_be_owned(owned: Family, unit: Unit) -> None:
    parent = unit.add(owned.Parent(), pk=1)
    child = unit.add(owned.Child(), pk=1)
    assert not is_orphan(state_of(child))
    owned.children.load(state_of(parent), parent, [child])
    parent.children = []
    assert is_orphan(state_of(child))
    assert unit.expunged == []


def test_an_object_that_moves_is_never_an_orphan(owned: Family, unit: Unit) -> None:
    first, second = (unit.add(owned.Parent(), pk=key) for key in (1, 2))
    for parent in (first, second):
        owned.children.load(state_of(parent), parent, [])
    child = owned.Child()
    first.children.append(child)
    second.children.append(child)
    child.parent = first
    assert unit.expunged == []
    assert not is_orphan(state_of(child))
    assert has_parent(state_of(child), owned.children.parent_token)


def test_a_pending_orphan_leaves_its_session_at_once(owned: Family, unit: Unit) -> None:
    parent = unit.add(owned.Parent())
    removed, unset = owned.Child(), owned.Child()
    parent.children = [removed, unset]
    assert unit.adopted == [removed, unset]
    parent.children.remove(removed)
    unset.parent = None
    assert unit.expunged == [removed, unset]


def test_the_owner_may_be_taken_away_from_an_unloaded_collection(owned: Family, unit: Unit) -> None:
    parent = unit.add(owned.Parent(), pk=1)
    child = unit.add(owned.Child(), pk=1)
    child.__dict__["parent"] = parent
    child.parent = None
    assert is_orphan(state_of(child))


def two_guards() -> tuple[Any, Any, Any]:
    house, company, address = mapped_class("House"), mapped_class("Company"), mapped_class("Address")
    for class_, one in ((house, "house"), (company, "company")):
        addresses, _ = one_to_many(class_, address, "addresses", one)
        guard(addresses, address._azoth_manager)
    return house, company, address


def test_with_several_owners_losing_any_makes_an_orphan() -> None:
    house_class, company_class, address_class = two_guards()
    address = address_class()
    house_class(addresses=[address])
    assert is_orphan(state_of(address))
    company = company_class(addresses=[address])
    assert not is_orphan(state_of(address))
    company.addresses.clear()
    assert is_orphan(state_of(address))


def test_the_legacy_rule_wants_all_owners_gone() -> None:
    house_class, company_class, address_class = two_guards()
    address_class._azoth_manager.mapper = SimpleNamespace(legacy_is_orphan=True)
    address = address_class()
    house = house_class(addresses=[address])
    company = company_class(addresses=[address])
    company.addresses.clear()
    assert not is_orphan(state_of(address))
    house.addresses.clear()
    assert is_orphan(state_of(address))


def test_instances_of_subclasses_are_guarded_too(owned: Family) -> None:
    class Grandchild(owned.Child):  # type: ignore[name-defined,misc]
        pass

    assert is_orphan(state_of(Grandchild()))
    assert not is_orphan(state_of(owned.Parent()))


def test_a_single_parent_is_enforced_with_a_clear_error() -> None:
    family = Family(single_parent=True)
    child = family.Child()
    first, second = family.Parent(children=[child]), family.Parent()
    with pytest.raises(InvalidRequestError, match=r"already has a parent through Parent.children") as caught:
        second.children.append(child)
    assert "single_parent=True" in caught.value.why
    assert first.children == [child]
    assert second.children == []
    first.children.remove(child)
    second.children.append(child)
    second.children = [child]


def test_a_single_parent_of_a_scalar_attribute_is_enforced() -> None:
    family = Family()
    family.parent.single_parent = family.parent.track_parent = True
    parent = family.Parent()
    first, second = family.Child(parent=parent), family.Child()
    first.parent = parent
    with pytest.raises(InvalidRequestError, match=r"already has a parent through Child.parent"):
        second.parent = parent
