"""Refusing annotations that look like columns and are none."""

from __future__ import annotations

from collections.abc import Container
from typing import Any, ClassVar, get_origin

from azoth.orm.exc import MappedAnnotationError
from azoth.orm.mapping.attributes.instrumented_attribute import InstrumentedAttribute
from azoth.orm.mapping.declarative.annotations.annotation_names import AnnotationNames
from azoth.orm.mapping.declarative.annotations.class_annotations import annotations_of

__all__ = ["refuse_bare_annotations"]


def refuse_bare_annotations(class_: type[Any], mapped: Container[str]) -> None:
    """Refuse names that the body of a mapped class annotates without ``Mapped[...]``, and gives no value.

    They are columns whose author forgot ``Mapped``; passed over, the table lacks them and nothing tells. Where a table
    is given, or a base has mapped the name, the annotation only says of what type it is.

    Args:
        class_: the class, which is no dataclass: in those, such names are fields.
        mapped: the names that the mapping has.

    Raises:
        MappedAnnotationError: there is one, and the class does not allow it.
    """
    body = class_.__dict__
    if body.keys() & {"__dataclass_fields__", "__table__"} or getattr(class_, "__allow_unmapped__", False):
        return
    names = AnnotationNames(class_, {})
    for key, raw in annotations_of(class_).items():
        if key in mapped or body.get(key) is not None or key.startswith(("__", "_sa_")):
            continue
        if _is_of_class(names, raw) or any(
            isinstance(vars(base).get(key), InstrumentedAttribute) for base in class_.__mro__[1:]
        ):
            continue
        raise MappedAnnotationError(
            f"{class_.__name__}.{key} is annotated as {raw!r}, and is not mapped",
            why="only Mapped[...] and mapped_column() make columns",
            fix="write Mapped[...] around the type; where no column is meant, write ClassVar[...], give it a value, "
            "or set __allow_unmapped__ = True on the class",
            code="AZ-M414",
        )


def _is_of_class(names: AnnotationNames, raw: object) -> bool:
    if isinstance(raw, str):
        try:
            raw = names.evaluate(raw)
        except Exception:  # noqa: BLE001 -- text that only the defining function understands
            return False
    return raw is ClassVar or get_origin(raw) is ClassVar
