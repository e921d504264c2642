"""Two libraries under one interface, so that one scenario runs on both."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from importlib import import_module
from types import ModuleType
from typing import Any

from tests.database import Database
from tests.error_names import name_of_error

NO_RESULT = object()


class Library:
    """The names of one library: those of its core, then those of its ORM.

    Args:
        name: the library's module.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self.core: ModuleType = import_module(name)
        self.orm: ModuleType = import_module(f"{name}.orm")
        self.exc: ModuleType = import_module(f"{name}.exc")

    def __getattr__(self, name: str) -> Any:
        found = getattr(self.core, name, NO_RESULT)
        return getattr(self.orm, name) if found is NO_RESULT else found

    def __repr__(self) -> str:
        return self.name


AZOTH = Library("azoth")
SQLALCHEMY = Library("sqlalchemy")

Model = Any
Scenario = Callable[[Library, Model, Any], Any]
"""Called with the library, the model made with it and a session; returns plain data."""


def outcome_of(database: Database, library: Library, make_model: Callable[[Library], Model], scenario: Scenario) -> Any:
    """Run a scenario on a fresh database.

    Returns:
        what it returned, or the class name of the library's error that it raised.
    """
    model = make_model(library)
    engine = database.make_engine(library=library)
    try:
        model.metadata.create_all(engine)
        with warnings.catch_warnings():
            # SQLAlchemy warns of classic forms, which are under test here.
            warnings.simplefilter("ignore" if library is SQLALCHEMY else "error")
            with library.Session(engine) as session:
                model.fill(session)
                try:
                    return scenario(library, model, session)
                except (library.exc.SQLAlchemyError, IndexError) as error:
                    return f"error: {name_of_error(error)}"
    finally:
        engine.dispose()
