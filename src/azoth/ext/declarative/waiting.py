"""Declared classes that wait for somebody to map them."""

from __future__ import annotations

import weakref
from collections.abc import Sequence
from typing import Any, Protocol

from azoth.orm import Mapper, registry
from azoth.sql.expression import FromClause


class WaitingDeclaration(Protocol):
    """A class whose body has been read and which has its table, but is not mapped yet.

    Attributes:
        class_: the class.
        registry: the registry that it belongs to.
        properties: its attributes by key, to which others may be added.
        table: its table; None where it shares that of its base.
    """

    class_: type[Any]
    registry: registry
    properties: dict[str, Any]

    @property
    def table(self) -> FromClause | None: ...

    def declare(self) -> FromClause | None:
        """Make the table, and the class known by its name."""

    def mapped(self) -> Mapper:
        """Map the class."""


class WaitingClasses:
    """The classes that wait, in the order in which they were defined; those that nobody else keeps are forgotten."""

    def __init__(self) -> None:
        # The declaration stands on its class, which would live forever if it were kept here.
        self._waiting: weakref.WeakKeyDictionary[type[Any], weakref.ref[WaitingDeclaration]]
        self._waiting = weakref.WeakKeyDictionary()

    def add(self, declaration: WaitingDeclaration) -> None:
        """Take in a class, and make its table."""
        declaration.declare()
        self._waiting[declaration.class_] = weakref.ref(declaration)

    def below(self, base: type[Any]) -> list[WaitingDeclaration]:
        """List the declarations of a class and of those derived from it."""
        found = [declaration() for class_, declaration in self._waiting.items() if issubclass(class_, base)]
        return [declaration for declaration in found if declaration is not None]

    def of(self, class_: type[Any]) -> WaitingDeclaration:
        """Give the declaration of a class that waits."""
        declaration = self._waiting[class_]()
        assert declaration is not None
        return declaration

    def map(self, declarations: Sequence[WaitingDeclaration]) -> list[Mapper]:
        """Map classes together, base classes first; those that cannot be mapped go on waiting."""
        if not declarations:
            return []
        try:
            mappers: list[Mapper] = declarations[0].registry.map_declared(declarations)
            return mappers
        finally:
            for declaration in declarations:
                if "__mapper__" in declaration.class_.__dict__:
                    self._waiting.pop(declaration.class_, None)
