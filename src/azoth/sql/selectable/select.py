"""Select, the SELECT statement."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, Self, overload

from azoth import exc
from azoth.sql.cache_key import UNCACHEABLE, Shape, shape_of
from azoth.sql.elements import (
    BinaryExpression,
    ClauseElement,
    ColumnElement,
    and_,
    check_hint,
    plain_operand,
    truth_operand,
)
from azoth.sql.ports import description_of
from azoth.sql.selectable.affixed import HasPrefixes, HasSuffixes
from azoth.sql.selectable.column_names import LABEL_STYLE_DEFAULT
from azoth.sql.selectable.compound import SetOperable
from azoth.sql.selectable.executable import RowTypes, TakesExtensions, TypedReturnsRows, collect_binds
from azoth.sql.selectable.from_clause import FromClause
from azoth.sql.selectable.generative_select import GenerativeSelect
from azoth.sql.selectable.resolve import entity_or_element, resolve_from, selected
from azoth.sql.selectable.select_froms import further_froms, result_expressions, statement_froms
from azoth.sql.visitors import Visitable

if TYPE_CHECKING:
    from azoth.sql.selectable.from_statement import FromStatement
    from azoth.sql.selectable.typed_entities import A, B, C, D, E, Entity, F, G, H

__all__ = ["Select"]


class Select(HasPrefixes, HasSuffixes, TakesExtensions, SetOperable, TypedReturnsRows[*RowTypes]):
    """A SELECT statement; each method gives a copy with more.

    Args:
        entities: columns, SQL expressions, selectables (all of their columns), mapped classes and attributes.
    """

    __visit_name__: ClassVar[str] = "select"
    _fields: ClassVar[tuple[str, ...]] = (
        "_raw_columns",
        "_from_obj",
        "_column_froms",
        "_setup_joins",
        "_where_criteria",
        "_having_criteria",
        "_distinct",
        "_distinct_on",
        "_correlate",
        "_correlate_except",
        "_auto_correlate",
        "_prefixes",
        "_suffixes",
        "_hints",
        "_statement_hints",
        "_extensions",
        *GenerativeSelect._fields,
    )
    _extension_points: ClassVar[tuple[str, ...]] = ("post_select", "pre_columns", "post_criteria", "post_body")
    _raw_columns: tuple[Any, ...]
    _from_obj: tuple[Any, ...] = ()
    _column_froms: tuple[FromClause, ...] = ()
    """What is selected from because of columns that were selected before: a join that has them takes their place."""
    _setup_joins: tuple[tuple[Any, Any, Any, bool, bool], ...] = ()
    _where_criteria: tuple[Any, ...] = ()
    _having_criteria: tuple[Any, ...] = ()
    _distinct: bool = False
    _distinct_on: tuple[Any, ...] = ()
    _correlate: tuple[FromClause, ...] | None = None
    _correlate_except: tuple[FromClause, ...] | None = None
    _auto_correlate: bool = True
    _hints: tuple[tuple[Any, str, str], ...] = ()
    _statement_hints: tuple[tuple[str, str], ...] = ()

    def __init__(self, *entities: Any) -> None:
        self._raw_columns = tuple([selected(entity) for entity in entities])

    # -- key --------------------------------------------------------------------------------------------------------

    def _compute_shape(self) -> Shape:
        # As Executable does it, with the two fields that nearly all statements have written out.
        parts: list[Shape] = ["select"]
        names = self._field_names
        for name, value in self.__dict__.items():
            if name in ("_raw_columns", "_where_criteria"):
                shape: Shape = tuple([part._shape for part in value])
                if UNCACHEABLE in shape:  # type: ignore[operator]
                    return UNCACHEABLE
            elif name in names:
                shape = shape_of(value)
                if shape == UNCACHEABLE:
                    return UNCACHEABLE
            else:
                continue
            parts.append(name)
            parts.append(shape)
        return tuple(parts)

    def _compute_binds(self) -> tuple[Any, ...]:  # type: ignore[override]
        binds: list[Any] = []
        names = self._field_names
        for name, value in self.__dict__.items():
            if name in ("_raw_columns", "_where_criteria"):
                for part in value:
                    binds += part._binds
            elif name in names:
                collect_binds(value, binds)
        return tuple(binds)

    # -- conditions -------------------------------------------------------------------------------------------------

    def where(self, *whereclause: Any) -> Self:
        """Add conditions; all of them must hold.

        Args:
            whereclause: the conditions.
        """
        copy = self._copy()
        if len(whereclause) == 1 and whereclause[0].__class__ is BinaryExpression:
            copy._where_criteria = self._where_criteria + whereclause
        else:
            copy._where_criteria = self._where_criteria + tuple([truth_operand(clause) for clause in whereclause])
        return copy

    filter = where

    def filter_by(self, /, **kwargs: Any) -> Self:
        """Add conditions on attributes of the entity joined last (or the first one), then of the others.

        Args:
            kwargs: from attribute name to the value that it must have.

        Raises:
            InvalidRequestError: where no entity has such an attribute.
        """
        others = (*self._from_obj, *self._raw_columns)
        from azoth.sql.selectable.filter_by import filter_by_criteria  # noqa: PLC0415  # for few statements

        return self.where(*filter_by_criteria(self._filter_by_subject(), kwargs, others))

    def _filter_by_subject(self) -> Any:
        if self._setup_joins:
            target, *_ = self._setup_joins[-1]
            steps = target.__join_steps__(None) if hasattr(target, "__join_steps__") else None
            return steps[-1].right if steps else target
        if self._from_obj:
            return self._from_obj[0]
        if not self._raw_columns:
            raise exc.InvalidRequestError(
                "filter_by() needs something to select from",
                why="its keywords name columns of what is selected from",
                fix="name a table or class in select(), or call select_from()",
                code="AZ-C16",
            )
        return self._raw_columns[0]

    def having(self, *having: Any) -> Self:
        """Add conditions on groups.

        Args:
            having: the conditions.
        """
        copy = self._copy()
        copy._having_criteria = self._having_criteria + tuple([truth_operand(clause) for clause in having])
        return copy

    @property
    def whereclause(self) -> ColumnElement[Any] | None:
        """All conditions as one expression, or None."""
        return conjunction(self._where_criteria)

    # -- columns ----------------------------------------------------------------------------------------------------

    @overload
    def add_columns(self, __ent0: Entity[A], /) -> Select[*RowTypes, A]: ...
    @overload
    def add_columns(self, __ent0: Entity[A], __ent1: Entity[B], /) -> Select[*RowTypes, A, B]: ...
    @overload
    def add_columns(self, __ent0: Entity[A], __ent1: Entity[B], __ent2: Entity[C], /) -> Select[*RowTypes, A, B, C]: ...
    @overload
    def add_columns(
        self, __ent0: Entity[A], __ent1: Entity[B], __ent2: Entity[C], __ent3: Entity[D], /
    ) -> Select[*RowTypes, A, B, C, D]: ...
    @overload
    def add_columns(self, *entities: Any) -> Select[*tuple[Any, ...]]: ...
    def add_columns(self, *entities: Any) -> Select[*tuple[Any, ...]]:
        """Select more.

        Args:
            entities: as for ``select()``.
        """
        copy = self._copy()
        copy._raw_columns = self._raw_columns + tuple([selected(entity) for entity in entities])
        return copy

    def column(self, column: Any) -> Select[*tuple[Any, ...]]:
        """Select one more column; the classic form of ``add_columns()``."""
        return self.add_columns(column)

    @overload
    def with_only_columns(self, __ent0: Entity[A], /, *, maintain_column_froms: bool = ...) -> Select[A]: ...
    @overload
    def with_only_columns(
        self, __ent0: Entity[A], __ent1: Entity[B], /, *, maintain_column_froms: bool = ...
    ) -> Select[A, B]: ...
    @overload
    def with_only_columns(
        self, __ent0: Entity[A], __ent1: Entity[B], __ent2: Entity[C], /, *, maintain_column_froms: bool = ...
    ) -> Select[A, B, C]: ...
    @overload
    def with_only_columns(
        self,
        __ent0: Entity[A],
        __ent1: Entity[B],
        __ent2: Entity[C],
        __ent3: Entity[D],
        /,
        *,
        maintain_column_froms: bool = ...,
    ) -> Select[A, B, C, D]: ...
    @overload
    def with_only_columns(
        self,
        __ent0: Entity[A],
        __ent1: Entity[B],
        __ent2: Entity[C],
        __ent3: Entity[D],
        __ent4: Entity[E],
        /,
        *,
        maintain_column_froms: bool = ...,
    ) -> Select[A, B, C, D, E]: ...
    @overload
    def with_only_columns(
        self,
        __ent0: Entity[A],
        __ent1: Entity[B],
        __ent2: Entity[C],
        __ent3: Entity[D],
        __ent4: Entity[E],
        __ent5: Entity[F],
        /,
        *,
        maintain_column_froms: bool = ...,
    ) -> Select[A, B, C, D, E, F]: ...
    @overload
    def with_only_columns(
        self,
        __ent0: Entity[A],
        __ent1: Entity[B],
        __ent2: Entity[C],
        __ent3: Entity[D],
        __ent4: Entity[E],
        __ent5: Entity[F],
        __ent6: Entity[G],
        /,
        *,
        maintain_column_froms: bool = ...,
    ) -> Select[A, B, C, D, E, F, G]: ...
    @overload
    def with_only_columns(
        self,
        __ent0: Entity[A],
        __ent1: Entity[B],
        __ent2: Entity[C],
        __ent3: Entity[D],
        __ent4: Entity[E],
        __ent5: Entity[F],
        __ent6: Entity[G],
        __ent7: Entity[H],
        /,
        *,
        maintain_column_froms: bool = ...,
    ) -> Select[A, B, C, D, E, F, G, H]: ...
    @overload
    def with_only_columns(self, *entities: Any, maintain_column_froms: bool = False) -> Select[*tuple[Any, ...]]: ...
    def with_only_columns(self, *entities: Any, maintain_column_froms: bool = False) -> Select[*tuple[Any, ...]]:
        """Select something else instead.

        Args:
            entities: as for ``select()``.
            maintain_column_froms: go on selecting from the tables of the columns before.
        """
        chosen = entities[0] if len(entities) == 1 and isinstance(entities[0], (list, tuple)) else entities
        copy = self._copy()
        if maintain_column_froms:
            froms = further_froms(self._from_obj, Select(*self._raw_columns).get_final_froms())
            copy._from_obj = (*self._from_obj, *froms)
            if self._setup_joins:
                copy._column_froms = tuple(froms)
        copy._raw_columns = tuple([selected(entity) for entity in chosen])
        return copy

    def reduce_columns(self, only_synonyms: bool = True) -> Select[*tuple[Any, ...]]:
        """Leave out columns that a condition or join makes equal to another one.

        Args:
            only_synonyms: leave out only those with the same name.
        """
        from azoth.sql.selectable.reduced_columns import distinct_columns  # noqa: PLC0415  # for few statements

        return self.with_only_columns(*distinct_columns(self, only_synonyms), maintain_column_froms=True)

    def distinct(self, *expr: Any) -> Self:
        """Give each row once.

        Args:
            expr: expressions of which the rows must differ (DISTINCT ON), where the database can.
        """
        copy = self._copy()
        copy._distinct = True
        if expr:
            copy._distinct_on = self._distinct_on + tuple([plain_operand(one) for one in expr])
        return copy

    @property
    def inner_columns(self) -> list[Any]:
        """The expressions that are selected."""
        return [column for column, _ in self._result_expressions()]

    @property
    def columns_clause_froms(self) -> list[FromClause]:
        """The selectables of the columns."""
        return statement_froms(Select(*self._raw_columns))

    @property
    def column_descriptions(self) -> list[dict[str, Any]]:
        """Describe what is selected: name, type, whether aliased, expression and entity."""
        return described_columns(self._raw_columns)

    def _result_expressions(self) -> list[tuple[Any, str | None]]:
        return result_expressions(self._raw_columns)

    # -- selectables ------------------------------------------------------------------------------------------------

    def select_from(self, *froms: Any) -> Self:
        """Name selectables for the FROM clause.

        Args:
            froms: tables, joins, subqueries, mapped classes.
        """
        copy = self._copy()
        copy._from_obj = self._from_obj + tuple([_from_entity(one) for one in froms])
        for one in copy._from_obj:
            if getattr(one, "is_attribute", False):
                # Refused with the words for what is no selectable.
                resolve_from(one)
        return copy

    def join(self, target: Any, onclause: Any = None, *, isouter: bool = False, full: bool = False) -> Self:
        """Join something to what is selected.

        Args:
            target: a table or other selectable, a mapped class, or an attribute of a relationship.
            onclause: the condition, or an attribute of a relationship; found from the foreign keys if none is given.
            isouter: make a LEFT OUTER JOIN.
            full: make a FULL OUTER JOIN.
        """
        return self._with_join(None, target, onclause, isouter, full)

    def outerjoin(self, target: Any, onclause: Any = None, *, full: bool = False) -> Self:
        """Join something by a LEFT OUTER JOIN; arguments as for ``join()``."""
        return self._with_join(None, target, onclause, True, full)

    def join_from(
        self, from_: Any, target: Any, onclause: Any = None, *, isouter: bool = False, full: bool = False
    ) -> Self:
        """Join something to a named left side.

        Args:
            from_: the left side.
            target: the right side, as for ``join()``.
            onclause: the condition, as for ``join()``.
            isouter: make a LEFT OUTER JOIN.
            full: make a FULL OUTER JOIN.
        """
        return self._with_join(_from_entity(from_), target, onclause, isouter, full)

    def outerjoin_from(self, from_: Any, target: Any, onclause: Any = None, *, full: bool = False) -> Self:
        """Join something to a named left side by a LEFT OUTER JOIN; arguments as for ``join_from()``."""
        return self._with_join(_from_entity(from_), target, onclause, True, full)

    def _with_join(self, left: Any, target: Any, onclause: Any, isouter: bool, full: bool) -> Self:
        for name in (target, onclause):
            if isinstance(name, str):
                raise _named_join(name, self._raw_columns if left is None else (left,))
        if onclause is not None and not hasattr(onclause, "__join_steps__"):
            onclause = truth_operand(onclause)
        elif onclause is not None and hasattr(target, "__join_steps__"):
            raise exc.InvalidRequestError(
                f"join(): {target} and {onclause} are both relationships",
                why="a relationship says by itself where it leads, so that there is no place for another one",
                fix="join them one after the other: select(...).join(first).join(second)",
                code="AZ-L654",
            )
        target = target if hasattr(target, "__join_steps__") else _from_entity(target)
        copy = self._copy()
        copy._setup_joins = (*self._setup_joins, (target, onclause, left, isouter, full))
        return copy

    def correlate(self, *fromclauses: Any) -> Self:
        """Leave selectables out of FROM where the statement around this one has them.

        Args:
            fromclauses: the selectables; a single None stands for none, which turns automatic correlation off.
        """
        copy = self._copy()
        copy._auto_correlate = False
        if len(fromclauses) == 1 and fromclauses[0] is None:
            copy._correlate = ()
        else:
            copy._correlate = (*(self._correlate or ()), *[resolve_from(one) for one in fromclauses])
        return copy

    def correlate_except(self, *fromclauses: Any) -> Self:
        """Leave all selectables out of FROM that the statement around this one has, but these.

        Args:
            fromclauses: the selectables that stay; a single None stands for none.
        """
        copy = self._copy()
        copy._auto_correlate = False
        if len(fromclauses) == 1 and fromclauses[0] is None:
            copy._correlate_except = ()
        else:
            copy._correlate_except = (*(self._correlate_except or ()), *[resolve_from(one) for one in fromclauses])
        return copy

    def from_statement(self, statement: Any) -> FromStatement[*RowTypes]:
        """Let another statement give the rows of what is selected.

        Args:
            statement: text, a SELECT, a set operation, or a change with RETURNING.

        Returns:
            a statement for ``Session.execute()``.
        """
        from azoth.sql.selectable.from_statement import FromStatement  # noqa: PLC0415  # for few statements

        chosen: FromStatement[*RowTypes] = FromStatement(self._raw_columns, statement)
        if self._label_style is not LABEL_STYLE_DEFAULT:
            chosen._label_style = self._label_style
        if self._with_options:
            chosen = chosen.options(*self._with_options)
        return chosen.execution_options(**self._execution_options) if self._execution_options else chosen

    def get_children(self, *, omit_attrs: Collection[str] = (), **kw: object) -> Iterator[Visitable]:
        """Yield the elements directly below this one, and what it selects from."""
        yield from super().get_children(omit_attrs=omit_attrs, **kw)
        explicit = set(map(id, self._from_obj)) if "_from_obj" not in omit_attrs else set()
        yield from [table for table in self.get_final_froms() if id(table) not in explicit]

    def get_final_froms(self) -> list[FromClause]:
        """List what the FROM clause will have."""
        return statement_froms(self)

    @property
    def froms(self) -> list[FromClause]:
        """What the FROM clause will have."""
        return statement_froms(self)

    # -- texts of a dialect -----------------------------------------------------------------------------------------

    def with_hint(self, selectable: Any, text: str, dialect_name: str = "*") -> Self:
        """Give the database a hint about a table.

        Args:
            selectable: the table.
            text: the hint; ``%(name)s`` becomes the table's name.
            dialect_name: the dialect that gets it; all by default.
        """
        check_hint("with_hint", text, dialect_name)
        copy = self._copy()
        copy._hints = (*self._hints, (resolve_from(selectable), text, dialect_name))
        return copy

    def with_statement_hint(self, text: str, dialect_name: str = "*") -> Self:
        """Give the database a hint about the statement.

        Args:
            text: the hint.
            dialect_name: the dialect that gets it; all by default.
        """
        check_hint("with_statement_hint", text, dialect_name)
        copy = self._copy()
        copy._statement_hints = (*self._statement_hints, (text, dialect_name))
        return copy


def _named_join(name: str, columns: Sequence[Any]) -> exc.ArgumentError:
    mapper = next((getattr(getattr(raw, "parent", raw), "mapper", None) for raw in columns), None)
    left = "User" if mapper is None else mapper.class_.__name__
    return exc.ArgumentError(
        f"join({name!r}): a name is neither a table nor a relationship",
        why="a name does not say of which class the relationship is",
        fix=f"write the attribute, as in join({left}.{name}); a table is joined as Table, a text as text(...)",
        code="AZ-C104",
    )


def described_columns(columns: Sequence[Any]) -> list[dict[str, Any]]:
    """Describe what is selected, or returned: name, type, whether aliased, expression and entity."""
    described: list[dict[str, Any]] = []
    for raw in columns:
        known = description_of(raw, columns)
        if known is not None and (known["name"] is not None or isinstance(known["type"], type)):
            described.append(known)
            continue
        plain = [
            {"name": named.name, "type": named.column.type, "aliased": False, "expr": named.column, "entity": None}
            for named in Select(raw)._named_columns()
        ]
        # An expression without a name of its own has that of its place in the rows.
        described.extend(plain if known is None else [{**known, "name": plain[0]["name"]}])
    return described


def _from_entity(subject: Any) -> Any:
    """Keep mapped entities as they are, check everything else to be a selectable."""
    if isinstance(subject, ClauseElement):
        return resolve_from(subject)
    return entity_or_element(subject)


def conjunction(criteria: Sequence[Any]) -> ColumnElement[Any] | None:
    return and_(*criteria) if criteria else None
