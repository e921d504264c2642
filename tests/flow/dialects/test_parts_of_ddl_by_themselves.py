"""Compilers write parts of DDL by themselves: what libraries that migrate schemas put into statements of their own."""

from __future__ import annotations

import re
from importlib import import_module
from types import ModuleType
from typing import Any

import pytest
import sqlalchemy

import azoth
from azoth.exc import CompileError
from azoth.ext.compiler import compiles

LIBRARIES = [azoth, sqlalchemy]
DATABASES = ["postgresql", "mysql", "mssql", "oracle", "sqlite"]


def dialect(lib: ModuleType, name: str) -> Any:
    return import_module(f"{lib.__name__}.dialects.{name}").dialect()


def ddl_compiler(lib: ModuleType, name: str) -> Any:
    chosen = dialect(lib, name)
    return chosen.ddl_compiler(chosen, None)


def foreign_key(lib: ModuleType, **options: Any) -> Any:
    table = lib.Table(
        "t", lib.MetaData(), lib.Column("id", lib.Integer, primary_key=True), lib.Column("up", lib.Integer)
    )
    key = lib.ForeignKeyConstraint(["up"], ["t.id"], **options)
    table.append_constraint(key)
    return key


@pytest.mark.parametrize("database", DATABASES)
def test_what_a_foreign_key_does_is_written_by_itself(database: str) -> None:
    def written(lib: ModuleType) -> tuple[str, ...]:
        key = foreign_key(lib, ondelete="CASCADE", deferrable=True, initially="DEFERRED")
        compiler = ddl_compiler(lib, database)
        return (
            compiler.define_constraint_match(key),
            compiler.define_constraint_cascades(key),
            compiler.define_constraint_deferrability(key),
        )

    assert written(azoth) == written(sqlalchemy) == ("", " ON DELETE CASCADE", " DEFERRABLE INITIALLY DEFERRED")


def test_databases_refuse_what_they_do_not_have() -> None:
    with pytest.raises(CompileError, match="MySQL has no MATCH"):
        ddl_compiler(azoth, "mysql").define_constraint_match(foreign_key(azoth, match="FULL"))
    with pytest.raises(CompileError, match="Oracle has no ON UPDATE"):
        ddl_compiler(azoth, "oracle").define_constraint_cascades(foreign_key(azoth, onupdate="CASCADE"))


@pytest.mark.parametrize("database", DATABASES)
def test_values_are_written_by_themselves(database: str) -> None:
    def written(lib: ModuleType) -> tuple[str, ...]:
        chosen = dialect(lib, database)
        compiler = chosen.statement_compiler(chosen, None)
        text, number = lib.String(), lib.Integer()
        bound = lib.bindparam("x", "it's", type_=text)
        return (
            compiler.render_literal_value("it's", text),
            compiler.render_literal_value(5, number),
            compiler.render_literal_bindparam(bound),
        )

    assert written(azoth) == written(sqlalchemy)


def test_counting_of_an_identity_is_written_by_itself() -> None:
    def written(lib: ModuleType) -> str:
        identity = lib.Identity(start=3, increment=2, maxvalue=9, cycle=True)
        text: str = ddl_compiler(lib, "postgresql").get_identity_options(identity)
        return text

    assert written(azoth) == written(sqlalchemy)


@pytest.mark.parametrize("database", DATABASES)
def test_expressions_are_written_without_their_table_on_request(database: str) -> None:
    def written(lib: ModuleType) -> str:
        table = lib.Table("t", lib.MetaData(), lib.Column("a", lib.Integer), lib.Column("b", lib.String))
        condition = lib.and_(table.c.a > 5, lib.func.lower(table.c.b) == "x")
        options = {"literal_binds": True, "include_table": False}
        return str(condition.compile(dialect=dialect(lib, database), compile_kwargs=options))

    assert written(azoth) == written(sqlalchemy) == "a > 5 AND lower(b) = 'x'"


def test_a_function_of_a_program_gets_the_options_of_compile() -> None:
    class Mark(azoth.sql.expression.ColumnElement[int]):
        inherit_cache = True

    compiles(Mark)(lambda element, compiler, **kw: f"mark {kw['depth']}")
    assert str(Mark().compile(compile_kwargs={"depth": 3})) == "mark 3"


@pytest.mark.parametrize("database", DATABASES)
def test_dialects_say_where_comments_stand(database: str) -> None:
    ours, theirs = (dialect(lib, database) for lib in LIBRARIES)
    assert (ours.supports_comments, ours.inline_comments) == (theirs.supports_comments, theirs.inline_comments)


@pytest.mark.parametrize("database", [*DATABASES, "default"])
def test_the_current_time_is_written_like_sqlalchemys(database: str) -> None:
    def written(lib: ModuleType) -> str:
        chosen = lib.engine.default.DefaultDialect() if database == "default" else dialect(lib, database)
        return str(lib.func.now().compile(dialect=chosen))

    assert written(azoth) == written(sqlalchemy)


OPERANDS = [
    "c.x",
    "c.x+1",
    "-c.x",
    'c.s.collate("C")',
    "c.x.is_(None)",
    "c.x.desc()",
    "func.lower(c.s)",
    "cast(c.x,String)",
    "and_(c.x>1,c.x<2)",
    "or_(c.x>1,c.x<2)",
    "not_(c.x>3)",
    "tuple_(c.x,c.s)",
    "type_coerce(c.x+1,String)",
    '(c.x+1).label("z")',
    'func.lower(c.s).label("q")',
    "literal(5)",
    "null()",
    'literal_column("x+1")',
    'text("x+1")',
    "(c.x+1).self_group()",
    "func.sum(c.x).over()",
    "func.sum(c.x).filter(c.y)",
    "any_(c.x)",
]


NAMES = {*re.findall(r"\b[A-Za-z_]{3,}(?=\()", " ".join(OPERANDS)), "func", "String"} - {"collate", "is_", "desc"}
NAMES = {name for name in NAMES if hasattr(sqlalchemy, name)}


@pytest.mark.parametrize("source", OPERANDS)
def test_an_operation_stands_in_parentheses_beside_what_is_not_known(source: str) -> None:
    def written(lib: ModuleType) -> str:
        columns = [lib.column("x", lib.Integer), lib.column("s", lib.String), lib.column("y", lib.Boolean)]
        element = eval(source, {name: getattr(lib, name) for name in NAMES} | {"c": lib.table("t", *columns).c})
        return str(element.self_group())

    assert written(azoth) == written(sqlalchemy)


@pytest.mark.parametrize(
    "name", ["user", "old", "key", "row", "match", "first", "returning", "select", "Mixed", "plain"]
)
def test_sqlite_quotes_its_own_keywords(name: str) -> None:
    ours, theirs = (dialect(lib, "sqlite").identifier_preparer.quote(name) for lib in LIBRARIES)
    # RETURNING came to SQLite with 3.35, and SQLAlchemy's list is older.
    assert ours == ('"returning"' if name == "returning" else theirs)


def test_what_a_program_writes_by_itself_stands_in_an_index_as_it_is() -> None:
    class Raw(azoth.sql.expression.ColumnElement[str]):
        inherit_cache = True

    compiles(Raw)(lambda element, compiler, **kw: "lower(s)")
    table = azoth.Table("t", azoth.MetaData(), azoth.Column("s", azoth.String))
    index = azoth.Index("ix", Raw(), _table=table)
    written = str(azoth.schema.CreateIndex(index).compile(dialect=dialect(azoth, "postgresql")))
    assert written == "CREATE INDEX ix ON t (lower(s))"


def test_an_exclusion_of_sql_text_can_be_copied() -> None:
    exclude = azoth.dialects.postgresql.ExcludeConstraint
    table = azoth.Table("t", azoth.MetaData(), azoth.Column("a", azoth.Integer))
    table.append_constraint(exclude((azoth.literal_column("a + 2"), "="), where=table.c.a > 1, name="x"))
    copied = table.to_metadata(azoth.MetaData(), name="other")
    written = str(azoth.schema.CreateTable(copied).compile(dialect=dialect(azoth, "postgresql")))
    assert "CONSTRAINT x EXCLUDE USING gist (a + 2 WITH =) WHERE (a > 1)" in written
    (copy,) = [one for one in copied.constraints if isinstance(one, exclude)]
    assert copy.where.left.table is copied


def test_a_parameter_of_a_programs_own_class_is_no_reason_to_warn(engine: azoth.Engine) -> None:
    class Written(azoth.BindParameter[str]):
        pass

    def write(element: Written, compiler: Any, **kw: Any) -> Any:
        return compiler.render_literal_bindparam(element, **kw)

    compiles(Written)(write)
    with engine.connect() as connection:
        assert connection.scalar(azoth.select(Written("x", "a", azoth.String()))) == "a"
        assert connection.scalar(azoth.select(Written("x", "b", azoth.String()))) == "b"
