"""The type of an annotated attribute's column: what listeners of the registry say, then what its map has."""

from __future__ import annotations

from typing import Annotated, Any, get_args, get_origin

from azoth.exc import ArgumentError
from azoth.orm.mapping.declarative.annotations.mapped_annotation import alias_value, without_none
from azoth.orm.mapping.declarative.annotations.type_map import TypeMap
from azoth.orm.mapping.naming.class_registry import ClassRegistry
from azoth.sql.types import TypeEngine, to_instance
from azoth.util.arguments import kind_of


class TypeResolve:
    """An annotation whose type of columns is looked for: what listeners of ``resolve_type_annotation`` get.

    Args:
        registry: the registry of the class.
        types: its types by Python type.
        cls: the class that is being mapped.
        key: the attribute.
        raw_type: what stands in ``Mapped[...]``.

    Attributes:
        raw_pep_695_type, pep_695_resolved_value: the name that ``type X = ...`` defined, and what it stands for,
            without None; both None where the annotation has no such name.
        raw_pep_593_type, pep_593_resolved_argument: the ``Annotated[...]``, and the type in it without None; or None.
        resolved_type: what is looked for: ``raw_type`` without None, past one such name and one ``Annotated``.
    """

    __slots__ = (
        "_types", "cls", "key", "pep_593_resolved_argument", "pep_695_resolved_value", "raw_pep_593_type",
        "raw_pep_695_type", "raw_type", "registry", "resolved_type",
    )  # fmt: skip

    def __init__(self, registry: ClassRegistry, types: TypeMap, cls: type[Any], key: str, raw_type: object) -> None:
        self.registry = registry
        self._types = types
        self.cls = cls
        self.key = key
        self.raw_type = raw_type
        self.raw_pep_695_type = self.pep_695_resolved_value = None
        self.raw_pep_593_type = self.pep_593_resolved_argument = None
        resolved = without_none(raw_type)[0]
        stands_for = alias_value(resolved)
        if stands_for is not resolved:
            self.raw_pep_695_type = resolved
            self.pep_695_resolved_value = resolved = without_none(stands_for)[0]
        if get_origin(resolved) is Annotated:
            self.raw_pep_593_type = resolved
            self.pep_593_resolved_argument = resolved = without_none(get_args(resolved)[0])[0]
        self.resolved_type = resolved

    def resolve(self, python_type: object) -> TypeEngine[Any] | None:
        """Find the type of columns that the registry has for a Python type; None where it has none."""
        return self._types.lookup(python_type)


class AttributeTypes:
    """Finds the types of columns for one attribute.

    Args:
        registry: the registry of the class.
        types: its types by Python type.
        class_: the class that is being mapped.
        key: the attribute.
    """

    __slots__ = ("_class", "_key", "_registry", "_types")

    def __init__(self, registry: ClassRegistry, types: TypeMap, class_: type[Any], key: str) -> None:
        self._registry = registry
        self._types = types
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
            found = listener(TypeResolve(self._registry, self._types, self._class, self._key, inner))
            if found is not None:
                return _as_type(found, where)
        return self._types.find(inner, where)


def _as_type(found: object, where: str) -> TypeEngine[Any]:
    if not isinstance(found, TypeEngine) and not (isinstance(found, type) and issubclass(found, TypeEngine)):
        raise ArgumentError(
            f"a listener of 'resolve_type_annotation' gave no type of columns for {where}",
            why=f"{kind_of(found)} was returned; a type becomes that of the column, None leaves it to the registry.",
            fix="return a type such as String(50), or None.",
            code="AZ-M98",
        )
    return to_instance(found)
