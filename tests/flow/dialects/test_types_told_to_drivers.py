"""Dialects tell drivers and databases the types of values: by setinputsizes(), or by casts around placeholders."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import sqlalchemy
from sqlalchemy.dialects import registry as their_registry

import azoth
from azoth import exc
from azoth.dialects import postgresql, sqlite
from azoth.dialects import registry as our_registry
from azoth.engine import BindTyping
from azoth.engine.dialect_base import dialect_registry
from azoth.orm import Session, declarative_base
from tests.flow.dialects import telling


@pytest.fixture(autouse=True)
def names() -> Iterator[None]:
    before = dict(dialect_registry._locations)
    our_registry.register("telling", telling.__name__, "OurDialect")
    their_registry.register("telling", telling.__name__, "TheirDialect")
    yield
    their_registry.impls.pop("telling", None)
    dialect_registry._locations.clear()
    dialect_registry._locations.update(before)


def engine_of(package: ModuleType, tmp_path: Path) -> Any:
    telling.told.clear()
    return package.create_engine(
        f"telling:///{tmp_path / package.__name__}.db",
        module=telling.NotingDriver(),
        connect_args={"factory": telling.NotingConnection},
    )


def executed(package: ModuleType, tmp_path: Path) -> tuple[list[Any], list[Any]]:
    engine = engine_of(package, tmp_path)
    heard: list[Any] = []
    package.event.listen(
        engine, "do_setinputsizes", lambda sizes, cursor, sql, rows, context: heard.append((list(sizes.values()), rows))
    )
    table = package.Table(
        "t",
        package.MetaData(),
        package.Column("a", package.Integer, primary_key=True),
        package.Column("b", package.String(5)),
        package.Column("d", package.LargeBinary),
    )
    with engine.begin() as connection:
        table.create(connection)
        connection.execute(table.insert(), {"a": 1, "b": "x"})
        connection.execute(table.insert(), [{"a": 2, "b": "y"}, {"a": 3, "b": "z"}])
        connection.execute(package.select(table).where(table.c.b.in_(["x", "y"]), table.c.a == 1)).all()
        connection.execute(table.update().values(d=b"1").where(table.c.a == 2))
        connection.exec_driver_sql("SELECT ?", (1,))
        connection.execute(package.text("SELECT :x"), {"x": 1})
    engine.dispose()
    return [one for one in telling.told if not one or isinstance(one[0], tuple)], heard


def test_the_types_of_values_are_told_as_in_sqlalchemy(tmp_path: Path) -> None:
    theirs, ours = executed(sqlalchemy, tmp_path), executed(azoth, tmp_path)
    assert ours == theirs
    assert ours[0][0] == [("a", "NUMBER", "INTEGER"), ("b", "STRING", "VARCHAR(5)")]
    assert len(ours[0]) == 4


def test_the_driver_is_told_what_listeners_leave(tmp_path: Path) -> None:
    engine = engine_of(azoth, tmp_path)

    @azoth.event.listens_for(engine, "do_setinputsizes")
    def leave_texts_out(sizes: Any, *more: Any) -> None:
        for bind, size in list(sizes.items()):
            if size == "STRING":
                del sizes[bind]

    with engine.connect() as connection:
        connection.execute(azoth.select(azoth.literal("x"), azoth.literal(1)))
    assert telling.told[-1] == [None, "NUMBER"]
    engine.dispose()


def test_flushes_tell_types_too(tmp_path: Path) -> None:
    class Thing(declarative_base()):  # type: ignore[misc]
        __tablename__ = "thing"
        id = azoth.Column(azoth.Integer, primary_key=True)
        word = azoth.Column(azoth.String)

    engine = engine_of(azoth, tmp_path)
    Thing.metadata.create_all(engine)
    telling.told.clear()
    with Session(engine) as session:
        session.add_all([Thing(id=1, word="a"), Thing(id=2, word="b")])
        session.commit()
        assert telling.told[-1] == ["NUMBER", "STRING"]
        session.get(Thing, 1).word = "c"
        session.commit()
        assert ["STRING", "NUMBER"] in telling.told
    engine.dispose()


class Point(azoth.types.UserDefinedType[Any]):
    """A type that databases are told."""

    cache_ok = True
    render_bind_cast = True
    render_literal_cast = True

    def get_col_spec(self, **options: Any) -> str:
        return "POINT"

    def literal_processor(self, dialect: Any) -> Any:
        return lambda value: f"'{value}'"


def written(statement: Any, dialect: Any, **options: Any) -> str:
    return " ".join(str(statement.compile(dialect=dialect, **options)).split())


def test_placeholders_and_literals_stand_in_casts() -> None:
    class Casting(sqlite.dialect):  # type: ignore[misc]
        bind_typing = BindTyping.RENDER_CASTS

    column = azoth.column("p", Point())
    literal = {"compile_kwargs": {"literal_binds": True}}
    assert written(column == "1,2", Casting()) == "p = CAST(? AS POINT)"
    assert written(column.in_(["1", "2"]), Casting()) == "p IN (CAST(? AS POINT), CAST(? AS POINT))"
    assert written(column == "1,2", sqlite.dialect()) == "p = ?"
    assert written(column == "1,2", postgresql.dialect()) == "p = %(p_1)s::POINT"
    assert written(column == "1,2", sqlite.dialect(), **literal) == "p = CAST('1,2' AS POINT)"
    assert written(column == "1,2", postgresql.dialect(), **literal) == "p = '1,2'::POINT"


def test_postgresql_writes_these_casts_as_sqlalchemy_does() -> None:
    import sqlalchemy.dialects.postgresql as theirs  # noqa: PLC0415  # beside azoth's

    class TheirPoint(sqlalchemy.types.UserDefinedType[Any]):
        cache_ok = True
        render_bind_cast = render_literal_cast = True
        get_col_spec = Point.get_col_spec
        literal_processor = Point.literal_processor

    one, other = azoth.column("p", Point()) == "1", sqlalchemy.column("p", TheirPoint()) == "1"
    for ours, others in (
        (one, other),
        (azoth.column("p", Point()).in_(["1"]), sqlalchemy.column("p", TheirPoint()).in_(["1"])),
    ):
        theirs_written = written(others, theirs.psycopg.dialect(), compile_kwargs={"render_postcompile": True})  # type: ignore[attr-defined]
        assert written(ours, postgresql.dialect()) == theirs_written


def test_options_are_those_that_the_dialect_declares() -> None:
    table = azoth.Table("t", azoth.MetaData(), azoth.Column("a", azoth.Integer), telling_mood="good")
    index = azoth.Index("i", table.c.a, telling_flavour="sweet")
    assert table.dialect_options["telling"] == {"mood": "good"}
    assert index.dialect_options["telling"]["flavour"] == "sweet"
    assert azoth.Index("j", table.c.a).dialect_options["telling"]["flavour"] == "plain"
    with pytest.raises(exc.ArgumentError):
        azoth.Index("k", table.c.a, telling_colour="red")


def test_a_dialect_that_declares_none_takes_all() -> None:
    our_registry.register("carefree", "tests.flow.dialects.shouting", "ShoutingDialect")
    index = azoth.Index("i", azoth.column("a"), carefree_whatever=1)
    assert index.dialect_kwargs == {"carefree_whatever": 1}
    with pytest.raises(TypeError):
        azoth.Index("i", azoth.column("a"), unheard_whatever=1)


@pytest.mark.parametrize("keeps", [True, False])
def test_a_dialect_whose_compilers_look_at_values_keeps_no_statements(
    keeps: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(telling.OurDialect, "supports_statement_cache", keeps)
    engine = engine_of(azoth, tmp_path)
    prepared = [engine.statement_cache.prepare(azoth.select(azoth.literal(1)), (), False) for _ in range(2)]
    assert (prepared[0] is prepared[1]) is keeps
    engine.dispose()
