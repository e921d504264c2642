"""Named tuples whose classes are made without compiling code."""

from __future__ import annotations

from collections import _tuplegetter  # type: ignore[attr-defined]  # the fields of collections.namedtuple()
from collections.abc import Iterable
from types import FunctionType
from typing import TYPE_CHECKING, ClassVar, Final, Self

_new = tuple.__new__

# By the number of fields. Each class gets a copy with its own names of parameters: that is a hundredth of what
# collections.namedtuple() takes, which compiles a function for each class, and programs start with some thirty.
_CONSTRUCTORS: Final = (
    lambda cls, a: _new(cls, (a,)),
    lambda cls, a, b: _new(cls, (a, b)),
    lambda cls, a, b, c: _new(cls, (a, b, c)),
    lambda cls, a, b, c, d: _new(cls, (a, b, c, d)),
    lambda cls, a, b, c, d, e: _new(cls, (a, b, c, d, e)),
    lambda cls, a, b, c, d, e, f: _new(cls, (a, b, c, d, e, f)),
    lambda cls, a, b, c, d, e, f, g: _new(cls, (a, b, c, d, e, f, g)),
    lambda cls, a, b, c, d, e, f, g, h: _new(cls, (a, b, c, d, e, f, g, h)),
    lambda cls, a, b, c, d, e, f, g, h, i: _new(cls, (a, b, c, d, e, f, g, h, i)),
    lambda cls, a, b, c, d, e, f, g, h, i, j: _new(cls, (a, b, c, d, e, f, g, h, i, j)),
    lambda cls, a, b, c, d, e, f, g, h, i, j, k: _new(cls, (a, b, c, d, e, f, g, h, i, j, k)),
    lambda cls, a, b, c, d, e, f, g, h, i, j, k, l: _new(cls, (a, b, c, d, e, f, g, h, i, j, k, l)),
)


class NamedTupleMethods(tuple[object, ...]):
    """What the classes have besides their fields, under the names of ``collections.namedtuple()``."""

    __slots__ = ()
    _fields: ClassVar[tuple[str, ...]]

    @classmethod
    def _make(cls, values: Iterable[object]) -> Self:
        made = tuple.__new__(cls, values)
        if len(made) != len(cls._fields):
            raise TypeError(f"expected {len(cls._fields)} values, got {len(made)}")
        return made

    def _replace(self, /, **changes: object) -> Self:
        return type(self)(**{**self._asdict(), **changes})

    def _asdict(self) -> dict[str, object]:
        return dict(zip(self._fields, self, strict=True))

    def __repr__(self) -> str:
        values = ", ".join(f"{name}={value!r}" for name, value in zip(self._fields, self, strict=True))
        return f"{type(self).__name__}({values})"

    def __getnewargs__(self) -> tuple[object, ...]:
        return tuple(self)


class _MakesNamedTuple(type):
    """Make a class a tuple of the fields that its body declares."""

    def __new__(cls, name: str, bases: tuple[type, ...], namespace: dict[str, object]) -> type:
        declared = namespace.get("__annotations__", {})
        assert isinstance(declared, dict)
        fields = tuple(declared)
        defaults = {field: namespace[field] for field in fields if field in namespace}
        code = _CONSTRUCTORS[len(fields) - 1].__code__.replace(
            co_name="__new__", co_qualname=f"{name}.__new__", co_varnames=("_cls", *fields)
        )
        namespace["__new__"] = FunctionType(code, globals(), "__new__", tuple(defaults.values()) or None)
        namespace.update({field: _tuplegetter(position, None) for position, field in enumerate(fields)})
        namespace.update(_fields=fields, _field_defaults=defaults, __match_args__=fields, __slots__=())
        return type(name, (NamedTupleMethods, *bases[1:]), namespace)


if TYPE_CHECKING:
    from typing import NamedTuple as NamedTuple  # for type checkers, handed on
else:
    # Classes are derived from it, and it is in none of their bases.
    NamedTuple = type.__new__(_MakesNamedTuple, "NamedTuple", (), {"__module__": __name__})
