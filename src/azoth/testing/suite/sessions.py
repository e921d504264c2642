"""The ORM on the database: graphs with cycles, versions, savepoints, failures."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

import pytest

from azoth import ForeignKey, MetaData, String, delete, exc, func, insert, select, text, update
from azoth.orm import DeclarativeBase, Mapped, Session, mapped_column, relationship, selectinload
from azoth.orm.exc import StaleDataError
from azoth.testing.suite.ground import Ground

__all__ = ["TestSessionFailures", "TestSessions"]

needs = pytest.mark.azoth_needs


MANY = 300


class Model(NamedTuple):
    """The classes of a test."""

    Team: type[Any]
    Member: type[Any]


def mapped() -> Model:
    """Map classes, anew for each test: a program may take all mappings off."""

    class Base(DeclarativeBase):
        pass

    class Team(Base):
        """It has members, and one of them leads it: two foreign keys that make a cycle."""

        __tablename__ = "azoth_team"
        id: Mapped[int] = mapped_column(primary_key=True)
        name: Mapped[str] = mapped_column(String(50), unique=True)
        leader_id: Mapped[int | None] = mapped_column(ForeignKey("azoth_member.id", name="azoth_team_leader"))
        made: Mapped[int] = mapped_column(server_default=text("7"))
        version: Mapped[int] = mapped_column()
        __mapper_args__ = {"version_id_col": version}
        members: Mapped[list[Any]] = relationship(
            "Member",
            back_populates="team",
            foreign_keys="Member.team_id",
            cascade="all, delete-orphan",
            order_by="Member.id",
        )
        leader: Mapped[Any] = relationship("Member", foreign_keys=leader_id, post_update=True)

    class Member(Base):
        """One of a team, who may have a mentor."""

        __tablename__ = "azoth_member"
        id: Mapped[int] = mapped_column(primary_key=True)
        name: Mapped[str] = mapped_column(String(50))
        team_id: Mapped[int] = mapped_column(ForeignKey("azoth_team.id", name="azoth_member_team"))
        mentor_id: Mapped[int | None] = mapped_column(ForeignKey("azoth_member.id", name="azoth_member_mentor"))
        team: Mapped[Team] = relationship(Team, back_populates="members", foreign_keys=team_id)
        mentor: Mapped[Any] = relationship("Member", foreign_keys=mentor_id, remote_side=id)

    return Model(Team, Member)


@contextmanager
def session_on(ground: Ground, rows: bool = True) -> Iterator[tuple[Session, Model]]:
    """Create the tables, and a team of three, and give a session."""
    model = mapped()
    metadata: MetaData = model.Team.metadata
    metadata.create_all(ground.engine)
    try:
        with Session(ground.engine) as session:
            if rows:
                ada, ben, cyd = (model.Member(name=name) for name in ("Ada", "Ben", "Cyd"))
                ben.mentor, cyd.mentor = ada, ben
                session.add(model.Team(name="one", members=[ada, ben, cyd], leader=ben))
                session.commit()
            yield session, model
    finally:
        with ground.engine.begin() as connection:
            # Foreign keys that make a cycle stay until the tables go where there is no ALTER, and the rows with them.
            connection.execute(update(metadata.tables["azoth_team"]).values(leader_id=None))
            connection.execute(update(metadata.tables["azoth_member"]).values(mentor_id=None))
            connection.execute(delete(metadata.tables["azoth_member"]))
        metadata.drop_all(ground.engine)


class TestSessions:
    """Sessions write and read objects."""

    def test_a_graph_with_cycles(self, ground: Ground) -> None:
        with session_on(ground) as (session, model):
            team = session.scalars(select(model.Team)).one()
            assert [member.name for member in team.members] == ["Ada", "Ben", "Cyd"]
            assert team.leader is team.members[1]
            assert team.members[2].mentor is team.members[1]
            assert team.members[0].mentor is None

    def test_keys_and_defaults_come_with_the_flush(self, ground: Ground) -> None:
        with session_on(ground, rows=False) as (session, model):
            team = model.Team(name="new", members=[model.Member(name="x"), model.Member(name="y")])
            session.add(team)
            session.flush()
            assert team.id is not None
            assert team.version == 1
            assert [member.team_id for member in team.members] == [team.id] * 2
            assert len({member.id for member in team.members}) == 2
            assert team.made == 7
            session.rollback()
            assert session.scalars(select(model.Team)).all() == []

    def test_many_objects_have_their_own_keys(self, ground: Ground) -> None:
        with session_on(ground, rows=False) as (session, model):
            members = [model.Member(name=f"m{n}") for n in range(MANY)]
            session.add(model.Team(name="many", members=members))
            session.commit()
            keys = {member.id: member.name for member in members}
            assert len(keys) == MANY
            assert dict(session.execute(select(model.Member.id, model.Member.name)).tuples().all()) == keys

    def test_changes(self, ground: Ground) -> None:
        with session_on(ground) as (session, model):
            team = session.scalars(select(model.Team)).one()
            team.name, team.leader = "it's 100% :new ?", team.members[0]
            team.members[0].name = "日本"
            team.members[1].mentor = None
            session.commit()
            assert (team.name, team.leader.name) == ("it's 100% :new ?", "日本")
            assert team.version > 1
            with Session(ground.engine) as other:
                alone = select(model.Member.name).where(model.Member.mentor_id.is_(None)).order_by(model.Member.id)
                assert other.scalars(alone).all() == ["日本", "Ben"]

    def test_unique_values_change_places(self, ground: Ground) -> None:
        with session_on(ground, rows=False) as (session, model):
            one, two = model.Team(name="one"), model.Team(name="two")
            session.add_all([one, two])
            session.commit()
            session.delete(one)
            session.add(model.Team(name="one"))
            session.commit()
            assert sorted(session.scalars(select(model.Team.name))) == ["one", "two"]

    def test_deletions(self, ground: Ground) -> None:
        with session_on(ground) as (session, model):
            team = session.scalars(select(model.Team)).one()
            team.members.pop()
            session.commit()
            assert session.scalar(select(func.count()).select_from(model.Member)) == 2
            session.delete(team)
            session.commit()
            assert session.scalar(select(func.count()).select_from(model.Member)) == 0
            assert session.scalar(select(func.count()).select_from(model.Team)) == 0

    def test_eager_loading_and_joins(self, ground: Ground) -> None:
        with session_on(ground) as (session, model):
            team = session.scalars(select(model.Team).options(selectinload(model.Team.members))).one()
            assert "members" in team.__dict__
            statement = (
                select(model.Team.name, model.Member.name)
                .join(model.Team.members)
                .where(model.Member.mentor.has(name="Ada"))
            )
            assert session.execute(statement).tuples().all() == [("one", "Ben")]

    def test_rows_in_portions(self, ground: Ground) -> None:
        with session_on(ground, rows=False) as (session, model):
            session.add(model.Team(name="many", members=[model.Member(name=f"m{n}") for n in range(25)]))
            session.commit()
            statement = select(model.Member).order_by(model.Member.id).execution_options(yield_per=10)
            assert [len(part) for part in session.scalars(statement).partitions()] == [10, 10, 5]
            session.commit()

    @needs("row_counts")
    def test_a_change_that_another_session_was_first_with(self, ground: Ground) -> None:
        with session_on(ground) as (session, model):
            team = session.scalars(select(model.Team)).one()
            session.expunge(team)
            session.commit()
            with Session(ground.engine) as other:
                other.scalars(select(model.Team)).one().name = "two"
                other.commit()
            session.add(team)
            team.name = "three"
            with pytest.raises(StaleDataError):
                session.commit()
            session.rollback()
            assert session.scalars(select(model.Team.name)).all() == ["two"]

    @needs("row_counts")
    def test_a_row_that_is_gone(self, ground: Ground) -> None:
        with session_on(ground) as (session, model):
            member = session.scalars(select(model.Member).where(model.Member.name == "Cyd")).one()
            session.execute(
                delete(model.Member).where(model.Member.name == "Cyd"), execution_options={"synchronize_session": False}
            )
            member.name = "changed"
            with pytest.raises(StaleDataError):
                session.flush()
            session.rollback()
            assert member.name == "Cyd"

    def test_statements_of_many_rows(self, ground: Ground) -> None:
        with session_on(ground) as (session, model):
            team = session.scalars(select(model.Team)).one()
            ben = team.members[1]
            session.execute(
                update(model.Member).where(model.Member.name.in_(["Ben", "Cyd"])).values(name=model.Member.name + "!")
            )
            assert ben.name == "Ben!"
            session.execute(insert(model.Member), [{"name": f"n{n}", "team_id": team.id} for n in range(3)])
            session.execute(delete(model.Member).where(model.Member.name == "n1"))
            session.commit()
            assert [member.name for member in team.members] == ["Ada", "Ben!", "Cyd!", "n0", "n2"]

    @needs("insert_returning")
    def test_inserted_objects_come_back(self, ground: Ground) -> None:
        with session_on(ground) as (session, model):
            statement = insert(model.Member).returning(model.Member, sort_by_parameter_order=True)
            made = session.scalars(statement, [{"name": f"n{n}", "team_id": 1} for n in range(20)]).all()
            assert [member.name for member in made] == [f"n{n}" for n in range(20)]
            assert all(member in session for member in made)

    @needs("update_returning")
    def test_updated_objects_come_back(self, ground: Ground) -> None:
        with session_on(ground) as (session, model):
            ada = session.scalars(select(model.Member).where(model.Member.name == "Ada")).one()
            statement = (
                update(model.Member).where(model.Member.name == "Ada").values(name="Eve").returning(model.Member)
            )
            assert session.scalars(statement).all() == [ada]
            assert ada.name == "Eve"

    @needs("delete_returning")
    def test_deleted_rows_come_back(self, ground: Ground) -> None:
        with session_on(ground) as (session, model):
            assert session.execute(
                delete(model.Member).where(model.Member.name == "Cyd").returning(model.Member.name)
            ).all() == [("Cyd",)]


class TestSessionFailures:
    """A session is in order after a failure."""

    def test_a_rollback_restores_the_objects(self, ground: Ground) -> None:
        with session_on(ground) as (session, model):
            team = session.scalars(select(model.Team)).one()
            team.name = "changed"
            new = model.Member(name="new")
            team.members.append(new)
            session.flush()
            session.delete(team.members[2])
            session.flush()
            session.rollback()
            assert (team.name, team.version) == ("one", 1)
            assert [member.name for member in team.members] == ["Ada", "Ben", "Cyd"]
            assert new not in session

    @needs("savepoints")
    def test_a_rollback_to_a_savepoint_restores_the_objects(self, ground: Ground) -> None:
        with session_on(ground) as (session, model):
            team = session.scalars(select(model.Team)).one()
            team.name = "before"
            with pytest.raises(ZeroDivisionError), session.begin_nested():
                team.name = "inside"
                team.members.append(model.Member(name="new"))
                session.flush()
                raise ZeroDivisionError
            assert team.name == "before"
            assert [member.name for member in team.members] == ["Ada", "Ben", "Cyd"]
            session.commit()
            assert session.scalars(select(model.Team.name)).all() == ["before"]

    @needs("savepoints")
    def test_a_failed_flush_in_a_savepoint_leaves_the_rest(self, ground: Ground) -> None:
        with session_on(ground) as (session, model):
            session.add(model.Team(name="two"))
            session.flush()
            with pytest.raises(exc.IntegrityError), session.begin_nested():
                session.add(model.Team(name="one"))
                session.flush()
            session.add(model.Team(name="three"))
            session.commit()
            assert sorted(session.scalars(select(model.Team.name))) == ["one", "three", "two"]

    def test_a_session_is_usable_after_a_failed_flush(self, ground: Ground) -> None:
        with session_on(ground) as (session, model):
            wrong = model.Team(name="one", members=[model.Member(name="x")])
            session.add(wrong)
            with pytest.raises(exc.IntegrityError):
                session.flush()
            session.rollback()
            assert wrong not in session
            session.add(model.Team(name="two"))
            session.commit()
            assert sorted(session.scalars(select(model.Team.name))) == ["one", "two"]
            assert session.scalar(select(func.count()).select_from(model.Member)) == 3

    @needs("killed_connections")
    def test_a_session_is_usable_after_its_connection_was_lost(self, ground: Ground) -> None:
        with session_on(ground) as (session, model):
            team = session.scalars(select(model.Team)).one()
            team.name = "changed"
            session.flush()
            ground.kill(session.connection())
            with pytest.raises(exc.DBAPIError) as failure:
                for _ in range(20):
                    session.execute(select(func.count()).select_from(model.Team))
            assert failure.value.connection_invalidated
            session.rollback()
            assert team.name == "one"
            team.name = "again"
            session.commit()
            assert session.scalars(select(model.Team.name)).all() == ["again"]
