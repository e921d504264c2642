"""Values have the type that their columns declare, whatever the database makes of them meanwhile."""

from __future__ import annotations

import datetime

import pytest

from azoth import Column, Engine, Integer, Interval, MetaData, Numeric, Sequence, String, Table, literal, select, values
from azoth.orm import Session


def test_numbers_without_a_fraction_are_floats_where_floats_are_declared(engine: Engine) -> None:
    table = Table("t", MetaData(), Column("id", Integer, primary_key=True), Column("x", Numeric(8, 2, asdecimal=False)))
    table.create(engine)
    with engine.begin() as connection:
        connection.execute(table.insert(), [{"id": 1, "x": 2.0}, {"id": 2, "x": 0}, {"id": 3, "x": None}])
        found = connection.execute(select(table.c.x).order_by(table.c.id)).scalars().all()
    assert found == [2.0, 0.0, None]
    assert [type(value) for value in found] == [float, float, type(None)]


@pytest.mark.parametrize("span", [datetime.timedelta(0), datetime.timedelta(-3, 5), datetime.timedelta(400)])
def test_spans_of_time_are_found_by_their_text(engine: Engine, span: datetime.timedelta) -> None:
    table = Table("t", MetaData(), Column("x", Interval))
    table.create(engine)
    with engine.begin() as connection:
        connection.execute(table.insert(), {"x": span})
        written = literal(span, Interval(), literal_execute=True)
        assert connection.execute(select(table.c.x).where(table.c.x == written)).scalar_one() == span


def test_rows_of_values_have_names(engine: Engine) -> None:
    given = values(Column("a", Integer), Column("b", String(5)), name="given").data([(1, "x"), (2, "y")])
    with engine.connect() as connection:
        assert connection.execute(select(given.c.b, given.c.a).order_by(given.c.a.desc())).all() == [("y", 2), ("x", 1)]


@pytest.mark.needs("sequences")
def test_a_sequence_is_executed(engine: Engine) -> None:
    sequence = Sequence("counted", start=5)
    sequence.create(engine)
    with engine.begin() as connection:
        assert connection.scalar(sequence) == 5
        assert connection.execute(sequence).scalar_one() == 6
    with Session(engine) as session:
        assert session.scalar(sequence) == 7
    sequence.drop(engine)
