"""What the parts of a mapping need to know about the mapper that they belong to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from azoth.orm.runtime.instrumentation.class_manager import ClassManager


class ListenersConnection(Protocol):
    """The connection on which a flush writes, as listeners get it: statements of theirs belong to its transaction."""

    def execute(self, statement: Any, parameters: Any = None) -> Any:
        """Execute a statement."""
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
    registry: Any

    _shape: Any

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
    def columns(self) -> Mapping[str, Any]:
        """The columns by attribute key."""
        ...
