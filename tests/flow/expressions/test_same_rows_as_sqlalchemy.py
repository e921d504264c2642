"""The same expression on the same SQLite data gives the same rows as SQLAlchemy."""

from __future__ import annotations

import datetime
import warnings
from types import ModuleType
from typing import Any

import pytest

import azoth
from tests.database import Database

sqlalchemy = pytest.importorskip("sqlalchemy")

ROWS = [
    {"id": 1, "name": "Ann", "age": 31, "active": True, "born": datetime.date(1990, 5, 1), "doc": {"a": {"b": 5}}},
    {"id": 2, "name": "bob", "age": None, "active": False, "born": None, "doc": {"a": [1, "x", None]}},
    {"id": 3, "name": "C%y_/", "age": 7, "active": None, "born": datetime.date(2017, 12, 31), "doc": None},
    {"id": 4, "name": None, "age": 40, "active": True, "born": datetime.date(1984, 2, 29), "doc": [1.5, True]},
    {"id": 5, "name": "annabel", "age": 31, "active": False, "born": datetime.date(1990, 5, 1), "doc": "text"},
]

CONDITIONS = [
    "c.id == 3", "c.id != 3", "3 < c.id", "c.name == None", "c.name != None", "c.name.is_(None)", "c.age.is_not(None)",
    "c.id.in_([1, 3, 9])", "c.id.not_in([1, 3, 9])", "c.id.in_([])", "c.id.not_in([])", "c.age.in_([31, None])",
    "c.id.in_(range(40000))", "~c.id.in_([1])", "tuple_(c.id, c.name).in_([(1, 'Ann'), (2, 'Bob')])",
    "tuple_(c.id, c.name).in_([])", "tuple_(c.id, c.name).not_in([(1, 'Ann')])",
    "c.id.in_(select(c.id).where(c.age > 30))", "c.id == select(func.max(c.id)).scalar_subquery()",
    "c.id.between(2, 4)", "~c.id.between(2, 4)", "c.name.like('%n%')", "c.name.like('C/%%', escape='/')",
    "c.name.not_like('%n%')", "c.name.ilike('ANN%')", "c.name.startswith('ann')", "c.name.istartswith('ANN')",
    "c.name.endswith('_/', autoescape=True)", "c.name.contains('%', autoescape=True)", "c.name.icontains('NN')",
    "~c.name.contains('n')", "c.active", "~c.active", "c.active == True", "c.active == False", "c.active != True",
    "c.active.is_(True)", "c.active.is_(None)", "c.active.is_distinct_from(True)", "c.age.is_distinct_from(31)",
    "c.age.is_not_distinct_from(None)", "not_(c.active)", "and_(c.active, c.age > 30)", "or_(c.active, c.age < 10)",
    "and_()", "and_(true(), c.id == 1)", "or_(false(), c.id == 1)", "or_(true(), c.id == 1)",
    "and_(false(), c.id == 1)",
    "not_(and_(c.active, c.age > 30))", "(c.id == 1) | (c.id == 2) & (c.age == 31)", "~((c.id == 1) | (c.age == 31))",
    "exists(select(c.id).where(c.id == 1))", "c.born == datetime.date(1990, 5, 1)",
    "c.born > datetime.date(1989, 1, 1)",
    "extract('year', c.born) == 1990", "(c.age + 1) * 2 == 64",
    "c.name + '!' == 'Ann!'", "c.id % 2 == 1", "case((c.active, 'yes'), else_='no') == 'no'",
    "func.lower(c.name) == 'ann'", "func.coalesce(c.age, 0) == 0", "literal(5) == c.id",
    "c.name.regexp_match('^[A-Z]')",
    "~c.name.regexp_match('^[A-Z]')", "c.doc['a']['b'].as_integer() == 5", "c.doc[('a', 'b')].as_integer() == 5",
    "c.doc['a'][1].as_string() == 'x'", "c.id.bitwise_and(1) == 1", "text('id > :low').bindparams(low=3)",
    "c.id == bindparam('x', 4)", "cast(c.id, String) == '4'", "type_coerce(c.name, String) == 'Ann'",
    "func.length(c.name).between(3, 4)", "c.age == c.age", "null() == c.age", "-c.id == -3", "c.id - (c.id - 1) == 1",
]  # fmt: skip

COLUMNS = [
    "c.id / 2", "c.id // 2", "c.id % 2", "c.id + 0.5", "c.name + '-' + c.name", "'x' + c.name", "-c.id",
    "c.active", "c.born", "c.doc", "c.doc['a']", "c.id == 3", "c.name.startswith('A')", "c.id.in_([1])",
    "c.age.is_(None)", "case({1: 'one', 2: 'two'}, value=c.id, else_='many')",
    "case((c.id < 3, c.age), else_=0)", "cast(c.id, String)",
    "cast('12', Integer)", "literal('x')", "literal(datetime.date(2020, 1, 2))", "null()", "true()", "false()",
    "func.upper(c.name)", "func.coalesce(c.name, 'none')", "func.char_length(c.name)",
    "func.row_number().over(order_by=c.id.desc())", "func.sum(c.age).over(partition_by=c.active, order_by=c.id)",
    "func.sum(c.id).over(order_by=c.id, rows=(-1, 1))", "func.rank().over(order_by=c.age.desc())", "c.name.label('n')",
    "func.nullif(c.age, 31)", "extract('month', c.born)", "type_coerce(c.active, Integer)",
    "select(func.count()).select_from(c.id.table).scalar_subquery()", "literal_column('id * 2', Integer)",
    "and_(c.active, c.id > 1)", "~c.active", "c.id.bitwise_or(8)", "c.id.bitwise_not()", "c.name.concat('z')",
]  # fmt: skip

AGGREGATES = [
    "func.count()", "func.count(c.age)", "func.count(c.age.distinct())", "func.sum(c.age)", "func.avg(c.age)",
    "func.min(c.born)", "func.max(c.name)", "func.count(c.id).filter(c.age > 30)", "func.sum(c.id) / func.count(c.age)",
]  # fmt: skip

ORDERS = [
    "c.name", "c.name.desc()", "c.age.desc().nulls_last()", "c.age.nulls_first()", "desc(c.born)",
    "case((c.id == 3, 0), else_=1)", "-c.id",
]  # fmt: skip


OF_SQLITE = [
    "c.name.collate('NOCASE') == 'ANN'", "func.max(c.id, 3)", "func.group_concat(c.name, ';')", "func.total(c.age)",
]  # fmt: skip


class Side:
    """The same table in a database of one of the two libraries."""

    def __init__(self, database: Database, library: ModuleType) -> None:
        self.library = library
        self.engine = database.make_engine(library=library)
        column = library.Column
        self.table = library.Table(
            "person",
            library.MetaData(),
            column("id", library.Integer, primary_key=True),
            column("name", library.String),
            column("age", library.Integer),
            column("active", library.Boolean),
            column("born", library.Date),
            column("doc", library.JSON),
        )
        self.table.metadata.create_all(self.engine)
        with self.engine.begin() as connection:
            connection.execute(self.table.insert(), ROWS)

    def expression(self, source: str) -> Any:
        names = {name: getattr(self.library, name) for name in dir(self.library) if not name.startswith("__")}
        return eval(source, {**names, "c": self.table.c, "datetime": datetime})

    def rows(self, statement: Any) -> list[tuple[Any, ...]]:
        with self.engine.connect() as connection, warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return [tuple(row) for row in connection.execute(statement)]


@pytest.fixture(scope="module")
def sides(module_database: Database) -> tuple[Side, Side]:
    return Side(module_database, azoth), Side(module_database, sqlalchemy)


@pytest.mark.parametrize("source", CONDITIONS)
def test_condition(sides: tuple[Side, Side], source: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        ours, theirs = [
            side.rows(side.library.select(side.table.c.id).where(side.expression(source)).order_by(side.table.c.id))
            for side in sides
        ]
    assert ours == theirs


@pytest.mark.parametrize("source", COLUMNS)
def test_column(sides: tuple[Side, Side], source: str) -> None:
    ours, theirs = [
        side.rows(side.library.select(side.table.c.id, side.expression(source)).order_by(side.table.c.id))
        for side in sides
    ]
    assert ours == theirs
    assert [type(value) for row in ours for value in row] == [type(value) for row in theirs for value in row]


@pytest.mark.sqlite_only("the functions and the collation are its own")
@pytest.mark.parametrize("source", OF_SQLITE)
def test_what_sqlite_has(sides: tuple[Side, Side], source: str) -> None:
    ours, theirs = [side.rows(side.library.select(side.expression(source))) for side in sides]
    assert ours == theirs


@pytest.mark.sqlite_only("the collation is its own")
def test_the_order_of_a_collation_of_sqlite(sides: tuple[Side, Side]) -> None:
    ours, theirs = [
        side.rows(side.library.select(side.table.c.id).order_by(side.table.c.name.collate("NOCASE"), side.table.c.id))
        for side in sides
    ]
    assert ours == theirs


@pytest.mark.parametrize("source", AGGREGATES)
def test_aggregate(sides: tuple[Side, Side], source: str) -> None:
    ours, theirs = [side.rows(side.library.select(side.expression(source))) for side in sides]
    assert ours == theirs


@pytest.mark.parametrize("source", ORDERS)
def test_order(sides: tuple[Side, Side], source: str) -> None:
    ours, theirs = [
        side.rows(side.library.select(side.table.c.id).order_by(side.expression(source), side.table.c.id))
        for side in sides
    ]
    assert ours == theirs
