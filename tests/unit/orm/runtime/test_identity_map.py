"""What instances refer to: their identity map, by it the unit of work, and the load that brought them in."""

from __future__ import annotations

import gc
from typing import Any

from azoth.orm.runtime.identity_map import IdentityMap
from azoth.orm.runtime.origin import Origin
from azoth.orm.runtime.state import state_of
from tests.unit.orm.runtime.mapped_classes import Unit, mapped_class


def test_a_map_knows_its_unit_of_work_until_it_is_released() -> None:
    unit = Unit()
    identity_map = unit.identity_map
    assert identity_map.unit() is unit
    identity_map.release()
    assert identity_map.unit() is None


def test_a_map_does_not_keep_its_unit_of_work() -> None:
    gc.disable()
    try:
        unit = Unit()
        identity_map = unit.identity_map
        del unit
        assert identity_map.unit() is None
    finally:
        gc.enable()


def test_an_added_instance_comes_from_its_map_and_has_no_peers() -> None:
    unit = Unit()
    instance: Any = unit.add(mapped_class("Thing")(id=1), pk=1)
    state = state_of(instance)
    assert state.origin is state.identity_map is unit.identity_map
    assert state.origin.tree is None
    assert list(state.origin.neighbours(state)) == []


def test_a_loaded_instance_comes_from_its_load() -> None:
    identity_map = IdentityMap(unit := Unit())
    thing = mapped_class("Thing")
    instances = [unit.add(thing(id=number), pk=number) for number in range(3)]
    states = [state_of(instance) for instance in instances]
    origin = Origin(identity_map, states=states)
    for state in states:
        state.origin = origin
    assert states[1].identity_map is identity_map
    assert [list(side) for side in origin.neighbours(states[1])] == [[states[2]], [states[0]]]
