"""One Core scenario, run on azoth and on SQLAlchemy, each with a fresh database."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterable, Mapping
from importlib import import_module
from typing import Any

from tests.database import Database
from tests.error_names import name_of_error

Scenario = Callable[[Any, Any], Any]
"""Called with the library and an engine; returns what is to be compared."""

MISSING = object()


class Library:
    """The Core names of one library.

    Args:
        name: the library's module.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self.core = import_module(name)
        self.event = import_module(f"{name}.event")
        self.exc = import_module(f"{name}.exc")
        self.types = import_module(f"{name}.types")
        self.schema = import_module(f"{name}.schema")
        self.pool = import_module(f"{name}.pool")
        self.sqlite = import_module(f"{name}.dialects.sqlite")

    def __getattr__(self, name: str) -> Any:
        return getattr(self.core, name)

    def failure(self, act: Callable[[], Any]) -> str:
        """Name the class of the error that something raises."""
        try:
            act()
        except Exception as error:  # noqa: BLE001  # the class is the result
            return name_of_error(error)
        return "no error"


def outcome(scenario: Scenario, library: str, database: Database, name: str | None) -> Any:
    """Run a scenario; an error is an outcome too."""
    lib = Library(library)
    engine = database.make_engine(name, library=lib.core)
    try:
        with warnings.catch_warnings():
            if library == "sqlalchemy":
                warnings.simplefilter("ignore")
            return plain(scenario(lib, engine))
    finally:
        engine.dispose()


def plain(value: Any) -> Any:
    """Turn rows, mappings and results into tuples, dicts and lists."""
    if hasattr(value, "_mapping"):
        # Rows are tuples here and almost tuples there.
        value = tuple(value)
    if isinstance(value, Mapping):
        return {str(key): plain(part) for key, part in value.items()}
    if isinstance(value, tuple):
        return tuple(plain(part) for part in value)
    if isinstance(value, (str, bytes)) or not isinstance(value, Iterable):
        return (type(value).__name__, value) if isinstance(value, (bool, float)) else value
    if isinstance(value, (set, frozenset)):
        return sorted(map(repr, value))
    return [plain(part) for part in value]


def same(scenario: Scenario, database: Database, *, is_shared: bool = False) -> None:
    """Assert that both libraries come to the same outcome."""
    ours, theirs = (
        outcome(scenario, library, database, library if is_shared else None) for library in ("azoth", "sqlalchemy")
    )
    if isinstance(ours, list) and isinstance(theirs, list):
        for own, other in zip(ours, theirs, strict=True):
            assert own == other, f"\nazoth:      {own}\nsqlalchemy: {other}"
    assert ours == theirs, f"\nazoth:      {ours}\nsqlalchemy: {theirs}"
