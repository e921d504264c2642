"""DynamicMapped and WriteOnlyMapped as type checkers know them: on an object, the collection that it shows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol, TypeVar, overload

from azoth.orm.mapping.attributes import mapped

if TYPE_CHECKING:
    from azoth.orm.mapping.attributes.instrumented_attribute import InstrumentedAttribute
    from azoth.orm.query.appender_query import AppenderQuery
    from azoth.orm.query.write_only_collection import WriteOnlyCollection

    MemberT = TypeVar("MemberT")

    # Mappings know these annotations, but not the collections, which stand above them. What relationship() gives fits
    # both protocols, since it does not say what its values are.

    class DynamicMapped(Protocol[MemberT]):
        """Annotate a collection that is queried instead of loaded."""

        @overload
        def __get__(self, instance: None, owner: Any) -> InstrumentedAttribute[MemberT]: ...
        @overload
        def __get__(self, instance: object, owner: Any) -> AppenderQuery[MemberT]: ...

        def __set__(self, instance: Any, value: Any) -> None: ...

    class WriteOnlyMapped(Protocol[MemberT]):
        """Annotate a collection that is changed without ever being loaded."""

        @overload
        def __get__(self, instance: None, owner: Any) -> InstrumentedAttribute[MemberT]: ...
        @overload
        def __get__(self, instance: object, owner: Any) -> WriteOnlyCollection[MemberT]: ...

        def __set__(self, instance: Any, value: Any) -> None: ...

else:
    DynamicMapped = mapped.DynamicMapped
    WriteOnlyMapped = mapped.WriteOnlyMapped
