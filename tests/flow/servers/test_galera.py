"""Transactions on several nodes of a Galera cluster, which are certified when they commit.

Needs: MariaDB, Galera.
"""

from __future__ import annotations

import pytest

from azoth import Engine, exc, select, text
from azoth.orm import DeclarativeBase, Mapped, Session, mapped_column
from tests.flow.servers.conftest import DRIVERS, Make, until
from tests.servers import PrivateGalera


class Base(DeclarativeBase):
    pass


class Thing(Base):
    __tablename__ = "thing"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    amount: Mapped[int] = mapped_column(default=0)


Nodes = tuple[Engine, Engine]


@pytest.fixture(params=DRIVERS["mariadb"])
def nodes(request: pytest.FixtureRequest, galera: PrivateGalera, make_engine: Make) -> Nodes:
    """Two of them, with the same three rows."""
    with make_engine(galera.urls[0], "pymysql").begin() as connection:
        connection.execute(text("CREATE DATABASE IF NOT EXISTS things"))
    # A read waits until its node has what others have committed.
    asking = {"init_command": "SET wsrep_sync_wait = 1"}
    one, two = (
        make_engine(url, request.param, "things", connect_args=asking, isolation_level="READ COMMITTED")
        for url in galera.urls[:2]
    )
    Base.metadata.drop_all(one)
    Base.metadata.create_all(one)
    with Session(one) as session, session.begin():
        session.add_all(Thing(id=number) for number in (1, 2, 3))
    with Session(two) as session:
        assert len(session.scalars(select(Thing)).all()) == 3
    return one, two


def add(session: Session, number: int, amount: int) -> None:
    session.get_one(Thing, number).amount += amount


def check(error: exc.DBAPIError) -> None:
    assert isinstance(error, exc.DeadlockError)
    assert error.code == "AZ-D240"
    assert "Galera" in error.why and "certified" in error.why
    assert not isinstance(error, exc.CommitUnknown)


def test_a_conflict_is_found_by_commit(nodes: Nodes) -> None:
    one, two = nodes
    with Session(one) as first, Session(two) as second:
        add(first, 1, 1)
        add(second, 1, 10)
        second.flush()
        first.commit()
        with pytest.raises(exc.DeadlockError) as caught:
            second.commit()
        check(caught.value)
        second.rollback()
        assert second.get_one(Thing, 1).amount == 1
        add(second, 1, 10)
        second.commit()
    with Session(one) as session:
        assert session.get_one(Thing, 1).amount == 11


def test_a_conflict_is_found_before(nodes: Nodes) -> None:
    """What has lost would go on outside of any transaction; it does not."""
    one, two = nodes
    with Session(one) as first, Session(two) as second:
        add(first, 2, 1)
        add(second, 2, 10)
        second.flush()
        first.commit()

        def ask() -> bool:
            try:
                second.execute(text("SELECT 1"))
            except exc.DBAPIError as error:
                check(error)
                return True
            return False

        assert until(ask)
        second.add(Thing(id=4))
        with pytest.raises(exc.PendingRollbackError):
            second.commit()
        second.rollback()
        assert second.scalars(select(Thing.id)).all() == [1, 2, 3]
        assert second.get_one(Thing, 2).amount == 1
    for engine in nodes:
        assert engine.pool.checkedout() == 0  # type: ignore[attr-defined]


def test_a_conflict_is_found_by_a_savepoint(nodes: Nodes) -> None:
    one, two = nodes
    with one.connect() as first, two.connect() as second:
        second.execute(text("UPDATE thing SET amount = 5 WHERE id = 3"))
        savepoint = second.begin_nested()
        second.execute(text("UPDATE thing SET amount = 6 WHERE id = 3"))
        first.execute(text("UPDATE thing SET amount = 7 WHERE id = 3"))
        first.commit()
        with pytest.raises(exc.DeadlockError) as caught:
            until(lambda: second.execute(text("SELECT 1")) is None, 3)
        check(caught.value)
        assert not second.in_transaction()
        second.rollback()
        assert not savepoint.is_active
        assert second.scalar(text("SELECT amount FROM thing WHERE id = 3")) == 7


def test_a_node_without_its_cluster(nodes: Nodes, galera: PrivateGalera, make_engine: Make) -> None:
    """The last one: two nodes die. What the third has begun is lost, and no connection is kept inside of it."""
    one = nodes[0]
    if one.dialect.driver != DRIVERS["mariadb"][-1]:
        pytest.skip("once is enough: the cluster does not survive it")
    other = make_engine(galera.urls[0], "pymysql", "things")
    with one.connect() as first, other.connect() as second, other.connect() as third:
        first.execute(text("UPDATE thing SET amount = 100 WHERE id = 1"))
        second.execute(text("UPDATE thing SET amount = 100 WHERE id = 2"))
        third.execute(text("UPDATE thing SET amount = 100 WHERE id = 3"))
        for node in galera.nodes[1:]:
            node.kill()
        with pytest.raises(exc.DBAPIError) as caught:
            first.commit()
        assert isinstance(caught.value, exc.CommitUnknown) or caught.value.code in ("AZ-D241", "AZ-D242")
        with pytest.raises(exc.OperationalError) as caught:
            until(lambda: second.execute(text("SELECT count(*) FROM thing")) is None)
        assert caught.value.code == "AZ-D241"
        assert "Galera" in caught.value.why
        assert caught.value.connection_invalidated and second.invalidated
        with pytest.raises(exc.OperationalError) as caught:
            third.commit()
        assert not isinstance(caught.value, exc.CommitUnknown)
        assert caught.value.code == "AZ-D241"
        first.rollback()
        second.rollback()
        third.rollback()
    with make_engine(galera.urls[0], "pymysql", isolation_level="AUTOCOMMIT").connect() as revived:
        revived.exec_driver_sql("SET GLOBAL wsrep_provider_options = 'pc.bootstrap=true'")
        ready = "SHOW STATUS LIKE 'wsrep_ready'"
        assert until(lambda: revived.exec_driver_sql(ready).first() == ("wsrep_ready", "ON"), 10)
    for engine in (one, other):
        with engine.begin() as connection:
            assert connection.scalar(text("SELECT count(*) FROM information_schema.innodb_trx")) == 0
            connection.execute(text("UPDATE thing SET amount = 8"))
    for engine in (one, other):
        assert engine.pool.checkedout() == 0  # type: ignore[attr-defined]
