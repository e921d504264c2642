"""What a dialect knows of its driver: the module, its version, its errors, and what it tells of a connection."""

from __future__ import annotations

import importlib
import sqlite3
import sys
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy.util import parse_version_string as their_version

import azoth
from azoth import exc
from azoth.dialects import postgresql, registry, sqlite
from azoth.dialects.postgresql.psycopg import PGDialect_psycopg
from azoth.dialects.postgresql.psycopg2 import PGDialect_psycopg2
from azoth.engine.default import DefaultDialect
from azoth.engine.dialect_base import dialect_registry
from azoth.engine.interfaces import VersionInfo, parse_version_string

TEXTS = [
    "2.0.0a1", "2.0.0b1", "2.0.0rc1", "2.0.0.dev1", "2.0.0", "2.0.0.post1", "2.0", "3.2 (dt dec pq3 ext)", "0.10.1",
    "5.0.0+local", "8.0.17-x", "v12.3-beta2 foo", "py3-4.0.19-beta4", "", "abc", "7", "1.4.6.post1", "19c",
]  # fmt: skip


@pytest.mark.parametrize("text", TEXTS)
def test_versions_are_read_and_compared_as_in_sqlalchemy(text: str) -> None:
    theirs, ours = their_version(text), parse_version_string(text)
    assert tuple(ours) == tuple(theirs)
    assert str(ours) == text
    others = [
        ((2, 0, 0), (2, 0, 0)),
        ((2, 0), (2, 0)),
        *[(their_version(one), parse_version_string(one)) for one in TEXTS],
    ]
    for their_other, our_other in others:
        assert (ours < our_other, ours <= our_other, ours > our_other, ours >= our_other, ours == our_other) == (
            theirs < their_other, theirs <= their_other, theirs > their_other, theirs >= their_other,
            theirs == their_other,
        )  # fmt: skip


def test_versions_that_are_equal_have_one_hash() -> None:
    assert {VersionInfo((2, 0)): 1}[(2, 0)] == 1
    assert VersionInfo((2, 0)) == (2, 0)
    assert VersionInfo((2, 0)) != "2.0"
    assert parse_version_string("2.0rc1") != (2, 0)
    assert repr(parse_version_string("2.0rc1")) == "VersionInfo((2, 0), string='2.0rc1')"


def test_a_dialect_knows_the_version_of_its_driver() -> None:
    assert sqlite.dialect(sqlite3).dbapi_version == tuple(map(int, sqlite3.sqlite_version.split(".")))
    fake: Any = SimpleNamespace(__version__="3.2.1 (dt)")
    assert postgresql.dialect(fake).dbapi_version == (3, 2, 1)
    assert postgresql.dialect(fake).loaded_dbapi is fake


def test_drivers_of_postgresql_tell_their_version_under_its_older_name() -> None:
    fake: Any = SimpleNamespace(__version__="3.2.1 (dt)")
    assert PGDialect_psycopg(fake).psycopg_version == (3, 2, 1)
    assert PGDialect_psycopg2(fake).psycopg2_version == (3, 2, 1)
    assert PGDialect_psycopg().psycopg_version == PGDialect_psycopg2(SimpleNamespace()).psycopg2_version == (0, 0)


def test_a_dialect_without_a_driver_says_so() -> None:
    with pytest.raises(exc.NoDBAPILoaded, match="no driver's module") as caught:
        _ = postgresql.dialect().dbapi_version
    assert caught.value.code == "AZ-E632"
    silent: Any = SimpleNamespace()
    with pytest.raises(exc.NoDBAPILoaded, match="does not tell its version"):
        _ = postgresql.dialect(silent).dbapi_version
    with pytest.raises(NotImplementedError):
        _ = DefaultDialect(silent).dbapi_version


def test_a_driver_that_is_too_old_is_refused() -> None:
    class Demanding(sqlite.dialect):  # type: ignore[misc]
        minimum_dbapi_version = VersionInfo((999,))

    with pytest.raises(exc.InvalidRequestError, match="too old") as caught:
        Demanding(sqlite3)
    assert caught.value.code == "AZ-E634"
    assert Demanding() is not None
    assert Demanding(SimpleNamespace()) is not None
    Demanding.minimum_dbapi_version = VersionInfo((3,))
    assert Demanding(sqlite3) is not None


def test_errors_have_the_names_that_the_dialect_translates() -> None:
    class MyOwnTrouble(sqlite3.OperationalError):
        pass

    class Translating(sqlite.dialect):  # type: ignore[misc]
        name = "translating"
        dbapi_exception_translation_map = {"MyOwnTrouble": "IntegrityError"}

        def do_execute(self, cursor: Any, statement: str, parameters: Any, context: Any = None) -> None:
            raise MyOwnTrouble("as it is")

    module = sys.modules[__name__]
    module.Translating = Translating  # type: ignore[attr-defined]
    before = dict(dialect_registry._locations)
    registry.register("translating", __name__, "Translating")
    try:
        engine = azoth.create_engine("translating://")
        with engine.connect() as connection, pytest.raises(exc.IntegrityError):
            connection.exec_driver_sql("SELECT 1")
    finally:
        dialect_registry._locations.clear()
        dialect_registry._locations.update(before)
        del module.Translating  # type: ignore[attr-defined]


def test_provisioning_is_imported_where_there_is_any(monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:
    package = tmp_path / "brought_along"
    package.mkdir()
    (package / "__init__.py").write_text("")
    (package / "provision.py").write_text("ready = True\n")
    (package / "dialect.py").write_text(
        "from azoth.engine.default import DefaultDialect\nclass Brought(DefaultDialect):\n    pass\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    brought = importlib.import_module("brought_along.dialect")
    brought.Brought.load_provisioning()
    assert sys.modules["brought_along.provision"].ready is True  # type: ignore[attr-defined]
    sqlite.dialect.load_provisioning()
    assert "azoth.dialects.sqlite.provision" not in sys.modules


def test_sqlite_tells_whether_a_connection_commits_by_itself() -> None:
    engine = azoth.create_engine("sqlite://")
    with engine.connect() as connection:
        assert not engine.dialect.detect_autocommit_setting(connection.connection.dbapi_connection)
        connection.execution_options(isolation_level="AUTOCOMMIT")
        assert engine.dialect.detect_autocommit_setting(connection.connection.dbapi_connection)
    with pytest.raises(NotImplementedError) as caught:
        DefaultDialect().detect_autocommit_setting(connection)
    assert isinstance(caught.value, exc.InvalidRequestError)


@pytest.mark.parametrize("skips", [True, False])
def test_connections_that_commit_by_themselves_may_be_left_alone(skips: bool) -> None:
    rolled_back: list[int] = []

    class Watched(sqlite3.Connection):
        def rollback(self) -> None:
            rolled_back.append(1)
            super().rollback()

    engine = azoth.create_engine(
        "sqlite://", skip_autocommit_rollback=skips, connect_args={"factory": Watched, "isolation_level": None}
    )
    engine.raw_connection().close()
    assert bool(rolled_back) is not skips


def test_the_level_of_new_connections_is_read_from_the_first_one() -> None:
    class Levelled(DefaultDialect):
        name = "levelled"

        def get_isolation_level(self, dbapi_connection: Any) -> str:
            return "READ COMMITTED"

    dialect = Levelled(sqlite3)
    assert dialect.default_isolation_level is None
    dialect.initialize(SimpleNamespace(connection=SimpleNamespace(dbapi_connection=None)))  # type: ignore[arg-type]
    assert dialect.default_isolation_level == "READ COMMITTED"
    plain = DefaultDialect(sqlite3)
    plain.initialize(SimpleNamespace(connection=SimpleNamespace(dbapi_connection=None)))  # type: ignore[arg-type]
    assert plain.default_isolation_level is None
