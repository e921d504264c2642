"""Teaching a collection class of the user's own to report its changes."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import wraps
from typing import Any, Final

from azoth.exc import ArgumentError
from azoth.orm.runtime.collections.bond import bond_of, silently
from azoth.orm.runtime.collections.collection_copies import deep_copy
from azoth.orm.runtime.collections.collection_roles import argument_position, marks_of
from azoth.orm.runtime.collections.dict_mutators import dict_mutators
from azoth.orm.runtime.collections.instrumented import install, members
from azoth.orm.runtime.collections.list_mutators import list_mutators
from azoth.orm.runtime.collections.set_mutators import set_mutators
from azoth.orm.runtime.state import instance_behind

ROLE_NAMES: Final[dict[type, dict[str, str]]] = {
    list: {"appender": "append", "remover": "remove", "iterator": "__iter__"},
    set: {"appender": "add", "remover": "remove", "iterator": "__iter__"},
    dict: {"appender": "set", "remover": "remove", "iterator": "values"},
}
"""The methods of each kind of collection that play its roles unless the class marks others."""

MutatorMaker = Callable[[Any], dict[str, Callable[..., Any]]]

MUTATOR_MAKERS: Final[dict[type, MutatorMaker]] = {list: list_mutators, set: set_mutators, dict: dict_mutators}
BULK_ADDERS: Final[dict[type, tuple[str, ...]]] = {list: ("extend", "__iadd__"), set: ("update", "__ior__")}
"""The methods of each kind of collection that put several items in."""

ROLES: Final = ("appender", "remover", "iterator", "converter")


def emulated_type(subject: Any) -> type | None:
    """Tell which of list, set and dict a collection (or a collection class) behaves like, or None."""
    class_ = subject if isinstance(subject, type) else type(subject)
    emulates: type | None = getattr(class_, "__emulates__", None)
    for base in (list, set, dict):
        if issubclass(class_, base) or (isinstance(emulates, type) and issubclass(emulates, base)):
            return base
    if "__emulates__" in class_.__dict__ or issubclass(class_, frozenset):
        return None
    for name, base in (("append", list), ("add", set), ("set", dict)):
        if hasattr(class_, name):
            return base
    return None


def instrument_class(class_: type[Any]) -> None:
    """Make a collection class report changes to the attribute that its instances belong to, and note its roles.

    Args:
        class_: a list, set or dict subclass, a class that looks like one, or one with decorated methods.

    Raises:
        ArgumentError: the class has no appender, remover or iterator.
    """
    if "_azoth_appender" in class_.__dict__:
        return
    roles = _roles_of(class_)
    if not hasattr(class_, "_azoth_owner"):
        class_._azoth_owner = None
        class_._azoth_attribute = None
    if not hasattr(class_, "__deepcopy__"):
        class_.__deepcopy__ = deep_copy
    reporting = _reporting_methods(class_, roles)
    if not hasattr(class_, "_azoth_census"):
        # Kept by the built-in kinds only; the reporting mutators ask any collection for it.
        class_._azoth_census = None
    for role in ROLES:
        setattr(class_, f"_azoth_{role}", roles.get(role))
    install(class_, reporting)


def _roles_of(class_: type[Any]) -> dict[str, str]:
    kind = emulated_type(class_)
    roles = {} if kind is None else {role: name for role, name in ROLE_NAMES[kind].items() if hasattr(class_, name)}
    for base in reversed(class_.__mro__):
        for name, method in base.__dict__.items():
            role = marks_of(method).get("role")
            if role is not None:
                roles[role] = name
    for role in ("appender", "remover", "iterator"):
        if role not in roles:
            raise ArgumentError(
                f"collection class {class_.__name__} has no {role}",
                why="a collection needs a method to put one item in, one to take it out, and one to iterate.",
                fix=f"decorate the method with @collection.{role}, or derive the class from list, set or KeyFuncDict.",
                code="AZ-M80",
            )
    return roles


def _reporting_methods(class_: type[Any], roles: dict[str, str]) -> dict[str, Callable[..., Any]]:
    """Make the reporting version of each method of the class that changes the collection."""
    reporting: dict[str, Callable[..., Any]] = {}
    kind = emulated_type(class_)
    if kind is not None:
        mutators = MUTATOR_MAKERS[kind](_native_methods(class_, kind))
        for name, mutator in mutators.items():
            method = getattr(class_, name, None)
            if method is None or _reports(method):
                continue
            if issubclass(class_, kind):
                reporting[name] = mutator
            elif name in BULK_ADDERS.get(kind, ()):
                reporting[name] = _one_by_one(method, roles["appender"])
            else:
                reporting[name] = _comparing(method)
    for name, marks in _marked_methods(class_).items():
        method = getattr(class_, name)
        if marks.get("internal"):
            reporting.pop(name, None)
        elif {"adds", "removes", "removes_return"} & marks.keys():
            reporting[name] = _announcing(method, marks)
    for role, mark in (("appender", "adds"), ("remover", "removes")):
        method = getattr(class_, roles[role])
        builtin = kind is not None and issubclass(class_, kind) and roles[role] in ROLE_NAMES[kind].values()
        if not (_reports(method) or (builtin and roles[role] in reporting)):
            reporting[roles[role]] = _announcing(method, {mark: 1})
    return reporting


def _native_methods(class_: type[Any], kind: type) -> Callable[[str], Callable[..., Any]]:
    def native(name: str) -> Callable[..., Any]:
        method = getattr(class_, name, None)
        if method is None or method is getattr(kind, name):
            return getattr(kind, name)  # type: ignore[no-any-return]
        return silently(method)

    return native


def _marked_methods(class_: type[Any]) -> dict[str, dict[str, Any]]:
    marked: dict[str, dict[str, Any]] = {}
    for base in reversed(class_.__mro__):
        for name, method in base.__dict__.items():
            marks = marks_of(method)
            if marks and not getattr(method, "_azoth_instrumented", False):
                marked[name] = marks
    return marked


def _reports(method: Any) -> bool:
    return getattr(method, "_azoth_instrumented", False) or bool(marks_of(method).get("internal"))


def _announcing(method: Callable[..., Any], marks: dict[str, Any]) -> Callable[..., Any]:
    """Report the item that a method adds or removes, as its decorator says."""
    quiet = silently(method)
    argument = marks.get("adds", marks.get("removes"))
    position, argument_name = (0, "") if argument is None else argument_position(method, argument)
    adds = "adds" in marks
    removes = "removes" in marks
    removes_return = bool(marks.get("removes_return"))

    @wraps(method, updated=())
    def run(self: Any, *arguments: Any, **named: Any) -> Any:
        bond = bond_of(self)
        if bond is None:
            return method(self, *arguments, **named)
        attribute, state, instance = bond
        item = None
        if argument is not None:
            by_name = argument_name in named
            item = named[argument_name] if by_name else arguments[position - 1]
            if adds:
                item = attribute.adding(state, instance, self, item)
            else:
                item = instance_behind(item)
                attribute.removing(state, instance, self, item)
            if by_name:
                named[argument_name] = item
            else:
                arguments = (*arguments[: position - 1], item, *arguments[position:])
        else:
            attribute.removing(state, instance, self, None)  # what it will return is not known: note the members
        result = quiet(self, *arguments, **named)
        if adds:
            attribute.added(state, instance, item)
        if removes:
            attribute.removed(state, instance, self, item)
        if removes_return and result is not None:
            attribute.removing(state, instance, self, result)
            attribute.removed(state, instance, self, result)
        return result

    return run


def _one_by_one(method: Callable[..., Any], appender: str) -> Callable[..., Any]:
    """Put several items in by the appender of a class that only looks like its kind.

    So each item is announced before it is stored, and what listeners and validators make of it is what is stored.
    """
    returns_itself = method.__name__ in {"__iadd__", "__ior__"}

    @wraps(method, updated=())
    def run(self: object, *given: Iterable[object]) -> object:
        append = getattr(self, appender)
        for items in given:
            for item in list(items):
                append(item)
        return self if returns_itself else None

    return run


def _comparing(method: Callable[..., Any]) -> Callable[..., Any]:
    """Report what a method of an unknown inner working changed, by comparing the members before and after."""
    quiet = silently(method)

    @wraps(method, updated=())
    def run(self: Any, *arguments: Any, **named: Any) -> Any:
        bond = bond_of(self)
        if bond is None:
            return method(self, *arguments, **named)
        attribute, state, instance = bond
        before = members(self)
        attribute.removing(state, instance, self, None)  # the members before the change are noted
        result = quiet(self, *arguments, **named)
        after = members(self)
        kept = {id(item) for item in before} & {id(item) for item in after}
        for item in after:
            if id(item) not in kept:
                attribute.adding(state, instance, self, item)
                attribute.added(state, instance, item)
        for item in before:
            if id(item) not in kept:
                attribute.removing(state, instance, self, item)
                attribute.removed(state, instance, self, item)
        return result

    return run
