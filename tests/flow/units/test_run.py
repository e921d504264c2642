"""run(): a unit of work is repeated where it has had no effect, and done once."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from azoth import Engine, exc
from azoth.orm import DeclarativeBase, Mapped, Session, mapped_column, run, sessionmaker
from azoth.orm.session.transactions.repeating import run as running
from azoth.testing.faults.kinds import lost_connection
from tests.database import Database
from tests.flow.strikes import LOST, REFUSED, Faults


class Base(DeclarativeBase):
    pass


class Account(Base):
    __tablename__ = "unit_accounts"
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    amount: Mapped[int]


@pytest.fixture
def faults() -> Faults:
    return Faults()


@pytest.fixture
def engine(database: Database, faults: Faults, monkeypatch: pytest.MonkeyPatch) -> Iterator[Engine]:
    plain = database.make_engine("bank")
    Base.metadata.create_all(plain)
    with Session(plain) as session:
        session.add(Account(id=1, amount=100))
        session.commit()
    monkeypatch.setattr(running.time, "sleep", lambda _seconds: None)
    yield database.make_engine("bank", module=faults.driver(database.driver))
    faults.end()


def pay(session: Session) -> int:
    account = session.get(Account, 1)
    assert account is not None
    account.amount += 1
    return account.amount


def amount(engine: Engine) -> int:
    with Session(engine) as session:
        found = session.get(Account, 1)
        assert found is not None
        return found.amount


def test_it_gives_what_the_function_gives_and_commits(engine: Engine) -> None:
    assert run(engine, pay) == 101
    assert sessionmaker(engine).run(pay) == 102
    assert amount(engine) == 102


def test_it_decorates_functions(engine: Engine) -> None:
    @sessionmaker(engine).run()
    def add(session: Session, number: int, *, twice: bool = False) -> str:
        """Add."""
        account = session.get(Account, 1)
        assert account is not None
        account.amount += number * (2 if twice else 1)
        return "done"

    @run(engine, attempts=1)
    def look(session: Session) -> int:
        return pay(session)

    assert add(5) == add(5, twice=True) == "done"
    assert add.__name__ == "add"
    assert look() == 116


@pytest.mark.parametrize("call", ["commit", "UPDATE", "SELECT"])
@pytest.mark.parametrize("after", [False, True])
def test_a_connection_that_is_lost_costs_nothing_and_doubles_nothing(
    engine: Engine, faults: Faults, call: str, after: bool
) -> None:
    run(engine, pay)
    attempts: list[int] = []
    faults.strike(call, lost_connection, after=after)
    run(engine, pay, on_retry=lambda _error, attempt, _delay: attempts.append(attempt))
    assert amount(engine) == 102
    assert attempts == ([] if call == "commit" and after else [1])


def test_what_is_wrong_is_not_repeated(engine: Engine) -> None:
    calls: list[int] = []

    def wrong(session: Session) -> None:
        calls.append(1)
        session.add(Account(id=1, amount=5))

    with pytest.raises(exc.IntegrityError) as caught:
        run(engine, wrong)
    assert len(calls) == 1
    assert not getattr(caught.value, "__notes__", [])


class Conflict(Exception):
    """A conflict of the program's own."""


def test_it_ends_with_the_attempts_and_tells_them(engine: Engine) -> None:
    waits: list[float] = []

    def conflict(session: Session) -> None:
        pay(session)
        raise Conflict("again")

    with pytest.raises(Conflict) as caught:
        run(
            engine, conflict, attempts=3, retry=(Conflict,), first_delay=2, longest_delay=3,
            on_retry=lambda _error, _attempt, delay: waits.append(delay),
        )  # fmt: skip
    assert caught.value.__notes__ == [f"attempt {number}: Conflict: again" for number in (1, 2, 3)]
    assert len(waits) == 2
    assert waits[0] <= 2
    assert waits[1] <= 3
    assert amount(engine) == 100


def test_it_is_not_begun_again_after_its_deadline(engine: Engine) -> None:
    calls: list[int] = []

    def conflict(session: Session) -> None:
        calls.append(1)
        raise Conflict("again")

    with pytest.raises(Conflict):
        run(engine, conflict, retry=(Conflict,), deadline=0)
    assert len(calls) == 1


def test_each_attempt_has_a_session_of_its_own(engine: Engine) -> None:
    seen: list[Session] = []

    def unit(session: Session) -> int:
        assert not list(session)
        seen.append(session)
        result = pay(session)
        if len(seen) < 3:
            raise Conflict("again")
        return result

    assert run(engine, unit, retry=(Conflict,)) == 101
    assert len({id(session) for session in seen}) == 3
    assert amount(engine) == 101


def test_a_commit_without_an_answer_may_be_told(engine: Engine, faults: Faults) -> None:
    run(engine, pay)
    faults.strike("commit", LOST, after=True)
    with pytest.raises(exc.CommitUnknown):
        run(engine, pay, resolve=False)
    assert amount(engine) == 102


def test_a_commit_that_is_refused_is_not_repeated(engine: Engine, faults: Faults) -> None:
    run(engine, pay)
    faults.strike("commit", REFUSED)
    with pytest.raises(exc.IntegrityError):
        run(engine, pay)
    assert amount(engine) == 101


def test_the_level_is_that_of_the_unit(engine: Engine) -> None:
    assert run(engine, lambda session: session.connection().get_isolation_level(), isolation_level="SERIALIZABLE") == (
        "SERIALIZABLE"
    )


@pytest.mark.parametrize(
    "rules",
    [
        {"deadline": -1}, {"deadline": "x"}, {"attempts": 0}, {"retry": ValueError}, {"retry": (3,)},
        {"on_retry": 3}, {"tries": 3},
    ],
)  # fmt: skip
def test_rules_without_meaning_are_refused(engine: Engine, rules: dict[str, Any]) -> None:
    with pytest.raises((exc.ArgumentError, TypeError), match="run"):
        run(engine, pay, **rules)
    with pytest.raises(exc.ArgumentError, match="function"):
        run(engine, 3)  # type: ignore[call-overload]


def test_units_within_units_have_their_own_sessions(engine: Engine) -> None:
    def outer(session: Session) -> int:
        return run(engine, lambda inner: 0 if inner is session else 1)

    assert run(engine, outer) == 1
