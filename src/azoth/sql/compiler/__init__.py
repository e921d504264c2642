"""The compilers: from statements, DDL and types to SQL text."""

from __future__ import annotations

from typing import Any, Final

from azoth.sql import ports
from azoth.sql.compiler.base import (
    Compiled,
    CompilerBase,
    DefaultParameter,
    ItemParameter,
    PackedParameter,
    ResultColumn,
)
from azoth.sql.compiler.cartesian import (
    COLLECT_CARTESIAN_PRODUCTS,
    FROM_LINTING,
    NO_LINTING,
    WARN_LINTING,
    warn_of_cartesian_products,
)
from azoth.sql.compiler.change import ChangeCompiler
from azoth.sql.compiler.ddl import DDLCompiler
from azoth.sql.compiler.expressions import ExpressionCompiler
from azoth.sql.compiler.generic import GenericDialect, TypesAndReturning
from azoth.sql.compiler.handlers import add_handler, drop_handlers
from azoth.sql.compiler.preparer import IdentifierPreparer
from azoth.sql.compiler.types import TypeCompiler
from azoth.sql.ports import CompilerDialect
from azoth.sql.types import TypeEngine, install_type_rendering

__all__ = [
    "COLLECT_CARTESIAN_PRODUCTS",
    "FROM_LINTING",
    "GENERIC_DIALECT",
    "NO_LINTING",
    "WARN_LINTING",
    "Compiled",
    "CompilerBase",
    "DDLCompiler",
    "DefaultParameter",
    "ExpressionCompiler",
    "GenericDialect",
    "GenericTypeCompiler",
    "IdentifierPreparer",
    "ItemParameter",
    "PackedParameter",
    "ResultColumn",
    "SQLCompiler",
    "StatementCompiler",
    "StrSQLCompiler",
    "TypeCompiler",
    "TypesAndReturning",
    "add_handler",
    "compile_statement",
    "drop_handlers",
]


class SQLCompiler(ChangeCompiler):
    """Write statements and expressions; dialects derive their own compilers from it."""


StatementCompiler = SQLCompiler
"""The name that azoth's own dialects use."""


class StrSQLCompiler(SQLCompiler):
    """Write statements for a reader, as ``str()`` does where no dialect is named: also what many databases lack."""

    def visit_sequence(self, sequence: Any, **_options: object) -> str:
        """Write a mark for the next value of a sequence."""
        return f"<next sequence value: {self.preparer.format_sequence(sequence)}>"


GenericTypeCompiler = TypeCompiler
"""The name by which dialects of other packages know the compiler of types."""

GenericDialect.statement_compiler = StrSQLCompiler
GenericDialect.ddl_compiler = DDLCompiler
GenericDialect.type_compiler = TypeCompiler
GENERIC_DIALECT: Final = GenericDialect()


def compile_statement(
    element: Any,
    dialect: CompilerDialect | None = None,
    parameter_keys: tuple[str, ...] | None = None,
    many: bool = False,
    compile_kwargs: Any = None,
    **options: Any,
) -> Any:
    """Compile a statement, an expression or a DDL element.

    Args:
        element: what to compile.
        dialect: for which dialect; the generic one where none is given.
        parameter_keys: the names of the values that come with the execution.
        many: whether the statement runs for many sets of values.
        compile_kwargs: options of the compiler, such as ``{"literal_binds": True}``.
        options: the same as keyword arguments.

    Returns:
        the compiled form.

    Raises:
        CompileError: it cannot be written in this dialect.
    """
    if dialect is None:
        dialect = GENERIC_DIALECT
    options.pop("render_schema_translate", None)
    schema_names = options.pop("schema_translate_map", None)
    if schema_names:
        from azoth.sql.compiler.schema_translation import translating_dialect  # noqa: PLC0415  # for few programs

        dialect = translating_dialect(dialect, schema_names)
    compiler_class = dialect.ddl_compiler if getattr(element, "is_ddl", False) else dialect.statement_compiler
    if "column_keys" in options:
        parameter_keys = tuple(options.pop("column_keys") or ())
    linting = options.pop("linting", NO_LINTING)
    compiler = compiler_class(dialect, parameter_keys=parameter_keys, many=many, **options, **(compile_kwargs or {}))
    compiled: Compiled = compiler.compile(element)
    note = getattr(dialect, "note_compiled", None)
    if note is not None:
        note(compiled)
    if linting & WARN_LINTING:
        warn_of_cartesian_products(compiled)
    return compiled


def _render_type(type_: TypeEngine[Any], dialect: CompilerDialect | None) -> str:
    """Write a type, for ``str(type_)`` and ``type_.compile()``."""
    chosen = dialect if dialect is not None else GENERIC_DIALECT
    return chosen.type_compiler_instance.process(type_)


ports.install_compile_element(compile_statement)
install_type_rendering(_render_type)
