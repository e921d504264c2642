"""Work that is wrong is found out, and work that cannot be judged is refused."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import azoth
from azoth import Engine, exc, insert
from azoth.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from azoth.orm import Session
from azoth.testing import faults
from azoth.testing.faults.database import Database
from tests.faults.shop import Base, Tag, engine_on_file, tags


def unchanged(engine: Engine) -> Engine:
    return engine


@pytest.fixture
def check(tmp_path: Path) -> Callable[..., faults.Report]:
    def check(work: Any, **options: Any) -> faults.Report:
        options.setdefault("make_engine", engine_on_file(tmp_path / "shop.db"))
        return faults.check(work, metadata=Base.metadata, **options)

    return check


def found(report: faults.Report) -> set[str]:
    assert report.is_complete
    return {broken.invariant for broken in report.broken}


def add_tag(session: Session) -> None:
    session.add(Tag(name="a"))
    session.commit()


def test_work_that_is_in_order(check: Any) -> None:
    report = check(add_tag)
    assert report.scenario == "add_tag"
    assert found(report) == set()
    assert report.hit == {call.number for call in report.calls}


def test_a_connection_that_is_not_given_back(check: Any) -> None:
    def leak(engine: Engine) -> None:
        connection = engine.connect()
        connection.execute(insert(tags), {"name": "a"})
        connection.commit()
        connection.close()

    assert "every connection is back in its pool" in found(check(leak, given=unchanged))


def test_an_error_that_is_kept_back(check: Any) -> None:
    def swallow(session: Session) -> None:
        try:
            add_tag(session)
        except exc.AzothError:
            session.rollback()

    assert found(check(swallow, in_recovery=False)) == {"work that raises no error is written"}


def test_an_interrupt_that_is_kept_back(check: Any) -> None:
    def swallow(session: Session) -> None:
        try:
            add_tag(session)
        except KeyboardInterrupt:
            session.rollback()

    assert "an interrupt stays an interrupt" in found(check(swallow, in_recovery=False))


def test_work_that_is_repeated_although_it_may_be_done(check: Any) -> None:
    def insist(session: Session) -> None:
        try:
            add_tag(session)
        except exc.OperationalError:
            session.rollback()
            add_tag(session)

    report = check(insist, faults=[faults.operational_error], in_recovery=False)
    assert found(report) == {"a transaction is written as a whole or not at all"}
    (broken,) = report.broken
    assert (broken.faults[0].call.kind, broken.faults[0].moment) == ("commit", faults.Moment.AFTER)
    assert broken.detail == "tag has 2 rows, not 1"


def test_half_of_the_work_committed_on_its_own(check: Any) -> None:
    def pay(engine: Engine) -> None:
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(insert(tags), [{"name": "a"}, {"name": "b"}])

    report = check(pay, given=unchanged, faults=[faults.operational_error], in_recovery=False)
    halves = [broken for broken in report.broken if broken.faults[0].moment is faults.Moment.DURING]
    assert [broken.detail for broken in halves] == ["tag has 1 rows, not 2"]


def test_errors_of_the_driver_itself(check: Any) -> None:
    def go_around(engine: Engine) -> None:
        taken = engine.raw_connection()
        try:
            taken.cursor().execute("INSERT INTO tag (name) VALUES ('a')")
        finally:
            taken.close()

    assert "errors of the driver come out as azoth's" in found(check(go_around, given=unchanged))


def test_an_error_without_its_cause(check: Any) -> None:
    def hide(session: Session) -> None:
        failed = False
        try:
            add_tag(session)
        except exc.DBAPIError:
            failed = True
        if failed:
            raise ValueError("it did not work")

    assert "an error names its cause" in found(check(hide, faults=[faults.operational_error]))


def test_work_that_cannot_be_repeated(check: Any) -> None:
    names: list[str] = []

    def take(session: Session) -> None:
        session.add(Tag(name=names.pop() if names else ""))
        session.commit()

    def given(engine: Engine) -> Session:
        names[:] = ["a"]
        return Session(engine)

    assert found(check(take, given=given)) == {"work that was rolled back succeeds when it is repeated"}


def test_work_that_fails_without_faults(check: Any) -> None:
    def fail(session: Session) -> None:
        session.add(Tag())
        session.commit()

    with pytest.raises(exc.ArgumentError, match="fails without any fault: NotNullViolation") as raised:
        check(fail)
    assert raised.value.code == "AZ-T03"
    assert isinstance(raised.value.__cause__, exc.IntegrityError)


def test_work_that_calls_no_driver(check: Any) -> None:
    with pytest.raises(exc.ArgumentError, match="makes no driver call") as raised:
        check(lambda session: None, name="nothing")
    assert raised.value.code == "AZ-T04"


def test_work_that_differs_from_run_to_run(check: Any) -> None:
    numbers = itertools.count()

    def vary(session: Session) -> None:
        for _ in range(next(numbers) % 3):
            session.add(Tag(name="a"))
            session.flush()
        session.add(Tag(name="b"))
        session.commit()

    with pytest.raises(exc.ArgumentError, match="does not make the same driver calls each time") as raised:
        check(vary)
    assert raised.value.code == "AZ-T02"


def test_an_engine_with_another_driver(check: Any, tmp_path: Path) -> None:
    with pytest.raises(exc.ArgumentError, match="does not use the wrapped driver") as raised:
        check(add_tag, make_engine=lambda wrap: azoth.create_engine(f"sqlite:///{tmp_path / 'shop.db'}"))
    assert raised.value.code == "AZ-T01"


def test_a_dialect_that_does_not_see_lost_connections(check: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(SQLiteDialect_pysqlite, "is_disconnect", lambda *_: False)
    with pytest.raises(exc.ArgumentError, match="does not see that a connection is lost") as raised:
        check(add_tag)
    assert raised.value.code == "AZ-T05"
    assert check(add_tag, faults=[faults.operational_error]).broken == []


def test_a_sample_is_loud(check: Any) -> None:
    with pytest.warns(faults.SampledWarning, match="add_tag runs with 7 of [0-9]+ possible faults only"):
        report = check(add_tag, sample=7)
    assert report.injected == 7
    assert len(report.hit) > 2
    assert "SAMPLED" in str(report)


def test_an_interrupt_of_the_user_ends_the_check(check: Any) -> None:
    calls = itertools.count()

    def work(session: Session) -> None:
        if next(calls) == 5:
            raise KeyboardInterrupt
        add_tag(session)

    with pytest.raises(KeyboardInterrupt):
        check(work)


def test_a_database_that_cannot_be_copied_is_filled_anew(check: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    filled = []

    def setup(session: Session) -> None:
        filled.append(session)
        session.add(Tag(name="first"))

    monkeypatch.setattr(Database, "copy", lambda self: None)
    report = check(add_tag, setup=setup, faults=[faults.operational_error, faults.interrupt], in_recovery=False)
    assert found(report) == set()
    assert len(filled) > report.injected


def test_faults_of_ones_own(check: Any) -> None:
    class Stopped(Exception):
        pass

    class Terminated(BaseException):
        pass

    own = [faults.Fault(kind.__name__, lambda module, connection, kind=kind: kind()) for kind in (Stopped, Terminated)]
    report = check(add_tag, faults=[*own, faults.driver_error("DataError", frozenset({"execute"}))])
    assert found(report) == set()
    assert report.injected > 2 * 2 * len(report.calls)
