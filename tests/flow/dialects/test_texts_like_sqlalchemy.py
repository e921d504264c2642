"""Each construct of the tables has the same text in azoth and in SQLAlchemy, or stands among the deliberate ones."""

from __future__ import annotations

from collections.abc import Iterator
from types import ModuleType

import pytest

from tests.flow.dialects import mssql_constructs, mysql_constructs, oracle_constructs, postgresql_constructs
from tests.flow.dialects.compiled import ERROR, comparable, compiled
from tests.flow.dialects.deliberate import DIFFERENCES

TABLES: dict[str, ModuleType] = {
    "postgresql": postgresql_constructs,
    "mysql": mysql_constructs,
    "mariadb": mysql_constructs,
    "mssql": mssql_constructs,
    "mssql 2022": mssql_constructs,
    "oracle": oracle_constructs,
    "oracle ROWNUM": oracle_constructs,
}


def sources(constructs: ModuleType) -> Iterator[str]:
    for type_ in constructs.TYPES:
        yield from (type_, f"bound({type_})", f"converted({type_})")
    yield from (*constructs.EXPRESSIONS, *constructs.STATEMENTS, *constructs.DDL, *constructs.LITERALS)


MOST_REFUSED = {"mssql": 35, "oracle": 45, "oracle ROWNUM": 55}
"""More where many of the constructs are about what other databases have, or newer servers."""

CASES = [(database, source) for database, constructs in TABLES.items() for source in sources(constructs)]


@pytest.mark.parametrize("database,source", CASES)
def test_both_write_the_same(database: str, source: str) -> None:
    ours, theirs = (comparable(compiled(library, database, source), source) for library in ("azoth", "sqlalchemy"))
    if source in DIFFERENCES[database]:
        assert ours != theirs, "no longer different: take it off the list"
    else:
        assert ours == theirs


@pytest.mark.parametrize("database", TABLES)
def test_the_tables_are_about_what_is_written_not_refused(database: str) -> None:
    refused = [source for source in sources(TABLES[database]) if compiled("azoth", database, source) == ERROR]
    assert len(refused) < MOST_REFUSED.get(database, 25), refused


@pytest.mark.parametrize("database", TABLES)
def test_each_difference_is_one_of_a_construct(database: str) -> None:
    assert set(DIFFERENCES[database]) <= set(sources(TABLES[database]))
