"""TypeDecorator and UserDefinedType: types that users make."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

from azoth import exc
from azoth.sql.operators import Comparator, OperatorClass
from azoth.sql.types.base import ExternalType, Processor, TypeEngine, to_instance

if TYPE_CHECKING:
    from azoth.sql.types.dialect import TypeDialect

ValueT = TypeVar("ValueT")


class UserDefinedType(ExternalType, TypeEngine[ValueT]):
    """The base of types that the library does not know; a subclass gives ``get_col_spec(**kw)``."""

    __visit_name__ = "user_defined"
    operator_classes: ClassVar[OperatorClass] = OperatorClass.ANY
    _affinity: ClassVar[str] = "user"
    ensure_kwarg: ClassVar[str] = "get_col_spec"

    def get_col_spec(self, **kw: Any) -> str:
        """Write the type's name in SQL.

        Raises:
            UnsupportedCompilationError: the subclass does not say.
        """
        raise exc.UnsupportedCompilationError(
            f"{type(self).__name__} has no name in SQL",
            fix="define get_col_spec() on it",
            code="AZ-C46",
        )

    def coerce_compared_value(self, op: Any, value: Any) -> TypeEngine[Any]:
        """Take compared values as this type takes them."""
        return self


class TypeDecorator(ExternalType, TypeEngine[ValueT]):
    """A type that adds to another one; a subclass names it as ``impl`` and defines what to add.

    Args:
        args, kwargs: for the type named as ``impl``.

    Raises:
        ArgumentError: the subclass names no ``impl``.
    """

    __visit_name__ = "type_decorator"
    _is_decorator: ClassVar[bool] = True
    impl: Any = None
    coerce_to_is_types: ClassVar[tuple[type[Any], ...]] = (type(None),)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        declared = type(self).impl
        if declared is None:
            raise exc.ArgumentError(
                f"{type(self).__name__} names no type to build on",
                why="a TypeDecorator adds to another type",
                fix="give the class an attribute such as impl = String",
                code="AZ-C46",
            )
        self.impl = to_instance(declared, *args, **kwargs)

    # Defined by subclasses; None here, so that a type that does not define one costs nothing.
    process_bind_param: ClassVar[Any] = None
    """``process_bind_param(self, value, dialect)``: from the user's value to that of ``impl``."""
    process_result_value: ClassVar[Any] = None
    """``process_result_value(self, value, dialect)``: from the value of ``impl`` to the user's."""
    process_literal_param: ClassVar[Any] = None
    """``process_literal_param(self, value, dialect)``: from the user's value to that of ``impl``, for SQL text."""

    @property
    def _made_of(self) -> TypeEngine[Any]:
        return self.impl_instance

    @property
    def impl_instance(self) -> TypeEngine[Any]:
        """The type that this one adds to."""
        made: TypeEngine[Any] = self.impl
        return made

    @property
    def python_type(self) -> type[Any]:
        """The Python class of the type that this one adds to."""
        return self.impl_instance.python_type

    @property
    def _affinity(self) -> str:  # type: ignore[override]
        return self.impl_instance._affinity

    @property
    def comparator_factory(self) -> Any:
        """The operators of the type that this one adds to."""
        return self.impl_instance.comparator_factory

    @property
    def operator_classes(self) -> OperatorClass:  # type: ignore[override]  # of the class above, an attribute
        """The families of operators of the type that this one adds to."""
        return self.impl_instance.operator_classes

    @classmethod
    def _plain_comparator(cls) -> Any:
        return getattr(cls.impl, "comparator_factory", None) or Comparator

    @property
    def hashable(self) -> bool:
        """Whether values hash."""
        return self.impl_instance.hashable

    @property
    def should_evaluate_none(self) -> bool:
        """Whether None is a value of this type instead of SQL NULL."""
        return bool(self.__dict__.get("_evaluates_none", self.impl_instance.should_evaluate_none))

    @should_evaluate_none.setter
    def should_evaluate_none(self, value: bool) -> None:
        self._evaluates_none = value

    def load_dialect_impl(self, dialect: TypeDialect) -> TypeEngine[Any]:
        """Choose the type to build on for a dialect; ``impl`` by default."""
        return self.impl_instance

    def type_engine(self, dialect: TypeDialect) -> TypeEngine[Any]:
        """Find the dialect's version of the type that this one adds to."""
        chosen = self.load_dialect_impl(dialect)
        return chosen if chosen is self else chosen.dialect_impl(dialect)

    def bind_processor(self, dialect: TypeDialect) -> Processor | None:
        """Call ``process_bind_param``, then the bind processor of ``impl``."""
        inner = self.type_engine(dialect).bind_processor(dialect)
        own = self.process_bind_param
        if own is None:
            return inner
        if inner is None:
            return lambda value: own(value, dialect)
        return lambda value: inner(own(value, dialect))

    def result_processor(self, dialect: TypeDialect, coltype: object = None) -> Processor | None:
        """Call the result processor of ``impl``, then ``process_result_value``."""
        inner = self.type_engine(dialect).result_processor(dialect, coltype)
        own = self.process_result_value
        if own is None:
            return inner
        if inner is None:
            return lambda value: own(value, dialect)
        return lambda value: own(inner(value), dialect)

    def literal_processor(self, dialect: TypeDialect) -> Callable[[Any], str] | None:
        """Call ``process_literal_param`` or ``process_bind_param``, then write what comes out as ``impl`` does."""
        inner = self.type_engine(dialect).literal_processor(dialect)
        own = self.process_literal_param or self.process_bind_param
        if own is None or inner is None:
            return inner if own is None else (lambda value: str(own(value, dialect)))
        return lambda value: inner(own(value, dialect))

    def get_dbapi_type(self, dbapi: object) -> Any:
        """Find the type object of a DB-API driver for the type inside."""
        return self.impl_instance.get_dbapi_type(dbapi)

    def bind_expression(self, bindparam: object) -> Any | None:
        """Wrap a bound value as ``impl`` does."""
        return self.impl_instance.bind_expression(bindparam)

    def column_expression(self, column: object) -> Any | None:
        """Wrap a selected column as ``impl`` does."""
        return self.impl_instance.column_expression(column)

    def coerce_compared_value(self, op: Any, value: Any) -> TypeEngine[Any]:
        """Choose the type of a Python value beside an expression of this type; this type itself by default."""
        return self

    def takes_beside(self, value: object) -> bool:
        """Take every value: only the program knows what its type makes of them."""
        return True

    def adapt_operator(self, op: Any, other_type: TypeEngine[Any]) -> tuple[Any, TypeEngine[Any]]:
        """Combine as ``impl`` does; a result of the same family keeps this type."""
        op, result = self.impl_instance.adapt_operator(op, other_type)
        return op, self if result is self.impl_instance else result

    def compare_values(self, x: Any, y: Any) -> bool:
        """Tell whether two values are the same, as ``impl`` does."""
        return self.impl_instance.compare_values(x, y)

    def copy_value(self, value: Any) -> Any:
        """Copy a value as ``impl`` does."""
        return self.impl_instance.copy_value(value)

    def sort_key_function(self, value: Any) -> Any:
        """Turn a value into one that sorts, as ``impl`` does."""
        return self.impl_instance.sort_key_function(value)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") or name == "impl":
            raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")
        return getattr(self.impl, name)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(self.impl_instance._repr_parameters())})"

    def _implementation_for(self, dialect: TypeDialect) -> TypeEngine[Any]:
        variant = self._variants.get(dialect.name)
        return variant.dialect_impl(dialect) if variant is not None else self
