"""Records of decisions: the first decision about a transaction is the only one, and survives."""

from __future__ import annotations

import multiprocessing
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from azoth import text
from azoth.exc import ArgumentError, TwoPhaseError
from azoth.orm import TwoPhase
from azoth.orm.session.transactions.two_phases.decision_file import FileDecisions
from azoth.orm.session.transactions.two_phases.decisions import Decisions
from azoth.orm.session.transactions.two_phases.global_ids import GlobalId, UnknownFormat, new_transaction, read_id
from tests.database import Database


@pytest.fixture(params=["table", "file"])
def record(request: pytest.FixtureRequest, database: Database, tmp_path: Path) -> Iterator[Decisions]:
    if request.param == "file":
        yield FileDecisions(tmp_path / "decisions")
        return
    engine = database.make_engine("decisions")
    record = TwoPhase("shop", engine).decisions
    assert record is not None
    yield record
    engine.dispose()


def test_what_was_decided_is_known_afterwards(record: Decisions) -> None:
    record.decide("a" * 20, "shop")
    assert record.look("a" * 20) == "commit"
    assert record.settle("a" * 20, "shop") == "commit"
    assert record.look("b" * 20) is None


def test_what_was_not_decided_is_rolled_back_for_ever(record: Decisions) -> None:
    assert record.settle("a" * 20, "shop") == "rollback"
    with pytest.raises(TwoPhaseError) as caught:
        record.decide("a" * 20, "shop")
    assert caught.value.code == "AZ-S304"
    assert record.settle("a" * 20, "shop") == "rollback"


def test_of_many_who_decide_at_once_all_learn_the_same(record: Decisions) -> None:
    record.make_ready()
    for _ in range(10):
        transaction = new_transaction()
        start = threading.Barrier(4)

        def decide(transaction: str = transaction, start: threading.Barrier = start) -> str:
            start.wait()
            try:
                record.decide(transaction, "shop")
            except TwoPhaseError:
                return "rollback"
            return "commit"

        def settle(transaction: str = transaction, start: threading.Barrier = start) -> str:
            start.wait()
            return record.settle(transaction, "shop")

        with ThreadPoolExecutor(4) as pool:
            told = [each.result() for each in [pool.submit(act) for act in (decide, settle, settle, settle)]]
        assert len(set(told)) == 1
        assert record.look(transaction) == told[0]


def test_decisions_are_forgotten_and_pruned(record: Decisions) -> None:
    for letter in "abc":
        record.decide(letter * 20, "shop")
    record.decide("d" * 20, "other")
    record.decide("e" * 20, "shop", ["a" * 20])
    assert record.look("a" * 20) is None
    assert record.prune("shop", 10**10, {"b" * 20}) == 2
    assert [record.look(letter * 20) for letter in "abcde"] == [None, "commit", None, "commit", None]
    assert record.prune("shop", 0, set()) == 0


def write_in_process(path: Path, number: int) -> None:
    record = FileDecisions(path)
    for count in range(20):
        record.decide(f"{number:010d}{count:010d}", "shop")


def test_processes_write_one_file(tmp_path: Path) -> None:
    path = tmp_path / "decisions"
    context = multiprocessing.get_context("spawn")
    processes = [context.Process(target=write_in_process, args=(path, number)) for number in range(3)]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
        assert process.exitcode == 0
    record = FileDecisions(path)
    assert [record.look(f"{number:010d}{count:010d}") for number in range(3) for count in range(20)] == ["commit"] * 60


@pytest.mark.parametrize("torn", range(1, 50, 7))
def test_a_line_that_a_crash_has_torn_was_not_decided(tmp_path: Path, torn: int) -> None:
    path = tmp_path / "decisions"
    record = FileDecisions(path)
    record.decide("a" * 20, "shop")
    whole = path.read_bytes()
    record.decide("b" * 20, "shop")
    path.write_bytes(path.read_bytes()[: len(whole) + torn])
    assert record.look("b" * 20) is None
    assert record.settle("b" * 20, "shop") == "rollback"
    assert [record.look(letter * 20) for letter in "ab"] == ["commit", "rollback"]
    assert path.read_bytes().startswith(whole)


def test_a_line_of_another_release_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "decisions"
    record = FileDecisions(path)
    record.decide("a" * 20, "shop")
    with path.open("ab") as file:
        file.write(b"2 something new\n")
    record.decide("b" * 20, "shop")
    assert b"2 something new\n" in path.read_bytes()
    assert record.look("a" * 20) == record.look("b" * 20) == "commit"


def test_identifiers_are_read_as_they_were_written() -> None:
    one = GlobalId("shop-1", new_transaction(), 1_790_000_000, 2_200_000_000, 35)
    assert read_id(str(one)) == one
    assert len(str(GlobalId("x" * 16, new_transaction(), 2_200_000_000, 2_200_000_000, 1295))) <= 64
    assert read_id(f"azoth2.{str(one)[7:]}") == UnknownFormat(2)
    assert read_id("azoth1.nonsense") == UnknownFormat(1)
    assert [read_id(each) for each in ("", "azoth", "_sa_1", "42_Z3RyaWQ=_YnE=")] == [None] * 4


@pytest.mark.parametrize("owner", ["", "a" * 17, "a.b", "ä", "a b", None, 3])
def test_an_owner_is_a_short_name(owner: Any) -> None:
    with pytest.raises(ArgumentError, match="TwoPhase"):
        TwoPhase(owner)


def test_other_settings_are_checked(database: Database) -> None:
    one, other = database.make_engine("one"), database.make_engine("other")
    for given in ({"lease": 0}, {"lease": "long"}, {"decisions": "postgresql://x"}, {"last_resource": "x"}):
        with pytest.raises(ArgumentError):
            TwoPhase("shop", **given)  # type: ignore[arg-type]
    with pytest.raises(ArgumentError, match="last resource"):
        TwoPhase("shop", other, last_resource=one)
    with pytest.raises(ArgumentError, match="last resource"):
        TwoPhase("shop", "file", last_resource=one)
    TwoPhase("shop", one, last_resource=one)
    one.dispose()
    other.dispose()


def test_the_table_keeps_the_version_of_its_format(database: Database) -> None:
    engine = database.make_engine("decisions")
    record = TwoPhase("shop", engine).decisions
    assert record is not None
    record.decide("a" * 20, "shop")
    with engine.connect() as connection:
        found = connection.execute(text("SELECT outcome, owner, format FROM azoth_decisions")).all()
    assert found == [("commit", "shop", 1)]
    engine.dispose()
