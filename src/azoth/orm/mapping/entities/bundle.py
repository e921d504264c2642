"""Bundle: several columns that come back as one value in each row."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Self

from azoth.engine.row import row_class
from azoth.exc import ArgumentError
from azoth.orm.mapping.attributes.instrumented_attribute import element_of
from azoth.orm.mapping.mapper.property_view import PropertyView
from azoth.orm.runtime.inspected.inspection_attr import InspectionAttr
from azoth.sql.elements import ClauseList
from azoth.sql.visitors import HasChildren, Visitable
from azoth.util.arguments import TakesTypeArguments, wrong_value


class Bundle(TakesTypeArguments, HasChildren, InspectionAttr):
    """Columns (or further bundles) that a query returns as one value.

    Args:
        name: the name under which a row has it.
        exprs: attributes, columns or bundles.
        single_entity: whether a query for this bundle alone returns its values instead of rows of one.

    Attributes:
        c: the expressions by key.
    """

    is_bundle = True
    _gathers_columns = True
    single_entity = False

    def __init__(self, name: str, *exprs: Any, single_entity: bool = False) -> None:
        if not isinstance(name, str):
            raise wrong_value("Bundle(): name", "a text", name)
        for expr in exprs:
            if not hasattr(_shaped(expr), "_shape"):
                raise wrong_value("Bundle(): each expression", "a column, or a mapped attribute", expr)
        self.name = self.key = name
        self.exprs: tuple[Any, ...] = exprs
        self.single_entity = single_entity or self.single_entity
        self.c: PropertyView[Any] = PropertyView({_key(expr): expr for expr in exprs})
        self._shape: Any = (
            "bundle",
            type(self),
            name,
            self.single_entity,
            tuple([_shaped(expr)._shape for expr in exprs]),
        )
        self._binds: tuple[Any, ...] = tuple([bind for expr in exprs for bind in _shaped(expr)._binds])

    @property
    def keyed(self) -> list[tuple[str, Any]]:
        """All expressions with their keys, also those of which several have one key."""
        return [(_key(expr), expr) for expr in self.exprs]

    @property
    def columns(self) -> PropertyView[Any]:
        """The expressions by key."""
        return self.c

    def label(self, name: str) -> Self:
        """Copy the bundle under another name."""
        copy = self.with_exprs(self.exprs)
        copy.name = copy.key = name
        copy._shape = (*copy._shape[:2], name, *copy._shape[3:])
        return copy

    @property
    def clauses(self) -> Any:
        """The columns as a list."""
        return self.__clause_element__()

    @property
    def entity_namespace(self) -> PropertyView[Any]:
        """The expressions by key, as ``filter_by()`` looks them up."""
        return self.c

    def __clause_element__(self) -> Any:
        """Give the columns as a list."""
        return ClauseList(*[element_of(expr) for expr in self.exprs], group=False)

    def _nodes(self) -> dict[str, list[Visitable]]:
        return {"exprs": [element_of(expr) for expr in self.exprs]}

    def with_exprs(self, exprs: Sequence[Any]) -> Self:
        """Copy the bundle with other expressions.

        Args:
            exprs: the expressions.
        """
        copy = object.__new__(type(self))
        copy.__dict__.update(self.__dict__)
        Bundle.__init__(copy, self.name, *exprs, single_entity=self.single_entity)
        return copy

    def create_row_processor(
        self, query: Any, procs: Sequence[Callable[[Any], Any]], labels: Sequence[str]
    ) -> Callable[[Any], Any]:
        """Make the function from a row to the bundle's value; subclasses may build objects of their own.

        Args:
            query: the statement.
            procs: one function per expression, from the row to its value.
            labels: the keys of the expressions.
        """
        make = row_class(tuple(labels))

        def process(row: Any) -> Any:
            return make([proc(row) for proc in procs])

        return process

    def __getstate__(self) -> dict[str, Any]:
        # Shapes hold numbers that have a meaning in their process only.
        return {name: value for name, value in self.__dict__.items() if name not in ("_shape", "_binds", "c")}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        Bundle.__init__(self, self.name, *self.exprs, single_entity=self.single_entity)

    def __repr__(self) -> str:
        return f"<Bundle {self.name!r}>"


class DictBundle(Bundle):
    """Columns (or further bundles) that a query returns as one dictionary, by their keys.

    Args:
        name: the name under which a row has it.
        exprs: attributes, columns or bundles.
        single_entity: whether a query for this bundle alone returns its dictionaries instead of rows of one.

    Raises:
        ArgumentError: two of the expressions have one key.
    """

    def __init__(self, name: str, *exprs: object, single_entity: bool = False) -> None:
        super().__init__(name, *exprs, single_entity=single_entity)
        keys = [key for key, _ in self.keyed]
        if len(set(keys)) < len(keys):
            twice = next(key for key in keys if keys.count(key) > 1)
            raise ArgumentError(
                f"DictBundle {name!r} has several expressions named {twice!r}",
                why="a dictionary has one value for each key",
                fix=f"give them labels, as in Model.{twice}.label('model_{twice}'), or use a Bundle",
                code="AZ-M740",
            )

    def create_row_processor(
        self, query: object, procs: Sequence[Callable[[Any], Any]], labels: Sequence[str]
    ) -> Callable[[Any], Any]:
        """Make the function from a row to a dictionary."""
        pairs = tuple(zip(labels, procs, strict=True))

        def process(row: object) -> dict[str, Any]:
            return {label: proc(row) for label, proc in pairs}

        return process


def _key(expr: Any) -> str:
    return str(getattr(expr, "key", None) or getattr(expr, "name", None) or expr)


def _shaped(expr: Any) -> Any:
    return expr if hasattr(expr, "_shape") else element_of(expr)
