"""What the parts of a mapping need to know about the mapper that they belong to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from azoth.orm.runtime.instrumentation.class_manager import ClassManager
    from azoth.sql.elements import ColumnElement
    from azoth.sql.selectable import FromClause


class ListenersConnection(Protocol):
    """The connection on which a flush writes, as listeners get it: statements of theirs belong to its transaction."""

    def execute(self, statement: Any, parameters: Any = None) -> Any:
        """Execute a statement."""
        ...


class ColumnsByKey(Protocol):
    """The columns of a mapper by attribute key."""

    def __contains__(self, key: object) -> bool:
        """Tell whether there is a column of a key."""
        ...

    def __getitem__(self, key: str) -> Any:
        """Find the column of a key."""
        ...

    def keys(self) -> list[str]:
        """List the keys."""
        ...

    def items(self) -> list[tuple[str, Any]]:
        """List keys and columns."""
        ...


class MapperPort(Protocol):
    """A mapper, as its properties see it."""

    class_: type[Any]
    manager: ClassManager
    local_table: Any
    persist_selectable: Any
    primary_key: tuple[Any, ...]
    primary_key_keys: tuple[str, ...]
    configured: bool
    inherits: Any
    registry: Any

    _shape: Any

    @property
    def self_and_descendants(self) -> tuple[Any, ...]:
        """The mapper and those of derived classes."""
        ...

    def key_of(self, column: Any) -> str:
        """Find the attribute key of a column."""
        ...

    def has_property(self, key: str) -> bool:
        """Tell whether there is an attribute of a name."""
        ...

    def get_property(self, key: str) -> Any:
        """Find the property of an attribute."""
        ...

    def add_property(self, key: str, prop: Any) -> None:
        """Add an attribute."""
        ...

    def instrument(self, attribute: Any, *, plain: bool) -> None:
        """Put the attribute of a property on the class."""
        ...

    def common_parent(self, other: Any) -> bool:
        """Tell whether both mappers belong to one hierarchy."""
        ...

    @property
    def attrs(self) -> Any:
        """All properties by key."""
        ...

    @property
    def relationships(self) -> Any:
        """The relationships by key."""
        ...

    @property
    def columns(self) -> ColumnsByKey:
        """The columns by attribute key."""
        ...


class HierarchyPort(Protocol):
    """A mapper, as the mappings of its base and derived classes see it."""

    class_: type[Any]
    manager: ClassManager
    local_table: Any
    persist_selectable: FromClause
    selectable: FromClause
    inheritance: Any
    base_mapper: Any
    single: bool
    polymorphic_on: ColumnElement[Any] | None
    polymorphic_key: str | None
    polymorphic_identity: Any
    polymorphic_map: dict[Any, Any]
    derived: dict[Any, Any]

    _properties: dict[str, Any]

    @property
    def self_and_descendants(self) -> tuple[Any, ...]:
        """The mapper and those of derived classes."""
        ...

    @property
    def with_polymorphic_mappers(self) -> list[Any]:
        """The mappers whose columns queries for the class bring."""
        ...

    @property
    def with_polymorphic_selectable(self) -> FromClause | None:
        """What queries for the class select from, where an option names it."""
        ...


class InheritanceOptions(Protocol):
    """The options of a mapping that say how its class is derived from a mapped one."""

    concrete: bool
    inherits: Any
    inherit_condition: Any
    inherit_foreign_keys: Any
    include_properties: Any
    exclude_properties: Any
