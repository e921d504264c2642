"""What a dialect overrides is called by engine, pool and inspector at the same places as in SQLAlchemy."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import sqlalchemy
from sqlalchemy.dialects import registry as their_registry

import azoth
from azoth.dialects import registry as our_registry
from azoth.engine.dialect_base import dialect_registry
from azoth.orm import Session, declarative_base
from tests.flow.dialects import recording

LIBRARIES = {"theirs": sqlalchemy, "ours": azoth}


@pytest.fixture(autouse=True)
def names() -> Iterator[None]:
    before = dict(dialect_registry._locations)
    our_registry.register("recording", recording.__name__, "OurDialect")
    their_registry.register("recording", recording.__name__, "TheirDialect")
    yield
    their_registry.impls.pop("recording", None)
    dialect_registry._locations.clear()
    dialect_registry._locations.update(before)


def logged(library: str, tmp_path: Path, scenario: Callable[[Any, Any], Any], **arguments: Any) -> tuple[Any, Any]:
    recording.log.clear()
    package = LIBRARIES[library]
    engine = package.create_engine(f"recording:///{tmp_path / library}.db?greeting=hello", **arguments)
    found = scenario(package, engine)
    engine.dispose()
    return found, list(recording.log)


def test_savepoints_are_made_by_the_dialect(tmp_path: Path) -> None:
    def scenario(package: ModuleType, engine: Any) -> Any:
        with engine.begin() as connection:
            connection.exec_driver_sql("CREATE TABLE t (a INTEGER)")
            with connection.begin_nested():
                connection.exec_driver_sql("INSERT INTO t VALUES (1)")
            inner = connection.begin_nested()
            connection.exec_driver_sql("INSERT INTO t VALUES (2)")
            inner.rollback()
            return connection.exec_driver_sql("SELECT a FROM t").scalars().all()

    def unnamed(calls: list[tuple[Any, ...]]) -> list[str]:
        return [call[0] for call in calls if "savepoint" in call[0]]

    theirs = logged("theirs", tmp_path, scenario)
    ours = logged("ours", tmp_path, scenario)
    assert ours[0] == theirs[0] == [1]
    assert unnamed(ours[1]) == unnamed(theirs[1])
    assert unnamed(ours[1]) == ["savepoint", "release savepoint", "savepoint", "rollback to savepoint"]


def test_a_session_takes_savepoints_of_the_dialect_for_its_own(tmp_path: Path) -> None:
    """Were the text of SAVEPOINT taken for the program's, the session would expire everything."""

    class Thing(declarative_base()):  # type: ignore[misc]
        __tablename__ = "thing"
        id = azoth.Column(azoth.Integer, primary_key=True)

    def scenario(package: ModuleType, engine: Any) -> Any:
        Thing.metadata.create_all(engine)
        with Session(engine) as session:
            session.add(Thing(id=1))
            with session.begin_nested():
                session.add(Thing(id=2))
            with pytest.raises(ValueError, match="undone"), session.begin_nested():
                session.add(Thing(id=3))
                session.flush()
                raise ValueError("undone")
            session.commit()
            return session.query(Thing).count()

    found, calls = logged("ours", tmp_path, scenario)
    assert found == 2
    assert [name for name, *_ in calls if "savepoint" in name] == [
        "savepoint",
        "release savepoint",
        "savepoint",
        "rollback to savepoint",
    ]


def test_a_transaction_is_begun_by_the_dialect(tmp_path: Path) -> None:
    def scenario(package: ModuleType, engine: Any) -> Any:
        with engine.connect() as connection:
            connection.exec_driver_sql("CREATE TABLE t (a INTEGER)")
            connection.rollback()
            connection.exec_driver_sql("CREATE TABLE u (a INTEGER)")
            connection.commit()
        return sorted(package.inspect(engine).get_table_names())

    theirs, ours = logged("theirs", tmp_path, scenario), logged("ours", tmp_path, scenario)
    assert ours[0] == theirs[0] == ["u"]
    assert ("begin",) in ours[1]
    assert ("begin",) in theirs[1]


def test_nothing_is_begun_in_autocommit(tmp_path: Path) -> None:
    def scenario(package: ModuleType, engine: Any) -> Any:
        with engine.connect() as connection:
            connection.exec_driver_sql("CREATE TABLE t (a INTEGER)")
        return package.inspect(engine).get_table_names()

    found, calls = logged("ours", tmp_path, scenario, isolation_level="AUTOCOMMIT")
    assert found == ["t"]
    assert ("begin",) not in calls


def test_what_is_given_up_is_terminated_and_what_is_disposed_of_is_closed(tmp_path: Path) -> None:
    def scenario(package: ModuleType, engine: Any) -> Any:
        with engine.connect() as connection:
            connection.invalidate()
        raw = engine.raw_connection()
        raw.invalidate(soft=True)
        raw.close()
        with engine.connect():
            recording.log.append(("disposed of next",))

    def ends(calls: list[tuple[Any, ...]]) -> list[str]:
        return [call[0] for call in calls if call[0] in ("terminate", "close", "disposed of next")]

    ours = ends(logged("ours", tmp_path, scenario)[1])
    # The default do_terminate() closes, here as there.
    assert ours == ["terminate", "close", "terminate", "close", "disposed of next", "close"]
    assert ends(logged("theirs", tmp_path, scenario)[1]) == ours


def test_each_connection_is_set_up_with_the_url(tmp_path: Path) -> None:
    def scenario(package: ModuleType, engine: Any) -> Any:
        with engine.connect() as connection:
            found = connection.exec_driver_sql("SELECT greeting()").scalar()
            connection.invalidate()
        with engine.connect() as connection:
            return found, connection.exec_driver_sql("SELECT greeting()").scalar()

    found, calls = logged("ours", tmp_path, scenario)
    assert found == ("hello", "hello") == logged("theirs", tmp_path, scenario)[0]
    assert calls.count(("on connect", "hello")) == 1
    assert calls.count(("pool class", True)) == 1


def test_the_drivers_own_connection_is_unwrapped(tmp_path: Path) -> None:
    def scenario(package: ModuleType, engine: Any) -> Any:
        raw = engine.raw_connection()
        found = raw.driver_connection[0], raw.driver_connection[1] is raw.dbapi_connection
        raw.close()
        return found, raw.driver_connection

    assert logged("ours", tmp_path, scenario)[0] == (("driver's", True), None)
    assert logged("theirs", tmp_path, scenario)[0] == (("driver's", True), None)


def test_options_of_engines_and_connections_are_told(tmp_path: Path) -> None:
    def scenario(package: ModuleType, engine: Any) -> Any:
        levelled = engine.execution_options(isolation_level="CHAOS", word=1)
        with levelled.connect():
            pass
        with engine.connect() as connection:
            connection.execution_options(isolation_level="chaos", other=2)
            with pytest.raises(package.exc.ArgumentError):
                connection.execution_options(isolation_level="UNHEARD OF")

    def told(calls: list[tuple[Any, ...]]) -> list[Any]:
        return [call for call in calls if call[0] in ("engine options", "level") or "other" in str(call)]

    ours = told(logged("ours", tmp_path, scenario)[1])
    assert ours[:3] == [
        ("engine options", {"isolation_level": "CHAOS", "word": 1}),
        ("level", "CHAOS"),
        ("level", "SERIALIZABLE"),
    ]
    assert ("connection options", {"isolation_level": "chaos", "other": 2}) in ours
    assert told(logged("theirs", tmp_path, scenario)[1]) == ours


def test_questions_about_many_things_are_the_dialects(tmp_path: Path) -> None:
    def scenario(package: ModuleType, engine: Any) -> Any:
        inspector = package.inspect(engine)
        reflection = package.engine.reflection
        return (
            inspector.has_schema("imagined"),
            inspector.has_schema("main"),
            inspector.has_index("t", "imagined"),
            inspector.has_index("t", "other"),
            inspector.has_sequence("imagined", schema="s"),
            inspector.has_sequence("other"),
            inspector.has_multi_table(["imagined", "other"]),
            inspector.get_multi_table_comment(),
            inspector.get_multi_table_comment(
                "s", ["a"], kind=reflection.ObjectKind.ANY, scope=reflection.ObjectScope.ANY
            ),
        )

    theirs = logged("theirs", tmp_path, scenario)
    found, calls = logged("ours", tmp_path, scenario)
    assert found == theirs[0]
    assert found[:7] == (True, False, True, False, True, False, {(None, "imagined"): True, (None, "other"): False})
    assert found[7:] == ({(None, "imagined"): {"text": "a comment"}}, {("s", "imagined"): {"text": "a comment"}})
    asked = [call for call in calls if call[0] == "comments"]
    assert asked == [call for call in theirs[1] if call[0] == "comments"]
    assert asked[1][1:3] == ("s", ["a"])


def test_reading_a_table_passes_its_reflection_options_on(tmp_path: Path) -> None:
    def scenario(package: ModuleType, engine: Any) -> Any:
        with engine.begin() as connection:
            connection.exec_driver_sql("CREATE TABLE p (id INTEGER PRIMARY KEY)")
            connection.exec_driver_sql("CREATE TABLE t (id INTEGER PRIMARY KEY REFERENCES p (id))")
        azoth.Table.argument_for("recording", "hint")
        table = package.Table("t", package.MetaData(), autoload_with=engine, recording_hint="yes")
        return [key.column.table.name for key in table.foreign_keys]

    found, calls = logged("ours", tmp_path, scenario)
    assert found == ["p"]
    assert [call for call in calls if call[0] == "comment"] == [("comment", "t", "yes"), ("comment", "p", "yes")]
