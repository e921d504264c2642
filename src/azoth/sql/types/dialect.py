"""What types ask of a dialect."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Protocol


class TypeDialect(Protocol):
    """The part of a dialect that decides how values travel to the driver and back."""

    @property
    def name(self) -> str:
        """The name of the database, as in the URL."""

    @property
    def colspecs(self) -> Mapping[type[Any], type[Any]]:
        """Generic types, and the dialect's own versions of them."""

    @property
    def supports_native_boolean(self) -> bool:
        """Whether the database has a boolean type."""

    @property
    def supports_native_decimal(self) -> bool:
        """Whether the driver takes and returns Decimal."""

    @property
    def supports_nan(self) -> bool:
        """Whether the database keeps the float that is not a number."""

    @property
    def supports_native_enum(self) -> bool:
        """Whether the database has an ENUM type."""

    @property
    def supports_native_uuid(self) -> bool:
        """Whether the driver takes and returns UUID objects."""

    @property
    def returns_native_bytes(self) -> bool:
        """Whether the driver gives ``bytes``, and nothing that stands for them."""

    @property
    def supports_native_json_serialization(self) -> bool:
        """Whether the driver writes JSON itself."""

    @property
    def supports_native_json_deserialization(self) -> bool:
        """Whether the driver reads JSON itself."""

    @property
    def dialect_injects_custom_json_deserializer(self) -> bool:
        """Whether it does so by the engine's own function, too."""

    @property
    def json_serializer(self) -> Callable[[Any], str] | None:
        """The engine's own function from values to JSON text, or None for the standard one."""

    @property
    def json_deserializer(self) -> Callable[[str], Any] | None:
        """The engine's own function from JSON text to values, or None for the standard one."""


class HasDialect(Protocol):
    """What writes SQL for a dialect, as a compiler does."""

    @property
    def dialect(self) -> TypeDialect:
        """The dialect."""
