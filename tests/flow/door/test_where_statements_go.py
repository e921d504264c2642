"""``get_bind()`` is asked with the mapper and the statement, also where a subclass answers."""

from __future__ import annotations

from typing import Any

import pytest

from azoth import Column, Integer, MetaData, Table, func, insert, select, update
from azoth.orm import DeclarativeBase, Session, aliased, column_property, registry, selectinload


@pytest.fixture
def asked(engine: Any) -> Any:
    """A session whose class says where statements go, and with what it was asked."""
    asked: list[tuple[Any, str]] = []

    class Routing(Session):
        def get_bind(self, mapper: Any = None, clause: Any = None, bind: Any = None, **arguments: Any) -> Any:
            asked.append((mapper, type(clause).__name__))
            return engine

    with Routing(engine) as session:
        yield session, asked


def test_a_get_bind_of_ones_own_is_asked_for_every_statement(asked: Any, blog: Any) -> None:
    session, log = asked
    user = blog.User.__mapper__
    session.scalars(select(blog.User).where(blog.User.id == 1)).one()
    session.execute(select(blog.User.id))
    session.scalar(select(func.count(blog.User.id)))
    session.execute(update(blog.User).values(name="x"))
    session.execute(insert(blog.User), [{"name": "y"}])
    session.query(blog.User).filter_by(id=1).count()
    assert log == [
        (user, "Select"),
        (user, "Select"),
        (user, "Select"),
        (user, "Update"),
        (user, "Insert"),
        (user, "Select"),
    ]
    log.clear()
    ada = session.get(blog.User, 2)
    session.expire(ada)
    assert ada.name == "x"
    assert ada.posts == []
    session.scalars(select(blog.User).options(selectinload(blog.User.posts))).all()
    mappers = [mapper for mapper, _ in log]
    assert mappers == [user, user, blog.Post.__mapper__, user, blog.Post.__mapper__]
    log.clear()
    session.add(blog.Comment(text="new"))
    session.flush()
    assert {mapper for mapper, _ in log} == {blog.Comment.__mapper__}


def test_rows_of_each_class_come_from_its_own_database(database: Any, blog: Any) -> None:
    engines = {blog.User.__mapper__: database.make_engine(), blog.Tag.__mapper__: database.make_engine()}
    for engine in engines.values():
        blog.Base.metadata.create_all(engine)

    class Routing(Session):
        def get_bind(self, mapper: Any = None, clause: Any = None, bind: Any = None, **arguments: Any) -> Any:
            return engines[mapper]

    with Routing() as session:
        session.add_all([blog.User(name="Ada"), blog.Tag(word="new")])
        session.commit()
        assert session.scalars(select(blog.User)).one().name == "Ada"
        assert session.scalars(select(blog.Tag.word)).one() == "new"
        assert session.query(blog.Tag).count() == 1
    with Session(engines[blog.User.__mapper__]) as session:
        assert session.scalar(select(func.count(blog.User.id))) == 1
        assert session.scalar(select(func.count(blog.Tag.id))) == 0


def test_a_get_bind_of_one_session_is_told_the_mapper(blog: Any, engine: Any) -> None:
    with Session(engine) as session:
        asked: list[Any] = []

        def get_bind(mapper: Any = None, **arguments: Any) -> Any:
            asked.append(mapper)
            return engine

        session.get_bind = get_bind  # type: ignore[method-assign]
        within = select(blog.User.name).subquery()
        session.execute(select(blog.User.id))
        session.execute(select(within.c.name))
        session.execute(select(select(blog.User.id).exists()))
        session.execute(update(blog.User).values(name="x"))
        session.execute(select(blog.User.__table__))
    assert asked == [blog.User.__mapper__] * 4 + [None]


def test_a_get_bind_is_told_the_mapper_of_what_reads_its_table_in_subqueries_only(engine: Any) -> None:
    class Base(DeclarativeBase):
        pass

    class Song(Base):
        __tablename__ = "songs"
        id = Column(Integer, primary_key=True)
        band_id = Column(Integer)

    class Band(Base):
        __tablename__ = "bands"
        id = Column(Integer, primary_key=True)
        size = column_property(select(func.count(Song.id)).where(Song.band_id == id).scalar_subquery())

    Base.metadata.create_all(engine)
    with Session(engine) as session:
        asked: list[Any] = []

        def get_bind(mapper: Any = None, **arguments: Any) -> Any:
            asked.append(mapper)
            return engine

        session.get_bind = get_bind  # type: ignore[method-assign]
        session.query(func.max(Band.size)).scalar()
        session.query(func.max(aliased(Band).size)).scalar()
        session.query(session.query(Band.id).exists()).scalar()
        session.query(~session.query(Band).filter(Band.id == 1).exists()).scalar()
    assert asked == [Band.__mapper__] * 4


def test_a_class_that_is_mapped_anew_is_the_one_that_its_table_stands_for(engine: Any) -> None:
    table = Table("things", MetaData(), Column("id", Integer, primary_key=True))
    table.create(engine)
    mappers = []
    for _ in range(2):
        clear = registry()
        mappers.append(clear.map_imperatively(type("Thing", (), {}), table))
        asked: list[Any] = []

        class Routing(Session):
            def get_bind(self, mapper: Any = None, clause: Any = None, bind: Any = None, **arguments: Any) -> Any:
                asked.append(mapper)  # noqa: B023
                return engine

        with Routing(engine) as session:
            session.scalar(select(func.max(mappers[-1].class_.id)))
        assert asked == [mappers[-1]]
        clear.dispose()
