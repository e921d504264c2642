"""``before_execute`` and ``after_execute`` of an engine hear the statements of flushes and of changes of many rows."""

from __future__ import annotations

from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest

from azoth import Column, Date, ForeignKey, Integer, String, Table, event, func, insert, select, text
from azoth.orm import Session, declarative_base, relationship


@pytest.fixture
def club(database: Any) -> Any:
    """Members with versions, their friends, and teams that they are in."""
    Base: Any = declarative_base()
    membership = Table(
        "membership",
        Base.metadata,
        Column("member", ForeignKey("member.id"), primary_key=True),
        Column("team", ForeignKey("team.id"), primary_key=True),
    )

    class Member(Base):
        __tablename__ = "member"
        id = Column(Integer, primary_key=True)
        name = Column(String(20))
        joined = Column(Date)
        version = Column(Integer, nullable=False)
        friend_id = Column(ForeignKey("member.id"))
        friend = relationship("Member", remote_side="Member.id", post_update=True)
        teams = relationship("Team", secondary=membership)
        __mapper_args__ = {"version_id_col": version}

    class Team(Base):
        __tablename__ = "team"
        id = Column(Integer, primary_key=True)
        name = Column(String(20))

    engine = database.make_engine()
    Base.metadata.create_all(engine)
    return SimpleNamespace(engine=engine, Member=Member, Team=Team)


@pytest.fixture
def told(club: Any) -> list[Any]:
    """What listeners are told: kind and table of the statement, and its values."""
    told: list[Any] = []

    def hear(connection: Any, statement: Any, multiparams: Any, params: Any, options: Any) -> None:
        if statement.__visit_name__ in {"insert", "update", "delete"}:
            table = statement.table
            told.append((statement.__visit_name__, getattr(table, "name", table), multiparams or params))

    event.listen(club.engine, "before_execute", hear)
    return told


def test_inserts_and_updates_are_heard_with_the_values_of_objects(club: Any, told: list[Any]) -> None:
    with Session(club.engine) as session:
        ada = club.Member(id=1, name="Ada", joined=date(2020, 1, 2))
        bob = club.Member(id=2, name="Bob")
        session.add_all([ada, bob])
        session.flush()
        rows = [
            {"id": 1, "name": "Ada", "joined": date(2020, 1, 2), "version": 1, "friend_id": None},
            {"id": 2, "name": "Bob", "joined": None, "version": 1, "friend_id": None},
        ]
        assert told == [("insert", "member", rows)]
        told.clear()
        ada.joined = date(2021, 1, 2)
        session.flush()
        values = {"joined": date(2021, 1, 2), "version": 2, "member_id": 1, "member_version": 1}
        assert told == [("update", "member", values)]
        told.clear()
        session.expire_all()
        assert ada.joined == date(2021, 1, 2)
        assert told == []


def test_keys_of_the_database_come_back_while_somebody_listens(club: Any, told: list[Any]) -> None:
    with Session(club.engine) as session:
        teams = [club.Team(name=name) for name in "abc"]
        session.add_all(teams)
        session.flush()
        assert [team.id for team in teams] == [1, 2, 3]
        assert [values["name"] for _, _, values in told] == ["a", "b", "c"]
        known = session.scalars(select(club.Team).order_by(club.Team.id)).all()
        assert known == teams


def test_associations_keys_set_later_and_deletions_are_heard(club: Any, told: list[Any]) -> None:
    with Session(club.engine) as session:
        ada, bob = club.Member(id=1, name="Ada"), club.Member(id=2, name="Bob")
        ada.friend = bob
        ada.teams = [club.Team(id=1, name="red"), club.Team(id=2, name="blue")]
        session.add_all([ada, bob])
        session.flush()
        assert ("update", "member", {"friend_id": 2, "member_id": 1}) in told
        assert ("insert", "membership", [{"member": 1, "team": 1}, {"member": 1, "team": 2}]) in told
        told.clear()
        team = ada.teams.pop()
        session.delete(team)
        session.flush()
        assert told == [("delete", "membership", {"member": 1, "team": 2}), ("delete", "team", {"id": 2})]


def test_defaults_of_association_rows_are_made_while_somebody_listens(database: Any) -> None:
    Base: Any = declarative_base()
    links = Table(
        "links",
        Base.metadata,
        Column("one", ForeignKey("node.id"), primary_key=True),
        Column("other", ForeignKey("node.id"), primary_key=True),
        Column("label", String(20), default=lambda context: f"to {context.get_current_parameters()['other']}"),
    )

    class Node(Base):
        __tablename__ = "node"
        id = Column(Integer, primary_key=True)
        others = relationship("Node", secondary=links, primaryjoin=id == links.c.one, secondaryjoin=id == links.c.other)

    engine = database.make_engine()
    Base.metadata.create_all(engine)
    before: list[Any] = []
    after: list[Any] = []

    def hear(connection: Any, statement: Any, multiparams: Any, params: Any, options: Any) -> None:
        if statement.__visit_name__ == "insert":
            before.append((statement.table.name, multiparams or params))

    def hear_end(connection: Any, statement: Any, multiparams: Any, params: Any, options: Any, result: Any) -> None:
        if statement.__visit_name__ == "insert":
            after.append((statement.table.name, multiparams or params))

    with Session(engine) as session:
        one, two, three = (Node(id=number) for number in (1, 2, 3))
        session.add_all([one, two, three])
        session.flush()
        event.listen(engine, "before_execute", hear)
        event.listen(engine, "after_execute", hear_end)
        one.others = [two, three]
        session.flush()
        two.others = [three]
        session.flush()
        event.remove(engine, "before_execute", hear)
        event.remove(engine, "after_execute", hear_end)
        many = [{"one": 1, "other": 2}, {"one": 1, "other": 3}]
        assert before == after == [("links", many), ("links", {"one": 2, "other": 3})]
        labels = session.execute(select(links.c.one, links.c.label).order_by(links.c.one, links.c.other)).all()
        assert labels == [(1, "to 2"), (1, "to 3"), (2, "to 3")]


def test_sql_expressions_are_a_part_of_what_is_heard(club: Any, told: list[Any]) -> None:
    with Session(club.engine) as session:
        team = club.Team(id=1, name=func.upper("red"))
        session.add(team)
        session.flush()
        assert told == [("insert", "team", {"id": 1})]
        assert team.name == "RED"
        team.name = func.lower(club.Team.name)
        session.flush()
        assert told[1:] == [("update", "team", {"team_id": 1})]
        assert team.name == "red"


def test_listeners_may_change_values_in_place_or_anew(club: Any) -> None:
    def hear(connection: Any, statement: Any, multiparams: Any, params: Any, options: Any) -> Any:
        if statement.__visit_name__ == "insert":
            for row in multiparams or [params]:
                row["name"] = row["name"].upper()
        elif statement.__visit_name__ == "update":
            params = {**params, "name": "changed"}
        return statement, multiparams, params

    event.listen(club.engine, "before_execute", hear, retval=True)
    with Session(club.engine) as session:
        alone, one, other = club.Team(name="red"), club.Team(id=5, name="blue"), club.Team(id=6, name="green")
        session.add_all([alone, one, other])
        session.flush()
        session.expire_all()
        assert alone.id == 1
        assert [team.name for team in (alone, one, other)] == ["RED", "BLUE", "GREEN"]
        alone.name = "yellow"
        session.flush()
        session.expire_all()
        assert alone.name == "changed"


def test_listeners_may_change_the_statement(club: Any) -> None:
    def hear(connection: Any, statement: Any, multiparams: Any, params: Any, options: Any) -> Any:
        if statement.__visit_name__ == "insert":
            statement = statement.prefix_with("/* heard */")
        return statement, multiparams, params

    event.listen(club.engine, "before_execute", hear, retval=True)
    sent: list[str] = []

    def cursor_execute(connection: Any, cursor: Any, statement: str, *rest: Any) -> None:
        sent.append(statement)

    event.listen(club.engine, "before_cursor_execute", cursor_execute)
    with Session(club.engine) as session:
        session.add_all([club.Team(id=5, name="second"), club.Team(id=6, name="third")])
        session.flush()
        assert sent[0].startswith("INSERT /* heard */ INTO team")
        assert session.scalars(select(club.Team.name).order_by(club.Team.id)).all() == ["second", "third"]


def test_results_of_flushes_are_heard(database: Any, club: Any) -> None:
    results: list[Any] = []

    def hear(connection: Any, statement: Any, multiparams: Any, params: Any, options: Any, result: Any) -> None:
        if statement.__visit_name__ != "select":
            results.append((statement.__visit_name__, result.rowcount))
            if statement.__visit_name__ == "insert":
                results[-1] += (tuple(result.inserted_primary_key),)

    event.listen(club.engine, "after_execute", hear)
    with Session(club.engine) as session:
        team = club.Team(name="red")
        session.add(team)
        session.flush()
        team.name = "blue"
        session.flush()
        session.delete(team)
        session.flush()
    # A key that the statement returns is among its rows, which the session reads.
    key = 1 if "keys from the driver" in database.capabilities else None
    assert results == [("insert", 1, (key,)), ("update", 1), ("delete", 1)]


def test_values_that_the_server_makes_come_back_while_somebody_listens(database: Any) -> None:
    Base: Any = declarative_base()

    class Note(Base):
        __tablename__ = "note"
        id = Column(Integer, primary_key=True)
        body = Column(String(20))
        kind = Column(String(20), server_default="plain")
        __mapper_args__ = {"eager_defaults": True}

    engine = database.make_engine()
    Base.metadata.create_all(engine)
    rows: list[Any] = []

    def hear(connection: Any, statement: Any, multiparams: Any, params: Any, options: Any, result: Any) -> None:
        if statement.__visit_name__ == "insert":
            rows.append(sorted(tuple(row) for row in result.all()))

    event.listen(engine, "after_execute", hear)
    with Session(engine) as session:
        notes = [Note(body=body) for body in "abc"]
        session.add_all(notes)
        session.flush()
        assert [(note.__dict__["id"], note.__dict__["kind"]) for note in notes] == [
            (1, "plain"), (2, "plain"), (3, "plain"),
        ]  # fmt: skip
        assert sum(map(len, rows)) == 3


def test_bulk_methods_given_rows_and_portions_are_heard(club: Any, told: list[Any]) -> None:
    selected: list[Any] = []

    def hear(connection: Any, statement: Any, multiparams: Any, params: Any, options: Any, result: Any) -> None:
        selected.append(statement.__visit_name__)

    event.listen(club.engine, "after_execute", hear)
    with Session(club.engine) as session:
        session.bulk_insert_mappings(club.Team, [{"id": 1, "name": "a"}, {"id": 2, "name": "b"}])
        session.bulk_update_mappings(club.Team, [{"id": 1, "name": "c"}])
        session.bulk_save_objects([club.Team(id=3, name="d")])
        added = session.scalars(insert(club.Team).returning(club.Team), [{"id": 4, "name": "e"}]).one()
        assert [(kind, table) for kind, table, _ in told] == [
            ("insert", "team"), ("update", "team"), ("insert", "team"), ("insert", club.Team.__mapper__),
        ]  # fmt: skip
        assert added.name == "e"
        selected.clear()
        portions = session.scalars(select(club.Team).order_by(club.Team.id).execution_options(yield_per=2))
        assert [team.name for team in portions] == ["c", "b", "d", "e"]
        given = session.scalars(select(club.Team).from_statement(text("SELECT id, name FROM team WHERE id = 3")))
        assert [team.name for team in given] == ["d"]
        assert len(selected) == 2
