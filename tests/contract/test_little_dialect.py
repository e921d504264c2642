"""The contract of dialects, run by the author of another package, as docs/dialects.md tells."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

import pytest

from azoth import Engine, create_engine
from azoth.dialects import registry
from azoth.engine.dialect_base import dialect_registry
from azoth.testing.suite import *  # noqa: F403  # as that author does
from tests.contract.claims import SQLiteClaims
from tests.contract.little import LittleContext


@pytest.fixture(scope="module")
def azoth_create_engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., Engine]]:
    before = dict(dialect_registry._locations)
    registry.register("little", "tests.contract.little", "LittleDialect")
    yield partial(create_engine, f"little:///{tmp_path_factory.mktemp('little') / 'little.db'}", foreign_keys=True)
    assert LittleContext.executed > 0
    dialect_registry._locations.clear()
    dialect_registry._locations.update(before)


@pytest.fixture(scope="module")
def azoth_requirements(azoth_engine: Engine) -> SQLiteClaims:
    return SQLiteClaims(azoth_engine.dialect)
