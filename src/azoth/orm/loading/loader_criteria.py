"""Criteria that hold for a kind of entity wherever a statement meets it: ``with_loader_criteria()``."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final

from azoth.exc import ArgumentError
from azoth.orm.mapping.lookup import mapper_of
from azoth.sql.elements import ClauseElement, ColumnElement, truth_operand
from azoth.sql.visitors import HasChildren, Visitable

if TYPE_CHECKING:
    from azoth.orm.mapping.mapper.mapper import Mapper

__all__ = [
    "NO_CRITERIA",
    "JoinedCriteria",
    "LoaderCriteriaOption",
    "criteria_among",
    "criterion_for",
    "with_loader_criteria",
    "without_criteria",
]

Criterion = ColumnElement[bool] | Callable[[Any], Any]

NO_CRITERIA: Final[Mapping[Any, Any]] = {}


class LoaderCriteriaOption(HasChildren):
    """An option of statements: a criterion for all entities of a kind.

    Immutable. Its criterion is asked for anew by each statement that it is given to, so that a function may use values
    that change.

    Args:
        entity_or_base: a mapped class, or an unmapped one (a mixin) whose mapped subclasses are meant.
        where_criteria: the criterion in terms of the class, or a function that makes it for a class.
        loader_only: whether only loads of relationships are concerned.
        include_aliases: whether aliases of the class are concerned, too.
        propagate_to_loaders: whether relationships of the loaded objects obey it, when they are loaded later.
        track_closure_variables: see ``with_loader_criteria()``, which makes these options.

    Raises:
        ArgumentError: the first argument is no class, or the criterion is neither an expression nor a function.
    """

    __slots__ = ("_known", "base", "include_aliases", "loader_only", "propagate_to_loaders", "where_criteria")

    _binds: tuple[Any, ...] = ()

    def __init__(
        self,
        entity_or_base: object,
        where_criteria: Criterion,
        loader_only: bool = False,
        include_aliases: bool = False,
        propagate_to_loaders: bool = True,
        track_closure_variables: bool = True,
    ) -> None:
        self.base: type[Any] = _checked_base(entity_or_base, where_criteria)
        self.where_criteria = where_criteria
        self.loader_only = loader_only
        self.include_aliases = include_aliases
        self.propagate_to_loaders = propagate_to_loaders
        self._known: dict[Any, Any] = {}

    @property
    def propagate(self) -> bool:
        """Whether relationships of the loaded objects obey it, when they are loaded later."""
        return self.propagate_to_loaders

    @property
    def _shape(self) -> tuple[Any, ...]:
        # Without the criterion: what a statement makes of it has a shape of its own.
        return ("criteria", self.base, self.loader_only, self.include_aliases, self.propagate)

    def __reduce__(self) -> tuple[object, ...]:
        given = (self.base, self.where_criteria, self.loader_only, self.include_aliases, self.propagate_to_loaders)
        return LoaderCriteriaOption, given

    def for_loads(self) -> LoaderCriteriaOption:
        """Give what statements get that load relationships: there, nothing is left out."""
        if not self.loader_only:
            return self
        return LoaderCriteriaOption(
            self.base, self.where_criteria, False, self.include_aliases, self.propagate_to_loaders
        )

    def mappers(self) -> Iterator[Any]:
        """Yield the mappers of the classes that are meant."""
        pending = [self.base]
        seen: set[type[Any]] = set()
        while pending:
            class_ = pending.pop()
            if class_ in seen:
                continue
            seen.add(class_)
            mapper = mapper_of(class_)
            if mapper is not None:
                yield mapper
            pending.extend(class_.__subclasses__())

    def _nodes(self) -> dict[str, list[Visitable]]:
        known = [self.criterion(mapper) for mapper in self.mappers()]
        return {"where_criteria": [criterion for criterion in known if criterion is not None]}

    def criterion(self, mapper: Mapper) -> Any:
        """Give the criterion for a mapper, or None where it is not meant."""
        if mapper not in self._known:
            self._known[mapper] = self._made_for(mapper) if issubclass(mapper.class_, self.base) else None
        return self._known[mapper]

    def _made_for(self, mapper: Mapper) -> Any:
        where = self.where_criteria
        if isinstance(where, ColumnElement) or hasattr(where, "__clause_element__"):
            return truth_operand(where)
        return truth_operand(where(mapper.class_))


class JoinedCriteria:
    """What criteria say about what a load adds to a statement: joined entities, and expressions of attributes.

    Args:
        conditions: from mapper to the criterion, for entities that joined eager loading brings in.
        expressions: from mapper and attribute to the expression in whose subqueries criteria hold.
    """

    __slots__ = ("_binds", "_shape", "conditions", "expressions")

    def __init__(self, conditions: dict[Any, Any], expressions: dict[tuple[Any, str], Any]) -> None:
        self.conditions = conditions
        self.expressions = expressions
        self._shape = (
            "joined criteria",
            *[(mapper._shape, part._shape) for mapper, part in conditions.items()],
            *[(mapper._shape, key, part._shape) for (mapper, key), part in expressions.items()],
        )
        self._binds = tuple([bind for part in (*conditions.values(), *expressions.values()) for bind in part._binds])


def criteria_among(options: Iterable[Any]) -> tuple[LoaderCriteriaOption, ...]:
    """Pick the criteria out of a statement's options."""
    return tuple([option for option in options if option.__class__ is LoaderCriteriaOption])


def without_criteria(statement: ClauseElement) -> Any:
    """Copy a statement without the criteria among its options."""
    options = getattr(statement, "_with_options", ())
    others = tuple([option for option in options if option.__class__ is not LoaderCriteriaOption])
    return statement if len(others) == len(options) else statement._copy_with(_with_options=others)


def criterion_for(mapper: Mapper, criteria: Iterable[LoaderCriteriaOption]) -> Any:
    """Give everything that criteria say about a mapper as one expression, or None."""
    parts = [part for one in criteria if (part := one.criterion(mapper)) is not None]
    whole = parts[0] if parts else None
    for part in parts[1:]:
        whole = whole & part
    return whole


def with_loader_criteria(
    entity_or_base: type[Any],
    where_criteria: Criterion,
    loader_only: bool = False,
    include_aliases: bool = False,
    propagate_to_loaders: bool = True,
    track_closure_variables: bool = True,
) -> LoaderCriteriaOption:
    """Add a criterion to a class wherever a statement meets it: selected, joined, in subqueries, in loads that follow.

    Args:
        entity_or_base: a mapped class, or a mixin or base whose mapped subclasses are meant.
        where_criteria: the criterion in terms of the class, or a function of the class that makes it.
        loader_only: leave the statement itself alone and concern only loads of relationships.
        include_aliases: concern aliases of the class, too.
        propagate_to_loaders: let relationships of the loaded objects obey it, also when they are loaded later.
        track_closure_variables: accepted for programs that move over; a function is called for each statement, so the
            variables that it uses always have their present values.

    Returns:
        an option for ``Select.options()``, ``update().options()`` and ``delete().options()``.

    Raises:
        ArgumentError: the first argument is no class, or the criterion is neither an expression nor a function.

    Emits:
        nothing of its own.
    """
    return LoaderCriteriaOption(entity_or_base, where_criteria, loader_only, include_aliases, propagate_to_loaders)


def _checked_base(entity_or_base: object, where_criteria: Criterion) -> type[Any]:
    base: Any = (
        entity_or_base if isinstance(entity_or_base, type) else getattr(mapper_of(entity_or_base), "class_", None)
    )
    if base is None:
        raise ArgumentError(
            f"with_loader_criteria() got {type(entity_or_base).__name__}, which is no class",
            why="the criterion is meant for a mapped class, or for the mapped subclasses of another one",
            fix="pass the class itself, as in with_loader_criteria(User, User.deleted == False)",
            code="AZ-L300",
        )
    is_expression = isinstance(where_criteria, ColumnElement) or hasattr(where_criteria, "__clause_element__")
    if not is_expression and not callable(where_criteria):
        raise ArgumentError(
            f"with_loader_criteria({base.__name__}) got a criterion of class {type(where_criteria).__name__}",
            why="a criterion is a SQL expression, or a function that makes one for a class",
            fix=f"write lambda cls: cls.attribute == value, or {base.__name__}.attribute == value",
            code="AZ-L301",
        )
    checked: type[Any] = base
    return checked
