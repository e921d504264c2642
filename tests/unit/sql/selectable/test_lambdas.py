"""Statements and conditions given as functions have the values of the moment in which they are given."""

from __future__ import annotations

import pytest

from azoth import Column, Integer, Table, create_engine, exc, lambda_stmt, select, text
from azoth.orm import DeclarativeBase, Session
from azoth.sql.expression import LambdaElement, StatementLambdaElement


class Base(DeclarativeBase):
    pass


class Number(Base):
    __table__ = Table("number", Base.metadata, Column("value", Integer, primary_key=True))


@pytest.fixture
def session():
    engine = create_engine("sqlite://")
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        session.add_all([Number(value=1), Number(value=2), Number(value=3)])
        session.flush()
        yield session


def above(limit: int) -> StatementLambdaElement:
    statement = lambda_stmt(lambda: select(Number))
    statement += lambda found: found.where(Number.value > limit).order_by(Number.value)
    return statement


def test_each_call_has_its_own_values(session: Session) -> None:
    assert [number.value for number in session.scalars(above(1))] == [2, 3]
    assert [number.value for number in session.execute(above(2)).scalars()] == [3]
    assert session.scalar(above(0)).value == 1


def test_closures_of_a_loop_are_read_when_they_are_given(session: Session) -> None:
    statement = lambda_stmt(lambda: select(Number.value))
    for value in (1, 2):
        statement = statement.add_criteria(lambda found: found.where(Number.value != value))  # noqa: B023  # it is the subject
    assert session.scalars(statement).all() == [3]


def test_connections_execute_them(session: Session) -> None:
    assert session.connection().scalars(above(1)).all() == [2, 3]
    assert session.connection().execute(lambda_stmt(lambda: text("SELECT 7"))).scalar() == 7


def test_conditions_may_be_functions(session: Session) -> None:
    limit = 2
    assert session.scalars(select(Number.value).where(lambda: Number.value >= limit)).all() == [2, 3]
    assert [number.value for number in session.query(Number).filter(lambda: Number.value == limit)] == [2]


def test_they_tell_what_their_statement_is() -> None:
    statement = above(1)
    assert isinstance(statement, LambdaElement)
    assert (statement.is_select, statement.is_insert) == (True, False)
    assert "WHERE number.value >" in str(statement)
    assert str(statement.spoil()) == str(statement)
    assert lambda_stmt(Number.__table__.insert).is_insert


def test_a_function_that_makes_no_statement_is_refused() -> None:
    with pytest.raises(exc.ArgumentError, match="lambda_stmt"):
        lambda_stmt(lambda: 5)
    with pytest.raises(exc.ArgumentError, match="lambda_stmt"):
        lambda_stmt(select(Number))
    with pytest.raises(exc.ArgumentError, match="add_criteria"):
        above(1).add_criteria(5)
    with pytest.raises(exc.ArgumentError, match="lambda_stmt"):
        above(1) + (lambda found: "no statement")
