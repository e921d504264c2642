"""ENUM and DOMAIN of PostgreSQL are created with the tables that have them, and dropped with all tables."""

from __future__ import annotations

import warnings
from importlib import import_module
from typing import Any

import pytest

import azoth
from azoth import exc
from azoth.dialects import postgresql

BOTH = "m.create_all(engine, checkfirst=False); m.drop_all(engine, checkfirst=False)"

PROGRAMS = {
    "once for all tables": """
a = Table("a", m, Column("e", Enum("x", "y", name="xy")), Column("f", pg.ENUM("p", name="pq")))
b = Table("b", m, Column("e", Enum("x", "y", name="xy")))
"""
    + BOTH,
    "for one table, which leaves it behind": """
a = Table("a", m, Column("e", Enum("x", "y", name="xy")))
a.create(engine, checkfirst=False); a.drop(engine, checkfirst=False)
""",
    "of the metadata": "pg.ENUM('x', name='alone', metadata=m); pg.DOMAIN('d', Integer, metadata=m);" + BOTH,
    "in the schema of the metadata": """
m = MetaData(schema="sc")
Table("a", m, Column("e", Enum("x", name="xy")), Column("f", Enum("x", name="own", schema="s")))
"""
    + BOTH,
    "in the schema of the table": """
Table("a", m, Column("e", Enum("x", name="xy", inherit_schema=True)), Column("f", Enum("x", name="o")), schema="s")
"""
    + BOTH,
    "domains, and none that is there already": """
Table("a", m, Column("d", pg.DOMAIN("pos", Integer, check="VALUE > 0")), Column("e", Enum("x", native_enum=False)),
      Column("g", pg.ENUM("x", name="no", create_type=False)),
      Column("h", pg.DOMAIN("no2", Integer, create_type=False)))
"""
    + BOTH,
    "elements of arrays": """
Table("a", m, Column("e", pg.ARRAY(pg.ENUM("x", "y", name="xy"))), Column("f", ARRAY(Enum("x", name="g"))))
"""
    + BOTH,
    "inside of decorators": """
class D(types.TypeDecorator):
    impl = Enum
    cache_ok = True
    def __init__(self): super().__init__("x", "y", name="deco")
Table("a", m, Column("e", D()))
"""
    + BOTH,
    "variants": """
Table("a", m, Column("e", String(5).with_variant(pg.ENUM("x", name="var"), "postgresql")),
      Column("f", Enum("x", name="v2").with_variant(String(9), "postgresql")))
"""
    + BOTH,
    "before sequences, tables and indexes": """
Sequence("sq", metadata=m)
Table("b", m, Column("id", Integer, primary_key=True), Column("e", Enum("x", name="k"), index=True), comment="hi")
Table("a", m, Column("id", Integer, ForeignKey("b.id")), Column("k", pg.ENUM("x", name="k2")))
"""
    + BOTH,
    "by themselves": """
for type_ in (pg.ENUM("x", name="solo"), Enum("x", name="generic"), pg.DOMAIN("d", Integer)):
    type_.create(engine, checkfirst=False); type_.drop(engine, checkfirst=False)
""",
    "whatever is looked for first": """
Table("a", m, Column("e", Enum("x", name="xy")))
m.create_all(engine); m.drop_all(engine)
""",
}


def shown(library: str, program: str) -> list[str]:
    """Run a program on an engine that executes nothing, and give the statements."""
    core = import_module(library)
    names: dict[str, Any] = {name: getattr(core, name) for name in dir(core) if not name.startswith("_")}
    names["pg"], names["types"] = import_module(f"{library}.dialects.postgresql"), import_module(f"{library}.types")
    statements: list[str] = []

    def show(statement: Any, *_parameters: Any) -> None:
        statements.append(" ".join(str(statement.compile(dialect=names["engine"].dialect)).split()))

    names["engine"], names["m"] = core.create_mock_engine("postgresql://", show), core.MetaData()
    with warnings.catch_warnings():
        # SQLAlchemy warns of inherit_schema.
        warnings.simplefilter("ignore" if library == "sqlalchemy" else "error")
        exec(program, names)
    return statements


@pytest.mark.parametrize("program", PROGRAMS.values(), ids=PROGRAMS.keys())
def test_types_are_created_as_in_sqlalchemy(program: str) -> None:
    ours = shown("azoth", program)
    assert ours == shown("sqlalchemy", program)
    assert any(" TYPE " in statement or " DOMAIN " in statement for statement in ours)


def test_a_type_without_a_name_is_refused() -> None:
    with pytest.raises(exc.CompileError, match="requires a name"):
        shown("azoth", "Table('a', m, Column('e', Enum('x'))); m.create_all(engine)")


def test_of_some_tables_only_their_own_types_are_created_and_dropped() -> None:
    """SQLAlchemy would drop the types of the other tables as well, which the database refuses."""
    program = """
a = Table("a", m, Column("e", Enum("x", name="x1")))
b = Table("b", m, Column("e", Enum("x", name="x2")))
m.create_all(engine, tables=[b]); m.drop_all(engine, tables=[b])
"""
    assert shown("azoth", program) == [
        "CREATE TYPE x2 AS ENUM ('x')",
        "CREATE TABLE b ( e x2 )",
        "DROP TABLE b",
        "DROP TYPE x2",
    ]


class Asked:
    """Stands for a connection whose database has some tables and types."""

    def __init__(self, *names: str) -> None:
        self.ran: list[str] = []
        self.names = names
        self.dialect: Any = postgresql.dialect()
        self.dialect.has_type = lambda bind, name, schema=None: name in names

    def run_ddl(self, elements: Any) -> None:
        self.ran += [" ".join(str(element.compile(dialect=self.dialect)).split()) for element in elements]

    def has_table(self, name: str, schema: str | None = None) -> bool:
        return name in self.names


@pytest.mark.parametrize(
    "act,known,ran",
    [
        ("create_all", ("xy",), ["CREATE TABLE a ( e xy )"]),
        ("create_all", (), ["CREATE TYPE xy AS ENUM ('x')", "CREATE TABLE a ( e xy )"]),
        ("create_all", ("a", "xy"), []),
        ("drop_all", ("a",), ["DROP TABLE a"]),
        ("drop_all", ("a", "xy"), ["DROP TABLE a", "DROP TYPE xy"]),
    ],
)
def test_a_database_is_asked_for_types(act: str, known: tuple[str, ...], ran: list[str]) -> None:
    metadata, bind = azoth.MetaData(), Asked(*known)
    azoth.Table("a", metadata, azoth.Column("e", azoth.Enum("x", name="xy")))
    getattr(metadata, act)(bind)
    assert bind.ran == ran


@pytest.mark.parametrize("url", ["sqlite://", "mysql://", "mssql://", "oracle://"])
def test_elsewhere_an_enum_is_nothing_to_create(url: str) -> None:
    statements: list[Any] = []
    engine = azoth.create_mock_engine(url, lambda statement, *_rest: statements.append(statement))
    type_ = azoth.Enum("x", name="xy")
    type_.create(engine)
    type_.drop(engine)
    assert statements == []
