"""Reads the surface of two libraries: documented members of public classes, parameters of what is called."""

from __future__ import annotations

import ast
import enum
import importlib
import inspect
import sys
import warnings
from collections.abc import Iterator
from functools import cache
from types import FunctionType, ModuleType

MODULES = [
    "sqlalchemy",
    "sqlalchemy.dialects.mssql",
    "sqlalchemy.dialects.mysql",
    "sqlalchemy.dialects.oracle",
    "sqlalchemy.dialects.postgresql",
    "sqlalchemy.engine",
    "sqlalchemy.event",
    "sqlalchemy.exc",
    "sqlalchemy.inspection",
    "sqlalchemy.orm",
    "sqlalchemy.orm.attributes",
    "sqlalchemy.orm.collections",
    "sqlalchemy.orm.exc",
    "sqlalchemy.orm.instrumentation",
    "sqlalchemy.orm.interfaces",
    "sqlalchemy.pool",
    "sqlalchemy.schema",
    "sqlalchemy.sql",
    "sqlalchemy.sql.expression",
    "sqlalchemy.sql.functions",
    "sqlalchemy.sql.operators",
    "sqlalchemy.sql.visitors",
    "sqlalchemy.types",
]
"""What is compared, besides the extensions."""

EXTENSIONS = [
    "associationproxy",
    "automap",
    "baked",
    "compiler",
    "declarative",
    "horizontal_shard",
    "hybrid",
    "indexable",
    "instrumentation",
    "mutable",
    "orderinglist",
    "serializer",
]
"""Modules of ``sqlalchemy.ext``, each compared where azoth has it."""

BY_POSITION = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
OPEN = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)


def public_names(module: ModuleType) -> list[str]:
    """List what a module offers: what it says itself, or else what it defines or its package does."""
    declared = getattr(module, "__all__", None)
    if declared is not None:
        return list(declared)
    whole = module.__name__.count(".") < 2 or module.__name__ == "sqlalchemy.sql.expression"
    names = []
    for name, value in vars(module).items():
        if name.startswith("_") or inspect.ismodule(value):
            continue
        home = getattr(value, "__module__", "") or ""
        if home.startswith("sqlalchemy") if whole else home == module.__name__:
            names.append(name)
    return names


def imported(path: str) -> ModuleType | None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return importlib.import_module(path)
        except ImportError:
            return None


@cache
def pairs() -> dict[str, tuple[object, object]]:
    """Pair what is public in both libraries; ``Name`` -> (theirs, ours), each of their objects once."""
    found: dict[str, tuple[object, object]] = {}
    seen: set[int] = set()
    for path in [*MODULES, *[f"sqlalchemy.ext.{name}" for name in EXTENSIONS]]:
        theirs, ours = imported(path), imported(path.replace("sqlalchemy", "azoth", 1))
        if theirs is None or ours is None:
            continue
        for name in public_names(theirs):
            one = getattr(theirs, name, None)
            other = getattr(ours, name, None)
            if other is None or id(one) in seen or not (inspect.isclass(one) or isinstance(one, FunctionType)):
                continue
            seen.add(id(one))
            key = name if name not in found else f"{path.rpartition('.')[2]}.{name}"
            found[key] = (one, other)
    return found


@cache
def _described_in_source(module: str) -> frozenset[tuple[str, str]]:
    """Find the attributes of a module's classes that have a text below their assignment."""
    source = inspect.getsource(sys.modules[module])
    found = set()
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.ClassDef):
            continue
        for statement, after in zip(node.body, node.body[1:], strict=False):
            text = isinstance(after, ast.Expr) and isinstance(after.value, ast.Constant) and after.value.value
            if not isinstance(text, str):
                continue
            targets = statement.targets if isinstance(statement, ast.Assign) else [getattr(statement, "target", None)]
            found.update((node.name, target.id) for target in targets if isinstance(target, ast.Name))
    return frozenset(found)


def _has_text(definer: type, name: str) -> bool:
    try:
        return (definer.__name__, name) in _described_in_source(definer.__module__)
    except OSError:
        # What is compiled has no source.
        return False


def _is_described(definer: type, name: str, value: object) -> bool:
    if issubclass(definer, enum.Enum) and name in definer.__members__:
        return True
    if _has_text(definer, name):
        return True
    if inspect.isclass(value):
        return False
    plain = getattr(value, "__func__", value)
    wrapped = getattr(plain, "func", None)
    # Of None nothing is asked: since 3.13 it has a description of its own.
    text = getattr(plain, "__doc__", None) or (None if wrapped is None else wrapped.__doc__)
    return isinstance(text, str) and text != type(plain).__doc__


def documented_members(cls: type) -> Iterator[str]:
    """Yield the members of a class of SQLAlchemy that have a description."""
    seen: set[str] = set()
    for base in cls.__mro__:
        if not base.__module__.startswith("sqlalchemy"):
            continue
        for name, value in vars(base).items():
            if name.startswith("_") or name in seen:
                continue
            seen.add(name)
            if _is_described(base, name, value):
                yield name
        for name in inspect.get_annotations(base):
            # What instances have, and is described where the class declares it.
            if not name.startswith("_") and name not in seen and _has_text(base, name):
                seen.add(name)
                yield name


def _is_self(node: ast.expr) -> bool:
    return isinstance(node, ast.Name) and node.id == "self"


@cache
def _set_by_methods(module: str) -> frozenset[tuple[str, str]]:
    """Find the attributes that the methods of a module's classes set on their objects, as (class, attribute)."""
    found = set()
    for cls in ast.walk(ast.parse(inspect.getsource(sys.modules[module]))):
        for method in cls.body if isinstance(cls, ast.ClassDef) else ():
            if isinstance(method, ast.FunctionDef):
                found.update(
                    (cls.name, node.attr)  # type: ignore[attr-defined]
                    for node in ast.walk(method)
                    if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store) and _is_self(node.value)
                )
    return frozenset(found)


def has_member(cls: object, name: str) -> bool:
    """Tell whether objects of a class have a member: in the class, declared or set for its instances, or in a slot."""
    if hasattr(cls, name):
        return True
    for base in getattr(cls, "__mro__", ()):
        if name in inspect.get_annotations(base) or name in base.__dict__.get("__slots__", ()):
            return True
        if base.__module__.startswith("azoth") and (base.__name__, name) in _set_by_methods(base.__module__):
            return True
    return False


def _signature(value: object) -> inspect.Signature | None:
    try:
        return inspect.signature(value)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        return None


def parameter_differences(key: str, theirs: object, ours: object) -> Iterator[str]:
    """Yield ``key(name)`` for each parameter that is absent, ``key(name:1->2)`` for one at another place."""
    one, other = _signature(theirs), _signature(ours)
    if one is None or other is None:
        return
    parameters = [parameter for parameter in one.parameters.values() if not parameter.name.startswith("_")]
    own = other.parameters
    for parameter in parameters:
        if parameter.kind is inspect.Parameter.VAR_POSITIONAL:
            if all(mine.kind is not inspect.Parameter.VAR_POSITIONAL for mine in own.values()):
                yield f"{key}(*{parameter.name})"
        elif parameter.kind not in OPEN and parameter.name not in ("self", "cls") and parameter.name not in own:
            yield f"{key}({parameter.name})"
    places = [parameter.name for parameter in one.parameters.values() if parameter.kind in BY_POSITION]
    own_places = [parameter.name for parameter in own.values() if parameter.kind in BY_POSITION]
    for place, name in enumerate(places):
        if not name.startswith("_") and name in own_places and own_places.index(name) != place:
            yield f"{key}({name}:{place}->{own_places.index(name)})"


def _is_made_by_its_class(cls: type) -> bool:
    """Tell whether the constructor says what it takes; some of SQLAlchemy take anything and refuse it."""
    if issubclass(cls, (BaseException, enum.Enum)) or cls.__init__ is object.__init__:
        return False
    signature = _signature(cls)
    return signature is not None and any(parameter.kind not in OPEN for parameter in signature.parameters.values())


def _class_differences(theirs: type, ours: object) -> Iterator[str]:
    """Yield how a class differs: ``(parameter)`` of its constructor, ``.member``, ``.member(parameter)``."""
    if _is_made_by_its_class(theirs):
        yield from parameter_differences("", theirs, ours)
    for member in documented_members(theirs):
        if not has_member(ours, member):
            yield f".{member}"
            continue
        value = getattr(theirs, member, None)
        if callable(value) and not inspect.isclass(value):
            yield from parameter_differences(f".{member}", value, getattr(ours, member, None))


@cache
def differences() -> frozenset[str]:
    """List everything that azoth's surface lacks; what a class lacks is not said again of the classes below it."""
    found: set[str] = set()
    by_class: dict[type, tuple[str, set[str]]] = {}
    for name, (theirs, ours) in pairs().items():
        if isinstance(theirs, type):
            by_class[theirs] = (name, set(_class_differences(theirs, ours)))
        else:
            found.update(parameter_differences(name, theirs, ours))
    for cls, (name, own) in by_class.items():
        above = set().union(*(by_class[base][1] for base in cls.__mro__[1:] if base in by_class))
        found.update(f"{name}{difference}" for difference in own - above)
    return frozenset(found)
