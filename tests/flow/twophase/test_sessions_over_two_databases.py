"""Sessions that commit over two databases: two servers of PostgreSQL, one of MariaDB, and a last resource.

Needs: PostgreSQL and MariaDB, of the tests' own.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import azoth
from azoth import Engine, event, exc, text
from azoth.orm import Session, TwoPhase, recover_twophase
from azoth.orm.session.transactions.two_phases import recovery
from azoth.orm.session.transactions.two_phases.decisions import TableDecisions
from azoth.orm.session.transactions.two_phases.global_ids import GlobalId, new_transaction
from tests.flow.servers.conftest import until
from tests.flow.twophase.conftest import MakeEngine, clear, url_on
from tests.flow.twophase.world import Left, Right, found, make_tables, maker, prepared, unit

pytestmark = pytest.mark.sqlite_only("they have servers of their own, and a file of SQLite as the last resource")

PAIRS = ["postgresql+postgresql", "postgresql+mariadb"]


@pytest.fixture(params=PAIRS)
def engines(request: pytest.FixtureRequest, make_engine: MakeEngine) -> list[Engine]:
    first = make_engine(url_on(request.getfixturevalue("first_postgresql"), "psycopg"))
    if request.param == PAIRS[0]:
        second = make_engine(url_on(request.getfixturevalue("second_postgresql"), "psycopg2"))
    else:
        second = make_engine(url_on(request.getfixturevalue("a_mariadb"), "pymysql"))
    make_tables([first, second])
    return [first, second]


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> None:
    """Recovery comes when every lease is over."""
    monkeypatch.setattr(recovery, "now", lambda: time.time() + 3600)


@pytest.fixture
def file_engine(tmp_path: Path) -> Iterator[Engine]:
    """A SQLite, which prepares nothing."""
    engine = azoth.create_engine(f"sqlite:///{tmp_path}/last.db")
    yield engine
    engine.dispose()


@pytest.mark.parametrize("twophase", ["plain", "table", "file", "no record"])
def test_all_of_it_is_committed(engines: list[Engine], twophase: str, tmp_path: Path) -> None:
    settings: dict[str, Any] = {
        "plain": True,
        "table": TwoPhase("shop", engines[0]),
        "file": TwoPhase("shop", tmp_path / "decisions"),
        "no record": TwoPhase("shop"),
    }
    Maker = maker(engines, settings[twophase])
    for id_ in (1, 2):
        with Maker() as session:
            unit(session, id_)
            session.commit()
            assert session.query(Left).count() == id_
        assert found(engines, id_) == (True, True)
    assert prepared(engines) == []


def test_the_steps_come_in_one_order_whichever_is_used_first(engines: list[Engine]) -> None:
    steps: list[tuple[str, Engine]] = []
    for engine in engines:
        for name in ("prepare_twophase", "commit_twophase"):
            event.listen(engine, name, lambda connection, *_, name=name: steps.append((name, connection.engine)))
    in_order = sorted(engines, key=lambda engine: engine.url.render_as_string())
    for classes in ((Left, Right), (Right, Left)):
        steps.clear()
        with maker(engines, True)() as session:
            for number, class_ in enumerate(classes):
                session.add(class_(id=number + 10 * len(steps) + (5 if classes[0] is Right else 0), amount=1))
                session.flush()
            session.commit()
        assert steps == [(name, engine) for name in ("prepare_twophase", "commit_twophase") for engine in in_order]


def test_one_database_needs_no_second_phase(engines: list[Engine]) -> None:
    heard: list[str] = []
    event.listen(engines[0], "prepare_twophase", lambda *_: heard.append("prepare"))
    with maker(engines, TwoPhase("shop", engines[1]))() as session:
        session.add(Left(id=1, amount=1))
        session.commit()
    assert heard == []
    assert found(engines) == (True, False)


def test_outside_coordinators_prepare_and_end_it(engines: list[Engine]) -> None:
    with maker(engines, True)() as session:
        unit(session)
        session.prepare()
        assert len(prepared(engines)) == 2
        assert found(engines) == (False, False)
        with pytest.raises(exc.InvalidRequestError, match="prepared"):
            session.execute(text("SELECT 1"), bind_arguments={"mapper": Left})
        session.commit()
        unit(session, 2)
        session.prepare()
        session.rollback()
    assert found(engines) == (True, True)
    assert found(engines, 2) == (False, False)
    assert prepared(engines) == []


def test_a_statement_that_failed_and_was_ignored_does_not_tear_the_transaction(engines: list[Engine]) -> None:
    with maker(engines, True)() as session:
        unit(session)
        session.flush()
        bad = session.connection(bind_arguments={"mapper": Left})
        with pytest.raises(exc.DBAPIError):
            bad.execute(text("SELECT * FROM nowhere"))
        with pytest.raises(exc.DBAPIError, match="PREPARE TRANSACTION"):
            session.commit()
        session.rollback()
    assert found(engines) == (False, False)
    assert prepared(engines) == []


def test_what_cannot_be_prepared_is_rolled_back_everywhere(engines: list[Engine]) -> None:
    def refuse(*_: Any) -> None:
        raise ValueError("no")

    event.listen(engines[1], "prepare_twophase", refuse)
    with maker(engines, TwoPhase("shop", engines[0]))() as session:
        unit(session)
        with pytest.raises(ValueError, match="no"):
            session.commit()
        with pytest.raises(exc.PendingRollbackError):
            session.connection(bind_arguments={"mapper": Left})
        session.rollback()
        unit(session, 2)
    assert found(engines) == (False, False)
    assert prepared(engines) == []


def test_a_branch_whose_connection_is_lost_after_the_decision_is_committed_on_another_one(
    engines: list[Engine],
) -> None:
    last = max(engines, key=lambda engine: engine.url.render_as_string())

    def lose(connection: Any, *_: Any) -> None:
        connection._dbapi.close()

    event.listen(last, "commit_twophase", lose)
    with maker(engines, TwoPhase("shop", engines[0]))() as session:
        unit(session)
        session.commit()
    assert found(engines) == (True, True)
    assert prepared(engines) == []


def test_a_last_resource_is_committed_by_the_decision(engines: list[Engine], file_engine: Engine) -> None:
    both = [engines[1], file_engine]
    make_tables(both)
    settings = TwoPhase("shop")
    for id_ in (1, 2, 3):
        with maker(both, settings)() as session:
            unit(session, id_)
            session.commit()
        assert found(both, id_) == (True, True)
    with file_engine.connect() as connection:
        # The former ones went with the next decision.
        assert connection.scalar(text("SELECT count(*) FROM azoth_decisions")) == 1


def test_what_a_last_resource_refuses_is_rolled_back_everywhere(engines: list[Engine], file_engine: Engine) -> None:
    both = [engines[1], file_engine]
    make_tables(both)

    def refuse(*_: Any) -> None:
        raise ValueError("no")

    event.listen(file_engine, "commit", refuse)
    with maker(both, TwoPhase("shop"))() as session:
        unit(session)
        with pytest.raises(ValueError, match="no"):
            session.commit()
        session.rollback()
    event.remove(file_engine, "commit", refuse)
    assert found(both) == (False, False)
    assert prepared(both) == []


def test_a_server_with_two_phases_may_be_the_last_resource(engines: list[Engine]) -> None:
    settings = TwoPhase("shop", last_resource=engines[0])
    heard: list[str] = []
    event.listen(engines[0], "prepare_twophase", lambda *_: heard.append("prepare"))
    with maker(engines, settings)() as session:
        unit(session)
        session.commit()
    assert heard == []
    assert found(engines) == (True, True)


def test_there_is_one_last_resource(engines: list[Engine], file_engine: Engine, tmp_path: Path) -> None:
    other = azoth.create_engine(f"sqlite:///{tmp_path}/other.db")
    both = [other, file_engine]
    make_tables(both)
    with maker(both, TwoPhase("shop"))() as session:
        unit(session)
        with pytest.raises(exc.TwoPhaseError) as caught:
            session.flush()
        assert caught.value.code == "AZ-S306"
        session.rollback()
    with maker([engines[0], file_engine], TwoPhase("shop", engines[0]))() as session:
        unit(session)
        with pytest.raises(exc.ArgumentError) as wrong:
            session.flush()
        assert wrong.value.code == "AZ-S302"
        session.rollback()
    other.dispose()


def test_a_database_without_two_phases_says_the_way_out(file_engine: Engine) -> None:
    make_tables([file_engine])
    with Session(file_engine, twophase=True) as session:
        session.add(Left(id=1, amount=1))
        with pytest.raises(exc.InvalidRequestError, match="no two-phase") as caught:
            session.flush()
        assert "last resource" in caught.value.fix


def test_a_commit_after_its_lease_is_refused(engines: list[Engine]) -> None:
    with maker(engines, TwoPhase("shop", engines[0], lease=0.05))() as session:
        unit(session)
        session.flush()
        time.sleep(0.1)
        with pytest.raises(exc.TwoPhaseError) as caught:
            session.commit()
        assert caught.value.code == "AZ-S303"
        session.rollback()
    assert found(engines) == (False, False)
    assert prepared(engines) == []


@pytest.mark.usefixtures("later")
def test_what_recovery_has_given_up_is_not_committed(engines: list[Engine]) -> None:
    settings = TwoPhase("shop", engines[0])
    with maker(engines, settings)() as session:
        unit(session)
        session.prepare()
        if engines[1].dialect.name == "postgresql":
            done = recover_twophase(engines, settings)
            assert [branch.outcome for branch in done.branches] == ["rolled back"] * 2
        else:
            # MariaDB does not end what a living connection has prepared, but the decision holds.
            done = recover_twophase(engines, settings)
            assert [branch.outcome for branch in done.branches] == ["rolled back", "in use"]
            assert not done.is_complete
        with pytest.raises(exc.TwoPhaseError) as caught:
            session.commit()
        assert caught.value.code == "AZ-S304"
        session.rollback()
    assert found(engines) == (False, False)
    assert until(lambda: recover_twophase(engines, settings).branches == [])


def crash(engines: list[Engine], settings: TwoPhase, *, decided: bool, id_: int = 1) -> None:
    """Leave a transaction prepared, as a coordinator that was killed."""
    session = maker(engines, settings)()
    unit(session, id_)
    session.prepare()
    transaction = session.get_transaction()
    if decided:
        transaction._agreement.decide()
    for connection in transaction.connections:
        connection.invalidate()
    session.close()


@pytest.mark.usefixtures("later")
@pytest.mark.parametrize("decided", [True, False])
@pytest.mark.parametrize("record", ["table", "file"])
def test_recovery_does_what_was_decided(engines: list[Engine], tmp_path: Path, record: str, decided: bool) -> None:
    settings = TwoPhase("shop", engines[0] if record == "table" else tmp_path / "decisions")
    crash(engines, settings, decided=decided)
    shown = recover_twophase(engines, settings, dry_run=True)
    word = "committed" if decided else "rolled back"
    assert [branch.outcome for branch in shown.branches] == [f"would be {word}"] * 2
    assert len(prepared(engines)) == 2
    done = recover_twophase(maker(engines, settings))
    assert [branch.outcome for branch in done.branches] == [word] * 2
    assert done.is_complete
    assert all(branch.owner == "shop" and branch.age is not None for branch in done.branches)
    assert found(engines) == (decided, decided)
    assert recover_twophase(engines, settings).branches == []


@pytest.mark.usefixtures("later")
def test_recoveries_beside_each_other_do_it_once(engines: list[Engine]) -> None:
    settings = TwoPhase("shop", engines[0])
    for id_ in range(1, 6):
        crash(engines, settings, decided=id_ % 2 == 0, id_=id_)
    outcomes: list[str] = []
    start = threading.Barrier(3)

    def recover() -> None:
        start.wait()
        done = recover_twophase(engines, TwoPhase("shop", engines[0]))
        outcomes.extend(branch.outcome for branch in done.branches)

    threads = [threading.Thread(target=recover) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert set(outcomes) <= {"committed", "rolled back", "ended by others"}
    assert sorted(outcomes).count("committed") == 4
    assert sorted(outcomes).count("rolled back") == 6
    assert [found(engines, id_) for id_ in range(1, 6)] == [(id_ % 2 == 0,) * 2 for id_ in range(1, 6)]


def test_living_transactions_and_those_of_others_are_left_alone(engines: list[Engine]) -> None:
    settings = TwoPhase("shop", engines[0])
    crash(engines, settings, decided=False)
    other = TwoPhase("other", engines[0])
    assert [branch.outcome for branch in recover_twophase(engines, settings).branches] == ["live"] * 2
    assert [branch.outcome for branch in recover_twophase(engines, other).branches] == ["of others"] * 2
    assert len(prepared(engines)) == 2


@pytest.mark.usefixtures("later")
def test_without_a_record_the_operator_decides(engines: list[Engine]) -> None:
    settings = TwoPhase("shop")
    crash(engines, settings, decided=False)
    done = recover_twophase(engines, settings)
    assert [branch.outcome for branch in done.branches] == ["undecided"] * 2
    assert not done.is_complete
    transaction = done.branches[0].transaction
    assert transaction is not None
    done = recover_twophase(engines, settings, decide={transaction: "commit"})
    assert [branch.outcome for branch in done.branches] == ["committed"] * 2
    assert found(engines) == (True, True)


@pytest.mark.usefixtures("later")
def test_identifiers_of_another_release_are_left_alone(engines: list[Engine]) -> None:
    settings = TwoPhase("shop", engines[0])
    xid = str(GlobalId("shop", new_transaction(), 1, 2, 1)).replace("azoth1", "azoth2")
    with engines[0].connect() as connection:
        transaction = connection.begin_twophase(xid)
        connection.execute(text("INSERT INTO lefts VALUES (9, 9)"))
        transaction.prepare()
        connection.invalidate()
    done = recover_twophase(engines, settings)
    assert [branch.outcome for branch in done.branches] == ["unknown format"]
    assert prepared(engines) == [xid]


@pytest.mark.usefixtures("later")
def test_old_decisions_are_pruned_and_needed_ones_are_not(engines: list[Engine]) -> None:
    settings = TwoPhase("shop", engines[0])
    record = settings.decisions
    assert isinstance(record, TableDecisions)
    for letter in "ab":
        record.decide(letter * 20, "shop")
    with engines[0].begin() as connection:
        connection.execute(text("UPDATE azoth_decisions SET decided_at = 5 WHERE transaction_id LIKE 'a%'"))
    assert recover_twophase(engines, settings).pruned == 1
    assert [record.look(letter * 20) for letter in "ab"] == [None, "commit"]


def test_an_engine_that_cannot_be_reached_is_told(engines: list[Engine]) -> None:
    lost = azoth.create_engine("postgresql://postgres@127.0.0.1:1/x")
    done = recover_twophase([*engines, lost], TwoPhase("shop", engines[0]))
    assert [engine for engine, _ in done.unreachable] == [lost]
    assert not done.is_complete


@pytest.mark.parametrize("arguments", [([], None), ("postgresql://x", TwoPhase("x")), ([3], TwoPhase("x"))])
def test_wrong_arguments_are_refused(arguments: tuple[Any, Any]) -> None:
    with pytest.raises(exc.ArgumentError, match="recover_twophase"):
        recover_twophase(*arguments)


@pytest.mark.usefixtures("later")
def test_the_command_line_recovers(engines: list[Engine], capsys: pytest.CaptureFixture[str]) -> None:
    from azoth.cli.command_line import main  # noqa: PLC0415  # as the command does

    crash(engines, TwoPhase("shop", engines[0]), decided=True)
    urls = [engine.url.render_as_string(hide_password=False) for engine in engines]
    arguments = ["recover", "--owner", "shop", "--decisions", urls[0], *urls]
    assert main([*arguments, "--dry-run"]) == 0
    assert "2 prepared: 2 would be committed" in capsys.readouterr().out
    assert main(arguments) == 0
    out = capsys.readouterr().out
    assert out.count("committed: azoth1.shop.") == 2
    assert "2 prepared: 2 committed" in out
    assert main(arguments) == 0
    assert "nothing is prepared" in capsys.readouterr().out
    assert found(engines) == (True, True)
    assert main(["recover", urls[0]]) == 2
    assert "AZ-S308" in capsys.readouterr().err
    for engine in engines:
        clear(engine)
