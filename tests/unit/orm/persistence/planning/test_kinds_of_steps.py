"""The steps of a plan: what each kind of them carries."""

from __future__ import annotations

from typing import Any

import pytest

from azoth import Column, Integer
from azoth.orm import declarative_base
from azoth.orm.mapping.lookup import mapper_of
from azoth.orm.persistence.planning.steps import (
    ClearKeysStep,
    DeleteStep,
    InsertStep,
    RowStep,
    SetKeysStep,
    UpdateStep,
)
from azoth.orm.persistence.profile.write_profile import write_profile
from azoth.orm.runtime.state import state_of


@pytest.mark.parametrize(
    "kind, label",
    [
        (InsertStep, "INSERT things"),
        (UpdateStep, "UPDATE things"),
        (SetKeysStep, "SET KEYS things"),
        (ClearKeysStep, "CLEAR KEYS things"),
        (DeleteStep, "DELETE things"),
    ],
)
def test_each_kind_of_step_knows_its_rows_and_what_it_sets(kind: type[RowStep], label: str) -> None:
    base: Any = declarative_base()

    class Thing(base):
        __tablename__ = "things"
        id = Column(Integer, primary_key=True)

    mapped = write_profile(mapper_of(Thing)).only_table
    assert mapped is not None
    things = [Thing(), Thing()]
    states = [state_of(thing) for thing in things]
    plain, other = kind(mapped, states, things), kind(mapped, states, things)
    assert (plain.label, plain.table, plain.mapper, len(plain)) == (label, Thing.__table__, mapper_of(Thing), 2)
    assert (plain.states, plain.instances) == (states, things)
    assert (plain.keys, plain.copies, plain.nulls, plain.span) == ((), [], (), None)
    assert plain.copies is not other.copies
    copies: list[Any] = [object()]
    full = kind(mapped, states, things, ("id",), copies, ("id",))
    assert (full.keys, full.copies, full.nulls) == (("id",), copies, ("id",))
