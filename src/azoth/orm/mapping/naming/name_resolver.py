"""Names and expressions given as text, resolved when all classes are there.

Text is parsed and evaluated by rules of our own: names of mapped classes and tables, their attributes, a list of SQL
functions, comparisons and calls. Python's builtins, private names and everything else are out of reach.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator, Mapping
from types import BuiltinFunctionType, FunctionType, MethodType, ModuleType
from typing import TYPE_CHECKING, Any, Final, Protocol

from azoth.exc import ArgumentError, AzothError, InvalidRequestError
from azoth.orm.mapping.attributes.instrumented_attribute import element_of
from azoth.orm.mapping.attributes.join_marks import foreign, remote
from azoth.sql import elements
from azoth.sql.selectable.column_collection import ColumnCollection
from azoth.util.near_names import did_you_mean

if TYPE_CHECKING:
    import ast

    from azoth.sql.selectable import FromClause

    class Names(Protocol):
        """The classes and tables that can be named."""

        metadata: Any

        def class_at(self, path: str) -> type[Any] | None:
            """Find a class by name or path."""
            ...

        def all_classes(self) -> Iterator[type[Any]]:
            """Yield every class."""
            ...


FUNCTIONS: Final = frozenset({
    "and_", "or_", "not_", "asc", "desc", "nulls_first", "nulls_last", "nullsfirst", "nullslast", "cast", "case",
    "literal", "literal_column", "null", "true", "false", "text", "tuple_", "type_coerce", "between", "collate",
})  # fmt: skip
"""Functions of ``azoth.sql.elements`` that can be named."""

MARKS: Final = {"foreign": foreign, "remote": remote}
BINARY: dict[str, Callable[[Any, Any], Any]] = {
    "Eq": operator.eq, "NotEq": operator.ne, "Lt": operator.lt, "LtE": operator.le, "Gt": operator.gt,
    "GtE": operator.ge,
    "BitAnd": operator.and_, "BitOr": operator.or_, "Add": operator.add, "Sub": operator.sub, "Mult": operator.mul,
    "Div": operator.truediv, "Mod": operator.mod,
}  # fmt: skip
CLOSED: Final = (
    str, bytes, int, float, complex, list, tuple, dict, set, ModuleType, FunctionType, BuiltinFunctionType, MethodType
)  # fmt: skip
"""What expressions can use as a whole, or call, but not look into."""
UNARY: dict[str, Callable[[Any], Any]] = {"Invert": operator.invert, "USub": operator.neg}


class UnreachableAttributeError(InvalidRequestError, AttributeError):
    """Report a text in a relationship that names an attribute which is not there, or is nobody's business."""


class ModulePath:
    """The beginning of a dotted name that is not resolved yet: a package, or a schema of the database.

    Args:
        names: the classes and tables that can be named.
        path: what was read of the name.
    """

    def __init__(self, names: Names, path: str) -> None:
        self.names = names
        self.path = path


class NameResolver:
    """Resolve the text arguments of one relationship.

    Args:
        names: the classes and tables that can be named.
        class_: the class that declares the relationship.
        key: the relationship's name.
    """

    def __init__(self, names: Names, class_: type[Any], key: str) -> None:
        self.names = names
        self.class_ = class_
        self.key = key

    def target(self, text: str) -> Any:
        """Find the class that a relationship goes to.

        Raises:
            InvalidRequestError: there is none of that name; the message names similar ones.
        """
        text = text.strip()
        if text.replace(".", "").isidentifier():
            found = self.names.class_at(text)
            if found is None and self._table_named(text) is not None:
                raise ArgumentError(
                    f"relationship {self.class_.__name__}.{self.key} refers to the table {text!r}, not to a class",
                    why="a relationship leads to objects, which are of a mapped class",
                    fix="name the class that is mapped to the table",
                    code="AZ-M390",
                )
            if found is None:
                raise self._unknown_name(text, "class")
            return found
        return self._evaluated(text)

    def table(self, subject: Any) -> Any:
        """Find a table given as itself, as a mapped class, as a function, or by name."""
        if subject is None:
            return None
        if callable(subject) and not isinstance(subject, type):
            subject = subject()
        if isinstance(subject, str):
            found = self._table_named(subject)
            if found is not None:
                return found
            subject = self._evaluated(subject)
        mapper = getattr(subject, "__mapper__", None)
        return subject if mapper is None else mapper.local_table

    def expression(self, subject: Any) -> Any:
        """Find an expression given as itself, as a function, or as text."""
        if subject is None:
            return None
        if isinstance(subject, str):
            subject = self._evaluated(subject)
        elif callable(subject) and not hasattr(subject, "__clause_element__"):
            subject = self._called(subject)
        return element_of(subject)

    def columns(self, subject: Any) -> tuple[Any, ...]:
        """Find columns given as one or several expressions, as a function, or as text."""
        if subject is None or subject is False:
            return ()
        if isinstance(subject, str):
            subject = self._evaluated(subject)
        elif callable(subject) and not hasattr(subject, "__clause_element__"):
            subject = self._called(subject)
        if isinstance(subject, list | tuple | set | frozenset):
            return tuple([column for part in subject for column in self.columns(part)])
        return (element_of(subject),)

    def _called(self, function: Callable[[], Any]) -> Any:
        """Ask a function for the argument.

        Raises:
            ArgumentError: it is one of Python's own, which a class body means by ``id`` as long as nothing is there
                under that name but an annotation.
        """
        if isinstance(function, BuiltinFunctionType):
            name = function.__name__
            raise ArgumentError(
                f"relationship {self.class_.__name__}.{self.key} was given Python's function {name}()",
                why=f"an annotation alone, as in {name}: Mapped[int], makes no variable of that name in the class body",
                fix=f"write it as text with the class that is meant, such as '{self.class_.__name__}.{name}', or give "
                f"the annotation a value: {name}: Mapped[...] = mapped_column()",
                code="AZ-M415",
            )
        return function()

    # -- evaluating -----------------------------------------------------------

    def _evaluated(self, text: str) -> Any:
        # Only relationships whose arguments are text need the parser.
        import ast  # noqa: PLC0415

        try:
            tree = ast.parse(text.strip(), mode="eval")
        except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
            raise self._refused(text, "it is not a Python expression") from error
        try:
            return self._whole(self._value(tree.body))
        except AzothError:
            raise
        except Exception as error:
            raise self._refused(text, f"{type(error).__name__}: {error}") from error

    def _value(self, node: ast.expr) -> Any:
        method = getattr(self, f"_value_of_{type(node).__name__.lower()}", None)
        if method is None:
            raise self._refused(type(node).__name__, "only names, attributes, calls and comparisons can be used")
        return method(node)

    def _value_of_constant(self, node: ast.Constant) -> Any:
        return node.value

    def _value_of_name(self, node: ast.Name) -> Any:
        found = self._named(node.id)
        return ModulePath(self.names, node.id) if found is None else found

    def _value_of_attribute(self, node: ast.Attribute) -> Any:
        owner, name = self._value(node.value), node.attr
        if isinstance(owner, ModulePath):
            path = f"{owner.path}.{name}"
            found = self._named(path)
            return ModulePath(self.names, path) if found is None else found
        if name.startswith("_") and not _is_mapped(owner, name):
            raise UnreachableAttributeError(
                f"relationship {self.class_.__name__}.{self.key} names the private attribute {name!r}",
                why="names in relationships stand for attributes of mapped classes and columns of tables",
                fix="name the class or the table itself, or give the argument as a function (lambda: ...)",
                code="AZ-M391",
            )
        if isinstance(owner, CLOSED):
            # Of text, "...".format() would give every private name away; of a module, everything that it imports.
            raise self._refused(name, f"attributes of a {type(owner).__name__} are out of reach")
        if getattr(owner, "__visit_name__", None) == "table" and name in owner.c:
            return owner.c[name]
        if isinstance(owner, type) and not hasattr(owner, name):
            known = getattr(owner, "__mapper__", None)
            raise UnreachableAttributeError(
                f"relationship {self.class_.__name__}.{self.key} names {owner.__name__}.{name}, which does not exist",
                why="names in relationships stand for attributes of mapped classes and columns of tables",
                fix=did_you_mean(name, () if known is None else known.attrs.keys()),
                code="AZ-M51",
            )
        value = getattr(owner, name)
        if name in {"metadata", "registry"} and not hasattr(value, "__clause_element__"):
            # From these every table and class could be taken away.
            raise self._refused(name, "tables and classes are named by themselves")
        return value

    def _value_of_call(self, node: ast.Call) -> Any:
        function = self._whole(self._value(node.func))
        keywords = {
            keyword.arg: self._whole(self._value(keyword.value)) for keyword in node.keywords if keyword.arg is not None
        }
        return function(*[self._whole(self._value(argument)) for argument in node.args], **keywords)

    def _value_of_compare(self, node: ast.Compare) -> Any:
        if len(node.ops) != 1:
            raise self._refused("a chain of comparisons", "SQL has none; join comparisons with and_()")
        return self._operation(node.ops[0], node.left, node.comparators[0])

    def _value_of_binop(self, node: ast.BinOp) -> Any:
        return self._operation(node.op, node.left, node.right)

    def _value_of_unaryop(self, node: ast.UnaryOp) -> Any:
        operation = UNARY.get(type(node.op).__name__)
        if operation is None:
            raise self._refused(type(node.op).__name__, "this operator makes no SQL; write not_()")
        return operation(self._whole(self._value(node.operand)))

    def _value_of_list(self, node: ast.List) -> Any:
        return [self._whole(self._value(element)) for element in node.elts]

    def _value_of_tuple(self, node: ast.Tuple) -> Any:
        return [self._whole(self._value(element)) for element in node.elts]

    def _value_of_set(self, node: ast.Set) -> Any:
        return [self._whole(self._value(element)) for element in node.elts]

    def _value_of_subscript(self, node: ast.Subscript) -> Any:
        return self._whole(self._value(node.value))[self._whole(self._value(node.slice))]

    def _operation(self, op: ast.operator | ast.cmpop, left: ast.expr, right: ast.expr) -> Any:
        operation = BINARY.get(type(op).__name__)
        if operation is None:
            raise self._refused(type(op).__name__, "this operator makes no SQL")
        return operation(self._whole(self._value(left)), self._whole(self._value(right)))

    def _named(self, path: str) -> Any:
        class_ = self.names.class_at(path)
        if class_ is not None:
            return class_
        table = self._table_named(path)
        return _function_named(path) if table is None else table

    def _table_named(self, path: str) -> FromClause | None:
        return next((tables[path] for tables in self._tables() if path in tables), None)

    def _tables(self) -> list[Mapping[str, FromClause]]:
        """List the tables that can be named: those beside the class's own, which a base may keep apart, and all."""
        own = getattr(getattr(self.class_, "__table__", None), "metadata", None)
        return [metadata.tables for metadata in (own, self.names.metadata) if metadata is not None]

    def _whole(self, value: Any) -> Any:
        if isinstance(value, ModulePath):
            raise self._unknown_name(value.path, "class or table")
        return value

    def _unknown_name(self, path: str, kind: str) -> InvalidRequestError:
        tables = () if kind == "class" else self._tables()
        known = [class_.__name__ for class_ in self.names.all_classes()] + [name for one in tables for name in one]
        return InvalidRequestError(
            f"relationship {self.class_.__name__}.{self.key} refers to {path!r}, which is no known {kind}",
            why="nothing of that name is known in the same registry (a module that is not imported is not known)",
            fix=f"import the module that defines it before the mappers are configured; {did_you_mean(path, known)}",
            code="AZ-M52",
        )

    def _refused(self, text: str, why: str) -> InvalidRequestError:
        return InvalidRequestError(
            f"relationship {self.class_.__name__}.{self.key} has an argument that cannot be evaluated: {text!r}",
            why=why,
            fix="give it as a function (lambda: ...) instead of text",
            code="AZ-M53",
        )


def _function_named(name: str) -> object:
    """Give a function of SQL that texts can name; None where there is none of that name."""
    if name in FUNCTIONS:
        return getattr(elements, name)
    if name in ("func", "select"):
        # Few relationships have functions among their arguments, and their names are many.
        from azoth.sql.functions import func  # noqa: PLC0415
        from azoth.sql.selectable import select  # noqa: PLC0415

        return func if name == "func" else select
    return MARKS.get(name)


def _is_mapped(owner: object, name: str) -> bool:
    """Tell whether a class or table has a mapped attribute, or a column, of a name."""
    mapper = getattr(owner, "__mapper__", None) if isinstance(owner, type) else None
    if mapper is not None:
        return bool(mapper.has_property(name))
    columns = owner if isinstance(owner, ColumnCollection) else getattr(owner, "c", ())
    return isinstance(columns, ColumnCollection) and name in columns
