"""Classes and members that programs know from SQLAlchemy, beside what the files about their subjects test."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from types import ModuleType
from typing import Any

import pytest
import sqlalchemy
import sqlalchemy.dialects.sqlite as their_sqlite

import azoth
from azoth import (
    JSON,
    Boolean,
    CacheKey,
    Column,
    Enum,
    ExecutableStatement,
    HasPrefixes,
    HasSuffixes,
    Index,
    Integer,
    MetaData,
    Table,
    UniqueConstraint,
    column,
    exc,
    func,
    select,
    text,
)
from azoth.dialects import postgresql, registry, sqlite
from azoth.engine.dialect_base import dialect_registry
from azoth.orm import Session, declarative_base, foreign, relationship, remote
from azoth.schema import ColumnCollectionMixin
from azoth.sql.schema import DialectKWArgConst
from azoth.types import SchemaType


def written(element: Any, **options: Any) -> str:
    return " ".join(str(element.compile(**options)).split())


# --- functions as comparisons ---


def test_a_function_compares_as_in_sqlalchemy() -> None:
    def compared(library: ModuleType) -> list[str]:
        made = library.func.f(library.column("a"), library.column("b") + 1, 5).as_comparison(1, 2)
        statement = library.select(library.column("q")).where(made, made)
        return [written(one) for one in (made, made.left, made.right, library.and_(made, made), statement)]

    assert compared(azoth) == compared(sqlalchemy)
    made = func.f(column("a"), column("b"), 5).as_comparison(2, 1)
    assert written(~made) == "NOT f(a, b, :f_1)"
    assert (str(made.left), str(made.right), made.compile().params) == ("b", "a", {"f_1": 5})


@pytest.mark.parametrize("places", [(0, 1), (1, 3), (True, 2)])
def test_places_that_a_function_does_not_have_are_refused(places: tuple[int, int]) -> None:
    with pytest.raises(exc.ArgumentError) as caught:
        func.f(column("a"), column("b")).as_comparison(*places)
    assert caught.value.code == "AZ-C713"


def test_relationships_join_and_load_by_functions(engine: azoth.Engine) -> None:
    base: Any = declarative_base()

    class Word(base):
        __tablename__ = "word"
        id = Column(Integer, primary_key=True)
        start = Column(azoth.String)

    class Text(base):
        __tablename__ = "text"
        id = Column(Integer, primary_key=True)
        body = Column(azoth.String)
        words = relationship(
            Word,
            primaryjoin=lambda: func.instr(Text.body, foreign(remote(Word.start))).as_comparison(1, 2),
            viewonly=True,
            order_by=Word.id,
        )

    base.metadata.create_all(engine)
    with Session(engine) as session:
        session.add_all([Word(id=1, start="a"), Word(id=2, start="b"), Text(id=1, body="cab"), Text(id=2, body="xa")])
        session.commit()
        first, second = session.query(Text).order_by(Text.id)
        assert [word.id for word in first.words] == [1, 2]
        assert [word.id for word in second.words] == [1]
        joined = select(Text.id, Word.id).join(Text.words).order_by(Text.id, Word.id)
        assert session.execute(joined).all() == [(1, 1), (1, 2), (2, 1)]


# --- keys of caches ---


def test_keys_are_equal_where_values_alone_differ() -> None:
    def key(value: int) -> CacheKey:
        made = select(column("a")).where(column("a") == value)._generate_cache_key()
        assert made is not None
        return made

    assert key(1) == key(2)
    assert len({key(1), key(2)}) == 1
    assert key(1) != select(column("b"))._generate_cache_key()
    assert [bind.value for bind in key(3).bindparams] == [3]


def test_keys_are_written_for_other_processes_as_in_sqlalchemy() -> None:
    def offline(library: ModuleType) -> tuple[str, int]:
        statement = library.select(library.column("a")).where(library.column("a") == 3)
        kept: dict[Any, str] = {}
        first = statement._generate_cache_key().to_offline_string(kept, statement, {})
        return first.replace(" \\n", "\\n"), len(kept)

    ours, theirs = offline(azoth), offline(sqlalchemy)
    assert ours == theirs


def test_what_is_compiled_each_time_has_no_key() -> None:
    class Own(azoth.ColumnElement[Any]):
        type = azoth.Integer()
        inherit_cache = False

    assert select(Own())._generate_cache_key() is None


# --- bases ---


def test_statements_say_by_their_classes_what_they_take() -> None:
    table = Table("t", MetaData(), Column("a", Integer))
    statements = [table.insert(), table.update(), table.delete(), select(table)]
    assert all(isinstance(one, HasPrefixes) and isinstance(one, ExecutableStatement) for one in statements)
    assert isinstance(select(table).cte(), HasPrefixes)
    assert [isinstance(one, HasSuffixes) for one in statements] == [False, False, False, True]
    assert written(table.insert().prefix_with("A").prefix_with("B")).startswith("INSERT A B INTO")


def test_indexes_and_constraints_have_columns() -> None:
    table = Table("t", MetaData(), Column("a", Integer), Column("b", Integer), UniqueConstraint("a", "b"))
    index = Index("i", table.c.b)
    unique = next(one for one in table.constraints if isinstance(one, UniqueConstraint))
    for one, keys in ((index, ["b"]), (unique, ["a", "b"])):
        assert isinstance(one, ColumnCollectionMixin)
        assert one.c is one.columns
        assert list(one.columns.keys()) == keys


# --- types of schemas ---


class Recording:
    """What DDL is run on."""

    def __init__(self, dialect: Any) -> None:
        self.dialect = dialect
        self.ran: list[str] = []

    def run_ddl(self, elements: list[Any]) -> None:
        self.ran += [written(one, dialect=self.dialect) for one in elements]


def test_types_are_created_where_the_database_has_them() -> None:
    colour = Enum("red", "green", name="colour")
    assert isinstance(colour, SchemaType)
    assert isinstance(Boolean(), SchemaType)
    on_postgresql, on_sqlite = Recording(postgresql.dialect()), Recording(sqlite.dialect())
    for bind in (on_postgresql, on_sqlite):
        for type_ in (colour, Boolean()):
            type_.create(bind)
            type_.drop(bind)
    assert on_postgresql.ran == ["CREATE TYPE colour AS ENUM ('red', 'green')", "DROP TYPE colour"]
    assert on_sqlite.ran == []


def test_documents_in_sqlites_binary_form_are_written_as_in_sqlalchemy() -> None:
    def statements(library: ModuleType, dialects: Any) -> list[str]:
        table = library.Table("t", library.MetaData(), library.Column("d", dialects.JSONB))
        made = [library.schema.CreateTable(table), library.select(table.c.d), library.insert(table).values(d={"a": 1})]
        return [written(one, dialect=dialects.dialect()) for one in made]

    assert statements(azoth, sqlite) == statements(sqlalchemy, their_sqlite)


def test_documents_in_binary_form_come_back() -> None:
    class Newer(sqlite3.Connection):
        """A SQLite that has the functions of version 3.45."""

        def __init__(self, *arguments: Any, **named: Any) -> None:
            super().__init__(*arguments, **named)
            self.create_function("jsonb", 1, lambda document: None if document is None else document.encode())
            self.create_function("json", 1, lambda binary: None if binary is None else binary.decode())

    engine = azoth.create_engine("sqlite://", connect_args={"factory": Newer})
    table = Table("t", MetaData(), Column("d", sqlite.JSONB))
    with engine.begin() as connection:
        table.create(connection)
        connection.execute(table.insert().values(d={"a": [1]}))
        assert connection.scalar(select(table.c.d)) == {"a": [1]}
        assert connection.execute(text("SELECT typeof(d) FROM t")).scalar() == "blob"
    assert isinstance(sqlite.JSONB(), JSON)
    engine.dispose()


# --- options that reflection alone has ---


class Inspecting(sqlite.dialect):  # type: ignore[misc]
    """A dialect that tells more than it can create."""

    name = "inspecting"
    construct_arguments = [(Index, {"invalid": DialectKWArgConst.REFLECTED_ONLY, "kind": "tree"})]


@pytest.fixture
def inspecting() -> Iterator[None]:
    before = dict(dialect_registry._locations)
    registry.register("inspecting", __name__, "Inspecting")
    yield
    dialect_registry._locations.clear()
    dialect_registry._locations.update(before)


@pytest.mark.usefixtures("inspecting")
def test_what_was_only_found_stands_apart_and_is_copied() -> None:
    table = Table("t", MetaData(), Column("a", Integer))
    index = Index("i", table.c.a, inspecting_invalid=True)
    for one in (index, next(iter(table.to_metadata(MetaData()).indexes))):
        assert one.reflect_only_elements["inspecting"] == {"invalid": True}
        assert one.dialect_options["inspecting"] == {"kind": "tree"}
        assert one.dialect_kwargs == {}
    assert index.reflect_only_elements["other"].get("invalid") is None
    assert table.reflect_only_elements["inspecting"] == {}


# --- compiled forms ---


def test_compiled_forms_are_made_of_dialect_and_statement() -> None:
    statement = select(column("a")).where(column("a") == 5).execution_options(mine=1)
    made = azoth.Compiled(sqlite.dialect(), statement)
    assert str(made) == str(statement.compile(dialect=sqlite.dialect()))
    assert made.params == {"a_1": 5}
    assert made.execution_options == {"mine": 1}
    assert made.cache_key == statement._generate_cache_key()
    literal = azoth.Compiled(sqlite.dialect(), statement, compile_kwargs={"literal_binds": True})
    assert str(literal).endswith("a = 5")


def test_compiled_forms_have_other_names_of_schemas() -> None:
    table = Table("t", MetaData(), Column("a", Integer), schema="one")
    names: dict[str | None, str | None] = {"one": "two"}
    assert "two.t" in str(azoth.Compiled(sqlite.dialect(), select(table), names, True))
    assert "one.t" in str(azoth.Compiled(sqlite.dialect(), select(table), names))


def test_values_of_an_equal_statement_take_the_place_of_the_compiled_ones() -> None:
    def statement(value: int) -> Any:
        return select(column("a")).where(column("a") == value)

    key = statement(7)._generate_cache_key()
    assert key is not None
    assert statement(5).compile().construct_params(extracted_parameters=key.bindparams) == {"a_1": 7}
    theirs = sqlalchemy.select(sqlalchemy.column("a")).where(sqlalchemy.column("a") == 5)
    other = sqlalchemy.select(sqlalchemy.column("a")).where(sqlalchemy.column("a") == 7)._generate_cache_key()
    compiled = sqlalchemy.engine.default.StrCompileDialect().statement_compiler(
        sqlalchemy.engine.default.StrCompileDialect(), theirs, cache_key=theirs._generate_cache_key()
    )
    assert compiled.construct_params(extracted_parameters=other.bindparams) == {"a_1": 7}  # type: ignore[union-attr]


def test_names_of_parameters_are_those_of_the_placeholders_where_asked_for() -> None:
    made = (column("a") == azoth.bindparam("odd name", 1)).compile(dialect=sqlite.dialect(paramstyle="named"))
    assert made.construct_params() == {"odd name": 1}
    assert made.construct_params(escape_names=True) == {"p_odd_name": 1}
    assert ":p_odd_name" in str(made)
