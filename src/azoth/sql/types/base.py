"""TypeEngine, the root of all types: processing of values, comparison, dialect versions, structural key."""

from __future__ import annotations

import weakref
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Final, Generic, Self, TypeAlias, TypeVar

from azoth import exc
from azoth.sql.cache_key import UNCACHEABLE, Shape, next_identity
from azoth.sql.operators import Comparator as TypeComparator
from azoth.sql.operators import OperatorClass, add, and_, concat_op, eq, mul, ne, or_
from azoth.sql.ports import fill_slots, import_builder
from azoth.sql.types.inference import comparison_result, result_of
from azoth.sql.visitors import Written
from azoth.util.arguments import no_argument
from azoth.util.computed_once import computed_once
from azoth.util.signature import NO_DEFAULT, signature_of

if TYPE_CHECKING:
    from azoth.sql.types.dialect import TypeDialect

ValueT = TypeVar("ValueT")
Processor: TypeAlias = Callable[[Any], Any]

LEFT_ALONE: Final[dict[Processor, str]] = {}
"""Processor -> a test, written for a variable ``{0}``, of values that it gives back as they are.

Code that is generated for many rows makes the test in line: a call for each value costs more than all else.
"""

TRANSIENT_ATTRIBUTES = ("_for_comparison", "_implementations", "_shape", "dispatch")
"""What a copy or a pickle of a type leaves behind."""

_render_type: list[Callable[[TypeEngine[Any], Any], str]] = []


def install_type_rendering(render: Callable[[TypeEngine[Any], Any], str]) -> None:
    """Install the function that turns a type into SQL; the compiler package, which sits above, calls it once.

    Args:
        render: called with a type and a dialect (None: the generic one).
    """
    _render_type[:] = [render]


class Concatenable:
    """Mark a type whose values are concatenated by ``+``: text, arrays."""

    Comparator: TypeAlias = TypeComparator


class Indexable:
    """Mark a type whose values have parts: arrays, JSON documents."""

    Comparator: TypeAlias = TypeComparator


class ExternalType:
    """Mark a type that a program has made, which says by ``cache_ok`` whether its parameters tell instances apart."""

    cache_ok: ClassVar[bool | None] = None


DRIVER_NAMES: Final[Mapping[str, str]] = {
    "string": "STRING",
    "integer": "NUMBER",
    "numeric": "NUMBER",
    "float": "NUMBER",
    "binary": "BINARY",
    "date": "DATETIME",
    "datetime": "DATETIME",
    "time": "DATETIME",
}
"""By affinity, the type object that a DB-API driver may have."""


class GenericRepr:
    """What ``repr()`` writes of an object, before it is written.

    Args:
        class_name: the name of its class.
        parameters: the arguments of its constructor, each as it is written there.
    """

    def __init__(self, class_name: str, parameters: tuple[str, ...]) -> None:
        self.class_name = class_name
        self.parameters = parameters

    def set_class_name(self, class_name: str) -> Self:
        """Write another name for the class.

        Args:
            class_name: the name.
        """
        self.class_name = class_name
        return self

    def __str__(self) -> str:
        return f"{self.class_name}({', '.join(self.parameters)})"


_followers: Final[list[Callable[[type[Any]], None]]] = []


def follow_types(follower: Callable[[type[Any]], None]) -> None:
    """Call a function with each class of types: those that there are, and each that is defined from now on.

    Args:
        follower: the function.
    """
    _followers.append(follower)
    pending: list[type[Any]] = [TypeEngine]
    while pending:
        class_ = pending.pop()
        follower(class_)
        pending.extend(class_.__subclasses__())


class OperatorsToCome:
    """Stands for the ``comparator_factory`` of a type whose operators are imported with its first expression."""

    def __get__(self, type_: object, owner: type[TypeEngine[Any]]) -> Any:
        # What is imported puts the operators into the place of this.
        import_builder("comparators")
        return owner.comparator_factory


class TypeEngine(Written, Generic[ValueT]):
    """The type of a column or an expression.

    A type knows how Python values become what the driver takes (``bind_processor``) and back
    (``result_processor``); both are None where the driver does the right thing by itself.
    """

    __visit_name__: ClassVar[str] = "type"
    _affinity: ClassVar[str] = "none"
    _sortable: ClassVar[bool] = True
    Comparator: TypeAlias = TypeComparator
    comparator_factory: ClassVar[Any] = None
    """A class with the operators that this type adds or changes; None: the ordinary operators."""
    cache_ok: ClassVar[bool | None] = True
    operator_classes: ClassVar[OperatorClass] = OperatorClass.UNSPECIFIED
    """The families of operators that the type has; those of a type of a program's own are looked after."""
    _has_classes: ClassVar[bool] = False
    """Whether uses of other operators are to be warned of."""
    should_evaluate_none: bool = False
    """Whether None is a value of this type instead of SQL NULL."""
    _variants: Mapping[str, TypeEngine[Any]] = {}
    _is_decorator: ClassVar[bool] = False
    """Whether the type is a TypeDecorator."""

    extension_notes: Mapping[str, object] = {}
    """What extensions say of this type, each under its own name; the type of a copied column has them too."""

    def __init_subclass__(cls, **arguments: object) -> None:
        super().__init_subclass__(**arguments)
        if "operator_classes" in cls.__dict__ and not cls.__module__.startswith("azoth."):
            cls._has_classes = True
            if "comparator_factory" not in cls.__dict__:
                # Types without one build expressions without being asked.
                cls.comparator_factory = cls._plain_comparator()
        for follower in _followers:
            follower(cls)

    @classmethod
    def _plain_comparator(cls) -> Any:
        return cls.comparator_factory or TypeComparator

    @property
    def _made_of(self) -> TypeEngine[Any] | None:
        """The type that a decorator or an array is made of."""
        return None

    @property
    def _may_be_native(self) -> bool:
        """Whether a database's own type may take the place of this one."""
        return True

    @property
    def python_type(self) -> type[Any]:
        """The Python class of this type's values; ``object`` where they have none in common."""
        return object

    # -- values ---------------------------------------------------------------

    def bind_processor(self, dialect: TypeDialect) -> Processor | None:
        """Make the function that turns a Python value into what the driver takes; None when there is nothing to do."""
        return None

    def result_processor(self, dialect: TypeDialect, coltype: object = None) -> Processor | None:
        """Make the function that turns the driver's value into a Python value; None when there is nothing to do."""
        return None

    def literal_processor(self, dialect: TypeDialect) -> Callable[[Any], str] | None:
        """Make the function that turns a Python value into SQL text; None when the type has no literal form."""
        return None

    def bind_expression(self, bindvalue: Any) -> Any | None:
        """Wrap a bound value of this type in a SQL expression; None leaves it as it is."""
        return None

    def column_expression(self, colexpr: Any) -> Any | None:
        """Wrap a selected column of this type in a SQL expression; None leaves it as it is."""
        return None

    def sort_key_function(self, value: Any) -> Any:
        """Turn a value into one that sorts."""
        return value

    def compare_values(self, x: Any, y: Any) -> bool:
        """Tell whether two Python values of this type are the same."""
        return bool(x == y)

    @property
    def hashable(self) -> bool:
        """Whether values hash."""
        return True

    def copy_value(self, value: Any) -> Any:
        """Copy a value that may change in place."""
        return value

    def evaluates_none(self) -> Self:
        """Copy this type so that None is passed on as a value instead of leaving a column to its default."""
        copied = self.copy()
        copied.should_evaluate_none = True
        return copied

    render_bind_cast: ClassVar[bool] = False
    """Whether a placeholder of this type stands in a CAST, on databases that are told types that way."""
    render_literal_cast: ClassVar[bool] = False
    """Whether a value of this type that is written as SQL stands in a CAST."""

    def get_dbapi_type(self, dbapi: object) -> Any:
        """Find the type object of a DB-API driver, such as ``STRING``; None where it has none.

        Args:
            dbapi: the driver's module.
        """
        name = DRIVER_NAMES.get(self._affinity)
        return None if name is None else getattr(dbapi, name, None)

    # -- expressions ----------------------------------------------------------

    def adapt_operator(self, op: Any, other_type: TypeEngine[Any]) -> tuple[Any, TypeEngine[Any]]:
        """Decide which operator and which result type an operation between this type and another has.

        Args:
            op: an operator of ``azoth.sql.operators``.
            other_type: the type of the right side.

        Returns:
            the operator to use and the type of the result.
        """
        if op is add and isinstance(self, Concatenable) and isinstance(other_type, (Concatenable, NullType)):
            return concat_op, self
        return op, comparison_result(op) or result_of(op, self, other_type)

    @property
    def _for_comparison(self) -> TypeEngine[Any]:
        """This type for values that are compared and not stored, which may be others."""
        return self

    def takes_beside(self, value: object) -> bool:
        """Tell whether a Python value can be a result beside others of this type, as in CASE."""
        families = {value_type(value)._affinity, self._affinity}
        return len(families) == 1 or "none" in families or families <= NUMBERS

    def coerce_compared_value(self, op: Any, value: Any) -> TypeEngine[Any]:
        """Choose the type of a Python value that stands beside an expression of this type."""
        from_value = value_type(value)
        if from_value._affinity in ("none", self._affinity):
            return self
        return from_value

    # -- dialects -------------------------------------------------------------

    def dialect_impl(self, dialect: TypeDialect) -> TypeEngine[Any]:
        """Find the dialect's own version of this type; the same object for the same dialect."""
        try:
            return self._implementations[dialect]
        except KeyError:
            implementation = self._implementations[dialect] = self._implementation_for(dialect)
            return implementation

    def with_variant(self, type_: TypeEngine[Any] | type[TypeEngine[Any]], *dialect_names: str) -> Self:
        """Copy this type so that the named dialects use another type instead.

        Args:
            type_: the type (or its class) to use there.
            dialect_names: names such as ``"sqlite"``.

        Raises:
            ArgumentError: no dialect was named, or one has a variant already.
        """
        taken = set(dialect_names) & set(self._variants)
        if taken or not dialect_names:
            raise exc.ArgumentError(
                f"{type(self).__name__}.with_variant() needs dialect names that have no variant yet",
                why=f"already present: {', '.join(sorted(taken))}" if taken else "no dialect was named",
                fix='name each dialect once, such as with_variant(Text(), "sqlite")',
                code="AZ-C40",
            )
        copied = self.copy()
        variant = to_instance(type_)
        copied._variants = {**self._variants, **dict.fromkeys(dialect_names, variant)}
        return copied

    def load_variant(self, dialect_name: str) -> TypeEngine[Any]:
        """Find the type that stands for this one under a dialect's name."""
        return self._variants.get(dialect_name, self)

    def as_generic(self, allow_nulltype: bool = False) -> TypeEngine[Any]:
        """Turn a database's own type into the generic one with the same meaning.

        Raises:
            NotImplementedError: there is none.
        """
        for candidate in type(self).__mro__:
            if issubclass(candidate, TypeEngine) and candidate.__name__ != candidate.__name__.upper():
                if candidate is TypeEngine or (candidate._affinity == "none" and not allow_nulltype):
                    break
                return self.adapt(candidate)
        raise NotImplementedError(f"{self!r} has no generic version")

    def adapt(self, cls: type[TypeEngine[Any]], **parameters: Any) -> TypeEngine[Any]:
        """Make a type of another class with the parameters that both have."""
        own = self.__dict__
        for name in parameter_names(cls):
            if name in own and name not in parameters:
                parameters[name] = own[name]
        adapted = cls(**parameters)
        if self.should_evaluate_none:
            adapted.should_evaluate_none = True
        return adapted

    def copy(self, **parameters: Any) -> Self:
        """Copy this type."""
        copied = object.__new__(type(self))
        copied.__dict__.update(self.__getstate__())
        for name in parameters:
            if not hasattr(copied, name):
                raise no_argument(f"{type(self).__name__}.copy()", name, copied.__dict__)
        copied.__dict__.update(parameters)
        return copied

    def compile(self, dialect: Any = None) -> str:
        """Render this type as SQL.

        Args:
            dialect: whose SQL; None for the generic one.
        """
        if not _render_type:
            fill_slots()
        return _render_type[0](self, dialect)

    @computed_once
    def _implementations(self) -> weakref.WeakKeyDictionary[Any, TypeEngine[Any]]:
        return weakref.WeakKeyDictionary()

    def _implementation_for(self, dialect: TypeDialect) -> TypeEngine[Any]:
        variant = self._variants.get(dialect.name)
        if variant is not None:
            return variant.dialect_impl(dialect)
        colspecs = dialect.colspecs
        for cls in type(self).__mro__:
            own_version = colspecs.get(cls)
            if own_version is not None and self._may_be_native:
                return self if isinstance(self, own_version) else self._native(own_version)
        return self

    def _native(self, own_version: type[TypeEngine[Any]]) -> TypeEngine[Any]:
        """Make a dialect's own version of this type; some classes make themselves."""
        make: Callable[[object], TypeEngine[Any]] | None = getattr(own_version, "adapt_emulated_to_native", None)
        return self.adapt(own_version) if make is None else make(self)

    # -- structure ------------------------------------------------------------

    @computed_once
    def _shape(self) -> Shape:
        cls = type(self)
        if cls.cache_ok is False:
            return UNCACHEABLE
        if cls.cache_ok is None:
            # Nobody promised that the parameters decide how the type works, so this object is only like itself.
            return (cls, next_identity())
        parts: list[Any] = [cls]
        for name in parameter_names(cls):
            if name not in self.__dict__:
                return (cls, next_identity())
            parts.append(_parameter_shape(self.__dict__[name]))
        if self.should_evaluate_none:
            parts.append("evaluates none")
        if self._variants:
            parts.append(tuple((name, variant._shape) for name, variant in self._variants.items()))
        return UNCACHEABLE if UNCACHEABLE in parts else tuple(parts)

    def __getstate__(self) -> dict[str, Any]:
        return {name: value for name, value in self.__dict__.items() if name not in TRANSIENT_ATTRIBUTES}

    def repr_struct(self) -> GenericRepr:
        """Give what ``repr()`` writes, for classes that have it written in another way."""
        return GenericRepr(type(self).__name__, tuple(self._repr_parameters()))

    def __repr__(self) -> str:
        return str(self.repr_struct())

    def __str__(self) -> str:
        return self.compile()

    def _repr_parameters(self) -> Iterator[str]:
        """Write the arguments with which another type would be the same; those that must be given need no name."""
        for name, default in _parameters(type(self)).items():
            value = self.__dict__.get(name, default)
            if value is not default and (default is NO_DEFAULT or value != default):
                yield repr(value) if default is NO_DEFAULT else f"{name}={value!r}"


class NullType(TypeEngine[Any]):
    """The type of an expression whose type is not known."""

    __visit_name__ = "null"
    operator_classes: ClassVar[OperatorClass] = OperatorClass.ANY

    def literal_processor(self, dialect: TypeDialect) -> Callable[[Any], str] | None:
        """Only NULL has a literal of unknown type."""
        return _null_literal

    def adapt_operator(self, op: Any, other_type: TypeEngine[Any]) -> tuple[Any, TypeEngine[Any]]:
        """Let the other side decide, as long as it knows more."""
        if other_type._affinity == "none" and type(other_type) is NullType:
            return op, comparison_result(op) or self
        return other_type.adapt_operator(op, other_type) if op in _COMMUTATIVE else (op, comparison_result(op) or self)

    @property
    def _for_comparison(self) -> TypeEngine[Any]:
        """This type for values that are compared and not stored, which may be others."""
        return self

    def coerce_compared_value(self, op: Any, value: Any) -> TypeEngine[Any]:
        """Take the type of the value."""
        return value_type(value)


NUMBERS: Final = frozenset({"boolean", "float", "integer", "numeric"})
"""Families whose values stand for each other."""

_COMMUTATIVE: Final = frozenset({add, mul, concat_op, eq, ne, and_, or_})

NULLTYPE = NullType()

_value_type: list[Callable[[Any], TypeEngine[Any]]] = [lambda value: NULLTYPE]


def install_value_types(find: Callable[[Any], TypeEngine[Any]]) -> None:
    """Install the function that finds the type of a Python value; the module that knows all families calls it."""
    _value_type[:] = [find]


def value_type(value: Any) -> TypeEngine[Any]:
    """Find the type of a Python value, NULLTYPE where there is none."""
    return _value_type[0](value)


TypeArgument: TypeAlias = type[TypeEngine[ValueT]] | TypeEngine[ValueT]
"""What stands for a type whose values are of a class: the type, or its class."""


def to_instance(typeobj: object, *args: object, **parameters: object) -> TypeEngine[Any]:
    """Make a type from what a user may give for one.

    Args:
        typeobj: a type, a class of types, a function that makes one, or None.
        args, parameters: for the class or function.

    Raises:
        ArgumentError: it is something else.
    """
    if isinstance(typeobj, TypeEngine):
        return typeobj
    if typeobj is None:
        return NULLTYPE
    if callable(typeobj):
        made = typeobj(*args, **parameters)
        if isinstance(made, TypeEngine):
            return made
    raise exc.ArgumentError(
        f"{typeobj!r} is not a type of columns",
        why="a column's type is an object or a class from azoth.types",
        fix="use a type such as Integer or String(50)",
        code="AZ-C41",
    )


def parameter_names(cls: type[Any]) -> tuple[str, ...]:
    """Name the parameters of a type's constructor, inherited ones included."""
    return tuple(_parameters(cls))


def _parameters(cls: type[Any]) -> dict[str, Any]:
    known: dict[str, Any] | None = cls.__dict__.get("_constructor_parameters")
    if known is None:
        known = _find_parameters(cls)
        cls._constructor_parameters = known
    return known


def _find_parameters(cls: type[Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for base in cls.__mro__:
        constructor = base.__dict__.get("__init__")
        if constructor is None or base is object:
            continue
        signature = signature_of(constructor)
        for name, default in list(signature.defaults.items())[1:]:
            found.setdefault(name, default)
        if not signature.takes_more_names:
            break
    return found


def _parameter_shape(value: Any) -> Shape:
    if isinstance(value, TypeEngine):
        return value._shape
    if isinstance(value, list | tuple):
        return tuple([_parameter_shape(part) for part in value])
    if isinstance(value, Mapping):
        return tuple([(name, _parameter_shape(part)) for name, part in value.items()])
    try:
        hash(value)
    except TypeError:
        return ("unhashable", next_identity())
    # 1 == True == 1.0 to a dict; the class keeps them apart.
    return (type(value), value)


def _null_literal(value: Any) -> str:
    if value is None:
        return "NULL"
    raise exc.CompileError(
        f"no literal SQL for a value of {type(value).__name__}",
        why="the type of the expression is not known",
        fix="give the literal a type, as in literal(value, String)",
        code="AZ-C42",
    )
