"""What SQL expressions need from layers above them, as protocols and as slots that those layers fill once."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

__all__ = [
    "CompilerDialect",
    "IdentifierPreparerPort",
    "JoinStep",
    "TypeCompilerPort",
    "compile_element",
    "description_of",
    "entity_of",
    "fill_slots",
    "import_builder",
    "install_compile_element",
    "install_description_of",
    "install_entity_of",
    "install_sent_form",
    "install_upper_layers",
    "sent_form",
]


class JoinStep:
    """One join on the way of a relationship.

    Args:
        left: the selectable that is joined from.
        right: the selectable that is joined.
        onclause: the condition.
    """

    __slots__ = ("left", "onclause", "right")

    def __init__(self, left: Any, right: Any, onclause: Any) -> None:
        self.left = left
        self.right = right
        self.onclause = onclause


class IdentifierPreparerPort(Protocol):
    """What quotes the names of a database."""

    def quote(self, name: str) -> str:
        """Quote a name where it needs quotes."""
        ...


class TypeCompilerPort(Protocol):
    """What writes types."""

    def process(self, type_: object, **options: object) -> str:
        """Write a type."""
        ...

    def process_apart(self, type_: object) -> tuple[str, str | None]:
        """Write a type, and its collation apart."""
        ...

    def for_cast(self, type_: object) -> str | None:
        """Write a type for CAST, where the database has such types."""
        ...


class CompilerDialect(Protocol):
    """What the compilers ask of a dialect.

    ``paramstyle`` is "qmark", "named" or "format". The three compilers are classes that a dialect may subclass.
    Capabilities beyond these are attributes that the compilers read with a default.
    """

    name: str
    paramstyle: str
    identifier_preparer: Any
    statement_compiler: type[Any]
    ddl_compiler: type[Any]
    colspecs: Mapping[type[Any], type[Any]]
    supports_native_boolean: bool
    supports_returning: bool
    supports_default_values: bool
    supports_empty_insert: bool
    supports_default_metavalue: bool
    default_metavalue_token: str
    max_identifier_length: int
    max_bind_variables: int | None
    cte_follows_insert: bool
    div_is_floordiv: bool
    tuple_in_values: bool
    supports_simple_order_by_label: bool
    label_length: int | None
    supports_identity_columns: bool
    sequences_optional: bool
    default_sequence_base: int

    @property
    def type_compiler_instance(self) -> TypeCompilerPort:
        """What writes types."""
        ...


def _nothing_to_import() -> None:
    raise RuntimeError("azoth.sql.compiler has not been imported, so nothing can be compiled")


def _no_builder(name: str) -> None:
    raise RuntimeError(f"azoth.sql has not been imported, so nothing builds {name}")


def _compile_first(element: Any, dialect: CompilerDialect | None, **options: Any) -> Any:
    fill_slots()
    return _compile(element, dialect, **options)


def _itself(element: object) -> object:
    return element


def _no_entity(cls: type[Any]) -> Any:
    return None


def _no_description(raw: object, columns: Sequence[object]) -> dict[str, Any] | None:
    return None


_import_upper_layers: Callable[[], None] = _nothing_to_import
_import_builder: Callable[[str], None] = _no_builder
_compile: Callable[..., Any] = _compile_first
_entity: Callable[[type[Any]], Any] = _no_entity
_sent: Callable[[object], object] = _itself
_describe: Callable[[object, Sequence[object]], dict[str, Any] | None] = _no_description


def compile_element(element: Any, dialect: CompilerDialect | None = None, **options: Any) -> Any:
    """Compile an element, through the compiler that installed itself here.

    Args:
        element: a statement, an expression, a DDL element or a type.
        dialect: the dialect; the generic one where none is given.
        options: options of the compiler, such as ``compile_kwargs``.

    Returns:
        its compiled form, whose ``str()`` is the SQL.
    """
    return _compile(element, dialect, **options)


def fill_slots() -> None:
    """Let the compiler and the DDL fill their slots, which they do when they are imported.

    Whoever finds a slot empty calls it: text of a type, of a statement, or ``create_all()`` before any engine exists.
    """
    _import_upper_layers()


def import_builder(name: str) -> None:
    """Import the module that makes statements of a kind, which fills the slot of that name.

    Args:
        name: what is built, such as "insert".
    """
    _import_builder(name)


def install_upper_layers(import_them: Callable[[], None], import_builder: Callable[[str], None]) -> None:
    """Install what imports the compiler, and what makes statements; for the package ``azoth.sql``."""
    global _import_upper_layers, _import_builder
    _import_upper_layers = import_them
    _import_builder = import_builder


def entity_of(cls: type[Any]) -> Any:
    """Find the mapper of a class, or None; the ORM installs what knows."""
    return _entity(cls)


def description_of(raw: object, columns: Sequence[object]) -> dict[str, Any] | None:
    """Describe something of a mapped class that is selected; the ORM installs what knows.

    Args:
        raw: what is selected.
        columns: all that is selected with it.

    Returns:
        name, type, expression, entity and whether that is an alias; None for what is of no mapped class.
    """
    return _describe(raw, columns)


def sent_form(element: object) -> object:
    """Find what is sent for a statement: what a session makes of one with entities; the ORM installs what knows.

    Args:
        element: a statement or an expression that is printed or compiled by itself.

    Returns:
        the statement in Core terms; itself where nothing is made of it.
    """
    return _sent(element)


def install_compile_element(function: Callable[..., Any]) -> None:
    """Fill the slot behind ``compile_element()``; for the compiler package."""
    global _compile
    _compile = function


def install_entity_of(function: Callable[[type[Any]], Any]) -> None:
    """Fill the slot behind ``entity_of()``; for the ORM."""
    global _entity
    _entity = function


def install_sent_form(function: Callable[[object], object]) -> None:
    """Fill the slot behind ``sent_form()``; for the ORM."""
    global _sent
    _sent = function


def install_description_of(function: Callable[[object, Sequence[object]], dict[str, Any] | None]) -> None:
    """Fill the slot behind ``description_of()``; for the ORM."""
    global _describe
    _describe = function
