"""A load plan: one statement shape, ready to run, with the function that makes its rows into instances."""

from __future__ import annotations

import operator
import threading
from collections.abc import Hashable, Iterator, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any
from weakref import WeakSet

from azoth.engine.result_shape import ResultShape
from azoth.exc import InvalidRequestError
from azoth.orm.loading.key_lists import BoundValues
from azoth.orm.loading.loader_criteria import NO_CRITERIA
from azoth.orm.loading.loader_options import NO_OPTIONS
from azoth.orm.loading.ports import related_loading
from azoth.orm.loading.related_loads import RelatedLoads
from azoth.orm.loading.result_nodes import AfterLoad, EntityNode, ResultNode, expressions_of
from azoth.orm.loading.row_loader import RowLayout, RowLoader, generate
from azoth.orm.loading.row_names import is_made_anew, shape_of_results, shape_with
from azoth.orm.loading.statement_runner import (
    Portions,
    note_options,
    raise_failure,
    run,
    run_for_portions,
    run_heard,
    run_heard_for_portions,
)
from azoth.orm.loading.terms import REFRESHING, Terms, token_of
from azoth.orm.loading.value_nodes import BundleNode
from azoth.orm.runtime.concurrent_use import refuse_concurrent_use
from azoth.orm.runtime.instrumentation.instance_events import LISTENERS_CHANGED
from azoth.orm.runtime.origin import Origin
from azoth.sql.elements import ClauseElement
from azoth.sql.selectable import (
    LABEL_STYLE_DEFAULT,
    Select,
    SelectLabelStyle,
    replace_consistently,
)
from azoth.util.collector import quietly

if TYPE_CHECKING:
    from azoth.engine.connection import Connection
    from azoth.orm.loading.loader_options import LoaderTree
    from azoth.orm.runtime.ports import Unit
    from azoth.sql.statement_cache import StatementCache
    from azoth.sql.visitors import Visitable


class LoadPlan:
    """What is known about a statement once it was compiled for a dialect.

    Attributes:
        sql: the text.
        load: the generated row loader; its text is in ``load.__source__``.
        scalar: whether results are values rather than tuples of values.
        shape: what makes result rows of them (see ``take_shape()``).
        is_heard: whether somebody listens, or has listened, to instances being loaded.
        is_small: whether the result has few rows for certain (``get()``), so that preparing for many only costs.
        may_repeat: whether an object can come in several rows of the result (False is a promise).
        entity_places: the positions of entities in a result of several things.
        unique_filters: for each result how ``unique()`` compares, where an entity has an ``__eq__`` of its own; else
            None.
        refresh: whether instances that are present take over the rows' values.
        stands_alone: whether the only thing that is selected is an entity (or a bundle that says so), so that the
            classic Query gives it by itself instead of rows.
    """

    __slots__ = (
        "__weakref__",
        "_made_anew",
        "_own_binds",
        "_prepared_bind",
        "_tokened_load",
        "after",
        "entity_nodes",
        "entity_places",
        "is_heard",
        "is_small",
        "later_classes",
        "load",
        "lowered",
        "may_repeat",
        "prepared",
        "refresh",
        "scalar",
        "shape",
        "sources",
        "sql",
        "stands_alone",
        "trees",
        "unique_filters",
        "write_loader",
    )  # fmt: skip

    _own_binds: tuple[Any, ...] | None
    trees: list[LoaderTree]
    shape: ResultShape

    def __init__(
        self,
        statement: Select[*tuple[Any, ...]],
        results: Sequence[ResultNode],
        statement_cache: StatementCache,
        *,
        scalar: bool,
        refresh: bool,
        binds: tuple[Any, ...] | None = None,
        criteria: Mapping[Any, Any] = NO_CRITERIA,
        brings: bool = False,
        compares_versions: bool = False,
    ) -> None:
        lowered, expressions = lowered_select(statement, results, criteria)
        self.lowered = lowered
        self.prepared = prepared = statement_cache.prepare(lowered)
        self._prepared_bind = prepared.bind
        self.sql: str = prepared.sql
        # Where the options carry values too, the statement with its options says which is which.
        self.sources = _sources_of(lowered._binds, statement._binds if binds is None else binds)
        processors = prepared.result_processors or (None,) * len(expressions)
        layout = RowLayout({id(expression): place for place, expression in enumerate(expressions)}, processors)
        self._take_results(
            results, layout, scalar=scalar, refresh=refresh, brings=brings, compares_versions=compares_versions
        )
        if any(one._binds for tree in self.trees for one in tree.expressions.values()):
            self._own_binds = tuple(statement._binds if binds is None else binds)

    def _take_results(
        self,
        results: Sequence[ResultNode],
        layout: RowLayout,
        *,
        scalar: bool,
        refresh: bool,
        brings: bool,
        compares_versions: bool = False,
    ) -> None:
        """Note what the results consist of, and write the function that makes them."""
        self._made_anew: Sequence[Any] | None = None
        self._own_binds = None
        self.refresh = refresh
        self.entity_nodes = [node for result in results if isinstance(result, EntityNode) for node in result.walk()]
        self.trees = [node.tree if node.tree is NO_OPTIONS else node.tree.lasting for node in self.entity_nodes]
        self.after: list[tuple[int, AfterLoad]] = [
            (node.index, after) for node in self.entity_nodes for after in node.after
        ]
        self.later_classes = [node for node in self.entity_nodes if node.later_classes]
        self.entity_places = entity_places(results)
        self.unique_filters = unique_filters(results)
        self.is_small = self.is_heard = False
        self.may_repeat = True
        self.scalar = scalar
        self.stands_alone = scalar and stands_alone(results[0])
        title = ", ".join(_title(result) for result in results)
        self.write_loader = partial(
            generate,
            results,
            layout,
            title=title,
            scalar=scalar,
            refresh=refresh,
            brings=brings,
            compares_versions=compares_versions,
        )
        self._take_loader()
        with _changing:
            _living.add(self)

    def _take_loader(self) -> None:
        managers = [mapper.manager for node in self.entity_nodes for mapper in node.mappers()]
        # Never taken back: another thread may be using the loader that was written with listeners.
        self.is_heard |= any(manager.dispatch.load or manager.dispatch.refresh for manager in managers)
        self.load = self.write_loader()
        self._tokened_load: RowLoader | None = None

    def loader_at(self, token: Hashable) -> RowLoader:
        """Give the loader of rows with an identity token: one of its own, so that the plain one knows of none."""
        if token is None:
            return self.load
        if self._tokened_load is None:
            self._tokened_load = self.write_loader(tokened=True)
        return self._tokened_load

    def take_shape(
        self,
        raw_columns: Sequence[Any],
        results: Sequence[ResultNode],
        style: SelectLabelStyle = LABEL_STYLE_DEFAULT,
    ) -> None:
        """Make the shape of the result's rows.

        Args:
            raw_columns: what the statement selects.
            results: what each of it becomes.
            style: how the statement names its columns.
        """
        self.shape = shape_of_results(raw_columns, results, style)
        if any(map(is_made_anew, raw_columns)):
            self._made_anew = raw_columns

    def shape_for(self, raw_columns: Sequence[Any]) -> ResultShape:
        """Give the shape of the rows of a statement of this plan, in which its own aliases and labels find values.

        Args:
            raw_columns: what the statement selects.
        """
        own = self._made_anew
        if own is None or all(map(operator.is_, own, raw_columns)):
            return self.shape
        return shape_with(self.shape, raw_columns)

    def with_values(self, statement: Any) -> Any:
        """Write the Core statement of this plan with the values that another statement of its shape carries."""
        binds = statement._binds
        own = self.lowered._binds
        sources = range(len(own)) if self.sources is None else self.sources
        values = {
            id(bind): bind._with_value_of(binds[source])
            for bind, source in zip(own, sources, strict=True)
            if source.__class__ is int
        }
        return replace_consistently(self.lowered, lambda node: values.get(id(node)))

    def _trees_of(self, statement: ClauseElement | BoundValues) -> list[LoaderTree] | None:
        """Give the options of one execution, where they carry values; None where all executions share them."""
        own = self._own_binds
        if own is None:
            return None
        values = {id(old): old._with_value_of(new) for old, new in zip(own, statement._binds, strict=True)}

        def with_values(expression: Visitable) -> Visitable:
            return replace_consistently(expression, lambda node: values.get(id(node)))

        return [
            tree.with_expressions({key: with_values(one) for key, one in tree.expressions.items()})
            if tree.expressions
            else tree
            for tree in self.trees
        ]

    def sent_with(self, statement: object) -> ClauseElement:
        """Give the Core statement that was executed for a statement; that one itself where it was given."""
        if hasattr(self, "lowered"):
            sent: ClauseElement = self.with_values(statement)
            return sent
        assert isinstance(statement, ClauseElement)
        return statement

    def parameters(self, statement: Any, parameters: Any = None) -> tuple[Any, ...]:
        """Bind the values that a statement of this plan's shape carries."""
        sources = self.sources
        if sources is not None:
            binds = statement._binds
            statement = BoundValues(tuple([binds[source] if source.__class__ is int else source for source in sources]))
        bound: tuple[Any, ...] = self._prepared_bind(statement, parameters)
        return bound

    def run(
        self,
        unit: Unit,
        connection: Connection,
        statement: ClauseElement | BoundValues,
        loads: RelatedLoads | None = None,
        terms: Terms | None = None,
    ) -> list[Any]:
        """Execute the statement and load everything that belongs to its result.

        Args:
            unit: the unit of work.
            connection: where the statement runs.
            statement: a statement of this plan's shape, or what stands for it: it has the values.
            loads: where to note the relationships to load afterwards, if this is one of several statements of a load.
            terms: what acts on the loads that follow from this one.

        Emits: the statement, then one statement for each 500 parents of each relationship that is loaded afterwards.
        State: new instances are persistent; expired ones that the rows name get their columns.
        """
        in_use = unit.in_use
        if not in_use.acquire(False):
            refuse_concurrent_use("load")
        cursor = None
        parameters: tuple[Any, ...] = ()
        try:
            if connection.dispatch.execute:
                rows = run_heard(connection, self.with_values(statement), terms)
                return self.load_rows(unit, rows, loads, terms, self._trees_of(statement), statement)
            parameters = self.parameters(statement)
            if terms is not None:
                note_options(connection, terms)
            cursor = run(connection, self.sql, parameters)
            trees = None if self._own_binds is None else self._trees_of(statement)
            return self.load_rows(unit, cursor, loads, terms, trees, statement)
        except BaseException as error:
            raise_failure(connection, cursor, error, self.sql, parameters)
            raise
        finally:
            in_use.release()

    def chunks(
        self,
        unit: Unit,
        connection: Connection,
        statement: ClauseElement | BoundValues,
        size: int,
        terms: Terms | None = None,
    ) -> Iterator[list[Any]]:
        """Execute the statement, and load its result in portions of ``size`` rows as they are asked for.

        Emits: the statement now; with each portion what is loaded afterwards.

        Raises:
            ResourceClosedError: raised by the iterator where the transaction has ended before the rows.
            InvalidRequestError: a collection is joined, whose objects may be in two portions.
        """
        self.refuse_joined_collections()
        in_use = unit.in_use
        if not in_use.acquire(False):
            refuse_concurrent_use("load")
        try:
            if connection.is_heard:
                cursor, sql, parameters = run_heard_for_portions(connection, self.with_values(statement))
            else:
                sql, parameters = self.sql, self.parameters(statement)
                cursor = run_for_portions(connection, sql, parameters)
        finally:
            in_use.release()
        # No generator: after an error it would call itself finished.
        portions = Portions(connection, cursor, sql, parameters, size, unit.reading)
        return map(partial(self.load_portion, unit, terms, self._trees_of(statement), statement), portions)

    def refuse_joined_collections(self) -> None:
        """Refuse to read in portions what has joined collections.

        Raises:
            InvalidRequestError: it has.
        """
        for node in self.entity_nodes:
            for joined in node.joined:
                if joined.relationship.uselist:
                    raise InvalidRequestError(
                        f"yield_per cannot load {joined.relationship} through a join",
                        why="the rows of one object would be in two portions, and its collection complete in neither",
                        fix="load the collection by selectinload(), or leave yield_per out",
                        code="AZ-L304",
                    )

    def load_portion(
        self,
        unit: Unit,
        terms: Terms | None,
        trees: list[LoaderTree] | None,
        statement: object,
        rows: list[Any],
    ) -> list[Any]:
        """Make instances from rows that were fetched before, as ``load_rows()``, while nobody else uses the unit."""
        if not unit.in_use.acquire(False):
            refuse_concurrent_use("load")
        try:
            return self.load_rows(unit, rows, None, terms, trees, statement)
        finally:
            unit.in_use.release()

    def load_rows(
        self,
        unit: Unit,
        rows: Any,
        loads: RelatedLoads | None = None,
        terms: Terms | None = None,
        trees: list[LoaderTree] | None = None,
        statement: object = None,
    ) -> list[Any]:
        """Make instances from rows, and load the relationships that come after them, or note them in ``loads``.

        ``trees`` has the options of this execution where they carry values; ``statement`` is for listeners.
        """
        identity_map = unit.identity_map
        heard = unit.dispatch.loaded_as_persistent
        if terms is None and not unit.execution_options:
            load = self.load
            origins = [Origin(identity_map, tree) for tree in trees or self.trees]
        else:
            token = token_of(unit, terms)
            lasting = None if terms is None else terms.lasting
            load = self.load if token is None else self.loader_at(token)
            origins = [Origin(identity_map, tree, (), lasting, token) for tree in trees or self.trees]
        if self.is_heard:
            # With the first listener.
            from azoth.orm.loading.load_context import HeardOrigins, QueryContext  # noqa: PLC0415

            origins = HeardOrigins(origins)
            origins.context = QueryContext(unit, self, statement, terms)
        touched: Any = [[] for _ in origins] if self.after or self.later_classes else None
        needs_no_more = self.is_small and touched is None and identity_map.strong is None and not heard
        before = set(identity_map.all_states()) if heard else None
        try:
            if needs_no_more:
                return load(rows, identity_map, origins, None)
            results = quietly(load, rows, identity_map, origins, touched)
        except Exception as error:
            self._say_where(error)
            raise
        if before is not None:
            unit.announce_loaded([state for origin in origins for state in origin.states or () if state not in before])
        if identity_map.strong is not None:
            for origin in origins:
                identity_map.strong.update((state, state()) for state in origin.states or ())
        for origin in origins:
            origin.settle()
        for node in self.later_classes:
            related_loading.load_classes(unit, node.later_classes, touched[node.index], self.trees[node.index], terms)
        if self.after:
            if terms is None and self.refresh:
                terms = REFRESHING
            further = RelatedLoads(unit, terms) if loads is None else loads
            for index, after in self.after:
                further.add(after, _having(touched[index], after))
            if loads is None:
                further.work_off()
        return results

    def _say_where(self, error: Exception) -> None:
        # Programs whose values can be read need not import the words.
        from azoth.orm.loading.unreadable_rows import say_where_in_rows  # noqa: PLC0415

        results, layout = self.write_loader.args
        say_where_in_rows(error, self.load, results, layout)


def _having(states: list[Any], after: AfterLoad) -> list[Any]:
    """Choose the objects that have what is loaded afterwards, where only some classes have it."""
    if after.of_class is None:
        return states
    relationship = after.relationship
    return [state for state in states if state.manager.mapper._properties.get(relationship.key) is relationship]


_living: WeakSet[LoadPlan] = WeakSet()
"""The plans that are in use, whose loaders have calls of listeners written into them."""
_changing = threading.RLock()


def _rewrite_loaders(class_: type[Any]) -> None:
    with _changing:
        plans = list(_living)
    for plan in plans:
        if any(mapper.class_ is class_ for node in plan.entity_nodes for mapper in node.mappers()):
            plan._take_loader()


LISTENERS_CHANGED.append(_rewrite_loaders)


def lowered_select(
    statement: Select[*tuple[Any, ...]], results: Sequence[ResultNode], criteria: Mapping[Any, Any] = NO_CRITERIA
) -> tuple[Any, list[Any]]:
    """Join what is loaded by joins, and select what the results need, each expression once.

    Args:
        statement: the SELECT without its options.
        results: what its rows become; where the statement is wrapped, they refer to the subquery afterwards.
        criteria: from mapper to what holds for its rows besides, where they are joined.

    Returns:
        the Core SELECT, and the expressions in the order of its rows.
    """
    if any(isinstance(result, EntityNode) and result.joined for result in results):
        # With the first load that joins.
        from azoth.orm.loading.joined_eager import add_joins  # noqa: PLC0415

        statement = add_joins(statement, results, criteria)
    ordered = expressions_of(results)
    return statement.with_only_columns(*ordered, maintain_column_froms=True), ordered


def _sources_of(lowered: tuple[Any, ...], original: tuple[Any, ...]) -> tuple[Any, ...] | None:
    """Say for each bind of the lowered statement which bind of the original it is; constants stand for themselves.

    None where the two run in parallel, the common case.
    """
    place_of = {id(bind): place for place, bind in enumerate(original)}
    sources = tuple(place_of.get(id(bind), bind) for bind in lowered)
    return None if sources == tuple(range(len(original))) else sources


def unique_filters(results: Sequence[ResultNode]) -> tuple[Any, ...] | None:
    """Choose to compare entities by identity where their classes say otherwise, or cannot be hashed."""
    filters = tuple(
        [
            id if isinstance(result, EntityNode) and any(mapper.compares for mapper in result.mappers()) else None
            for result in results
        ]
    )
    return filters if any(filters) else None


def entity_places(results: Sequence[ResultNode]) -> frozenset[int]:
    """Give the positions of entities among the results."""
    return frozenset(place for place, result in enumerate(results) if isinstance(result, EntityNode))


def stands_alone(result: ResultNode) -> bool:
    """Tell whether a result node is given by itself where nothing stands beside it."""
    return isinstance(result, EntityNode) or (isinstance(result, BundleNode) and result.stands_alone)


def _title(result: ResultNode) -> str:
    return result.mapper.class_.__name__ if isinstance(result, EntityNode) else result.key
