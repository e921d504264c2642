"""A database computes rows while they are read: what fails there is azoth's error, like everything else."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from azoth import Engine, func, select, text
from azoth.exc import DBAPIError
from azoth.orm import Session
from tests.database import Database
from tests.flow.library import Author

PICKY = """
CREATE FUNCTION picky(number integer) RETURNS integer LANGUAGE plpgsql AS
'BEGIN IF number > 2 THEN RAISE EXCEPTION ''refused''; END IF; RETURN 1; END'
"""


def refuse_the_third(number: int) -> int:
    if number > 2:
        raise ValueError(number)
    return 1


@pytest.fixture
def session(engine: Engine) -> Any:
    Author.metadata.create_all(engine)
    with Session(engine) as session:
        session.add_all([Author(name=f"author {number}") for number in range(4)])
        if engine.dialect.name == "sqlite":
            session.flush()
            session.connection().connection.create_function("picky", 1, refuse_the_third)
        else:
            session.connection().exec_driver_sql(PICKY)
            session.commit()
        yield session


READERS: dict[str, Callable[[Session], Any]] = {
    "all": lambda session: session.scalars(select(Author).where(func.picky(Author.id) == 1)).all(),
    "query": lambda session: session.query(Author).filter(func.picky(Author.id) == 1).all(),
    "portions": lambda session: list(
        session.scalars(select(Author).where(func.picky(Author.id) == 1), execution_options={"yield_per": 1})
    ),
    "given rows": lambda session: session.scalars(
        select(Author).from_statement(text("SELECT * FROM author WHERE picky(id) = 1"))
    ).all(),
}


@pytest.mark.parametrize("reader", READERS)
def test_an_error_in_the_middle_of_the_rows_is_wrapped_and_the_session_goes_on(
    database: Database, session: Session, reader: str
) -> None:
    with pytest.raises(DBAPIError) as caught:
        READERS[reader](session)
    assert caught.value.statement is not None
    assert isinstance(caught.value.orig, database.driver.Error)
    if "statements after errors" not in database.capabilities:
        session.rollback()
    assert session.scalar(select(func.count()).select_from(Author)) == 4
