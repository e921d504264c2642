"""``repr()`` of a type is what makes such a type; programs that write programs, as migrations are written, take it."""

from __future__ import annotations

import enum
from types import ModuleType
from typing import Any

import pytest
import sqlalchemy
import sqlalchemy.dialects

import azoth
import azoth.dialects


class Color(enum.Enum):
    RED = "r"
    BLUE = "b"


SOURCES = [
    "t.String(5)",
    "t.Text(collation='x')",
    "t.Numeric(10,2)",
    "t.Float(asdecimal=True)",
    "t.DateTime(timezone=True)",
    "t.Boolean(create_constraint=True,name='x')",
    "t.ARRAY(t.Integer)",
    "t.ARRAY(t.String(4),dimensions=2)",
    "t.JSON(none_as_null=True)",
    "t.Enum('a','b')",
    "t.Enum('a','b',name='n',schema='s')",
    "t.Enum('a','b',create_constraint=True)",
    "t.Enum(Color)",
    "t.Enum(Color,name='n',native_enum=False,length=20)",
    "pg.ARRAY(t.Integer,zero_indexes=True)",
    "pg.HSTORE()",
    "pg.HSTORE(text_type=t.String(5))",
    "pg.JSONB(astext_type=t.Unicode())",
    "pg.ENUM('a','b',name='n',create_type=False)",
    "pg.ENUM(Color)",
    "pg.BIT(3,varying=True)",
    "pg.INTERVAL(fields='DAY')",
    "my.VARCHAR(20,charset='utf8',national=True)",
    "my.CHAR(5,collation='z')",
    "my.TEXT(charset='x')",
    "my.ENUM('a','b',charset='x')",
    "my.SET('a','b')",
    "my.SET('a','b',charset='x',retrieve_as_bitwise=True)",
    "my.INTEGER(display_width=4,zerofill=True)",
    "my.BIGINT(20,unsigned=True)",
    "my.DATETIME(fsp=3)",
    "ms.VARBINARY(5)",
    "ms.DATETIME2(3)",
    "ora.NUMBER(10,2)",
    "ora.INTERVAL(3,4)",
    "ora.RAW(5)",
]


def made(lib: ModuleType, source: str) -> Any:
    names = ("postgresql", "mysql", "mssql", "oracle")
    dialects = [__import__(f"{lib.__name__}.dialects.{name}", fromlist=["x"]) for name in names]
    known = dict(zip(("pg", "my", "ms", "ora"), dialects, strict=True))
    return eval(
        source,
        {name: getattr(lib, name) for name in ("String", "Text", "Unicode", "Integer")}
        | {"t": lib, "Color": Color, **known},
    )


@pytest.mark.parametrize("source", SOURCES)
def test_types_are_shown_like_sqlalchemys(source: str) -> None:
    assert repr(made(azoth, source)) == repr(made(sqlalchemy, source))


@pytest.mark.parametrize("source", [one for one in SOURCES if "(t." not in one])
def test_what_is_shown_makes_the_same_type(source: str) -> None:
    one = made(azoth, source)
    prefix = source.partition(".")[0]
    other = made(azoth, f"{prefix}.{one!r}")
    assert repr(other) == repr(one)
    assert vars(other).keys() == vars(one).keys()


def test_a_type_of_a_program_shows_what_must_be_given_without_a_name() -> None:
    class Point(azoth.types.UserDefinedType[str]):
        def __init__(self, reference: int, exact: bool = True) -> None:
            self.reference, self.exact = reference, exact

    assert [repr(Point(4326)), repr(Point(4326, False))] == ["Point(4326)", "Point(4326, exact=False)"]
