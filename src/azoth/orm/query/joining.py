"""The part of Query that joins entities, in today's form and in the classic ones."""

from __future__ import annotations

from typing import Any, Self

from azoth.exc import ArgumentError, InvalidRequestError
from azoth.orm.mapping.lookup import entity_of
from azoth.orm.query.query_state import QueryState
from azoth.sql.elements import ClauseElement
from azoth.sql.selectable import FromClause
from azoth.util.arguments import no_argument


class Joining(QueryState):
    """What a query joins, and what it selects from."""

    def join(
        self,
        target: object,
        *props: object,
        onclause: object = None,
        isouter: bool = False,
        full: bool = False,
        **kwargs: object,
    ) -> Self:
        """Join something to what is selected.

        Args:
            target: a relationship's attribute, an entity, an alias or a table; in classic form the name of a
                relationship of the query's first entity, a tuple ``(target, onclause)``, or a list of them.
            props: the ON criterion (a SQL expression, or a relationship's attribute or name that leads to the target);
                in classic form further targets, each joined to the one before.
            onclause: the ON criterion by name.
            isouter: whether it is a LEFT OUTER JOIN.
            full: whether it is a FULL OUTER JOIN.
            kwargs: ``from_joinpoint`` begins names at the entity joined last (classic).

        Raises:
            InvalidRequestError: the query has a LIMIT already, or no relationship has the name.
            TypeError: there is no such argument.
        """
        given = props if onclause is None else (*props, onclause)
        return self._joined_to(target, given, {**kwargs, "isouter": isouter, "full": full}, "join")

    def outerjoin(
        self, target: object, *props: object, onclause: object = None, full: bool = False, **kwargs: object
    ) -> Self:
        """Join something by a LEFT OUTER JOIN; arguments as for ``join()``."""
        given = props if onclause is None else (*props, onclause)
        return self._joined_to(target, given, {**kwargs, "isouter": True, "full": full}, "outerjoin")

    def select_from(self, *from_obj: object) -> Self:
        """Name what the FROM clause begins with.

        Args:
            from_obj: entities, aliases, tables, joins, subqueries.

        Raises:
            InvalidRequestError: the query has criteria, joins or an order already.
        """
        copy = self._with(self._unnarrowed("select_from").select_from(*[_entity_or_from(one) for one in from_obj]))
        copy._joined = None
        return copy

    def reset_joinpoint(self) -> Self:
        """Let ``filter_by()`` look at the query's first entity again."""
        copy = self._with(self._statement)
        first = self._statement._raw_columns[0] if self._statement._raw_columns else None
        copy._joined = entity_of(first)
        return copy

    def _joined_to(self, target: Any, props: tuple[Any, ...], kwargs: dict[str, Any], method: str) -> Self:
        statement = self._open(method)
        options = dict(kwargs)
        isouter, full = bool(options.pop("isouter", False)), bool(options.pop("full", False))
        left = self._joined if options.pop("from_joinpoint", False) else None
        _refuse_options(options, method)
        joined = left
        for step_target, onclause in _pairs(target, props):
            step_target, onclause, joined = self._step(step_target, onclause, joined)
            statement = statement.join(step_target, onclause, isouter=isouter, full=full)
        copy = self._with(statement)
        copy._joined = joined
        return copy

    def _step(self, target: Any, onclause: Any, left: Any) -> tuple[Any, Any, Any]:
        """Settle one join: its target, its ON criterion, and the entity that it leads to."""
        if isinstance(target, str):
            target = self._relationship_named(target, left)
        if isinstance(onclause, str):
            onclause = self._relationship_named(onclause, left)
        stand_ins = self._stand_ins
        if stand_ins is not None:
            target = stand_ins.attribute(target) if hasattr(target, "__join_steps__") else target
            if onclause is not None:
                has_steps = hasattr(onclause, "__join_steps__")
                onclause = stand_ins.attribute(onclause) if has_steps else self._adapted(onclause)
        if hasattr(target, "__join_steps__"):
            if onclause is not None and hasattr(onclause, "__join_steps__"):
                raise ArgumentError(
                    f"join(): {target} and {onclause} are both relationships",
                    why="a relationship says by itself where it leads",
                    fix="join them one after the other",
                    code="AZ-S78",
                )
            return target, onclause, target.entity
        entity = entity_of(target)
        return (target if entity is None else entity), onclause, entity

    def _relationship_named(self, name: str, left: Any) -> Any:
        entity = left if left is not None else self._entity("join")
        attribute = getattr(entity.entity, name, None)
        if attribute is None or not hasattr(attribute, "__join_steps__"):
            entity.mapper.get_property(name)
            raise InvalidRequestError(
                f"{entity.mapper.class_.__name__}.{name} is no relationship, so nothing can be joined along it",
                why="it is a column",
                fix="name a relationship, or pass a target and an ON criterion",
                code="AZ-S79",
            )
        return attribute


def _pairs(target: Any, props: tuple[Any, ...]) -> list[tuple[Any, Any]]:
    """List what to join with which ON criterion, from all forms of the arguments."""
    if isinstance(target, (list, tuple)) and not props:
        if isinstance(target, tuple) and len(target) == 2 and not isinstance(target[0], (str, tuple)):
            return [(target[0], target[1])]
        return [pair for one in target for pair in _pairs(one, ())]
    if len(props) == 1 and _is_onclause(target, props[0]):
        return [(target, props[0])]
    return [pair for one in (target, *props) for pair in (_pairs(one, ()) if isinstance(one, tuple) else [(one, None)])]


def _is_onclause(target: object, prop: object) -> bool:
    """Tell whether a second argument is the ON criterion of the first, rather than a second target."""
    if prop is None:
        return True
    if isinstance(target, (str, tuple)) or hasattr(target, "__join_steps__"):
        # join("orders", "items") and join(User.orders, Order.items) are chains.
        return isinstance(prop, ClauseElement) and not isinstance(prop, FromClause)
    return isinstance(prop, str) or hasattr(prop, "__join_steps__") or entity_of(prop) is None


def _entity_or_from(subject: object) -> Any:
    entity = entity_of(subject)
    return subject if entity is None else entity


def _refuse_options(options: dict[str, Any], method: str) -> None:
    options.pop("id", None)
    if options.pop("aliased", False):
        raise ArgumentError(
            f"{method}(aliased=True) is not supported",
            why="it would change the meaning of criteria that are added later",
            fix="make the alias yourself: alias = aliased(Address); query.join(alias, User.addresses)",
            code="AZ-S81",
        )
    if options:
        known = ("target", "onclause", "isouter", "full", "from_joinpoint")
        raise no_argument(f"Query.{method}()", next(iter(options)), known)
