"""Parts of a schema, such as sequences and defaults, are refused where SQL wants a value."""

from __future__ import annotations

from typing import Any

import pytest

from azoth import (
    Column,
    ColumnDefault,
    DefaultClause,
    FetchedValue,
    Identity,
    Index,
    Integer,
    MetaData,
    PickleType,
    Sequence,
    Table,
    func,
    insert,
    select,
    update,
)
from azoth.exc import ArgumentError


@pytest.mark.parametrize(
    "part", [Sequence("s"), ColumnDefault(5), DefaultClause("5"), FetchedValue(), Identity(), Index("i")]
)
@pytest.mark.parametrize(
    "use",
    [
        lambda table, part: table.select().where(part),
        lambda table, part: insert(table).values(id=part),
        lambda table, part: insert(table).values([{"id": part}]),
        lambda table, part: insert(table).values(unknown=part),
        lambda table, part: update(table).values({table.c.id: part}),
        lambda table, part: table.c.id == part,
        lambda table, part: table.c.id + part,
        lambda table, part: func.abs(part),
        lambda table, part: select(part),
    ],
)
def test_parts_of_a_schema_are_refused(use: Any, part: Any) -> None:
    table = Table("t", MetaData(), Column("id", Integer))
    with pytest.raises(ArgumentError, match=type(part).__name__):
        use(table, part)


def test_types_can_be_stored() -> None:
    table = Table("t", MetaData(), Column("of", PickleType))
    kind = Integer()
    assert insert(table).values(of=kind).compile().params == {"of": kind}
    assert list((table.c.of == kind).compile().params.values()) == [kind]
