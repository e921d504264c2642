"""What a class body and its mixins declare, in order."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, get_origin

from azoth.exc import InvalidRequestError
from azoth.orm.exc import MappedAnnotationError
from azoth.orm.mapping.attributes.instrumented_attribute import InstrumentedAttribute
from azoth.orm.mapping.declarative.annotations.annotation_names import AnnotationNames
from azoth.orm.mapping.declarative.annotations.class_annotations import annotations_of
from azoth.orm.mapping.declarative.annotations.mapped_annotation import MappedAnnotation, read_annotation
from azoth.orm.mapping.declarative.declared_attr import declared_attr, is_cascading, is_declared
from azoth.orm.mapping.declarative.mapped_column import MappedColumn
from azoth.orm.mapping.declarative.member_warnings import warn_of_expression, warn_of_tuple
from azoth.orm.mapping.lookup import is_declared_with_table
from azoth.orm.mapping.properties.property import MapperProperty
from azoth.sql.schema import Column

ABSENT: Any = object()
IGNORED_BASES = frozenset(
    ["DeclarativeBase", "DeclarativeBaseNoMeta", "MappedAsDataclass", "Generic", "Protocol", "object"]
)


class Member:
    """One declared attribute.

    Args:
        key: its name.
        value: what stands in the class body; ABSENT where there is an annotation only.
        annotation: what stands in ``Mapped[...]``, or None.
        from_mixin: whether a mixin or abstract base declared it, so that this class needs a copy.
    """

    __slots__ = ("annotation", "from_mixin", "key", "value")

    def __init__(self, key: str, value: Any, annotation: MappedAnnotation | None, from_mixin: bool) -> None:
        self.key = key
        self.value = value
        self.annotation = annotation
        self.from_mixin = from_mixin


def mapped_base(class_: type[Any]) -> type[Any] | None:
    """Find the nearest class, mapped or waiting for that, from which a class is derived; None where there is none.

    Raises:
        InvalidRequestError: there are several, of which none is derived from the others.
    """
    mapped = [base for base in class_.__mro__[1:] if is_declared_with_table(base)]
    apart = [base for base in mapped[1:] if not issubclass(mapped[0], base)]
    if apart:
        raise InvalidRequestError(
            f"Class {class_.__name__} has multiple mapped bases: {mapped[0].__name__} and {apart[0].__name__}",
            why="its objects would be objects of two mappings",
            fix="derive it from one mapped class; what the others have in common can be a mixin that is not mapped",
            code="AZ-M349",
        )
    return mapped[0] if mapped else None


def collect_members(
    class_: type[Any], enclosing: Mapping[str, Any], base_class: type[Any] | None = None
) -> dict[str, Member]:
    """Collect what a class and its mixins declare: the class first, then its bases in the order of its MRO.

    What mixins of a mapped base class declare is mapped there; only ``declared_attr.cascading`` is evaluated again.

    Args:
        class_: the class.
        enclosing: the variables of the function that defines it.
        base_class: the mapped class from which it is derived, or None.
    """
    found: dict[str, Member] = {}
    hidden: set[str] = set()
    for base in class_.__mro__:
        if base.__name__ in IGNORED_BASES and base.__module__.partition(".")[0] in ("azoth", "builtins", "typing"):
            continue
        from_mixin = base is not class_
        is_mapped_above = from_mixin and base_class is not None and issubclass(base_class, base)
        names = AnnotationNames(base, enclosing)
        for key, value, raw in _body(base):
            if key in found or key in hidden or (is_mapped_above and not is_cascading(value)):
                continue
            member = _member(class_, names, key, value, raw, from_mixin)
            if member is None:
                hidden.add(key)
            else:
                found[key] = member
    return found


def _member(
    class_: type[Any], names: AnnotationNames, key: str, value: Any, raw: Any, from_mixin: bool
) -> Member | None:
    where = f"{class_.__name__}.{key}"
    if raw is ABSENT and isinstance(value, declared_attr):
        raw = _mapped_result(value)
    annotation = None if raw is ABSENT else read_annotation(names, where, raw)
    if annotation is None:
        if value is ABSENT or not _is_mapping(value):
            if value.__class__ is tuple and (kinds := list(filter(_is_mapping, value))):
                warn_of_tuple(where, value, kinds)
            elif value is not ABSENT:
                warn_of_expression(class_, key, value)
            return None
        _check_annotated(class_, where, value, raw)
    elif value is not ABSENT and not _is_mapping(value):
        # A plain default in a dataclass-like body: a column whose Python default it is.
        value = MappedColumn((), {"default": value})
    if from_mixin and isinstance(value, MapperProperty):
        raise InvalidRequestError(
            f"{type(value).__name__} {key!r} of a mixin cannot be shared by the classes that use it",
            why=f"{class_.__name__} and others would have one and the same property",
            fix=f"let a method under @declared_attr return it: def {key}(cls): ...",
            code="AZ-M64",
        )
    return Member(key, value, annotation, from_mixin)


def _mapped_result(declared: declared_attr[Any]) -> Any:
    """Give what a method says that it returns, where that is ``Mapped[...]``."""
    result = annotations_of(declared.fget).get("return", ABSENT)
    is_mapped = "Mapped[" in result if isinstance(result, str) else isinstance(get_origin(result), type)
    return result if is_mapped else ABSENT


def _check_annotated(class_: type[Any], where: str, value: object, raw: object) -> None:
    expects_mapped = isinstance(value, MappedColumn | MapperProperty)
    if raw is ABSENT or not expects_mapped or getattr(class_, "__allow_unmapped__", False):
        return
    raise MappedAnnotationError(
        f"the annotation {raw!r} of {where} is not of the form Mapped[...]",
        why="the attribute is mapped, so that on the class it is a SQL expression and not a value",
        fix="write Mapped[...] around the type, or set __allow_unmapped__ = True on the class",
        code="AZ-M65",
    )


def _is_mapping(value: object) -> bool:
    if isinstance(value, InstrumentedAttribute):
        return False
    return isinstance(value, MappedColumn | Column | MapperProperty) or is_declared(value)


def _body(base: type[Any]) -> Iterator[tuple[str, Any, Any]]:
    """Yield name, value and annotation of what stands in a class body, in the order of the text."""
    annotations = annotations_of(base)
    values = base.__dict__
    for key in _merged(list(values), list(annotations)):
        if not _is_special(key):
            yield key, values.get(key, ABSENT), annotations.get(key, ABSENT)


def _merged(values: list[str], annotations: list[str]) -> Iterator[str]:
    """Merge two lists of names, each in the order of the text, as well as it can be known.

    Where a name stands in both, what stands before it in either list comes first: the values before it, then the
    annotations before it, then the name, and the annotations that follow.
    """
    both = set(values) & set(annotations)
    met: set[str] = set()
    current, other = values, annotations
    while current or other:
        if not current:
            current, other = other, current
        key = current[0]
        if key in both and key not in met:
            met.add(key)
            current, other = other, current
            continue
        current.pop(0)
        if key in both:
            other.remove(key)
        yield key


def _is_special(key: str) -> bool:
    return key.startswith("__") and key.endswith("__")


def directive(class_: type[Any], name: str) -> Any:
    """Find a directive such as ``__tablename__`` on a class or its mixins; None where there is none.

    A method under ``declared_attr`` is called with the class.
    """
    for base in class_.__mro__:
        if name in base.__dict__:
            value = base.__dict__[name]
            if is_declared(value):
                return value.evaluate(class_)
            if base is not class_ and is_declared_with_table(base):
                # What a mapped class says of itself does not hold for those that are derived from it.
                continue
            return value.__get__(None, class_) if hasattr(value, "__get__") else value
    return None
