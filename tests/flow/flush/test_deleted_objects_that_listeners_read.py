"""Listeners that hear of a deletion read the object, also where it was expired: its row is loaded before it goes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from azoth import event, text
from azoth.orm import Session
from tests.conftest import Statements
from tests.flow.library import Loan, Visit


@pytest.fixture
def stored(session: Session) -> Visit:
    session.add(visit := Visit(place="attic", count=3))
    session.commit()
    return visit


@pytest.fixture
def read() -> list[Any]:
    return []


@pytest.fixture(params=["after_flush", "after_flush_postexec", "persistent_to_deleted", "after_delete"])
def heard(request: pytest.FixtureRequest, session: Session, stored: Visit, read: list[Any]) -> Iterator[None]:
    """Somebody who reads the visit when the row is gone."""

    def note(*told: object) -> None:
        read.append((stored.place, stored.count))

    target: Any = Visit if request.param == "after_delete" else session
    event.listen(target, request.param, note)
    yield
    event.remove(target, request.param, note)


@pytest.mark.usefixtures("heard")
def test_an_expired_object_is_loaded_before_its_row_goes(
    session: Session, stored: Visit, read: list[Any], statements: Statements
) -> None:
    statements.clear()
    session.delete(stored)
    session.flush()
    assert read == [("attic", 3)]
    assert [statement.split()[0] for statement in statements.starting_with("SELECT", "DELETE")] == ["SELECT", "DELETE"]


def test_nobody_loads_it_where_nobody_listens(session: Session, stored: Visit, statements: Statements) -> None:
    event.listen(Loan, "after_delete", hear := lambda *told: None)
    statements.clear()
    session.delete(stored)
    session.flush()
    event.remove(Loan, "after_delete", hear)
    columns = [statement for statement in statements if "visit.place" in statement]
    assert columns == []


@pytest.mark.usefixtures("heard")
def test_a_loaded_object_is_not_loaded_again(
    session: Session, stored: Visit, read: list[Any], statements: Statements
) -> None:
    assert stored.place == "attic"
    statements.clear()
    session.delete(stored)
    session.flush()
    assert read == [("attic", 3)]
    assert [statement for statement in statements if "visit.place" in statement] == []


def test_a_row_that_is_gone_already_is_the_deletes_matter(session: Session, stored: Visit) -> None:
    event.listen(session, "after_flush", lambda *told: None)
    session.execute(text("DELETE FROM visit"))
    session.delete(stored)
    with pytest.warns(match="DELETE"):
        session.flush()
