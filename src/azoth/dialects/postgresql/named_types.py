"""Types that a program creates in the database: ENUM and DOMAIN, and the DDL for them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, ClassVar

from azoth import exc, types
from azoth.sql.ddl import ExecutableDDLElement, has_type, is_answering
from azoth.sql.schema.sql_text import schema_text
from azoth.sql.types.native import NativeForEmulated

if TYPE_CHECKING:
    from azoth.sql.types.dialect import TypeDialect
    from azoth.sql.types.schema_type import TypeBind

__all__ = [
    "DOMAIN",
    "ENUM",
    "CreateDomainType",
    "CreateEnumType",
    "DropDomainType",
    "DropEnumType",
    "NamedType",
]


class NamedType(types.SchemaType, types.TypeEngine[Any]):
    """The base of types that have a name in the database."""

    name: str | None
    schema: str | None
    create_type: bool
    _create_element: ClassVar[Callable[[Any], ExecutableDDLElement]]
    _drop_element: ClassVar[Callable[[Any], ExecutableDDLElement]]

    def create_ddl(self) -> ExecutableDDLElement:
        """Make the statement that creates the type."""
        return type(self)._create_element(self)

    def drop_ddl(self) -> ExecutableDDLElement:
        """Make the statement that drops the type."""
        return type(self)._drop_element(self)

    def create(self, bind: TypeBind, checkfirst: bool = True, **kw: object) -> None:
        """Create the type in the database.

        Args:
            bind: an engine or a connection.
            checkfirst: leave it alone where it exists; the database is asked.
            kw: for listeners of events.
        """
        if not (checkfirst and is_answering(bind) and _has_type(bind, self)):
            bind.run_ddl([self.create_ddl()])

    def drop(self, bind: TypeBind, checkfirst: bool = True, **kw: object) -> None:
        """Drop the type from the database.

        Args:
            bind: an engine or a connection.
            checkfirst: do nothing where it does not exist; the database is asked.
            kw: for listeners of events.
        """
        if not (checkfirst and is_answering(bind)) or _has_type(bind, self):
            bind.run_ddl([self.drop_ddl()])


def _has_type(bind: TypeBind, named: NamedType) -> bool:
    found = has_type(named, bind)
    if found is None:
        raise exc.InvalidRequestError(
            f"whether the type {named.name} exists cannot be told",
            why="nothing is connected to a PostgreSQL here",
            fix="pass checkfirst=False",
            code="AZ-D63",
        )
    return found


class ENUM(NativeForEmulated, NamedType, types.Enum):
    """PostgreSQL's own type for one of a fixed set of words.

    Args:
        enums: the words, or one Python enum class.
        name: the name of the type; made from the class's name by default.
        create_type: whether ``create_all()`` creates it with the tables that use it.
        kw: as for ``Enum``.
    """

    __visit_name__ = "ENUM"
    _emulated: ClassVar[type[types.TypeEngine[Any]]] = types.Enum

    def __init__(self, *enums: Any, name: str | None = None, create_type: bool = True, **kw: Any) -> None:
        if kw.pop("native_enum", None) is False:
            raise exc.ArgumentError(
                "postgresql.ENUM is always native",
                why="it is the type of PostgreSQL",
                fix="use Enum(..., native_enum=False) for a VARCHAR",
                code="AZ-D64",
            )
        super().__init__(*enums, name=name, **kw)
        self.create_type = create_type

    def _repr_parameters(self) -> Iterator[str]:
        yield from super()._repr_parameters()
        if not self.create_type:
            yield "create_type=False"

    create_type: bool = True


class DOMAIN(NamedType):
    """A type with a name, made from another type with conditions.

    Args:
        name: its name.
        data_type: the type that it is made from.
        collation: the collation of its texts.
        collation_schema: the schema that the collation is in.
        default: its default; a text is written between quotes, other SQL stands in ``text()``.
        constraint_name: the name of the CHECK constraint.
        not_null: refuse NULL.
        check: a condition on VALUE, as text or as an expression.
        create_type: whether ``create_all()`` creates it with the tables that use it.
        schema: where it lives.
        kw: no further arguments.
    """

    __visit_name__ = "DOMAIN"

    def __init__(
        self,
        name: str,
        data_type: Any,
        *,
        collation: str | None = None,
        collation_schema: str | None = None,
        default: Any = None,
        constraint_name: str | None = None,
        not_null: bool | None = False,
        check: Any = None,
        create_type: bool = True,
        schema: str | None = None,
        metadata: Any = None,
        inherit_schema: bool = False,
    ) -> None:
        self.name = name
        self.schema = schema
        self.data_type = types.to_instance(data_type)
        self.collation = collation
        self.collation_schema = collation_schema
        self.default = default
        self.constraint_name = constraint_name
        self.not_null = bool(not_null)
        self.check = schema_text(check) if isinstance(check, str) else check
        self.create_type = create_type
        self.metadata = metadata
        if metadata is not None:
            metadata._types.append(self)
        self.inherit_schema = inherit_schema

    @property
    def _affinity(self) -> str:  # type: ignore[override]
        return self.data_type._affinity

    @property
    def python_type(self) -> type[Any]:
        """The Python class of the values of the type that it is made from."""
        return self.data_type.python_type

    def bind_processor(self, dialect: TypeDialect) -> Callable[[Any], Any] | None:
        """Process values as the type that it is made from."""
        return self.data_type.dialect_impl(dialect).bind_processor(dialect)

    def result_processor(self, dialect: TypeDialect, coltype: object = None) -> Callable[[Any], Any] | None:
        """Process values as the type that it is made from."""
        return self.data_type.dialect_impl(dialect).result_processor(dialect, coltype)

    def literal_processor(self, dialect: TypeDialect) -> Callable[[Any], str] | None:
        """Write values as the type that it is made from."""
        return self.data_type.dialect_impl(dialect).literal_processor(dialect)


class _TypeDDL(ExecutableDDLElement):
    """DDL about a type.

    Args:
        element: the type.
        kw: no further arguments.
    """

    def __init__(self, element: NamedType) -> None:
        self.element: Any = element
        self.target = element

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.element.name!r})"


class CreateEnumType(_TypeDDL):
    """CREATE TYPE ... AS ENUM."""

    __visit_name__: ClassVar[str] = "create_enum_type"


class DropEnumType(_TypeDDL):
    """DROP TYPE."""

    __visit_name__: ClassVar[str] = "drop_enum_type"


class CreateDomainType(_TypeDDL):
    """CREATE DOMAIN."""

    __visit_name__: ClassVar[str] = "create_domain_type"


class DropDomainType(_TypeDDL):
    """DROP DOMAIN."""

    __visit_name__: ClassVar[str] = "drop_domain_type"


ENUM._create_element = CreateEnumType
ENUM._drop_element = DropEnumType
DOMAIN._create_element = CreateDomainType
DOMAIN._drop_element = DropDomainType
