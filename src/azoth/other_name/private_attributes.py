"""Private attributes that well-known libraries read; the alias puts them on azoth's classes."""

from __future__ import annotations

from operator import attrgetter

from azoth.orm.decl_api import DeclarativeBaseNoMeta
from azoth.orm.mapping.declarative.from_base import registry_of
from azoth.orm.mapping.declarative.meta import DeclarativeAttributeIntercept
from azoth.orm.mapping.naming.class_registry import ClassRegistry
from azoth.other_name.lookup import public_names
from azoth.sql.types import NullType, TypeDecorator, TypeEngine
from azoth.sql.types.base import follow_types

__all__ = ["give_attributes"]

_TYPES = "sqlalchemy.sql.sqltypes"
_DIALECTS = "azoth.dialects."
_PUBLIC = frozenset(public_names(_TYPES))


def give_attributes() -> None:
    """Give azoth's classes the attributes that libraries read."""
    _name_types()
    setattr(TypeEngine, "_type_affinity", property(_type_affinity))  # noqa: B010  # Alembic compares types by it

    # SQLAlchemy-Continuum, SQLAlchemy-Utils: the classes by name.
    setattr(ClassRegistry, "_class_registry", property(attrgetter("classes")))  # noqa: B010

    # Flask-SQLAlchemy: of declarative bases and their classes, whose metaclass has it, or the base without one.
    setattr(DeclarativeAttributeIntercept, "_sa_registry", _OfClasses())  # noqa: B010
    setattr(DeclarativeBaseNoMeta, "_sa_registry", _OfClass())  # noqa: B010


class _OfClasses:
    """The registry as an attribute of the classes of a metaclass, which may have one of their own."""

    def __get__(self, cls: type[object] | None, owner: type[object]) -> object:
        return self if cls is None else registry_of(cls)


class _OfClass:
    """The registry as an attribute of a class without a metaclass."""

    def __get__(self, instance: object, owner: type[object]) -> object:
        return registry_of(owner)


def _type_affinity(type_: TypeEngine[object]) -> type[TypeEngine[object]]:
    """Name the most general class of the kind that a type is of: Integer for BigInteger, String for Text."""
    if isinstance(type_, TypeDecorator):
        type_ = type_.impl_instance
    found: type[TypeEngine[object]] = NullType
    for class_ in type(type_).__mro__:
        if class_ is not TypeEngine and vars(class_).get("_affinity") == type_._affinity:
            found = class_
    return found


def _name_types() -> None:
    """Let the classes of types say that they are at home where a program can import them, those to come as well.

    Libraries that write programs (migrations, models) or choose by a type (forms) go by ``__module__``.
    """
    follow_types(_rename)


def _rename(class_: type[object]) -> None:
    module = class_.__module__
    if module.startswith(_DIALECTS):
        class_.__module__ = "sqlalchemy.dialects." + module.removeprefix(_DIALECTS).partition(".")[0]
    elif module.startswith("azoth.sql.types.") and class_.__name__ in _PUBLIC:
        class_.__module__ = _TYPES
