"""Private attributes that well-known libraries read; the alias puts them on azoth's classes."""

from __future__ import annotations

from collections.abc import Mapping
from inspect import Parameter, Signature
from operator import attrgetter
from typing import Any, Final

from azoth.engine import Connection, Engine
from azoth.engine.default import DefaultDialect
from azoth.engine.reflection import Inspector
from azoth.orm import Session, scoped_session
from azoth.orm.attributes import QueryableAttribute
from azoth.orm.decl_api import DeclarativeBaseNoMeta
from azoth.orm.mapping.declarative.from_base import registry_of
from azoth.orm.mapping.declarative.meta import DeclarativeAttributeIntercept
from azoth.orm.mapping.naming.class_registry import ClassRegistry
from azoth.orm.query.statement_facts import first_mapper
from azoth.other_name.lookup import public_names
from azoth.sql.elements import ClauseElement, ColumnClause, Label
from azoth.sql.elements.label_reference import LabelReference
from azoth.sql.schema import (
    NULL_UNSPECIFIED,
    Column,
    ColumnCollectionConstraint,
    Identity,
    IdentityOptions,
    SchemaEventTarget,
)
from azoth.sql.schema.constraints import unique_columns
from azoth.sql.types import Enum, NullType, TypeDecorator, TypeEngine
from azoth.sql.types.base import follow_types
from azoth.sql.visitors import iterate

__all__ = ["give_attributes"]

_PROPAGATED = "_propagate_attrs"
_TYPES = "sqlalchemy.sql.sqltypes"
_OWN_TYPES = "azoth.sql.types."
_DIALECTS = "azoth.dialects."
_TOLD_BY_MODULE: Final[dict[str, tuple[type[object], ...]]] = {
    "sqlalchemy.engine.base": (Connection, Engine),
    "sqlalchemy.orm.session": (Session,),
    "sqlalchemy.orm.scoping": (scoped_session,),
}
"""Classes whose instances a library knows by the first part of ``__module__``: Polars."""

_PUBLIC = frozenset(public_names(_TYPES))


def give_attributes() -> None:
    """Give azoth's classes the attributes that libraries read."""
    _name_types()
    for home, classes in _TOLD_BY_MODULE.items():
        for class_ in classes:
            class_.__module__ = home
    for class_, attributes in _OF_CLASSES.items():
        for name, value in attributes.items():
            setattr(class_, name, value)

    # sqlacodegen: it writes the arguments of a type that differ from their defaults, and asks for the words by itself.
    setattr(Enum.__init__, "__signature__", _words_and_more())  # noqa: B010


def _is_there(_attribute: object) -> bool:
    return True


def _words_and_more() -> Signature:
    return Signature(
        [
            Parameter("self", Parameter.POSITIONAL_OR_KEYWORD),
            Parameter("enums", Parameter.VAR_POSITIONAL),
            Parameter("kw", Parameter.VAR_KEYWORD),
        ]
    )


def _set_parent(item: SchemaEventTarget, parent: object, **kw: object) -> None:
    """Join a part of a schema with its parent."""
    item._join(parent)


def _as_dict(options: IdentityOptions) -> dict[str, object]:
    """List what is said of counting, by the names of the arguments."""
    counting = {name: value for name, value in options._counting().items() if value is not None}
    if not isinstance(options, Identity):
        return counting
    on_null = {} if options.on_null is None else {"on_null": options.on_null}
    return {"always": options.always, **on_null, **counting}


def _given_nullable(column: Column[object]) -> object:
    """Give what was said of NULL, or the mark of nothing."""
    return column.nullable if column._has_given_nullable else NULL_UNSPECIFIED


def _compared(constraint: Any) -> list[tuple[object, str | None, str]]:
    """List what a constraint compares, each with the name of its column and the operator."""
    return [(one, _name_of(one), operator) for one, operator in constraint.elements]


def _name_of(compared: object) -> str | None:
    if isinstance(compared, str):
        return compared
    if isinstance(compared, ColumnClause):
        return compared.name
    return next((str(column.name) for column in unique_columns(compared)), None)


def _overrides_default(dialect: DefaultDialect, method_name: str) -> bool:
    """Tell whether a dialect has a method of its own for a question."""
    return getattr(type(dialect), method_name) is not getattr(DefaultDialect, method_name)


class _Variants:
    """The types that stand for one on single databases; a class has none."""

    def __get__(
        self, type_: TypeEngine[object] | None, owner: type[TypeEngine[object]]
    ) -> Mapping[str, TypeEngine[object]]:
        return (owner if type_ is None else type_)._variants


class _OfParts:
    """What tells which mapper a statement is about, as an attribute of elements; a part of them may have it."""

    def __get__(self, element: ClauseElement | None, owner: type[ClauseElement]) -> object:
        if element is None:
            return self
        for part in iterate(element):
            if own := part.__dict__.get(_PROPAGATED):
                return own
        mapper = first_mapper(element)
        return {} if mapper is None else {"compile_state_plugin": "orm", "plugin_subject": mapper}

    def __set__(self, element: ClauseElement, value: object) -> None:
        element.__dict__[_PROPAGATED] = value


_plain_reference = Label.as_reference


def _as_reference(label: Label[object]) -> LabelReference:
    """Refer to a label by its name; the reference is about the same mapper."""
    reference = _plain_reference(label)
    if own := label.__dict__.get(_PROPAGATED):
        reference.__dict__[_PROPAGATED] = own
    return reference


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


_OF_CLASSES: Final[Mapping[type[object], Mapping[str, object]]] = {
    # Alembic: types are compared by their affinity; the others say what a column, a type or a dialect is like.
    TypeEngine: {"_type_affinity": property(_type_affinity), "_variant_mapping": _Variants()},
    SchemaEventTarget: {"_set_parent": _set_parent},
    Column: {"_user_defined_nullable": property(_given_nullable)},
    IdentityOptions: {"_as_dict": _as_dict},
    DefaultDialect: {"_overrides_default": _overrides_default},
    Inspector: {"_operation_context": Inspector._connection},
    # Of PostgreSQL's ExcludeConstraint, which need not be imported for it.
    ColumnCollectionConstraint: {"_render_exprs": property(_compared)},
    # sqladmin: of attributes that a program may name or leave out, where azoth refuses as it does for columns.
    QueryableAttribute: {"__bool__": _is_there},
    # SQLAlchemy's examples: constructs of programs' own pass it on from their parts.
    ClauseElement: {_PROPAGATED: _OfParts()},
    Label: {"as_reference": _as_reference},
    # SQLAlchemy-Continuum, SQLAlchemy-Utils: the classes by name.
    ClassRegistry: {"_class_registry": property(attrgetter("classes"))},
    # Flask-SQLAlchemy: of declarative bases and their classes, whose metaclass has it, or the base without one.
    DeclarativeAttributeIntercept: {"_sa_registry": _OfClasses()},
    DeclarativeBaseNoMeta: {"_sa_registry": _OfClass()},
}
"""From azoth's classes to the attributes that they get, with the libraries that read them."""


def _name_types() -> None:
    """Let the classes of types say that they are at home where a program can import them, those to come as well.

    Libraries that write programs (migrations, models) or choose by a type (forms) go by ``__module__``. Where they look
    for a more general class they pass over those with an underscore, which what types share gets here.
    """
    follow_types(_rename)


def _rename(class_: type[object]) -> None:
    module = class_.__module__
    if module.startswith(_DIALECTS):
        class_.__module__ = "sqlalchemy.dialects." + module.removeprefix(_DIALECTS).partition(".")[0]
        is_shared = not class_.__name__.isupper() and "__visit_name__" not in vars(class_)
    elif module.startswith(_OWN_TYPES):
        is_shared = class_.__name__ not in _PUBLIC
        class_.__module__ = module if is_shared else _TYPES
    else:
        return
    if is_shared and not class_.__name__.startswith("_"):
        class_.__name__ = f"_{class_.__name__}"
