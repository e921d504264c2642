"""Errors: their format, their classes, and how driver errors are wrapped."""

from __future__ import annotations

import pickle
import sqlite3

import pytest

from azoth import exc
from azoth.orm import exc as orm_exc


def test_an_error_shows_summary_code_why_and_fix_in_that_order() -> None:
    error = exc.ArgumentError("no such thing", why="it was never made.", fix="make it.", code="AZ-C99")
    assert str(error) == "no such thing [AZ-C99]\n  why: it was never made.\n  fix: make it."


def test_an_error_without_details_is_one_line() -> None:
    assert str(exc.InvalidRequestError("no")) == "no"


@pytest.mark.parametrize(
    "name,expected",
    [
        ("IntegrityError", exc.IntegrityError),
        ("OperationalError", exc.OperationalError),
        ("ProgrammingError", exc.ProgrammingError),
        ("InterfaceError", exc.InterfaceError),
        ("DatabaseError", exc.DatabaseError),
        ("DataError", exc.DataError),
        ("InternalError", exc.InternalError),
        ("NotSupportedError", exc.NotSupportedError),
        ("Error", exc.DBAPIError),
    ],
)
def test_a_driver_error_is_wrapped_in_the_class_of_its_name(name: str, expected: type[exc.DBAPIError]) -> None:
    original = getattr(sqlite3, name)("broken")
    wrapped = exc.DBAPIError.instance("SELECT 1", (1,), original, sqlite3.Error)
    assert type(wrapped) is expected
    assert (wrapped.orig, wrapped.statement, wrapped.params) == (original, "SELECT 1", (1,))


def test_values_are_not_in_the_text_of_a_driver_error() -> None:
    wrapped = exc.DBAPIError.instance(
        "INSERT", ("secret",), sqlite3.IntegrityError("UNIQUE failed\nDETAIL: secret"), sqlite3.Error
    )
    assert "secret" not in str(wrapped)
    assert "UNIQUE failed" in str(wrapped)
    assert "sql: INSERT" in str(wrapped)


def test_a_subclass_of_a_driver_error_finds_the_wrapper_of_its_base() -> None:
    class UniqueViolation(sqlite3.IntegrityError):
        pass

    assert type(exc.DBAPIError.instance(None, None, UniqueViolation("x"), Exception)) is exc.IntegrityError


def test_hidden_parameters_are_not_on_the_error() -> None:
    assert (
        exc.DBAPIError.instance("X", ("secret",), sqlite3.Error("x"), sqlite3.Error, hide_parameters=True).params
        is None
    )


@pytest.mark.parametrize(
    "error",
    [
        exc.ArgumentError("a", why="b", fix="c", code="AZ-C98"),
        exc.CircularDependencyError("a", [1], [(1, 2)]),
        exc.NoReferencedColumnError("a", "t", "c"),
        exc.StatementError("a", "SELECT", {"x": 1}, ValueError("v")),
        exc.IntegrityError("SELECT", (1,), sqlite3.IntegrityError("x")),
        exc.NoSuchColumnError("no column"),
    ],
)
def test_errors_survive_pickling(error: exc.AzothError) -> None:
    copy = pickle.loads(pickle.dumps(error))
    assert type(copy) is type(error)
    assert str(copy) == str(error)


def test_sqlalchemys_names_are_the_same_classes() -> None:
    assert exc.SQLAlchemyError is exc.AzothError
    assert exc.SAWarning is exc.AzothWarning
    assert orm_exc.ConcurrentModificationError is orm_exc.StaleDataError
    assert orm_exc.NoResultFound is exc.NoResultFound


def test_the_hierarchy_has_sqlalchemys_names_and_parents() -> None:
    original = pytest.importorskip("sqlalchemy.exc")
    for name in exc.__all__:
        theirs = getattr(original, name, None)
        if isinstance(theirs, type):
            expected = {base.__name__ for base in theirs.__mro__} & set(exc.__all__) - {"SQLAlchemyError", "SAWarning"}
            ours = {base.__name__ for base in getattr(exc, name).__mro__}
            assert expected - {"SADeprecationWarning"} <= ours, name
