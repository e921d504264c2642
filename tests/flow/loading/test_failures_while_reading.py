"""A database computes rows while they are read: what fails there is azoth's error, like everything else."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from azoth import Engine, func, select, text
from azoth.exc import OperationalError
from azoth.orm import Session
from tests.flow.library import Author


def refuse_the_third(number: int) -> int:
    if number > 2:
        raise ValueError(number)
    return 1


@pytest.fixture
def session(engine: Engine) -> Any:
    Author.metadata.create_all(engine)
    with Session(engine) as session:
        session.add_all([Author(name=f"author {number}") for number in range(4)])
        session.flush()
        session.connection().connection.create_function("picky", 1, refuse_the_third)
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
def test_an_error_in_the_middle_of_the_rows_is_wrapped_and_the_session_goes_on(session: Session, reader: str) -> None:
    with pytest.raises(OperationalError) as caught:
        READERS[reader](session)
    assert caught.value.statement is not None
    assert caught.value.orig is not None
    assert session.scalar(select(func.count()).select_from(Author)) == 4
