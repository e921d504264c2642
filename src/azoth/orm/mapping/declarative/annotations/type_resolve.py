"""The type of an annotated attribute's column: what listeners of the registry say, then what its map has."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Protocol, get_args, get_origin

from azoth.exc import ArgumentError
from azoth.orm.mapping.declarative.annotations.mapped_annotation import alias_value, without_none
from azoth.orm.mapping.declarative.annotations.type_map import TypeMap
from azoth.sql.types import TypeEngine, to_instance
from azoth.util.arguments import kind_of
from azoth.util.named_tuple import NamedTuple

if TYPE_CHECKING:

    class TypesOfRegistry(Protocol):
        """What is needed of a registry."""

        types: TypeMap
        dispatch: Any


class TypeResolve(NamedTuple):
    """An annotation whose type of columns is looked for: what listeners of ``resolve_type_annotation`` get.

    Attributes:
        registry: the registry of the class.
        cls: the class that is being mapped.
        key: the attribute.
        raw_type: what stands in ``Mapped[...]``.
        resolved_type: what is looked for: ``raw_type`` without None, past one ``type X = ...`` and one ``Annotated``.
        raw_pep_593_type, pep_593_resolved_argument: the ``Annotated[...]``, and the type in it without None; both None
            where the annotation has none.
        raw_pep_695_type, pep_695_resolved_value: the name that ``type X = ...`` defined, and what it stands for,
            without None; both None where the annotation has no such name.
    """

    registry: TypesOfRegistry
    cls: type[Any]
    key: str
    raw_type: object
    resolved_type: object
    raw_pep_593_type: object
    pep_593_resolved_argument: object
    raw_pep_695_type: object
    pep_695_resolved_value: object

    def resolve(self, python_type: object) -> TypeEngine[Any] | None:
        """Find the type of columns that the registry has for a Python type; None where it has none."""
        return self.registry.types.lookup(python_type)


def type_resolve(registry: TypesOfRegistry, cls: type[Any], key: str, raw_type: object) -> TypeResolve:
    """Take an annotation apart for the listeners that look for its type of columns.

    Args:
        registry: the registry of the class.
        cls: the class that is being mapped.
        key: the attribute.
        raw_type: what stands in ``Mapped[...]``.
    """
    raw_alias = alias_type = raw_annotated = annotated_type = None
    resolved = without_none(raw_type)[0]
    stands_for = alias_value(resolved)
    if stands_for is not resolved:
        raw_alias = resolved
        alias_type = resolved = without_none(stands_for)[0]
    if get_origin(resolved) is Annotated:
        raw_annotated = resolved
        annotated_type = resolved = without_none(get_args(resolved)[0])[0]
    return TypeResolve(registry, cls, key, raw_type, resolved, raw_annotated, annotated_type, raw_alias, alias_type)


class AttributeTypes:
    """Finds the types of columns for one attribute.

    Args:
        registry: the registry of the class.
        class_: the class that is being mapped.
        key: the attribute.
    """

    __slots__ = ("_class", "_key", "_registry")

    def __init__(self, registry: TypesOfRegistry, class_: type[Any], key: str) -> None:
        self._registry = registry
        self._class = class_
        self._key = key

    def find(self, inner: object) -> TypeEngine[Any]:
        """Find the type of a column for a Python type.

        Raises:
            MappedAnnotationError: nothing is known about the type.
            ArgumentError: a listener returned something else than a type of columns.
        """
        where = f"{self._class.__name__}.{self._key}"
        for listener in self._registry.dispatch.resolve_type_annotation:
            found = listener(type_resolve(self._registry, self._class, self._key, inner))
            if found is not None:
                return _as_type(found, where)
        return self._registry.types.find(inner, where)


def _as_type(found: object, where: str) -> TypeEngine[Any]:
    if not isinstance(found, TypeEngine) and not (isinstance(found, type) and issubclass(found, TypeEngine)):
        raise ArgumentError(
            f"a listener of 'resolve_type_annotation' gave no type of columns for {where}",
            why=f"{kind_of(found)} was returned; a type becomes that of the column, None leaves it to the registry.",
            fix="return a type such as String(50), or None.",
            code="AZ-M98",
        )
    return to_instance(found)
