"""SchemaType: types for which a database may have something to create."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Protocol

__all__ = ["SchemaType", "TypeBind"]


if TYPE_CHECKING:

    class TypeBind(Protocol):
        """What a type is created on: an engine or a connection."""

        @property
        def dialect(self) -> Any:
            """The dialect, which knows whether there is something to create."""

        def run_ddl(self, elements: Sequence[Any]) -> Any:
            """Run DDL elements in order."""


class SchemaType:
    """A type for which some databases have a type with a name, or a table a constraint.

    Args:
        name: the name of the type or the constraint.
        schema: where the type lives.
        metadata: with whose tables it is created.
        inherit_schema: whether it lives in the schema of its table.
        quote: whether its name is quoted.
        create_type: whether it is created together with the tables that use it.
    """

    name: str | None
    schema: str | None = None
    metadata: Any = None
    inherit_schema: bool = False
    quote: bool | None = None
    create_type: bool = True

    def __init__(
        self,
        name: str | None = None,
        schema: str | None = None,
        metadata: Any = None,
        inherit_schema: bool = False,
        quote: bool | None = None,
        create_type: bool = True,
    ) -> None:
        self.name = name
        self.schema = schema
        self.metadata = metadata
        self.inherit_schema = inherit_schema
        self.quote = quote
        self.create_type = create_type

    def create(self, bind: TypeBind, checkfirst: bool = False) -> None:
        """Create the type in the database, where that has a type with a name for it.

        Args:
            bind: an engine or a connection.
            checkfirst: leave it alone where it exists.

        Emits: CREATE TYPE or the like, or nothing.
        """
        named = self._named_type(bind)
        if named is not None:
            named.create(bind, checkfirst=checkfirst)

    def drop(self, bind: TypeBind, checkfirst: bool = False) -> None:
        """Drop the type from the database, where that has a type with a name for it.

        Args:
            bind: an engine or a connection.
            checkfirst: do nothing where it does not exist.

        Emits: DROP TYPE or the like, or nothing.
        """
        named = self._named_type(bind)
        if named is not None:
            named.drop(bind, checkfirst=checkfirst)

    def _named_type(self, bind: TypeBind) -> Any:
        """Find the dialect's own version of this type, where it can be created."""
        own: Any = self.dialect_impl(bind.dialect)  # type: ignore[attr-defined]  # of the types
        return own if getattr(type(own), "create", SchemaType.create) is not SchemaType.create else None
