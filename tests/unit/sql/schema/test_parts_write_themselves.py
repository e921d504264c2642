"""``repr()`` of parts of schemas is the call that makes them, as programs that write models print it."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
import sqlalchemy
import sqlalchemy.dialects.mysql
import sqlalchemy.dialects.postgresql

import azoth
import azoth.dialects.mysql
import azoth.dialects.postgresql
import azoth.types

OWN = SimpleNamespace(sa=azoth, mysql=azoth.dialects.mysql, postgresql=azoth.dialects.postgresql)
OTHER = SimpleNamespace(sa=sqlalchemy, mysql=sqlalchemy.dialects.mysql, postgresql=sqlalchemy.dialects.postgresql)

Make = Callable[[Any], Any]


@pytest.mark.parametrize(
    "written,make",
    [
        ("Sequence('a')", lambda of: of.sa.Sequence("a")),
        ("Sequence('a', schema='s')", lambda of: of.sa.Sequence("a", schema="s")),
        ("Sequence('a', start=5, increment=2)", lambda of: of.sa.Sequence("a", 5, 2)),
        (
            "Sequence('a', minvalue=1, cycle=True, data_type=BigInteger(), optional=True)",
            lambda of: of.sa.Sequence("a", minvalue=1, cycle=True, data_type=of.sa.BigInteger, optional=True),
        ),
        ("Identity()", lambda of: of.sa.Identity()),
        ("Identity(always=True, start=5)", lambda of: of.sa.Identity(start=5, always=True)),
        ("ARRAY(Integer(), dimensions=2)", lambda of: of.sa.ARRAY(of.sa.Integer, dimensions=2)),
        ("ARRAY(String(length=5))", lambda of: of.postgresql.ARRAY(of.sa.String(5))),
        ("TupleType(Integer(), String())", lambda of: of.sa.types.TupleType(of.sa.Integer, of.sa.String)),
        ("Enum('a', 'b', name='x')", lambda of: of.sa.Enum("a", "b", name="x")),
        ("SET('a', 'b')", lambda of: of.mysql.SET("a", "b")),
        ("ENUM('a', 'b', charset='utf8')", lambda of: of.mysql.ENUM("a", "b", charset="utf8")),
        ("DOMAIN('d', Integer())", lambda of: of.postgresql.DOMAIN("d", of.sa.Integer())),
    ],
)
def test_the_call_is_written_as_by_sqlalchemy(written: str, make: Make) -> None:
    assert repr(make(OWN)) == repr(make(OTHER)) == written


@pytest.mark.parametrize(
    "written,make",
    [
        ("CheckConstraint('a > 1', name='small')", lambda of: of.sa.CheckConstraint("a > 1", name="small")),
        ("Computed('a + 1', persisted=True)", lambda of: of.sa.Computed("a + 1", persisted=True)),
        (
            "ForeignKeyConstraint(['a'], ['b.c'], name='to_b')",
            lambda of: of.sa.ForeignKeyConstraint(["a"], ["b.c"], name="to_b"),
        ),
    ],
)
def test_a_call_that_can_be_read_is_written(written: str, make: Make) -> None:
    assert repr(make(OWN)) == written
