"""Places of the world and reports about them, in one database for each continent."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from azoth import Column, Engine, ForeignKey, Table, event, inspect
from azoth.ext.horizontal_shard import ShardedSession
from azoth.orm import (
    DeclarativeBase,
    Mapped,
    ORMExecuteState,
    Session,
    mapped_column,
    relationship,
)
from tests.database import Database

SHARDS = ("asia", "europe")


class Base(DeclarativeBase):
    pass


place_tags = Table(
    "place_tags",
    Base.metadata,
    Column("place_id", ForeignKey("places.id"), primary_key=True),
    Column("tag_id", ForeignKey("tags.id"), primary_key=True),
)


class Tag(Base):
    __tablename__ = "tags"
    id: Mapped[int] = mapped_column(primary_key=True)
    continent: Mapped[str]
    name: Mapped[str]


class Place(Base):
    __tablename__ = "places"
    id: Mapped[int] = mapped_column(primary_key=True)
    continent: Mapped[str]
    name: Mapped[str] = mapped_column(unique=True)
    version: Mapped[int] = mapped_column()
    latest_id: Mapped[int | None] = mapped_column(ForeignKey("reports.id", name="fk_latest"))
    reports: Mapped[list[Report]] = relationship(
        back_populates="place", cascade="all, delete-orphan", foreign_keys="Report.place_id"
    )
    hottest: Mapped[list[Report]] = relationship(
        foreign_keys="Report.place_id", order_by="Report.degrees.desc()", viewonly=True
    )
    latest: Mapped[Report | None] = relationship(foreign_keys=[latest_id], post_update=True)
    tags: Mapped[list[Tag]] = relationship(secondary=place_tags, backref="places")
    __mapper_args__ = {"version_id_col": version}


class Report(Base):
    __tablename__ = "reports"
    id: Mapped[int] = mapped_column(primary_key=True)
    place_id: Mapped[int] = mapped_column(ForeignKey("places.id"))
    degrees: Mapped[int]
    place: Mapped[Place] = relationship(back_populates="reports", foreign_keys=[place_id])


class Animal(Base):
    __tablename__ = "animals"
    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    continent: Mapped[str]
    __mapper_args__ = {"polymorphic_on": "kind", "polymorphic_identity": "animal"}


class Bird(Animal):
    __tablename__ = "birds"
    id: Mapped[int] = mapped_column(ForeignKey("animals.id"), primary_key=True)
    wings: Mapped[int]
    __mapper_args__ = {"polymorphic_identity": "bird"}


def shard_chooser(mapper: Any, instance: Any, clause: Any = None) -> str:
    if isinstance(instance, Report):
        return shard_chooser(mapper, instance.place)
    continent: str = instance.continent
    return continent.lower()


def identity_chooser(
    mapper: Any, primary_key: Any, *, lazy_loaded_from: Any, execution_options: Any, bind_arguments: Any
) -> list[Any]:
    return [lazy_loaded_from.identity_token] if lazy_loaded_from is not None else list(SHARDS)


def execute_chooser(state: ORMExecuteState) -> list[Any]:
    """Rows that refer to each other are in one shard."""
    shard = state.execution_options.get("identity_token")
    return [shard] if state.is_relationship_load and shard is not None else list(SHARDS)


def everywhere(state: ORMExecuteState) -> list[Any]:
    return list(SHARDS)


class World:
    """The engines of the shards, and what was sent to each."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.sent: list[tuple[str, str]] = []
        self.engines = {name: self._engine(name) for name in SHARDS}

    def _engine(self, name: str) -> Engine:
        engine = self.database.make_engine()
        Base.metadata.create_all(engine)

        @event.listens_for(engine, "before_cursor_execute")
        def note(conn: Any, cursor: Any, statement: str, parameters: Any, context: Any, many: bool) -> None:
            self.sent.append((name, statement))

        return engine

    def session(self, **arguments: Any) -> ShardedSession:
        return ShardedSession(
            **{
                "shard_chooser": shard_chooser,
                "identity_chooser": identity_chooser,
                "execute_chooser": execute_chooser,
                "shards": self.engines,
                **arguments,
            }
        )

    def rows(self, shard: str, statement: str) -> list[tuple[Any, ...]]:
        with self.engines[shard].connect() as connection:
            return [tuple(row) for row in connection.exec_driver_sql(statement)]

    @contextmanager
    def heard(self) -> Iterator[list[tuple[str, str]]]:
        """Collect (shard, verb) of what is sent within the block."""
        found: list[tuple[str, str]] = []
        start = len(self.sent)
        yield found
        found.extend((shard, statement.split()[0]) for shard, statement in self.sent[start:])


def filled(world: World) -> None:
    """Tokyo and Delhi with reports in Asia, Oslo in Europe; Tokyo and Oslo have the same key."""
    with world.session() as session:
        tokyo = Place(id=1, continent="Asia", name="Tokyo")
        delhi = Place(id=2, continent="Asia", name="Delhi")
        oslo = Place(id=1, continent="Europe", name="Oslo")
        tokyo.reports = [Report(degrees=20), Report(degrees=21)]
        delhi.reports = [Report(degrees=35)]
        oslo.reports = [Report(degrees=-5)]
        session.add_all([tokyo, delhi, oslo])
        session.commit()


def token(instance: Any) -> Any:
    return inspect(instance).identity_token


def named(session: Session, name: str) -> Place:
    found: Place = session.query(Place).filter_by(name=name).one()
    return found


__all__ = [
    "SHARDS", "Animal", "Base", "Bird", "Place", "Report", "Tag", "World", "everywhere", "execute_chooser",
    "filled", "identity_chooser", "named", "place_tags", "shard_chooser", "token",
]  # fmt: skip
