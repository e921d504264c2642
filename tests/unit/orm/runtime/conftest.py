"""Related classes and a unit of work, fresh for each test."""

from __future__ import annotations

import pytest

from tests.unit.orm.runtime.mapped_classes import Family, Unit


@pytest.fixture
def family() -> Family:
    return Family()


@pytest.fixture
def unit() -> Unit:
    return Unit()
