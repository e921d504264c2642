"""Constructs compiled by two libraries for one database, as texts that can be compared."""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable, Mapping
from importlib import import_module
from types import ModuleType
from typing import Any

ERROR = "error: "


class Namespace:
    """The names of one library, as constructs are written with them.

    Args:
        library: its module.
        dialect: the database, such as "postgresql".
    """

    def __init__(self, library: str, dialect: str) -> None:
        self.library = library
        self.dialect_name = dialect
        self.sa: ModuleType = import_module(library)
        self.dialect: ModuleType = import_module(f"{library}.dialects.{dialect}")
        self.schema: ModuleType = import_module(f"{library}.schema")
        self.types: ModuleType = import_module(f"{library}.types")
        self.exc: ModuleType = import_module(f"{library}.exc")

    def __getattr__(self, name: str) -> Any:
        for module in (self.dialect, self.sa, self.schema, self.types):
            found = getattr(module, name, None)
            if found is not None:
                return found
        raise AttributeError(f"{self.library} has no {name}")


Build = Callable[[Namespace], Any]
"""Called with the names of one library; returns what is compiled."""


def text_of(names: Namespace, build: Build, dialect: Any) -> str:
    """Build something with one library and compile it.

    Returns:
        the text with one space wherever there was any; for an error its kind.
    """
    options = {"render_postcompile": True} if names.library == "sqlalchemy" else {}
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore" if names.library == "sqlalchemy" else "error")
            element = build(names)
            if isinstance(element, names.types.TypeEngine):
                text = element.compile(dialect=dialect)
            elif isinstance(element, tuple):
                element, options = element[0], {**options, **element[1]}
                text = str(element.compile(dialect=dialect, compile_kwargs=options))
            elif options and hasattr(element, "_compiler"):
                text = str(element.compile(dialect=dialect, compile_kwargs=options))
            else:
                text = str(element.compile(dialect=dialect))
    except names.exc.SQLAlchemyError as error:
        return ERROR + type(error).__name__
    except (NotImplementedError, TypeError) as error:
        return ERROR + type(error).__name__
    return plain(text)


def plain(text: str) -> str:
    """Exchange each piece of white space for one space."""
    text = re.sub(r"\s+", " ", text).strip()
    return re.sub(r"\( ", "(", re.sub(r" \)", ")", text))


def literal(element: Any) -> tuple[Any, Mapping[str, object]]:
    """Ask for the values to be written into the text."""
    return element, {"literal_binds": True}
