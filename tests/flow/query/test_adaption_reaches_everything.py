"""An expression that is written for a class means the same for each alias of it, whatever it is made of."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st

from azoth import (
    Column,
    Engine,
    ForeignKey,
    Integer,
    String,
    and_,
    bindparam,
    case,
    cast,
    collate,
    extract,
    func,
    inspect,
    lateral,
    literal_column,
    not_,
    or_,
    select,
    text,
    true,
    tuple_,
    type_coerce,
    union_all,
)
from azoth.orm import DeclarativeBase, Session, aliased, joinedload, relationship


class Base(DeclarativeBase):
    pass


class Team(Base):
    __tablename__ = "team"
    id = Column(Integer, primary_key=True)
    rank = Column("team_rank", Integer)
    name = Column(String(20))
    goals = relationship("Goal", back_populates="team", order_by="Goal.id")


class Goal(Base):
    __tablename__ = "goal"
    id = Column(Integer, primary_key=True)
    minute = Column(Integer)
    team_id = Column(ForeignKey("team.id"))
    team = relationship(Team, back_populates="goals")


Make = Callable[[Any], Any]
"""Writes an expression for the class or for an alias of it."""

# Further uses of the class, which are not meant.
other = aliased(Team, name="other")
late = (
    select(Goal.team_id, func.count(Goal.id).label("many")).where(Goal.minute > 45).group_by(Goal.team_id).cte("late")
)
counts = select(Team.id, func.count(Goal.id).label("many")).join(Team.goals).group_by(Team.id).subquery("counts")


def goals_of(team: Any, *more: Make, what: Make = lambda goal: func.count(goal.id)) -> Any:
    """Select from the goals of an entity, each time by another alias, so that these can stand within each other."""
    goal = aliased(Goal)
    return select(what(goal)).where(goal.team_id == team.id, *[criterion(goal) for criterion in more])


def goals_of_equals(team: Any, part: Make) -> Any:
    goal = aliased(Goal)
    statement = select(func.count(goal.id)).join(goal.team.of_type(other))
    return statement.where(other.rank == team.rank, goal.minute > part(team))


def beside(team: Any, statement: Any) -> Any:
    """Correlate a SELECT with the entity by name."""
    return statement.correlate(team)


NUMBERS: list[Make] = [
    lambda team: team.id,
    lambda team: team.rank,
    lambda team: func.length(team.name),
    lambda team: literal_column("7") + team.id,
    lambda team: team.id + bindparam("three", 3),
    lambda team: goals_of(team).scalar_subquery(),
]

FROM_ONE: list[Callable[[Make], Make]] = [
    lambda part: lambda team: -part(team),
    lambda part: lambda team: func.coalesce(part(team), 0),
    lambda part: lambda team: cast(part(team), Integer),
    lambda part: lambda team: type_coerce(part(team), Integer),
    lambda part: lambda team: case((part(team) > 1, team.rank), else_=part(team)),
    lambda part: lambda team: case({1: part(team)}, value=team.id, else_=0),
    lambda part: lambda team: part(team).label("number") + 1,
    lambda part: lambda team: goals_of(team, lambda goal: goal.minute > part(team)).scalar_subquery(),
    lambda part: lambda team: beside(team, goals_of(team, lambda goal: goal.minute > part(team))).scalar_subquery(),
    lambda part: lambda team: goals_of(team).correlate_except(late).scalar_subquery() + part(team),
    lambda part: lambda team: beside(team, select(part(team))).scalar_subquery(),
    lambda part: lambda team: beside(team, highest(team, part)).scalar_subquery(),
    lambda part: lambda team: select(func.max(Team.rank)).where(Team.id > 1).scalar_subquery() + part(team),
    lambda part: lambda team: select(late.c.many).where(late.c.team_id == team.id).scalar_subquery() + part(team),
    lambda part: lambda team: beside(team, many(team)).scalar_subquery() + part(team),
    lambda part: lambda team: beside(team, goals_of_equals(team, part)).scalar_subquery(),
    lambda part: lambda team: beside(team, goals_of(team, what=filtered(team, part))).scalar_subquery(),
    lambda part: lambda team: select(func.sum(derived(team, part).c.number)).scalar_subquery(),
]


def highest(team: Any, part: Make) -> Any:
    return select(func.max(other.rank)).where(other.id <= team.id, other.rank > part(team))


def many(team: Any) -> Any:
    return select(counts.c.many).where(counts.c.id == team.id)


def filtered(team: Any, part: Make) -> Make:
    return lambda goal: func.count(goal.id).filter(goal.minute > part(team))


def derived(team: Any, part: Make) -> Any:
    return beside(team, select(part(team).label("number"))).subquery()


WINDOWS: list[Callable[[Make], Make]] = [
    lambda part: lambda team: func.sum(part(team)).over(partition_by=team.rank, order_by=[team.name, team.id]),
    lambda part: lambda team: func.row_number().over(order_by=[part(team).desc().nulls_last(), team.id]),
    lambda part: lambda team: func.count(part(team)).filter(team.rank > 1).over(order_by=team.id),
    lambda part: lambda team: part(team).label("number"),
]


CONDITIONS: list[Callable[[Make], Make]] = [
    lambda part: lambda team: part(team) > 2,
    lambda part: lambda team: part(team).in_([1, 2, 3]),
    lambda part: lambda team: part(team).in_([team.id, team.rank]),
    lambda part: lambda team: tuple_(team.id, part(team)).in_([(1, 2), (2, 3)]),
    lambda part: lambda team: part(team).between(team.id, 5),
    lambda part: lambda team: team.id.in_(select(other.id).where(other.rank > part(team)).correlate(team)),
    lambda part: lambda team: goals_of(team, lambda goal: goal.minute > part(team)).exists(),
    lambda part: lambda team: team.goals.any(Goal.minute > part(team)),
    lambda part: lambda team: ~team.goals.any(and_(Goal.minute > part(team), Goal.id > 1)),
    lambda part: lambda team: and_(part(team).is_not(None), collate(team.name, "NOCASE") > "a"),
    lambda part: lambda team: team.name.like("t%") & (part(team) != 3),
    lambda part: lambda team: part(team) == func.length(team.name.concat("x")),
    lambda part: lambda team: and_(text("1 = 1"), part(team) > 1),
]


def combined(inner: st.SearchStrategy[Make]) -> st.SearchStrategy[Make]:
    one = st.builds(lambda make, part: make(part), st.sampled_from(FROM_ONE), inner)
    return st.one_of(one, st.builds(lambda a, b: lambda team: a(team) + b(team), inner, inner))


numbers = st.recursive(st.sampled_from(NUMBERS), combined, max_leaves=4)
values = st.one_of(numbers, st.builds(lambda make, part: make(part), st.sampled_from(WINDOWS), numbers))
conditions = st.recursive(
    st.builds(lambda make, part: make(part), st.sampled_from(CONDITIONS), numbers),
    lambda inner: st.one_of(
        st.builds(lambda a, b: lambda team: or_(a(team), b(team)), inner, inner),
        st.builds(lambda a: lambda team: not_(a(team)), inner),
    ),
    max_leaves=3,
)

often = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))


@pytest.fixture
def session(engine: Engine) -> Any:
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        if engine.dialect.name == "postgresql":
            session.execute(text('CREATE COLLATION "NOCASE" FROM "C"'))
        teams = [Team(id=1, rank=2, name="ab"), Team(id=2, rank=3, name="tc"), Team(id=3, rank=2, name="T"), Team(id=4)]
        session.add_all(teams)
        goals = [(1, 5), (1, 50), (2, 2), (2, 1), (2, 90), (3, 46)]
        session.add_all(
            [Goal(id=number, minute=minute, team_id=team) for number, (team, minute) in enumerate(goals, 1)]
        )
        session.commit()
        yield session


def aliases() -> list[Any]:
    """Give all stand-ins for the whole of the table."""
    return [
        aliased(Team),
        aliased(Team, name="named"),
        aliased(Team, select(Team).subquery()),
        aliased(Team, select(Team).cte("all_teams")),
        aliased(Team, union_all(select(Team).where(Team.id < 3), select(Team).where(Team.id > 2)).subquery()),
        aliased(aliased(Team, select(Team).subquery())),
    ]


def moved(alias: Any, make: Make) -> Any:
    return inspect(alias).adapt(element(make(Team)))


def element(made: Any) -> Any:
    return made.__clause_element__() if hasattr(made, "__clause_element__") else made


def rows(session: Session, statement: Any) -> list[Any]:
    return [tuple(row) for row in session.execute(statement)]


@seed(1)
@often
@given(values)
def test_what_is_moved_is_what_is_written_for_the_alias(make: Make) -> None:
    alias = aliased(Team)
    as_written, as_moved = (select(alias.id, one.label("v")) for one in (make(alias), moved(alias, make)))
    assert str(as_moved) == str(as_written)


@seed(2)
@often
@given(conditions)
def test_moved_conditions_are_those_written_for_the_alias(make: Make) -> None:
    alias = aliased(Team)
    as_written, as_moved = (select(alias.id).where(one) for one in (make(alias), moved(alias, make)))
    assert str(as_moved) == str(as_written)


@seed(3)
@often
@given(make=values)
def test_values_are_the_same_for_each_alias(session: Session, make: Make) -> None:
    expected = rows(session, select(Team.id, make(Team).label("v")).order_by(Team.id))
    assert len(expected) == 4
    for alias in aliases():
        assert rows(session, select(alias.id, moved(alias, make).label("v")).order_by(alias.id)) == expected
    ordered = rows(session, select(Team.id).order_by(make(Team), Team.id))
    for alias in aliases():
        assert rows(session, select(alias.id).order_by(moved(alias, make), alias.id)) == ordered


@seed(4)
@often
@given(make=conditions)
def test_conditions_hold_for_the_same_rows_of_each_alias(session: Session, make: Make) -> None:
    expected = rows(session, select(Team.id).where(make(Team)).order_by(Team.id))
    for alias in aliases():
        assert rows(session, select(alias.id).where(moved(alias, make)).order_by(alias.id)) == expected


@seed(5)
@often
@given(make=values, condition=conditions)
def test_statements_that_become_subqueries_mean_the_same(session: Session, make: Make, condition: Make) -> None:
    statement = select(Team, make(Team).label("v")).where(condition(Team)).order_by(make(Team), Team.id)
    expected = [(team.id, value) for team, value in session.execute(statement)]
    wrapped = statement.options(joinedload(Team.goals.and_(or_(Goal.id < 9, condition(Team))))).limit(9)
    assert [(team.id, value) for team, value in session.execute(wrapped).unique()] == expected
    union = session.query(Team).union(session.query(Team))
    found = union.filter(condition(Team)).order_by(Team.id)
    assert [team.id for team in found] == sorted(team for team, _ in expected)


def test_what_sqlite_has_not_is_moved_too() -> None:
    alias = aliased(Team)

    def best(team: Any) -> Any:
        return lateral(select(Goal.minute).where(Goal.team_id == team.id).order_by(Goal.minute).limit(1), "best")

    makes: list[Make] = [
        lambda team: extract("year", team.name),
        lambda team: func.percentile_cont(0.5).within_group(team.rank.desc()),
        lambda team: func.array_agg(team.id).filter(team.rank > 1),
        lambda team: select(best(team).c.minute).where(true()).correlate(team).scalar_subquery(),
        lambda team: select(func.unnest(team.name).table_valued("x").c.x).scalar_subquery(),
        lambda team: team.name.regexp_match("a.*", flags="i"),
        lambda team: team.rank == func.any_(select(Goal.minute).where(Goal.team_id == team.id).scalar_subquery()),
    ]
    for make in makes:
        assert str(select(moved(alias, make))) == str(select(make(alias)))
        assert "team_1" in str(select(moved(alias, make)))
