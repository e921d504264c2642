"""One table of constructs, each compiled by azoth and by SQLAlchemy for the same database, as texts to compare."""

from __future__ import annotations

import datetime
import decimal
import re
import uuid
import warnings
from functools import cache
from importlib import import_module
from typing import Any

ERROR = "error"

HOMES = {"mariadb": "mysql", "mssql 2022": "mssql", "oracle ROWNUM": "oracle"}
"""Names of what is compiled for, and the packages of their dialects."""


@cache
def surroundings(library: str, database: str) -> dict[str, Any]:
    """Give the names with which constructs are written: those of a library, a few tables, and what makes DDL of them.

    Args:
        library: "azoth" or "sqlalchemy".
        database: "postgresql", "mysql", "mariadb", "mssql", "oracle", or one of the last two for
            another version of the server.
    """
    core, schema, types = import_module(library), import_module(f"{library}.schema"), import_module(f"{library}.types")
    home = HOMES.get(database, database)
    db = import_module(f"{library}.dialects.{home}")
    names: dict[str, Any] = {}
    for module in (types, schema, core):
        names.update({name: getattr(module, name) for name in dir(module) if not name.startswith("_")})
    names.update(db=db, types=types, datetime=datetime, decimal=decimal, uuid=uuid)
    names["operators"] = import_module(f"{library}.sql.operators")
    names.update(tables(names, database))
    names.update(makers_of_ddl(names))
    return names


def tables(names: dict[str, Any], database: str) -> dict[str, Any]:
    """Make the tables that constructs are about."""
    exec(TABLES, names)
    exec(TABLES_OF[database.partition(" ")[0]], names)
    names["c"] = names["t"].c
    return names


TABLES = """
metadata = MetaData()
u = Table("u", metadata, Column("id", Integer, primary_key=True), Column("tid", ForeignKey("t.id")),
          Column("v", String(9)))
x = Table("x", metadata, Column("id", Integer, primary_key=True), Column("s", String(9)), schema="sc")
plain = (Column("id", Integer, primary_key=True), Column("s", String(20)), Column("n", Integer))
more = (Column("f", Float), Column("num", Numeric(10, 2)), Column("d", DateTime), Column("b", Boolean),
        Column("doc", JSON), Column("uid", Uuid), Column("day", Date))
"""

TABLES_OF = {
    "postgresql": """
t = Table("t", metadata, *plain, *more, Column("j", db.JSON), Column("jb", db.JSONB), Column("h", db.HSTORE),
          Column("a", db.ARRAY(Integer)), Column("a2", db.ARRAY(String, dimensions=2)), Column("ga", ARRAY(Integer)),
          Column("r", db.INT4RANGE), Column("mr", db.INT4MULTIRANGE), Column("ts", db.TSVECTOR),
          Column("bits", db.BIT(4)), Column("i", db.INTERVAL), Column("e", db.ENUM("x", "y", name="xy")),
          Column("inet", db.INET))
unique_s = UniqueConstraint(c_s := t.c.s, name="uq_s")
partial = Index("partial", t.c.n, postgresql_where=t.c.n > 5, unique=True)
numbered = Table("numbered", metadata, Column("id", Integer, Sequence("my_seq"), primary_key=True),
                 Column("v", String))
""",
    "mysql": 't = Table("t", metadata, *plain, *more)',
    "mariadb": 't = Table("t", metadata, *plain, *more)',
    "mssql": """
t = Table("t", metadata, *plain, *more)
dbo2 = Table("d", metadata, Column("id", Integer, primary_key=True), Column("s", String(9)), schema="db.owner")
bracketed = Table("e", metadata, Column("id", Integer), schema="[db.x].[My Owner]")
numbered = Table("numbered", metadata, Column("id", Integer, Sequence("my_seq"), primary_key=True),
                 Column("v", String))
""",
    "oracle": """
t = Table("t", metadata, *plain, *more)
numbered = Table("numbered", metadata, Column("id", Integer, Sequence("my_seq"), primary_key=True),
                 Column("v", String(9)))
""",
}


def makers_of_ddl(names: dict[str, Any]) -> dict[str, Any]:
    """Give what makes a statement of a few columns, of an index or of a constraint."""

    def table(*columns: Any, **options: Any) -> Any:
        return names["Table"]("made", names["MetaData"](), *columns, **options)

    def three(**options: Any) -> Any:
        columns = [names["Column"]("a", names["Integer"]), names["Column"]("b", names["String"](9))]
        return table(*columns, names["Column"]("c", names["JSON"]), **options)

    def with_constraint(make: Any, **options: Any) -> tuple[Any, Any]:
        made = three(**options)
        constraint = make(made)
        made.append_constraint(constraint)
        return made, constraint

    def other(made: Any, **options: Any) -> Any:
        return names["Table"]("o", made.metadata, names["Column"]("z", names["Integer"]), **options).c.z

    return {
        "create": lambda *columns, **options: names["CreateTable"](table(*columns, **options)),
        "index": lambda make, **options: names["CreateIndex"](make(three(**options))),
        "drop_index": lambda make, **options: names["DropIndex"](make(three()), **options),
        "constrained": lambda make, **options: names["CreateTable"](with_constraint(make, **options)[0]),
        "add": lambda make: names["AddConstraint"](with_constraint(make)[1]),
        "drop": lambda make, **options: names["DropConstraint"](with_constraint(make)[1], **options),
        "made": table,
        "other": other,
        "bound": lambda type_: names["select"](names["bindparam"]("x", type_=type_).label("y")),
        "converted": lambda type_: names["select"](names["cast"](names["column"]("q"), type_).label("y")),
        "literally": lambda *values: Literally(
            names["select"](*[names["literal"](one).label(f"y{place}") for place, one in enumerate(values)])
        ),
        "typed": lambda value, type_: Literally(names["select"](names["literal"](value, type_).label("y"))),
    }


class Literally:
    """A statement whose values are written into the text.

    Args:
        statement: the statement.
    """

    def __init__(self, statement: Any) -> None:
        self.statement = statement


def dialect_of(library: str, database: str) -> Any:
    """Make the dialect that both libraries compile for by default."""
    if " " in database:
        return dialect_of_server(library, database)
    if library == "azoth":
        return import_module(f"azoth.dialects.{database}").dialect()
    if database == "mariadb":
        return import_module("sqlalchemy").make_url("mariadb+mysqldb://").get_dialect()()
    return import_module(f"sqlalchemy.dialects.{database}").dialect()


def dialect_of_server(library: str, database: str) -> Any:
    """Make a dialect for a version of the server that is not the default one."""
    module = import_module(f"{library}.dialects.{HOMES[database]}")
    if database == "oracle ROWNUM":
        return module.dialect(enable_offset_fetch=False)
    dialect = module.dialect()
    dialect.server_version_info = (16,)
    if library == "sqlalchemy":
        dialect._setup_version_attributes()
    return dialect


def compiled(library: str, database: str, source: str) -> str:
    """Build what a source text says with one library and compile it.

    Returns:
        the SQL with one space wherever there was any; "error" where the library refuses it.
    """
    names = surroundings(library, database)
    errors = import_module(f"{library}.exc").SQLAlchemyError
    options: dict[str, Any] = {"render_postcompile": True} if library == "sqlalchemy" else {}
    with warnings.catch_warnings():
        # SQLAlchemy warns of constructs that it will refuse one day.
        warnings.simplefilter("ignore" if library == "sqlalchemy" else "error")
        try:
            element = eval(source, names)
            if isinstance(element, Literally):
                element, options = element.statement, {**options, "literal_binds": True}
            if hasattr(element, "dialect_impl") or getattr(element, "is_ddl", False) or not options:
                text = str(element.compile(dialect=dialect_of(library, database)))
            else:
                text = str(element.compile(dialect=dialect_of(library, database), compile_kwargs=options))
        except (errors, NotImplementedError, TypeError, AttributeError, ValueError):
            return ERROR
        except AssertionError:
            # SQLAlchemy says so where an order by the name of a label cannot be numbered.
            if library == "azoth":
                raise
            return ERROR
    return plain(text)


def comparable(text: str, source: str) -> str:
    """Leave out what the libraries write in different ways on purpose, wherever it is."""
    # azoth writes conditions of CASE without parentheses.
    text = re.sub(r"\bWHEN \((.+?)\) THEN", r"WHEN \1 THEN", text)
    # azoth writes the functions of the standard in small letters.
    text = re.sub(r"\b(?:CUBE|ROLLUP|ROW_NUMBER)\(|\bSYSDATE\b", lambda match: match[0].lower(), text)
    # SQLAlchemy asks for the key of a single new row by itself; azoth's flush will ask for what it needs.
    if "returning" not in source:
        text = re.sub(r" RETURNING \w+\.id( INTO :ret_0)?$", "", text)
        text = re.sub(r" OUTPUT inserted\.id\b", "", text)
    # DDL is executed without parameters, so azoth doubles no percent signs in it.
    if source.startswith(("create(", "constrained(", "index(", "add(")):
        text = text.replace("%%", "%")
    # Names of parameters say from what they are made; the place of each is the same.
    names: dict[str, str] = {}
    return re.sub(
        r'%\(([^)]+)\)s|(?<![:\w]):(\w+)\b|(?<![:\w]):("[^"]+")',
        lambda match: names.setdefault(match[1] or match[2] or match[3], f"<{len(names) + 1}>"),
        text,
    )


def plain(text: str) -> str:
    """Exchange each piece of white space for one space, and leave it out beside parentheses."""
    text = re.sub(r"\s+", " ", text).strip()
    return re.sub(r"\( ", "(", re.sub(r" \)", ")", text))
