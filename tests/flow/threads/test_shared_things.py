"""What threads share (engines, mappings, statements, listeners) is the same for all, whoever comes first.

The interpreter is told to change threads as often as it can. How much work is done does not depend on that.
"""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest

import azoth
from azoth import ForeignKey, Integer, String, bindparam, event, select
from azoth.dialects.sqlite import insert
from azoth.orm import DeclarativeBase, Mapped, Session, aliased, mapped_column, relationship, selectinload
from azoth.schema import Column, MetaData, Table
from azoth.sql.statement_cache import StatementCache

THREADS = 6


@pytest.fixture(autouse=True)
def hasty() -> Iterator[None]:
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


def in_threads(work: Callable[[int], Any], count: int = THREADS) -> list[Any]:
    """Do the same work in several threads that start together; give the results."""
    start = threading.Barrier(count)
    results: list[Any] = [None] * count
    failures: list[BaseException] = []

    def run(number: int) -> None:
        try:
            start.wait(timeout=60)
            results[number] = work(number)
        except BaseException as error:  # noqa: BLE001
            failures.append(error)

    threads = [threading.Thread(target=run, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    return results


def all_the_same(things: list[Any]) -> bool:
    return all(thing is things[0] for thing in things)


def make_mapping() -> tuple[type[Any], type[Any]]:
    class Base(DeclarativeBase):
        pass

    class Parent(Base):
        __tablename__ = "parent"

        id: Mapped[int] = mapped_column(primary_key=True)
        name: Mapped[str] = mapped_column(default="")
        children = relationship("Child", back_populates="parent")

    class Child(Base):
        __tablename__ = "child"

        id: Mapped[int] = mapped_column(primary_key=True)
        parent_id: Mapped[int] = mapped_column(ForeignKey("parent.id"))
        parent = relationship("Parent", back_populates="children")

    return Parent, Child


def test_threads_that_use_a_new_mapping_first_all_find_it_complete(engine: azoth.Engine) -> None:
    for _ in range(20):
        parent, child = make_mapping()
        instances = in_threads(lambda number: parent(name=str(number), children=[child(), child()]))  # noqa: B023
        assert [len(instance.children) for instance in instances] == [2] * THREADS
        assert all(each.parent is instance for instance in instances for each in instance.children)


def test_threads_that_load_first_all_get_everything(engine: azoth.Engine) -> None:
    parent, child = make_mapping()
    parent.metadata.create_all(engine)
    with Session(engine) as session:
        session.add_all(parent(id=number, children=[child(), child()]) for number in range(1, 11))
        session.commit()

    def load(number: int) -> int:
        found = 0
        for turn in range(10):
            with Session(engine) as session:
                statement = select(parent).where(parent.id > turn)
                if (number + turn) % 2:
                    statement = statement.options(selectinload(parent.children))
                found += sum(len(each.children) for each in session.scalars(statement))
        return found

    assert in_threads(load) == [sum(2 * (10 - turn) for turn in range(10))] * THREADS


def test_what_a_statement_computes_is_the_same_for_all_threads() -> None:
    table = Table("thing", MetaData(), Column("id", Integer, primary_key=True), Column("name", String))
    for _ in range(50):
        statement, alias, target = select(table), table.alias(), insert(table)
        assert all_the_same(in_threads(lambda number: statement.c.id))  # noqa: B023
        assert all_the_same(in_threads(lambda number: alias.c.name))  # noqa: B023
        assert all_the_same(in_threads(lambda number: target.excluded.name))  # noqa: B023


def test_the_attributes_of_an_alias_are_the_same_for_all_threads() -> None:
    parent, _ = make_mapping()
    for _ in range(50):
        other = aliased(parent)
        assert all_the_same(in_threads(lambda number: other.name))  # noqa: B023


def test_a_small_cache_gives_every_thread_the_statement_that_it_asked_for(engine: azoth.Engine) -> None:
    table = Table("thing", MetaData(), Column("id", Integer, primary_key=True), Column("name", String))
    cache = StatementCache(engine.dialect, 4)

    def work(number: int) -> int:
        wrong = 0
        for turn in range(60):
            label = f"label_{(number * 7 + turn) % 11}"
            prepared = cache.prepare(select(table.c.id.label(label)).where(table.c.name == bindparam("n")), ("n",))
            wrong += label not in prepared.sql or prepared.places != {"n": 0}
        return wrong

    assert in_threads(work) == [0] * THREADS


def test_every_listener_that_threads_add_together_is_called(engine: azoth.Engine) -> None:
    parent, _ = make_mapping()
    heard: list[tuple[str, int]] = []

    def add(number: int) -> None:
        event.listen(engine, "commit", lambda connection: heard.append(("commit", number)))
        event.listen(engine.pool, "checkin", lambda connection, record: heard.append(("checkin", number)))
        event.listen(parent, "init", lambda target, args, kwargs: heard.append(("init", number)))
        event.listen(parent.name, "set", lambda target, value, old, initiator: heard.append(("set", number)))

    in_threads(add)
    parent(name="a")
    with engine.begin() as connection:
        connection.exec_driver_sql("SELECT 1")
    expected = [(name, number) for name in ("checkin", "commit", "init", "set") for number in range(THREADS)]
    assert sorted(heard) == expected


def test_threads_listen_while_others_plan_their_loads(engine: azoth.Engine) -> None:
    parent, _ = make_mapping()
    parent.metadata.create_all(engine)

    def work(number: int) -> None:
        for turn in range(15):
            if number % 2:
                with Session(engine) as session:
                    session.execute(select(parent.id, parent).where(parent.name == "").limit(100 * number + turn)).all()
            else:
                event.listen(parent, "load", lambda target, context: None)

    in_threads(work)


def test_no_change_is_missed_while_a_listener_comes_and_goes() -> None:
    parent, _ = make_mapping()
    parent()
    instances = [[parent() for _ in range(100)] for _ in range(THREADS)]

    def listener(target: Any, value: Any, old: Any, initiator: Any) -> None:
        return

    def work(number: int) -> None:
        if number == 0:
            for _ in range(50):
                event.listen(parent.name, "set", listener)
                event.remove(parent.name, "set", listener)
        else:
            for instance in instances[number]:
                instance.name = "changed"

    in_threads(work)
    histories = [azoth.inspect(each).attrs.name.history.added for mine in instances[1:] for each in mine]
    assert histories == [["changed"]] * 100 * (THREADS - 1)


FIRST_IMPORT = """
import sys, threading
sys.setswitchinterval(1e-6)
start, failures = threading.Barrier(8), []

def work():
    start.wait()
    try:
        from azoth.orm import DeclarativeBase, Session, mapped_column, relationship
        from azoth import create_engine, select, ForeignKey
    except BaseException as error:
        failures.append(error)

threads = [threading.Thread(target=work) for _ in range(8)]
for thread in threads: thread.start()
for thread in threads: thread.join()
assert failures == [], failures
from azoth.orm.runtime.instrumentation.class_manager import ATTRIBUTE_ADDED
assert len(ATTRIBUTE_ADDED) == len(set(ATTRIBUTE_ADDED)) > 0, ATTRIBUTE_ADDED
"""


def test_threads_that_import_it_first_connect_the_layers_once() -> None:
    for _ in range(5):
        subprocess.run([sys.executable, "-c", FIRST_IMPORT], check=True, timeout=120)
