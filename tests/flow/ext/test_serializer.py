"""Statements as bytes, read with the tables, classes and sessions of the reading program."""

from __future__ import annotations

import copy
import io
import os
import pickle
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from azoth import (
    Column,
    Engine,
    Integer,
    MetaData,
    Sequence,
    Table,
    bindparam,
    case,
    cast,
    column,
    delete,
    exists,
    func,
    insert,
    inspect,
    literal_column,
    select,
    table,
    text,
    update,
)
from azoth import String as StringType
from azoth.exc import ArgumentError
from azoth.ext import serializer
from azoth.ext.serializer import Deserializer, Serializer, dumps, loads
from azoth.orm import (
    Bundle,
    Session,
    aliased,
    configure_mappers,
    defer,
    joinedload,
    lazyload,
    scoped_session,
    selectinload,
    sessionmaker,
    with_loader_criteria,
    with_polymorphic,
)
from azoth.orm import join as orm_join
from azoth.sql.cache_key import UNCACHEABLE
from tests.flow.ext.serialized_shop import Base, Order, Parcel, Rush, Size, User, fill, foreign, other

ROOT = Path(__file__).parents[3]
PROTOCOLS = range(pickle.HIGHEST_PROTOCOL + 1)
configure_mappers()
users, orders = User.__table__, Order.__table__


@pytest.fixture
def session(engine: Engine) -> Iterator[Session]:
    with Session(engine) as session:
        fill(session)
        yield session


def again(written: Any, protocol: int = pickle.HIGHEST_PROTOCOL, **given: Any) -> Any:
    return loads(dumps(written, protocol), Base.metadata, **given)


# -- what the program has itself ----------------------------------------------


@pytest.mark.parametrize("protocol", PROTOCOLS)
@pytest.mark.parametrize(
    "one",
    [
        users, users.c.name, User, User.name, User.orders, inspect(User), inspect(User).attrs.name,
        inspect(User).relationships.orders, Parcel.item, Parcel.__table__.c.weight,
    ],
    ids=str,
)  # fmt: skip
def test_what_is_declared_is_the_very_same(one: Any, protocol: int) -> None:
    assert again(one, protocol) is one


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_names_may_be_any(protocol: int) -> None:
    for one in (foreign, *foreign.c):
        assert loads(dumps(one, protocol), other) is one


def test_mapped_things_need_nothing_given() -> None:
    assert loads(dumps(inspect(User))) is inspect(User)
    assert loads(dumps(User.name)) is User.name


def test_sessions_and_engines_are_those_that_are_given(session: Session, engine: Engine) -> None:
    scoped = scoped_session(sessionmaker(engine))
    assert again(session, scoped_session=scoped) is scoped()
    assert again(session, scoped_session=lambda: session) is session
    assert again(engine, engine=engine) is engine
    assert again(engine, scoped_session=scoped) is engine
    assert again(engine) is None
    scoped.remove()


# -- statements ----------------------------------------------------------------

manager = aliased(User, name="manager")
rows = select(orders.c.user_id, func.count().label("n")).group_by(orders.c.user_id)
counted = rows.subquery("counted")
numbered = rows.cte("numbered")
parts = with_polymorphic(Order, [Parcel, Rush])
people = table("users", column("id"), column("name"))


def _of_two(one: Any, two: Any) -> Any:
    return select(one.c.id, two.c.name).where(one.c.id == two.c.id, two.c.id > 1)


STATEMENTS: dict[str, Callable[[], Any]] = {
    "tables": lambda: select(users).select_from(users.join(orders)).where(users.c.id < 3).limit(2).offset(1),
    "entities": lambda: select(User).where(User.name.in_(["ann", "bob"])).order_by(User.name.desc()),
    "attributes": lambda: select(User.id, User.name.label("called"), literal_column("1").label("one")),
    "filter_by": lambda: select(User).filter_by(name="ann"),
    "a join by a relationship": lambda: select(User.name, Order.item).join(User.orders).where(Order.id > 1),
    "a join with an alias": lambda: select(manager.name, Order.item).join(manager.orders).where(manager.id == 1),
    "a refined relationship": lambda: select(User.name).join(User.orders.and_(Order.item == "pen")),
    "a join of entities": lambda: select(User.id).select_from(orm_join(User, Order, User.orders)),
    "a narrowed relationship": lambda: select(User.id, parts.id).join(User.orders.of_type(parts)),
    "any": lambda: select(User.name).where(User.orders.any(Order.item == "ink")),
    "exists": lambda: select(User.name).where(exists().where(Order.user_id == User.id)),
    "a subquery": lambda: select(User.name, counted.c.n).join(counted, counted.c.user_id == User.id),
    "a CTE": lambda: select(numbered.c.n).order_by(numbered.c.user_id),
    "an alias of a subquery": lambda: select(aliased(User, select(User).where(User.id < 3).subquery())),
    "a union": lambda: select(User.name).where(User.id == 1).union(select(User.name).where(User.id == 3)),
    "functions": lambda: select(func.max(Order.id).over(partition_by=Order.user_id, range_=(None, 0))),
    "case and cast": lambda: select(case((User.id == 1, "one"), else_=cast(User.id, StringType))).order_by(User.id),
    "a bundle": lambda: select(Bundle("both", User.id, User.name)),
    "a composite": lambda: select(Order.wide).where(Order.size == Size(1, 2)),
    "a class of a hierarchy": lambda: select(Rush.fee),
    "a joined class": lambda: select(Parcel.weight, Parcel.item),
    "a polymorphic alias": lambda: select(parts.id, parts.Parcel.weight, parts.Rush.fee).order_by(parts.id),
    "text": lambda: text("SELECT name FROM users WHERE id = :id").bindparams(id=2),
    "text with columns": lambda: select(text("name")).select_from(text("users")).order_by(text("id")),
    "a light table": lambda: select(people.c.name).where(people.c.id == bindparam("id", 2)),
    "a light table, twice": lambda: _of_two(people, people.alias("p")),
}


@pytest.mark.parametrize("name", STATEMENTS)
@pytest.mark.parametrize("protocol", [0, 2, pickle.HIGHEST_PROTOCOL])
def test_a_statement_finds_the_same_rows(session: Session, name: str, protocol: int) -> None:
    statement = STATEMENTS[name]()
    expected = session.execute(statement).all()
    assert expected
    restored = again(statement, protocol)
    assert str(restored) == str(statement)
    assert [repr(tuple(row)) for row in session.execute(restored)] == [repr(tuple(row)) for row in expected]


OF_OBJECTS = {"entities", "filter_by", "an alias of a subquery"}
"""Statements that give objects, which tell where they are in memory."""


@pytest.mark.sqlite_only("the other process makes a database of its own")
def test_statements_can_be_read_in_another_process(session: Session) -> None:
    program = """
from azoth import Column, Integer, MetaData, Table, create_engine, select
# Other tables first: whatever counts tables counts otherwise here.
strange = [Table(f"strange{n}", MetaData(), Column("id", Integer)) for n in range(40)]
texts = [str(select(one)) for one in strange]
import sys
from azoth.ext.serializer import loads
from azoth.orm import Session
from tests.flow.ext.serialized_shop import Base, fill
with Session(create_engine("sqlite://")) as session:  # a database of its own
    fill(session)
    for name, statement in loads(sys.stdin.buffer.read(), Base.metadata).items():
        for row in session.execute(statement):
            print(name, ascii(tuple(row)))
"""
    statements = {name: make() for name, make in STATEMENTS.items() if name not in OF_OBJECTS}
    expected = [f"{name} {tuple(row)!a}" for name, one in statements.items() for row in session.execute(one)]
    run = subprocess.run(
        [sys.executable, "-c", program],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
        input=dumps(statements),
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert run.stderr.decode() == ""
    assert run.stdout.decode().splitlines() == expected


def test_statements_that_change_rows(session: Session) -> None:
    session.execute(again(insert(User).values(id=9, name="new")))
    session.execute(again(update(User).where(User.id == 9).values(name=User.name + "er")))
    session.execute(again(delete(Order).where(Order.user_id.in_(select(User.id).where(User.name == "bob")))))
    assert session.scalars(select(User.name).where(User.id == 9)).all() == ["newer"]
    assert session.scalars(select(Order.id).order_by(Order.id)).all() == [1, 2]


@pytest.mark.parametrize(
    "option, loaded",
    [
        (joinedload(User.orders), True),
        (selectinload(User.orders), True),
        (selectinload(User.orders.and_(Order.id > 1)), True),
        (selectinload(User.orders.of_type(Parcel)), True),
        (lazyload("*"), False),
        (joinedload(User.orders).selectinload(Order.user).options(defer(User.name)), True),
        ([selectinload(User.orders), with_loader_criteria(Order, Order.id == 1)], True),
    ],
)
def test_loader_options_are_written(session: Session, option: Any, loaded: bool) -> None:
    options = option if isinstance(option, list) else [option]
    statement = select(User).order_by(User.id).options(*options)
    first = [[one.id for one in user.orders] for user in session.scalars(statement).unique()]
    session.expunge_all()
    found = session.scalars(again(statement)).unique().all()
    assert ["orders" in user.__dict__ for user in found] == [loaded] * 3
    assert [[one.id for one in user.orders] for user in found] == first


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_a_query_runs_in_the_session_that_is_given(session: Session, protocol: int) -> None:
    query = session.query(User).join(User.orders).filter(Order.item == "ink").options(joinedload(User.orders))
    restored = loads(dumps(query, protocol), Base.metadata, lambda: session)
    assert restored.session is session
    assert [user.name for user in restored] == ["ann"]
    assert restored.with_entities(User.id, func.count()).all() == [(1, 1)]


def test_a_query_for_objects_of_another(session: Session) -> None:
    ann = session.get_one(User, 1)
    query = session.query(Order).filter(Order.user == ann).order_by(Order.item.desc())
    assert [order.item for order in again(query, scoped_session=lambda: session)] == ["pen", "ink"]


def test_parts_that_belong_together_still_do(session: Session) -> None:
    alias = aliased(User)
    pair = again((alias, alias.name, select(alias).where(alias.id == 2)))
    assert inspect(pair[0]) is pair[1].parent
    assert getattr(pair[0], "name") is pair[1]  # noqa: B009  # what a reader of the pickle writes by hand
    assert session.scalars(pair[2].where(pair[0].name == "bob")).one().id == 2


# -- what cannot be found ------------------------------------------------------


@pytest.mark.parametrize(
    "written, given, code",
    [
        (users, {}, "AZ-X02"),
        (users, {"metadata": MetaData()}, "AZ-X03"),
        (users.c.name, {"metadata": MetaData()}, "AZ-X03"),
        (Session(), {}, "AZ-X05"),
    ],
)
def test_what_is_missing_is_named(written: Any, given: Any, code: str) -> None:
    with pytest.raises(ArgumentError) as refused:
        loads(dumps(written), **given)
    assert refused.value.code == code


def test_a_column_that_is_gone_is_named() -> None:
    data = dumps(users.c.name)
    other = MetaData()
    Table("users", other, Column("id", Integer))
    with pytest.raises(ArgumentError, match="table 'users' has no column 'name'") as refused:
        loads(data, other)
    assert refused.value.code == "AZ-X04"


@pytest.mark.parametrize("pid", ["", "[", '["thing"]', '["table"]', '["table", 7]', "null"])
def test_references_of_others_are_refused(pid: str) -> None:
    class Foreign(pickle.Pickler):
        def persistent_id(self, obj: object) -> Any:
            return pid if obj == "here" else None

    written = io.BytesIO()
    Foreign(written, 2).dump(["here"])
    written.seek(0)
    with pytest.raises(pickle.UnpicklingError, match=r"none that azoth\.ext\.serializer writes"):
        Deserializer(written, Base.metadata).load()


def test_files_can_be_written_and_read_by_the_classes_alone() -> None:
    written = io.BytesIO()
    Serializer(written, 4).dump(users)
    written.seek(0)
    assert Deserializer(written, Base.metadata).load() is users


def test_the_module_warns_of_data_from_others() -> None:
    for documented in (serializer, serializer.loads, serializer.Deserializer):
        assert "run code" in " ".join((documented.__doc__ or "").split()) or "warning" in (documented.__doc__ or "")


# -- plain pickles of the same things -----------------------------------------


def test_shapes_are_not_pickled() -> None:
    """A shape holds numbers by which this process knows its tables: to another one they are those of other tables."""
    statement = select(people.c.name).where(people.c.id == 1).order_by(people.c.id)
    for one in (statement, statement.subquery(), statement.cte(), select(Bundle("b", User.id)), people):
        _ = one._shape
        state = one.__reduce_ex__(4)[2]
        assert "_shape" not in state, type(one)
    restored = pickle.loads(pickle.dumps(statement))
    assert restored._shape != statement._shape


def test_sequences_keep_their_own_statements() -> None:
    value = Sequence("one").next_value()
    restored = pickle.loads(pickle.dumps(value))
    assert restored.sequence.name == "one"
    assert restored._shape is value._shape is UNCACHEABLE


@pytest.mark.parametrize("copied", [copy.copy, copy.deepcopy])
def test_copies_of_declared_things_are_the_things(copied: Callable[[Any], Any]) -> None:
    for one in (User.name, inspect(User)):
        assert copied(one) is one
