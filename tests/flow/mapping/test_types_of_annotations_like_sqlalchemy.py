"""The columns that Python's own types make are SQLAlchemy's, so that migrations find no difference."""

from __future__ import annotations

import datetime
import decimal
import enum
import uuid
import warnings
from typing import Any

import pytest

from azoth import Enum, select
from azoth.exc import AzothWarning
from azoth.orm import DeclarativeBase, Mapped, Session, mapped_column
from tests.database import Database
from tests.flow.differential.library import AZOTH, SQLALCHEMY, Library

TYPES = [
    int, str, float, bool, bytes, decimal.Decimal, uuid.UUID,
    datetime.date, datetime.datetime, datetime.time, datetime.timedelta,
]  # fmt: skip


def type_made_by(lib: Library, python_type: type[Any]) -> str:
    class Base(lib.DeclarativeBase):  # type: ignore[misc, name-defined]
        pass

    body = {
        "__tablename__": "thing",
        "__module__": __name__,
        "__annotations__": {"id": lib.Mapped[int], "value": lib.Mapped[python_type]},
        "id": lib.mapped_column(primary_key=True),
        "value": lib.mapped_column(),
    }
    made: Any = type(Base)("Thing", (Base,), body)
    found = repr(made.__table__.c.value.type)
    Base.registry.dispose()
    return found


@pytest.mark.parametrize("python_type", TYPES, ids=lambda type_: type_.__name__)
def test_the_type_is_that_of_sqlalchemy(python_type: type[Any]) -> None:
    assert type_made_by(AZOTH, python_type) == type_made_by(SQLALCHEMY, python_type)


def test_words_for_values_that_are_no_text_are_in_order() -> None:
    class Level(enum.Enum):
        LOW = 1
        HIGH = 2

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert Enum(Level, values_callable=lambda levels: [str(level.value) for level in levels]).enums == ["1", "2"]
    with pytest.warns(AzothWarning, match="another order"):
        Enum(Level, values_callable=lambda _: ["2", "1"])


def test_a_float_comes_back_as_it_was(database: Database) -> None:
    class Base(DeclarativeBase): ...

    class Measure(Base):
        __tablename__ = "measure"
        id: Mapped[int] = mapped_column(primary_key=True)
        value: Mapped[float]

    engine = database.make_engine()
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        session.add_all([Measure(id=1, value=0.1), Measure(id=2, value=3)])
        session.commit()
        found = session.scalars(select(Measure.value).where(Measure.value > 0.05).order_by(Measure.id)).all()
        assert found == [0.1, 3.0]
        assert [type(value) for value in found] == [float, float]
