"""Calls whose results, keywords and mistakes mypy must know: checked in strict mode by a test, never run.

A comment that ignores an error says that there must be one: an ignore without use is an error itself.
"""

from __future__ import annotations

from typing import Any, assert_type

from azoth import Column, ColumnElement, Engine, ForeignKey, Integer, String, Table, func, select
from azoth.orm import (
    DeclarativeBase,
    Mapped,
    MappedAsDataclass,
    MappedColumn,
    MappedSQLExpression,
    Mapper,
    Query,
    Session,
    aliased,
    as_declarative,
    column_property,
    composite,
    create_session,
    deferred,
    mapped_as_dataclass,
    mapped_column,
    mapper,
    query_expression,
    registry,
    relationship,
    scoped_session,
    sessionmaker,
    synonym,
    synonym_for,
    with_polymorphic,
)

reg = registry()


class Base(DeclarativeBase):
    pass


class User(Base):
    __tablename__ = "user"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(30), index=True, server_default="x", sqlite_on_conflict_not_null="IGNORE")
    nick: Mapped[str | None] = column_property(name)
    text: Mapped[str] = deferred(Column("long_text", String))
    count: Mapped[int] = column_property(select(func.count()).scalar_subquery(), expire_on_flush=False)
    wanted: Mapped[int] = query_expression()
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    parent: Mapped[User | None] = relationship(remote_side=[id], cascade_backrefs=False)

    @synonym_for("name")  # type: ignore[prop-decorator]  # mypy has none above a property
    @property
    def title(self) -> str:
        return self.name.title()


class Dated(MappedAsDataclass):
    day: Mapped[int] = mapped_column(default=1, kw_only=True)


class Thing(Dated, Base):
    __tablename__ = "thing"
    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    size: Mapped[int]
    kind: Mapped[str] = mapped_column(default_factory=str, repr=False)


@mapped_as_dataclass(reg)
class Noted:
    __tablename__ = "noted"
    id: Mapped[int] = mapped_column(primary_key=True)
    note: Mapped[str | None] = mapped_column(default=None)


@reg.mapped_as_dataclass
class Pair:
    __tablename__ = "pair"
    id: Mapped[int] = mapped_column(primary_key=True)


@reg.mapped
class Plain:
    __tablename__ = "plain"
    id: Mapped[int] = mapped_column(primary_key=True)


@as_declarative(type_annotation_map={str: String(30)})
class Classic:
    pass


class Own(Session):
    def greet(self) -> str:
        return "hello"


def attributes() -> None:
    assert_type(mapped_column(String), MappedColumn[Any])
    assert_type(column_property(User.name), MappedSQLExpression[str])
    assert_type(column_property(User.name, group="x", deferred=True), MappedSQLExpression[str])
    assert_type(deferred(Column("x", Integer)), MappedSQLExpression[int])
    mapped_column(String, nulable=True)  # an option of a database, for all that mypy knows
    mapped_column(5)  # type: ignore[arg-type]
    mapped_column(primary_key="yes")  # type: ignore[arg-type]
    column_property(User.name, defered=True)  # type: ignore[call-arg]
    query_expression(init=False)  # type: ignore[call-arg]
    relationship("User", back_populate="x")  # type: ignore[call-arg]
    relationship("User", cascade_backrefs="no")  # type: ignore[arg-type]
    synonym("name", init="no")  # type: ignore[arg-type]
    composite("name", column_template=5)  # type: ignore[arg-type]


def classes(table: Table) -> None:
    assert_type(Thing(1, day=5).kind, str)
    Thing(size=1, kind="x")
    Thing(1, id=5)  # type: ignore[call-arg]
    Noted(1, note="x")
    assert_type(Plain().id, int)
    assert_type(Classic(), Classic)
    assert_type(reg.map_imperatively(User, table, version_id_col=table.c.x), Mapper)
    reg.map_imperatively(User, table, primary_kee=[table.c.x])  # type: ignore[call-arg]
    reg.map_imperatively(User, table, polymorphic_load="joined")  # type: ignore[arg-type]
    mapper(User, table, batch=5)  # type: ignore[arg-type]
    Mapper(User, table, registry=reg, passive_deletes=True)


def sessions(engine: Engine) -> None:
    make = sessionmaker(engine, expire_on_commit=False, autoflush=False, twophase=True)
    assert_type(make, sessionmaker[Session])
    assert_type(make(), Session)
    with make.begin() as session:
        assert_type(session, Session)
        assert_type(session.get(User, 1), User | None)
    own = sessionmaker(engine, class_=Own, anything=5)
    assert_type(own, sessionmaker[Own])
    assert_type(own().greet(), str)
    assert_type(scoped_session(own)().greet(), str)
    annotated: sessionmaker[Own] = sessionmaker(class_=Own)
    annotated.configure(bind=engine)
    sessionmaker(engine, autoflsh=True)  # type: ignore[call-overload]
    Session(engine, join_transaction_mode="nonsense")  # type: ignore[arg-type]
    Session("sqlite://")  # type: ignore[arg-type]
    create_session(engine, nothing=5)  # type: ignore[call-arg]


def entities() -> None:
    assert_type(aliased(User), type[User])
    assert_type(aliased(aliased(User), name="x").name.desc(), ColumnElement[str])
    assert_type(Query(User), Query[User])
    assert_type(Query([User.id, User.name]), Query[Any])
    with_polymorphic(User, "all")  # type: ignore[arg-type]
