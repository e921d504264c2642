"""What a statement prints, and what compile() gives, is what a session sends for it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, seed, settings
from hypothesis import strategies as st

from azoth import (
    Column,
    Engine,
    ForeignKey,
    Integer,
    String,
    delete,
    event,
    func,
    insert,
    select,
    text,
    union_all,
    update,
)
from azoth.orm import (
    Bundle,
    DeclarativeBase,
    Session,
    aliased,
    column_property,
    contains_eager,
    defer,
    deferred,
    joinedload,
    lazyload,
    load_only,
    relationship,
    selectinload,
    undefer,
    with_loader_criteria,
)


class Base(DeclarativeBase):
    pass


class Ship(Base):
    __tablename__ = "ship"
    id = Column(Integer, primary_key=True)
    name = Column("ship_name", String(20))
    story = deferred(Column("ship_story", String(200)))
    crew = relationship("Sailor", back_populates="ship", order_by="Sailor.id")
    flags = relationship("Flag", lazy="joined")


class Sailor(Base):
    __tablename__ = "sailor"
    id = Column(Integer, primary_key=True)
    rank = Column(Integer)
    ship_id = Column(ForeignKey("ship.id"))
    ship = relationship(Ship, back_populates="crew")


class Flag(Base):
    __tablename__ = "flag"
    id = Column(Integer, primary_key=True)
    ship_id = Column(ForeignKey("ship.id"))


crew_size = select(func.count(Sailor.id)).where(Sailor.ship_id == Ship.id).correlate_except(Sailor)
Ship.size = column_property(crew_size.scalar_subquery())  # type: ignore[attr-defined]

Sent = list[tuple[str, Any]]


@pytest.fixture
def sent() -> Sent:
    return []


@pytest.fixture
def session(engine: Engine, sent: Sent) -> Iterator[Session]:
    Base.metadata.create_all(engine)

    def remember(_connection: Any, _cursor: Any, sql: str, parameters: Any, *_more: Any) -> None:
        sent.append((sql, parameters))

    with Session(engine) as session:
        session.connection()
        event.listen(engine, "before_cursor_execute", remember)
        yield session
        event.remove(engine, "before_cursor_execute", remember)


OPTIONS: list[Any] = [
    joinedload(Ship.crew),
    joinedload(Ship.crew).load_only(Sailor.rank),
    joinedload(Ship.crew).joinedload(Sailor.ship, innerjoin=True),
    joinedload(Ship.crew.and_(Sailor.rank > 2)),
    selectinload(Ship.crew),
    lazyload(Ship.flags),
    lazyload("*"),
    defer(Ship.name),
    undefer(Ship.story),
    undefer("*"),
    load_only(Ship.story),
    with_loader_criteria(Ship, Ship.name != "Vasa"),
    with_loader_criteria(Sailor, Sailor.rank > 1),
    with_loader_criteria(Flag, lambda cls: cls.id < 90),
]

PARTS: list[Callable[[Any], Any]] = [
    lambda statement: statement.where(Ship.name == "Argo"),
    lambda statement: statement.where(Ship.crew.any(Sailor.rank.in_([2]))),
    lambda statement: statement.join(Ship.crew),
    lambda statement: statement.outerjoin(Ship.flags),
    lambda statement: statement.order_by(Ship.name.desc()),
    lambda statement: statement.distinct(),
    lambda statement: statement.with_for_update(of=Ship),
    lambda statement: statement.limit(3),
    lambda statement: statement.offset(2),
]
DISTINCT, LOCKED = 5, 6


@seed(20)
@settings(max_examples=250, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    options=st.lists(st.sampled_from(range(len(OPTIONS))), max_size=4, unique=True),
    parts=st.lists(st.sampled_from(range(len(PARTS))), max_size=4, unique=True).map(sorted),
    classic=st.booleans(),
)
def test_a_printed_select_is_the_one_that_is_sent(
    session: Session, sent: Sent, options: list[int], parts: list[int], classic: bool
) -> None:
    # Only a database without locks ignores that rows made distinct cannot be locked.
    assume(session.get_bind().dialect.name == "sqlite" or not {DISTINCT, LOCKED} <= set(parts))
    statement = select(Ship).options(*[OPTIONS[number] for number in options])
    for number in parts:
        statement = PARTS[number](statement)
    compiled = statement.compile(session.get_bind())
    literal = str(statement.compile(session.get_bind(), compile_kwargs={"literal_binds": True}))
    sent.clear()
    if classic:
        query = session.query(Ship).options(*[OPTIONS[number] for number in options])
        for number in parts:
            query = PARTS[number](query)
        assert str(query) == str(compiled)
        query.all()
    else:
        session.scalars(statement).all()
    sql, parameters = sent[0]
    assert str(compiled) == sql
    assert list(parameters) == [bind.value[0] if bind.expanding else bind.value for bind in compiled.positional]
    session.connection().exec_driver_sql(literal)


small = select(Ship.id).where(Ship.id < 5)
other = aliased(Ship)
OTHERS: list[Any] = [
    select(Ship.id, Ship.story),
    select(Ship, Sailor).join(Ship.crew).options(joinedload(Sailor.ship.of_type(other))),
    select(other).where(other.name == "Argo"),
    select(Bundle("b", Ship.id, Ship.name), Ship),
    select(Sailor).join(Sailor.ship).options(contains_eager(Sailor.ship)),
    select(aliased(Ship, select(Ship).where(Ship.id > 2).subquery())),
    select(func.count(Ship.id)).options(with_loader_criteria(Ship, Ship.id > 1)),
    union_all(small, select(Sailor.id)).options(with_loader_criteria(Ship, Ship.id > 1)),
    select(Ship).from_statement(text("SELECT * FROM ship")),
    select(Ship).from_statement(select(Ship).where(Ship.id > 2)).options(with_loader_criteria(Ship, Ship.id > 1)),
    select(Ship).where(Ship.id.in_(small)),
    update(Ship).where(Ship.id == 4).values(name="a", story="b"),
    update(Ship).values({Ship.name: Ship.story}).options(with_loader_criteria(Ship, Ship.id > 1)),
    delete(Sailor).where(Sailor.rank == 4).options(with_loader_criteria(Sailor, Sailor.id > 1)),
    insert(Ship).values(id=1, name="a", story="b"),
    insert(Ship).values([{"id": 2, "story": "b"}, {"id": 3, "story": "c"}]),
    insert(Ship).from_select(["id", "story"], select(Sailor.id + 100, Sailor.rank)),
    text("SELECT 1"),
]


@pytest.mark.parametrize("statement", OTHERS, ids=range(len(OTHERS)))
def test_other_statements_are_printed_as_they_are_sent(session: Session, sent: Sent, statement: Any) -> None:
    compiled = str(statement.compile(session.get_bind()))
    session.execute(statement, execution_options={"synchronize_session": False})
    assert sent[0][0] == compiled


def test_printing_needs_no_engine() -> None:
    statement = select(Sailor).options(joinedload(Sailor.ship), with_loader_criteria(Ship, Ship.name == "Argo"))
    sql = str(statement)
    assert "LEFT OUTER JOIN ship AS ship_1 ON ship_1.id = sailor.ship_id AND ship_1.ship_name = :ship_name_1" in sql
    assert "LEFT OUTER JOIN flag AS flag_1 ON ship_1.id = flag_1.ship_id" in sql
    assert "WHERE sailor.ship_id = ship_1.id) AS size" in sql
    assert "ship_story" not in sql
    assert statement.compile().params == {"ship_name_1": "Argo"}


def test_a_query_without_a_session_is_printed_for_any_database() -> None:
    assert str(Session().query(Sailor).filter_by(rank=3)).endswith("WHERE sailor.rank = :rank_1")


def test_a_query_without_eager_loads_prints_none_and_keeps_its_other_options(session: Session, sent: Sent) -> None:
    query = session.query(Ship).options(
        joinedload(Ship.crew), undefer(Ship.story), with_loader_criteria(Ship, Ship.id > 1)
    )
    query = query.enable_eagerloads(False)
    session.add_all([Ship(id=1), Ship(id=2, story="long")])
    session.flush()
    session.expunge_all()
    sent.clear()
    (ship,) = query.all()
    assert (ship.id, ship.__dict__["story"]) == (2, "long")
    assert sent[0][0] == str(query) == str(query.statement.compile(session.get_bind()))
    assert "JOIN" not in str(query)
    assert "crew" not in ship.__dict__


def test_printing_changes_nothing_about_what_is_executed(session: Session, sent: Sent) -> None:
    statement = select(Ship).options(joinedload(Ship.crew)).limit(1)
    session.scalars(statement).all()
    str(statement)
    session.scalars(statement).all()
    assert sent[0] == sent[1]
