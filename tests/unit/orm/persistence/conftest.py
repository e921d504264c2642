"""Fixtures of the write side's tests."""

from __future__ import annotations

import pytest

from tests.unit.orm.persistence.unit_of_work import Unit


@pytest.fixture
def unit():
    unit = Unit()
    yield unit
    unit.close()


@pytest.fixture
def labels():
    return lambda plan: [step.label for step in plan.steps]
