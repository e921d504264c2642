"""Sharded sessions: where statements go, what becomes of the rows of several shards, loads that follow."""

from __future__ import annotations

from typing import Any

import pytest

from azoth import delete, event, exists, func, insert, select, text, union, union_all, update
from azoth.exc import ArgumentError, InvalidRequestError, MultipleResultsFound, UnboundExecutionError
from azoth.ext.horizontal_shard import ShardedQuery, ShardedSession, set_shard_id
from azoth.orm import (
    ORMExecuteState,
    aliased,
    defer,
    immediateload,
    joinedload,
    lazyload,
    selectinload,
    sessionmaker,
    subqueryload,
)
from azoth.orm import shard as classic
from tests.database import Database
from tests.flow.ext.shards import (
    SHARDS,
    Place,
    Report,
    World,
    everywhere,
    execute_chooser,
    filled,
    identity_chooser,
    named,
    shard_chooser,
    token,
)


@pytest.fixture
def world(database: Database) -> World:
    made = World(database)
    filled(made)
    return made


def test_rows_of_all_shards_stand_one_after_the_other_with_their_tokens(world: World) -> None:
    session = world.session()
    found = session.scalars(select(Place)).all()
    assert [(place.name, token(place)) for place in found] == [
        ("Tokyo", "asia"), ("Delhi", "asia"), ("Oslo", "europe"),
    ]  # fmt: skip
    assert session.execute(select(Report.degrees)).scalars().all() == [20, 21, 35, -5]
    assert session.execute(select(Place.__table__.c.name)).all() == [("Delhi",), ("Tokyo",), ("Oslo",)]
    assert session.execute(text("SELECT name FROM places WHERE id = 1")).all() == [("Tokyo",), ("Oslo",)]
    assert session.execute(union_all(select(Report.degrees), select(Report.degrees + 100))).scalars().all() == [
        20, 21, 35, 120, 121, 135, -5, 95,
    ]  # fmt: skip


@pytest.mark.parametrize(
    "named_shard",
    [
        lambda statement: (statement.options(set_shard_id("europe")), {}),
        lambda statement: (statement.execution_options(shard_id="europe"), {}),
        lambda statement: (statement, {"bind_arguments": {"shard_id": "europe"}}),
        lambda statement: (statement, {"execution_options": {"shard_id": "europe"}}),
        lambda statement: (statement, {"execution_options": {"identity_token": "europe"}}),
    ],
)
def test_a_statement_can_name_its_shard(world: World, named_shard: Any) -> None:
    session = world.session()
    statement, arguments = named_shard(select(Place).order_by(Place.name))
    with world.heard() as heard:
        assert [place.name for place in session.scalars(statement, **arguments)] == ["Oslo"]
    assert heard == [("europe", "SELECT")]


def test_a_query_can_be_limited_to_a_shard(world: World) -> None:
    session = world.session()
    query = session.query(Place)
    assert isinstance(query, ShardedQuery)
    assert [place.name for place in query.set_shard("europe").order_by(Place.name)] == ["Oslo"]
    assert query.set_shard("asia").count() == 2
    assert query.set_shard("asia").get(1).name == "Tokyo"


def test_the_function_is_asked_and_may_name_some(world: World) -> None:
    asked: list[bool] = []

    def chooser(state: ORMExecuteState) -> list[str]:
        asked.append(state.is_select)
        return ["europe"]

    session = world.session(execute_chooser=chooser)
    assert [place.name for place in session.scalars(select(Place))] == ["Oslo"]
    assert asked == [True]


def test_get_looks_where_the_row_might_be(world: World) -> None:
    session = world.session()
    with world.heard() as heard:
        delhi = session.get(Place, 2)
    assert delhi is not None
    assert token(delhi) == "asia"
    assert heard == [("asia", "SELECT"), ("europe", "SELECT")]
    with world.heard() as heard:
        assert session.get(Place, 2) is delhi
        assert session.get(Place, 77, identity_token="europe") is None
    assert heard == [("europe", "SELECT")]
    assert session.get(Place, 1, identity_token="europe") is named(session, "Oslo")
    assert session.get(Place, 1, bind_arguments={"shard_id": "asia"}) is named(session, "Tokyo")
    assert session.get(Place, 77) is None


def test_get_refuses_to_choose_among_rows_with_one_key(world: World) -> None:
    with pytest.raises(MultipleResultsFound, match="AZ-X78"):
        world.session().get(Place, 1)


def test_get_asks_only_the_shards_that_are_named(world: World) -> None:
    def chooser(mapper: Any, primary_key: Any, **others: Any) -> list[str]:
        assert list(primary_key) == [1]
        return ["europe"]

    session = world.session(identity_chooser=chooser)
    with world.heard() as heard:
        assert session.get(Place, 1).name == "Oslo"
    assert heard == [("europe", "SELECT")]


def test_objects_with_one_key_are_different_objects(world: World) -> None:
    session = world.session()
    tokyo, oslo = named(session, "Tokyo"), named(session, "Oslo")
    assert tokyo is not oslo
    assert (tokyo.id, token(tokyo), oslo.id, token(oslo)) == (1, "asia", 1, "europe")
    assert named(session, "Oslo") is oslo


def test_relationships_are_loaded_from_the_shard_that_the_function_names(world: World) -> None:
    session = world.session()
    oslo = named(session, "Oslo")
    with world.heard() as heard:
        assert [report.degrees for report in oslo.reports] == [-5]
    assert heard == [("europe", "SELECT")]
    report = session.scalars(select(Report).where(Report.degrees == 35)).one()
    with world.heard() as heard:
        assert report.place.name == "Delhi"
    assert heard == [("asia", "SELECT")]


@pytest.mark.parametrize("option", [selectinload, joinedload])
def test_eager_loads_stay_in_the_shard_of_each_object(world: World, option: Any) -> None:
    session = world.session()
    places = session.scalars(select(Place).options(option(Place.reports))).unique().all()
    with world.heard() as heard:
        assert {place.name: [one.degrees for one in place.reports] for place in places} == {
            "Tokyo": [20, 21], "Delhi": [35], "Oslo": [-5],
        }  # fmt: skip
    assert heard == []


@pytest.mark.parametrize("option", [None, lazyload, selectinload, immediateload])
def test_collections_are_looked_for_in_all_shards_that_the_function_names(world: World, option: Any) -> None:
    session = world.session(execute_chooser=everywhere)
    statement = select(Place).where(Place.name == "Delhi")
    statement = statement if option is None else statement.options(option(Place.reports))
    with world.engines["europe"].begin() as connection:
        connection.exec_driver_sql("INSERT INTO reports (id, place_id, degrees) VALUES (70, 2, 36)")
    with world.heard() as heard:
        delhi = session.scalars(statement).one()
        assert [(report.degrees, token(report)) for report in delhi.reports] == [(35, "asia"), (36, "europe")]
    assert sorted(heard) == [("asia", "SELECT")] * 2 + [("europe", "SELECT")] * 2


@pytest.mark.parametrize("option", [joinedload, subqueryload])
def test_what_the_statement_itself_tells_stays_in_the_shard(world: World, option: Any) -> None:
    session = world.session(execute_chooser=everywhere)
    places = session.scalars(select(Place).options(option(Place.reports))).all()
    assert {place.name: [one.degrees for one in place.reports] for place in places} == {
        "Tokyo": [20, 21], "Delhi": [35], "Oslo": [-5],
    }  # fmt: skip


def test_members_are_ordered_within_each_shard(world: World) -> None:
    session = world.session(execute_chooser=everywhere)
    with world.engines["europe"].begin() as connection:
        connection.exec_driver_sql("INSERT INTO reports (id, place_id, degrees) VALUES (70, 1, 1), (71, 1, 30)")
    tokyo = named(session, "Tokyo")
    assert [one.degrees for one in tokyo.hottest] == [21, 20, 30, 1, -5]


def test_a_reference_leads_to_the_object_in_the_same_shard_if_it_is_there(world: World) -> None:
    session = world.session(execute_chooser=everywhere)
    reports = session.scalars(select(Report).where(Report.id == 1)).all()
    with world.heard() as heard:
        assert [(token(one), one.place.name) for one in reports] == [("asia", "Tokyo"), ("europe", "Oslo")]
    assert heard == [("asia", "SELECT"), ("europe", "SELECT")]


@pytest.mark.parametrize("option", [lazyload, selectinload])
def test_references_of_several_objects_are_looked_for_elsewhere_if_one_is_missing(world: World, option: Any) -> None:
    session = world.session(execute_chooser=everywhere)
    with world.engines["europe"].begin() as connection:
        connection.exec_driver_sql("INSERT INTO reports (id, place_id, degrees) VALUES (70, 2, 36)")
    statement = select(Report).where(Report.degrees.in_([-5, 36])).options(option(Report.place))
    found = session.scalars(statement).all()
    assert [(one.degrees, one.place.name) for one in found] == [(-5, "Oslo"), (36, "Delhi")]


def test_a_chooser_may_send_relationships_to_another_shard(world: World) -> None:
    def chooser(state: ORMExecuteState) -> list[str]:
        return ["asia"] if state.lazy_loaded_from is not None else list(SHARDS)

    session = world.session(execute_chooser=chooser)
    assert [token(report) for report in named(session, "Oslo").reports] == ["asia", "asia"]


def test_a_reference_that_leads_into_several_shards_is_refused(world: World) -> None:
    third = World(world.database)
    filled(third)
    session = world.session()
    report = session.scalars(select(Report).where(Report.degrees == 20)).one()
    session.bind_shard("africa", third.engines["asia"])
    session.choosers = session.choosers._replace(statement=lambda state: ["europe", "africa"])
    with pytest.raises(MultipleResultsFound, match="AZ-X78"):
        _ = report.place


def test_columns_that_are_loaded_later_come_from_where_the_object_is(world: World) -> None:
    session = world.session()
    oslo = session.scalars(select(Place).where(Place.name == "Oslo").options(defer(Place.continent))).one()
    with world.heard() as heard:
        assert oslo.continent == "Europe"
        session.refresh(oslo)
        session.expire(oslo)
        assert oslo.name == "Oslo"
    assert heard == [("europe", "SELECT")] * 3


@pytest.mark.parametrize("propagate, expected", [(True, [20, 21]), (False, [-5])])
def test_the_option_reaches_later_loads_of_relationships_if_it_says_so(
    world: World, propagate: bool, expected: list[int]
) -> None:
    session = world.session(execute_chooser=lambda state: ["europe"])
    option = set_shard_id("asia", propagate_to_loaders=propagate)
    tokyo = session.scalars(select(Place).where(Place.name == "Tokyo").options(option)).one()
    assert [report.degrees for report in tokyo.reports] == expected


@pytest.mark.parametrize(
    "statement",
    [
        select(Place).order_by(Place.name),
        select(Place).offset(1),
        select(Place).limit(1).offset(1),
        select(Place).order_by(Place.id).limit(1),
        select(Place.continent).distinct(),
        select(func.count(Place.id)),
        select(func.count()).select_from(Place),
        select(Place.continent, func.max(Place.id)),
        select((func.sum(Place.id) + 1).label("more")),
        select(Place.continent).group_by(Place.continent),
        select(func.row_number().over(order_by=Place.id)),
        select(exists(select(Place.id).where(Place.id == 1))),
        select(aliased(Place, select(Place).order_by(Place.id).limit(1).subquery())),
        union(select(Place.name), select(Place.continent)),
    ],
)
def test_what_each_shard_would_do_by_itself_is_refused_over_several(world: World, statement: Any) -> None:
    session = world.session()
    with world.heard() as heard, pytest.raises(InvalidRequestError, match="AZ-X76"):
        session.execute(statement)
    assert heard == []
    assert session.execute(statement, bind_arguments={"shard_id": "asia"}).all() is not None


def test_counting_over_several_shards_is_refused(world: World) -> None:
    with pytest.raises(InvalidRequestError, match="aggregate function is for 2 shards"):
        world.session().query(Place).count()


def test_what_is_decided_row_by_row_is_not_refused(world: World) -> None:
    session = world.session()
    counted = select(func.count(Report.id)).where(Report.place_id == Place.id).correlate(Place).scalar_subquery()
    assert dict(session.execute(select(Place.name, counted)).all()) == {"Tokyo": 2, "Delhi": 1, "Oslo": 1}
    assert len(session.scalars(select(Place).distinct()).all()) == 3
    assert session.execute(select(func.max(Place.id, 2))).scalars().all() == [2, 2, 2]
    assert session.execute(select(func.upper(Place.name))).scalars().all() == ["DELHI", "TOKYO", "OSLO"]


def test_a_limit_without_order_counts_the_rows_of_all_shards(world: World) -> None:
    session = world.session()
    assert len(session.scalars(select(Place).limit(1)).all()) == 1
    assert [place.name for place in session.scalars(select(Place).limit(3))] == ["Tokyo", "Delhi", "Oslo"]
    assert session.query(Report).filter(Report.degrees < 0).first().degrees == -5


def test_a_statement_needs_a_shard(world: World) -> None:
    session = world.session(execute_chooser=lambda state: [])
    with pytest.raises(InvalidRequestError, match="AZ-X71"):
        session.execute(select(Place))
    with pytest.raises(UnboundExecutionError, match="AZ-X72"):
        session.execute(select(Place), bind_arguments={"shard_id": "africa"})
    with pytest.raises(UnboundExecutionError, match="AZ-X72"):
        session.connection()


def test_connections_and_binds_are_those_of_a_shard(world: World) -> None:
    session = world.session()
    europe = world.engines["europe"]
    assert session.get_bind(shard_id="europe") is europe
    assert session.get_bind(Place, instance=Place(continent="Europe")) is europe
    assert session.connection(bind_arguments={"shard_id": "europe"}).engine is europe
    assert session.connection_callable(shard_id="europe").engine is europe
    assert session._identity_lookup(Place.__mapper__, 1) is None
    oslo = named(session, "Oslo")
    assert session._identity_lookup(Place.__mapper__, 1) is oslo


def test_changes_of_many_rows_reach_all_shards_and_the_objects_of_each(world: World) -> None:
    session = world.session()
    reports = session.scalars(select(Report)).all()
    assert session.execute(update(Report).values(degrees=Report.degrees + 100)).rowcount == 4
    assert [report.degrees for report in reports] == [120, 121, 135, 95]
    europe = {"bind_arguments": {"shard_id": "europe"}}
    assert session.execute(update(Report).values(degrees=0).where(Report.id == 1), **europe).rowcount == 1
    assert [report.degrees for report in reports] == [120, 121, 135, 0]
    assert session.query(Report).filter(Report.degrees > 120).delete() == 2
    assert session.execute(delete(Report).where(Report.id == 1), **europe).rowcount == 1
    session.commit()
    assert [world.rows(shard, "SELECT degrees FROM reports") for shard in SHARDS] == [[(120,)], []]


def test_an_insert_of_rows_is_for_one_shard(world: World) -> None:
    session = world.session()
    rows = [{"id": 8, "continent": "Europe", "name": "Rome", "version": 1}]
    with pytest.raises(InvalidRequestError, match="AZ-X75"):
        session.execute(insert(Place), rows)
    made = session.scalars(insert(Place).returning(Place), rows, bind_arguments={"shard_id": "europe"}).one()
    assert (made.name, token(made)) == ("Rome", "europe")
    for refused in (
        lambda: session.bulk_insert_mappings(Place, rows),
        lambda: session.bulk_update_mappings(Place, rows),
        lambda: session.bulk_save_objects([Place()]),
    ):
        with pytest.raises(InvalidRequestError, match="AZ-X77"):
            refused()


def test_listeners_hear_a_statement_once_and_may_name_the_shard(world: World) -> None:
    factory = sessionmaker(
        class_=ShardedSession, shards=world.engines, shard_chooser=shard_chooser, identity_chooser=identity_chooser,
        execute_chooser=execute_chooser,
    )  # fmt: skip
    heard: list[str] = []

    @event.listens_for(factory, "do_orm_execute")
    def to_europe(state: ORMExecuteState) -> None:
        heard.append("statement")
        state.bind_arguments["shard_id"] = "europe"

    with factory() as session:
        assert [place.name for place in session.scalars(select(Place))] == ["Oslo"]
    assert heard == ["statement"]


def test_portions_of_rows_come_from_all_shards(world: World) -> None:
    session = world.session()
    found = session.scalars(select(Place).execution_options(yield_per=1))
    assert [place.name for place in found] == ["Tokyo", "Delhi", "Oslo"]


def test_a_session_says_what_it_is_made_wrong_with(world: World) -> None:
    for arguments in (
        {"identity_chooser": None},
        {"execute_chooser": None},
        {"id_chooser": lambda query, key: []},
        {"bind": world.engines["asia"]},
        {"shard_chooser": 5},
        {"shards": [1]},
        {"shards": {"asia": "an address"}},
    ):
        with pytest.raises(ArgumentError):
            world.session(**arguments)


def test_the_functions_of_the_classic_era_are_asked(world: World) -> None:
    asked: list[Any] = []

    def id_chooser(query: Any, ident: Any) -> list[str]:
        asked.append(query.column_descriptions[0]["entity"])
        return ["europe"]

    def query_chooser(query: Any) -> list[str]:
        asked.append(query.whereclause is not None)
        return ["asia"]

    for session in (
        classic.ShardedSession(shard_chooser, id_chooser, query_chooser, world.engines),
        world.session(identity_chooser=None, execute_chooser=None, id_chooser=id_chooser, query_chooser=query_chooser),
    ):
        asked.clear()
        assert session.get(Place, 1).name == "Oslo"
        assert session.query(Place).filter(Place.name == "Tokyo").one().id == 1
        assert asked == [Place, True]
