"""Runs the contract of dialects on every kind of database that is found, or on those that the run is for."""

from __future__ import annotations

import functools
import os
from collections.abc import Callable, Iterator

import pytest

from azoth.engine import Engine
from azoth.testing.suite import Requirements
from tests.conftest import DATABASE_MISSING
from tests.contract.claims import CLAIMS
from tests.database import KINDS, VARIABLE, Database, wanted

KINDS_OF_CONTRACT = ("sqlite", "postgresql", "postgresql_psycopg2", "mariadb", "mariadb_mysqldb")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run each test of the contract on each kind of database."""
    if "contract_kind" in metafunc.fixturenames:
        names = [kind.name for kind in wanted()] if VARIABLE in os.environ else KINDS_OF_CONTRACT
        metafunc.parametrize("contract_kind", names, scope="module")


@pytest.fixture(scope="module")
def contract_database(contract_kind: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """The database of all tests of the module."""
    kind = KINDS[contract_kind]
    obstacle = kind.obstacle()
    if obstacle is not None:
        pytest.skip(f"{DATABASE_MISSING}: {contract_kind} ({obstacle})")
    database = kind(tmp_path_factory.mktemp("contract"))
    yield database
    database.close()


@pytest.fixture(scope="module")
def azoth_create_engine(contract_database: Database) -> Callable[..., Engine]:
    """Makes engines on it; on SQLite on a file, as the contract has several connections."""
    return functools.partial(contract_database.make_engine, "contract", foreign_keys=True)


@pytest.fixture(scope="module")
def azoth_requirements(azoth_engine: Engine) -> Requirements:
    """What azoth claims of it."""
    return CLAIMS[azoth_engine.dialect.name](azoth_engine.dialect)
