"""What a flush warns of when it runs; its plan shows it before."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from azoth.orm.persistence.profile.write_profile import write_profile
from azoth.util.named_tuple import NamedTuple

if TYPE_CHECKING:
    from azoth.orm.mapping.mapper.mapper import Mapper


class FlushWarning(NamedTuple):
    """A warning: what is probably wrong, what azoth found, what to change, and a stable code."""

    summary: str
    why: str
    fix: str
    code: str


def stranger(class_name: str, relationship: str) -> FlushWarning:
    """Warn of an object that a relationship leads to and that is not in the session."""
    return FlushWarning(
        f"Object of type <{class_name}> not in session, the operation along '{relationship}' will not proceed",
        why="a flush writes what is in the session, and no cascade has brought it there",
        fix="add() the object, or set the cascade of the relationship",
        code="AZ-F241",
    )


def of_other_classes(mapper: Mapper, instances: Iterable[Any]) -> Iterator[FlushWarning]:
    """Warn of objects whose discriminators say that their rows are of another class.

    Args:
        mapper: the class of the objects.
        instances: the objects.
    """
    allowed = write_profile(mapper).identities
    key, own = mapper.polymorphic_key, mapper.polymorphic_identity
    if allowed is None:
        return
    for identity in dict.fromkeys([instance.__dict__.get(key, own) for instance in instances]):
        if identity not in allowed:
            yield FlushWarning(
                f"Flushing object <{mapper.class_.__name__}> with incompatible polymorphic identity {identity!r}; "
                "the object may not refresh and/or load correctly",
                why=f"{mapper.class_.__name__}.{key} was set, and its value is not one of a {mapper.class_.__name__}",
                fix=f"leave {key} to azoth, which sets it when an object is made; to change the class of a row, delete "
                "the object and add one of the other class",
                code="AZ-F243",
            )
