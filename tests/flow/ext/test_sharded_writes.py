"""Sharded sessions: a flush divides each of its steps by the shards of the rows; transactions span all shards."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from azoth import event, inspect
from azoth.exc import IntegrityError, InvalidRequestError, UnboundExecutionError
from azoth.orm import make_transient
from azoth.orm.exc import FlushError, StaleDataError
from tests.database import Database
from tests.flow.ext.shards import SHARDS, Animal, Bird, Place, Report, Tag, World, filled, named, shard_chooser, token


@pytest.fixture
def world(database: Database) -> World:
    made = World(database)
    filled(made)
    return made


def test_new_objects_go_to_the_shard_that_is_chosen(world: World) -> None:
    assert world.rows("asia", "SELECT name FROM places ORDER BY name") == [("Delhi",), ("Tokyo",)]
    assert world.rows("europe", "SELECT id, name FROM places") == [(1, "Oslo")]
    assert world.rows("asia", "SELECT place_id, degrees FROM reports") == [(1, 20), (1, 21), (2, 35)]
    assert world.rows("europe", "SELECT place_id, degrees FROM reports") == [(1, -5)]


def test_keys_that_a_flush_makes_are_there_when_the_shard_is_chosen(world: World) -> None:
    seen: list[Any] = []

    def chooser(mapper: Any, instance: Any) -> str:
        if isinstance(instance, Report):
            seen.append(instance.place_id)
            return "europe"
        return shard_chooser(mapper, instance)

    with world.session(shard_chooser=chooser) as session:
        session.add(Place(id=5, continent="Europe", name="Rome", reports=[Report(degrees=9)]))
        session.flush()
    assert seen == [5]


def test_changes_and_deletions_go_where_the_rows_are(world: World) -> None:
    with world.session(weak_identity_map=False) as session:
        with session.no_autoflush:
            for place in session.query(Place):
                place.name += "!"
                for report in place.reports:
                    report.degrees += 1
        with world.heard() as heard:
            session.commit()
        assert {shard for shard, verb in heard if verb == "UPDATE"} == set(SHARDS)
        session.delete(named(session, "Oslo!"))
        session.commit()
    assert world.rows("asia", "SELECT name, version FROM places ORDER BY name") == [("Delhi!", 2), ("Tokyo!", 2)]
    assert world.rows("asia", "SELECT degrees FROM reports") == [(21,), (22,), (36,)]
    assert world.rows("europe", "SELECT name FROM places UNION ALL SELECT degrees FROM reports") == []


def test_objects_with_one_key_in_two_shards_are_deleted_and_made_each_for_itself(world: World) -> None:
    with world.session(weak_identity_map=False) as session:
        tokyo = named(session, "Tokyo")
        session.delete(tokyo)
        session.delete(named(session, "Oslo"))
        # Its row takes over that of Tokyo, which has its key and its shard.
        session.add(Place(id=1, continent="Asia", name="Kyoto"))
        session.commit()
    assert world.rows("asia", "SELECT id, name FROM places ORDER BY id") == [(1, "Kyoto"), (2, "Delhi")]
    assert world.rows("europe", "SELECT id, name FROM places") == []


def test_a_new_object_may_have_the_key_of_one_that_is_deleted_in_another_shard(world: World) -> None:
    with world.session(weak_identity_map=False) as session:
        session.delete(named(session, "Oslo"))
        session.add(Place(id=2, continent="Europe", name="Rome"))
        session.delete(named(session, "Delhi"))
        session.commit()
    assert world.rows("asia", "SELECT id, name FROM places") == [(1, "Tokyo")]
    assert world.rows("europe", "SELECT id, name FROM places") == [(2, "Rome")]


def test_a_unique_value_passes_from_a_deleted_row_to_a_new_one_of_its_shard(world: World) -> None:
    with world.session(weak_identity_map=False) as session:
        session.delete(named(session, "Oslo"))
        session.add(Place(id=9, continent="Europe", name="Oslo", latest_id=None))
        session.commit()
        session.delete(named(session, "Oslo"))
        session.add(Place(id=9, continent="Asia", name="Oslo"))
        session.commit()
    assert world.rows("asia", "SELECT id, name FROM places ORDER BY id") == [(1, "Tokyo"), (2, "Delhi"), (9, "Oslo")]


def test_links_are_written_in_the_shard_of_both_objects(world: World) -> None:
    with world.session(weak_identity_map=False) as session:
        hot, cold = Tag(id=1, continent="Asia", name="hot"), Tag(id=1, continent="Europe", name="cold")
        named(session, "Delhi").tags.append(hot)
        named(session, "Tokyo").tags.append(hot)
        named(session, "Oslo").tags.append(cold)
        session.commit()
        assert world.rows("asia", "SELECT * FROM place_tags ORDER BY 1") == [(1, 1), (2, 1)]
        assert world.rows("europe", "SELECT * FROM place_tags") == [(1, 1)]
        assert {place.name for place in hot.places} == {"Delhi", "Tokyo"}
        assert [place.name for place in cold.places] == ["Oslo"]
        named(session, "Tokyo").tags.remove(hot)
        named(session, "Oslo").tags.remove(cold)
        session.commit()
        assert world.rows("asia", "SELECT * FROM place_tags") == [(2, 1)]
        assert world.rows("europe", "SELECT * FROM place_tags") == []
        session.delete(hot)
        session.commit()
        assert world.rows("asia", "SELECT * FROM place_tags") == []


def test_links_that_are_missing_are_noticed_shard_by_shard(world: World) -> None:
    with world.session(weak_identity_map=False) as session:
        named(session, "Delhi").tags.append(Tag(id=1, continent="Asia", name="hot"))
        named(session, "Oslo").tags.append(Tag(id=1, continent="Europe", name="cold"))
        session.commit()
        for name in ("Delhi", "Oslo"):
            named(session, name).tags.clear()
        with world.engines["europe"].begin() as connection:
            connection.exec_driver_sql("DELETE FROM place_tags")
        with pytest.raises(StaleDataError, match="1 row"):
            session.commit()
        session.rollback()
    assert world.rows("asia", "SELECT * FROM place_tags") == [(2, 1)]


def test_objects_of_two_shards_cannot_be_linked(world: World) -> None:
    with world.session(weak_identity_map=False) as session:
        named(session, "Delhi").tags.append(Tag(id=1, continent="Europe", name="cold"))
        with pytest.raises(FlushError, match="AZ-X74"):
            session.flush()


def test_members_that_lose_their_parent_are_deleted_in_their_shard(world: World) -> None:
    with world.session(weak_identity_map=False) as session:
        for name in ("Tokyo", "Oslo"):
            named(session, name).reports.clear()
        session.commit()
    assert world.rows("asia", "SELECT degrees FROM reports") == [(35,)]
    assert world.rows("europe", "SELECT degrees FROM reports") == []


def test_rows_that_refer_to_each_other_are_updated_afterwards(world: World) -> None:
    with world.session(weak_identity_map=False) as session:
        for name in ("Tokyo", "Oslo"):
            place = named(session, name)
            place.latest = Report(degrees=40, place=place)
        session.add(Place(id=7, continent="Europe", name="Rome"))
        session.commit()
        latest = {name: named(session, name).latest for name in ("Tokyo", "Oslo", "Rome")}
        assert {name: report and report.degrees for name, report in latest.items()} == {
            "Tokyo": 40, "Oslo": 40, "Rome": None,
        }  # fmt: skip
        for name in ("Tokyo", "Oslo"):
            named(session, name).latest = None
            session.delete(named(session, name))
        session.commit()
    assert world.rows("asia", "SELECT name FROM places") == [("Delhi",)]
    assert world.rows("europe", "SELECT name FROM places") == [("Rome",)]


def test_stale_rows_are_counted_shard_by_shard(world: World) -> None:
    with world.session(weak_identity_map=False) as session:
        places = session.query(Place).all()
        with world.engines["europe"].begin() as connection:
            connection.exec_driver_sql("UPDATE places SET version = 9")
        for place in places:
            place.continent = place.continent.upper()
        with pytest.raises(StaleDataError, match="expected to update 1 row"):
            session.flush()
        session.rollback()
    assert world.rows("asia", "SELECT DISTINCT continent FROM places") == [("Asia",)]


@pytest.fixture
def heard() -> Iterator[list[tuple[str, str, Any]]]:
    told: list[tuple[str, str, Any]] = []
    listening = []
    for name in ("before_insert", "after_insert", "before_update", "after_update", "before_delete", "after_delete"):

        def note(mapper: Any, connection: Any, target: Any, name: str = name) -> None:
            told.append((name, target.continent, connection.engine))

        event.listen(Animal, name, note, propagate=True)
        listening.append((name, note))
    yield told
    for name, function in listening:
        event.remove(Animal, name, function)


def test_objects_of_several_tables_are_written_and_announced_in_their_shards(
    world: World, heard: list[tuple[str, str, Any]]
) -> None:
    with world.session(weak_identity_map=False) as session:
        session.add_all(
            [
                Animal(id=1, continent="Asia"),
                Bird(id=2, continent="Asia", wings=2),
                Bird(id=2, continent="Europe", wings=2),
                Animal(id=3, continent="Europe"),
            ]
        )
        session.commit()
        assert [(type(one).__name__, token(one)) for one in session.query(Animal)] == [
            ("Animal", "asia"), ("Bird", "asia"), ("Bird", "europe"), ("Animal", "europe"),
        ]  # fmt: skip
        for bird in session.query(Bird):
            bird.wings += 1
        session.commit()
        assert session.query(Bird).filter(Bird.wings == 3).set_shard("europe").count() == 1
        for one in session.query(Animal):
            session.delete(one)
        session.commit()
    assert {(shard, *row) for shard in SHARDS for row in world.rows(shard, "SELECT id FROM animals")} == set()
    expected = {
        (f"{time}_{kind}", continent)
        for time in ("before", "after")
        for kind in ("insert", "update", "delete")
        for continent in ("Asia", "Europe")
    }
    assert {(name, continent) for name, continent, _ in heard} == expected
    assert all(engine is world.engines[continent.lower()] for _, continent, engine in heard)
    assert len([name for name, _, _ in heard if name.endswith("insert")]) == 8


def test_a_transaction_ends_in_all_shards(world: World) -> None:
    with world.session(weak_identity_map=False) as session:
        session.add_all([Place(id=5, continent="Asia", name="Seoul"), Place(id=5, continent="Europe", name="Rome")])
        session.flush()
        session.rollback()
        assert [world.rows(shard, "SELECT count(*) FROM places") for shard in SHARDS] == [[(2,)], [(1,)]]
        session.add(Place(id=5, continent="Asia", name="Seoul"))
        savepoint = session.begin_nested()
        session.add(Place(id=6, continent="Asia", name="Busan"))
        session.add(Place(id=6, continent="Europe", name="Rome"))
        session.flush()
        savepoint.rollback()
        session.commit()
    assert world.rows("asia", "SELECT id FROM places ORDER BY id") == [(1,), (2,), (5,)]
    assert world.rows("europe", "SELECT id FROM places") == [(1,)]


def test_a_flush_that_fails_in_one_shard_leaves_all_as_they_were(world: World) -> None:
    with world.session(weak_identity_map=False) as session:
        session.add_all([Place(id=5, continent="Asia", name="Seoul"), Place(id=5, continent="Europe", name="Oslo")])
        with pytest.raises(IntegrityError):
            session.commit()
        session.rollback()
        assert session.query(Place).filter_by(name="Seoul").first() is None


def test_an_object_whose_insert_was_taken_back_may_go_elsewhere(world: World) -> None:
    with world.session(weak_identity_map=False) as session:
        place = Place(id=5, continent="Asia", name="Seoul")
        session.add(place)
        session.flush()
        assert token(place) == "asia"
        session.rollback()
        assert token(place) is None
        place.continent = "Europe"
        session.add(place)
        session.commit()
        assert token(place) == "europe"
    assert world.rows("europe", "SELECT name FROM places ORDER BY id") == [("Oslo",), ("Seoul",)]


def test_merging_finds_the_row_where_it_is(world: World) -> None:
    with world.session(weak_identity_map=False) as session:
        merged = session.merge(Place(id=2, continent="Asia", name="New Delhi"))
        assert (token(merged), inspect(merged).persistent) == ("asia", True)
        assert session.merge(Place(id=70, continent="Europe", name="Rome")) in session.new
        session.commit()
        detached = named(session, "Oslo")
    with world.session(weak_identity_map=False) as other:
        detached.name = "Christiania"
        assert token(other.merge(detached)) == "europe"
        other.commit()
    assert world.rows("asia", "SELECT name FROM places WHERE id = 2") == [("New Delhi",)]
    assert world.rows("europe", "SELECT name FROM places ORDER BY id") == [("Christiania",), ("Rome",)]


def test_an_object_is_moved_by_making_another_row_of_it(world: World) -> None:
    with world.session(weak_identity_map=False) as session:
        delhi = named(session, "Delhi")
        delhi.reports.clear()
        session.flush()
        session.execute(Place.__table__.delete().where(Place.id == 2), bind_arguments={"shard_id": "asia"})
        make_transient(delhi)
        inspect(delhi).identity_token = None
        delhi.continent = "Europe"
        session.add(delhi)
        session.commit()
    assert world.rows("asia", "SELECT id FROM places") == [(1,)]
    assert world.rows("europe", "SELECT id, name FROM places ORDER BY id") == [(1, "Oslo"), (2, "Delhi")]


def test_a_key_may_change_in_each_shard(world: World) -> None:
    with world.session(weak_identity_map=False) as session:
        tag = Tag(id=1, continent="Asia", name="hot")
        other = Tag(id=1, continent="Europe", name="cold")
        session.add_all([tag, other])
        session.commit()
        tag.id = other.id = 2
        session.commit()
        assert session.get(Tag, 2, identity_token="asia") is tag
        assert session.get(Tag, 2, identity_token="europe") is other
    assert [world.rows(shard, "SELECT id FROM tags") for shard in SHARDS] == [[(2,)], [(2,)]]


def test_old_values_that_a_flush_needs_are_looked_up_where_the_rows_are(world: World) -> None:
    with world.session(weak_identity_map=False) as session:
        tokyo, oslo = named(session, "Tokyo"), named(session, "Oslo")
        session.commit()
        tokyo.version, oslo.version = 4, 5
        tokyo.name, oslo.name = "Edo", "Christiania"
        session.commit()
    assert world.rows("asia", "SELECT name FROM places WHERE id = 1") == [("Edo",)]
    assert world.rows("europe", "SELECT name FROM places") == [("Christiania",)]


def test_a_plan_can_be_looked_at(world: World) -> None:
    with world.session(weak_identity_map=False) as session:
        session.add_all([Place(id=5, continent="Asia", name="Seoul"), Place(id=5, continent="Europe", name="Rome")])
        assert "INSERT places" in str(session.plan())
        assert all(token(place) is None for place in session.new)


def test_listeners_of_flushes_see_all_shards(world: World) -> None:
    with world.session(weak_identity_map=False) as session:
        seen: list[int] = []
        event.listen(session, "after_flush", lambda session, context: seen.append(len(session.new)))
        session.add_all([Place(id=5, continent="Asia", name="Seoul"), Place(id=5, continent="Europe", name="Rome")])
        session.commit()
    assert seen == [2]


@pytest.mark.parametrize("chosen, error", [(None, InvalidRequestError), ("africa", UnboundExecutionError)])
def test_an_object_needs_a_shard(world: World, chosen: Any, error: type[Exception]) -> None:
    with world.session(shard_chooser=lambda mapper, instance: chosen) as session:
        session.add(Place(id=5, continent="Asia", name="Seoul"))
        with pytest.raises(error, match=r"AZ-X7[23]"):
            session.flush()


def test_a_classic_session_flushes_into_all_shards(world: World) -> None:
    session = world.session(autocommit=True)
    session.add_all([Place(id=5, continent="Asia", name="Seoul"), Place(id=5, continent="Europe", name="Rome")])
    session.flush()
    assert [world.rows(shard, "SELECT name FROM places WHERE id = 5") for shard in SHARDS] == [
        [("Seoul",)],
        [("Rome",)],
    ]
    session.close()


def test_the_chooser_is_told_the_mapper_of_the_topmost_class(world: World) -> None:
    told: list[Any] = []

    def chooser(mapper: Any, instance: Any) -> str:
        told.append(mapper.class_)
        return "asia"

    with world.session(shard_chooser=chooser) as session:
        session.add(Bird(id=1, continent="Asia", wings=2))
        session.flush()
    assert told == [Animal]
