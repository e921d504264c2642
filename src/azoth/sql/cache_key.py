"""The structural key of a statement: two statements with equal shapes compile to the same SQL.

A shape is a nested tuple of plain hashable values. The values bound in the statement are not part of it;
they travel beside it in ``_binds``, in the order in which they stand in the tree, so that a compiled
statement found by its shape can pick its parameters by position.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping, MutableMapping
from typing import TYPE_CHECKING, Any, ClassVar, Final, Protocol, TypeAlias
from weakref import WeakSet, WeakValueDictionary

from azoth.exc import CompileError
from azoth.sql.visitors import Visitable
from azoth.util.named_tuple import NamedTuple
from azoth.util.serial_numbers import serial_numbers
from azoth.util.warning import warn

Shape: TypeAlias = Hashable

UNCACHEABLE: Final = "<uncacheable>"
"""The shape of something whose SQL must be compiled each time."""

_identities = serial_numbers()


class CacheKey(NamedTuple):
    """By what a statement is found in caches: equal for statements that differ in values alone.

    Args:
        key: the structure of the statement.
        bindparams: the parameters that hold its values, in their order.
        params: values by the names of parameters, in the place of their own.
    """

    key: Shape
    bindparams: tuple[Any, ...]
    params: Mapping[str, Any] | None = None

    def __eq__(self, other: object) -> bool:
        return isinstance(other, CacheKey) and self.key == other.key

    def __ne__(self, other: object) -> bool:
        return not self == other

    def __hash__(self) -> int:
        return hash(self.key)

    def to_offline_string(
        self, statement_cache: MutableMapping[Any, str], statement: Any, parameters: Mapping[str, Any] | None
    ) -> str:
        """Write the SQL and the values as a text, for caches that other processes share.

        Args:
            statement_cache: keeps the SQL, by this key.
            statement: the statement.
            parameters: the values that it is executed with.
        """
        sql = statement_cache.get(self)
        if sql is None:
            sql = statement_cache[self] = str(statement)
        given = {**(self.params or {}), **(parameters or {})}
        values = [given.get(bind.key, bind.effective_value) for bind in self.bindparams]
        return repr((sql, tuple(values)))


if TYPE_CHECKING:

    class KeepsStatements(Protocol):
        """What keeps things that it found by the shapes of statements."""

        def clear(self) -> None:
            """Forget them."""


_keepers: Final[WeakValueDictionary[int, KeepsStatements]] = WeakValueDictionary()


def register_keeper(keeper: KeepsStatements) -> None:
    """Let something that keeps statements by their shapes be told when shapes take on another meaning.

    Args:
        keeper: it is known for as long as it lives.
    """
    _keepers[id(keeper)] = keeper


def forget_all_statements() -> None:
    """Let everything that keeps statements forget them: their shapes mean something else from now on."""
    for reference in _keepers.valuerefs():
        keeper = reference()
        if keeper is not None:
            keeper.clear()


def next_identity() -> int:
    """Make a number for something that is only equal to itself (a table, a column, a mapper); never reused."""
    return next(_identities)


def nested_too_deeply() -> CompileError:
    """Make the error for a statement whose parts contain each other more often than Python's stack allows."""
    return CompileError(
        "the statement is nested too deeply",
        why="its expressions, functions or subqueries contain each other hundreds of times, and each level takes a "
        "part of Python's stack (sys.getrecursionlimit()).",
        fix="build it flat: and_(*conditions), union_all(*selects), case(*pairs), one function of many arguments.",
        code="AZ-C290",
    )


class Shaped(Visitable):
    """A node that knows its shape and the values bound below it.

    Both are computed from ``_fields`` on first use and kept. Classes on hot paths may set ``_shape`` and
    ``_binds`` in their constructor instead: the descriptors below give way to the instance's own value.

    A program's own class must say that its base class's shape tells its instances apart (``inherit_cache = True``), or
    what they consist of (``_traverse_internals``); statements with instances of other classes are compiled each time.
    """

    inherit_cache: ClassVar[bool | None] = None
    _asks_for_inherit_cache: ClassVar[bool] = True
    """Whether there is a warning where a program's own class says nothing."""
    _has_identity: ClassVar[bool] = False
    """Whether an instance is like no other one, whatever class it is of, as a table of a schema is."""

    if TYPE_CHECKING:
        _shape: Shape
        _binds: tuple[Any, ...]

    def __init_subclass__(cls, **arguments: object) -> None:
        super().__init_subclass__(**arguments)
        if cls.__module__.startswith("azoth.") or getattr(cls, "_shape", None) == UNCACHEABLE:
            return
        if not cls._has_identity or cls.__dict__.get("inherit_cache") is False:
            take_in_class(cls)

    def _generate_cache_key(self) -> CacheKey | None:
        """Give what the element is found by in caches; None where it is compiled each time."""
        return None if self._shape == UNCACHEABLE else CacheKey(self._shape, tuple(self._binds))

    # Type checkers do not see it, so that they report misspelt names.
    if not TYPE_CHECKING:

        def __getattr__(self, name: str) -> Any:
            # Runs only where the instance has no such attribute yet. Kept as __getattr__ on the instance
            # rather than as a property, because a property would stand before the instance's own value.
            if name == "_shape":
                try:
                    return self.__dict__.setdefault("_shape", self._compute_shape())
                except RecursionError:
                    raise nested_too_deeply() from None
            if name == "_binds":
                try:
                    return self.__dict__.setdefault("_binds", tuple(self._compute_binds()))
                except RecursionError:
                    raise nested_too_deeply() from None
            return self._missing_attribute(name)

    def _missing_attribute(self, name: str) -> Any:
        raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")

    def _compute_shape(self) -> Shape:
        parts: list[Shape] = [self.__visit_name__]
        for field in self._fields:
            part = shape_of(getattr(self, field))
            if part == UNCACHEABLE:
                return UNCACHEABLE
            parts.append(part)
        return tuple(parts)

    def _compute_binds(self) -> Iterator[Any]:
        for field in self._fields:
            yield from binds_of(getattr(self, field))


class OwnShape:
    """The shape of the instances of a program's own class: the class, and what its base class makes of them."""

    def __get__(self, instance: Shaped | None, owner: type[Shaped]) -> object:
        if instance is None:
            return self
        shape: Shape = instance.__dict__.get("_shape")
        if shape is None:
            try:
                shape = _of_class(instance, instance._compute_shape())
            except RecursionError:
                raise nested_too_deeply() from None
            shape = instance.__dict__.setdefault("_shape", shape)
        return shape

    def __set__(self, instance: Shaped, shape: Shape) -> None:
        instance.__dict__["_shape"] = _of_class(instance, shape)


def _of_class(instance: Shaped, shape: Shape) -> Shape:
    return shape if shape == UNCACHEABLE else (type(instance), shape)


class NoShape:
    """The shape of the instances of a program's own class of which nobody has said what tells them apart."""

    def __get__(self, instance: Shaped | None, owner: type[Shaped]) -> object:
        if instance is None:
            return self
        if owner.inherit_cache is None:
            _warn_of_no_shape(owner)
        return UNCACHEABLE

    def __set__(self, instance: Shaped, shape: Shape) -> None:
        """Pass over what a constructor knows."""


_PARTS: Final = frozenset(
    {
        "dp_clauseelement",
        "dp_clauseelement_list",
        "dp_clauseelement_tuple",
        "dp_clauseelement_tuples",
        "dp_fromclause_ordered_set",
        "dp_has_cache_key",
        "dp_has_cache_key_list",
        "dp_has_cache_key_tuples",
        "dp_multi_list",
        "dp_string_list",
    }
)
_FIELDS: Final = _PARTS | {
    "dp_anon_name",
    "dp_boolean",
    "dp_inspectable",
    "dp_multi",
    "dp_named_ddl_element",
    "dp_operator",
    "dp_plain_obj",
    "dp_string",
    "dp_type",
}
"""The kinds of parts that are fields, by their names: nodes, and plain data that is compared by its value."""

_OWN_SHAPE: Final = OwnShape()
_NO_SHAPE: Final = NoShape()


def take_in_class(cls: type[Shaped]) -> None:
    """Let a class of a program's own have shapes, as far as it says what tells its instances apart."""
    own = cls.__dict__
    parts = own.get("_traverse_internals")
    if parts is not None and "_fields" not in own:
        cls._fields = tuple([name for name, kind in parts if kind.name in _FIELDS])
        for name, kind in parts:
            if kind.name in _PARTS:
                setattr(cls, name, _PartField(name))
        if any(kind.name not in _FIELDS and kind.name != "dp_ignore" for _, kind in parts):
            parts, cls.inherit_cache = None, False
    tells = parts is not None or "_fields" in own or "_compute_shape" in own
    setattr(cls, "_shape", _OWN_SHAPE if tells or own.get("inherit_cache") else _NO_SHAPE)  # noqa: B010  # a descriptor
    if not tells and "inherit_cache" not in own:
        cls.inherit_cache = None if cls._asks_for_inherit_cache else False


class _PartField:
    """A field of a program's own class that has elements, of which there may be several.

    A list is kept as a tuple, as all fields are; a mapped attribute as the element that it stands for.
    """

    def __init__(self, name: str) -> None:
        self._name = name

    def __get__(self, instance: Shaped | None, owner: type[Shaped]) -> object:
        if instance is None:
            return self
        try:
            return instance.__dict__[self._name]
        except KeyError:
            raise AttributeError(f"{owner.__name__!r} object has no attribute {self._name!r}") from None

    def __set__(self, instance: Shaped, value: object) -> None:
        instance.__dict__[self._name] = _as_part(value)


def _as_part(value: object) -> object:
    if isinstance(value, list | tuple):
        return tuple([_as_part(part) for part in value])
    if isinstance(value, Shaped) or not hasattr(value, "__clause_element__"):
        return value
    element: object = value.__clause_element__()
    return element


_warned: Final[WeakSet[type[Shaped]]] = WeakSet()


def _warn_of_no_shape(cls: type[Shaped]) -> None:
    if cls in _warned:
        return
    _warned.add(cls)
    warn(
        f"statements with {cls.__name__} are compiled anew each time",
        why="nobody has said whether its base class's cache key tells its instances apart",
        fix="set inherit_cache = True on the class where its SQL depends on nothing but what its base class has; False "
        "where it does, or to be silent",
        code="AZ-C601",
    )


def is_cacheable(shape: Shape) -> bool:
    """Tell whether something may be kept under a shape, or under a key that has shapes among its parts."""
    if shape.__class__ is not tuple:
        return shape != UNCACHEABLE
    pending: list[tuple[object, ...]] = [shape]
    while pending:
        for part in pending.pop():
            if part.__class__ is tuple:
                pending.append(part)
            elif part.__class__ is str and part == UNCACHEABLE:
                return False
    return True


def shape_of(value: Any) -> Shape:
    """Find the shape of a field: of a node, a type, a tuple of them, or plain hashable data."""
    if isinstance(value, tuple):
        parts = tuple([shape_of(part) for part in value])
        return UNCACHEABLE if UNCACHEABLE in parts else parts
    shape: Shape = getattr(value, "_shape", None)
    own: Shape = value
    return own if shape is None else shape


def binds_of(value: Any) -> Iterator[Any]:
    """Yield the bind parameters below a field, in tree order."""
    if isinstance(value, tuple):
        for part in value:
            yield from binds_of(part)
    else:
        yield from getattr(value, "_binds", ())
