"""Which options of a statement are about which of its entities."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from azoth.orm.loading.load_step import LoadStep
from azoth.orm.loading.loader_options import (
    NO_OPTIONS,
    RELATIONSHIP_STRATEGIES,
    LoaderTree,
    TreeOption,
)
from azoth.orm.loading.option_attributes import WILDCARD


def tree_for(entity: object, options: Iterable[Any], *, is_first: bool) -> LoaderTree:
    """Gather what the options say about one entity of a statement.

    Args:
        entity: the mapper or the alias.
        options: the statement's options; those that are no loader options are passed over.
        is_first: whether steps that name no parent (wildcards, groups) are meant for this entity.
    """
    tree: LoaderTree | None = None
    handed_on: LoaderTree | None = None
    everywhere: str | None = None
    for option in options:
        if option.__class__ is TreeOption and stands_at(option.mapper, entity):
            handed_on = tree = option.tree
            continue
        for path in getattr(option, "paths", ()):
            step = path[0]
            if step.parent is None and step.key == WILDCARD and step.action in RELATIONSHIP_STRATEGIES:
                everywhere = step.action
            elif begins_at(step, entity) or (step.parent is None and is_first):
                tree = _changeable(tree, handed_on)
                tree.add(path)
    if everywhere is not None:
        tree = _changeable(tree, handed_on)
        tree.spread(everywhere)
    return NO_OPTIONS if tree is None else tree


def begins_at(step: LoadStep, entity: object) -> bool:
    """Tell whether a step begins at an entity, or at the alias for which it stands."""
    return step.parent is not None and stands_at(step.parent, entity)


def stands_at(named: object, entity: object) -> bool:
    """Tell whether what an option names is an entity, or the alias for which that stands."""
    if named is entity or named is getattr(entity, "stands_for", entity):
        return True
    if getattr(named, "part_of", None) is not None:
        return named.part_of is entity  # type: ignore[attr-defined]
    # What is said of a derived class holds for its objects among those of the base, and the other way round.
    return getattr(named, "is_mapper", False) and getattr(entity, "is_mapper", False) and _is_akin(named, entity)


def _is_akin(named: Any, entity: Any) -> bool:
    return bool(named.isa(entity) or entity.isa(named))


def _changeable(tree: LoaderTree | None, handed_on: LoaderTree | None) -> LoaderTree:
    """Give a tree that may be added to: one that a load hands on belongs to others, too."""
    if tree is None:
        return LoaderTree()
    return tree.copied({}) if tree is handed_on else tree
