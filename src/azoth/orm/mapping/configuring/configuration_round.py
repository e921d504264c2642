"""One round of configuring: the mappers of a registry, and of the registries that their relationships lead to."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from azoth.exc import AzothError, InvalidRequestError
from azoth.orm.mapping.configuring.overlaps import warn_of_overlaps
from azoth.orm.mapping.configuring.unfinished import Unfinished
from azoth.orm.runtime.symbols import EXT_SKIP

if TYPE_CHECKING:
    from azoth.orm.mapping.ports import MapperPort


class ConfigurationRound:
    """Mappers that are configured in step.

    Args:
        unfinished: what is not configured of the registry that a class was used of.
        cascade: whether to take in the registries that relationships lead to.
        hooks: called with each mapper.
    """

    def __init__(self, unfinished: Unfinished, *, cascade: bool, hooks: Iterable[Callable[[Any], None]]) -> None:
        self.unfinished = unfinished
        self.cascade = cascade
        self.hooks = hooks
        self.taken: list[Unfinished] = []
        self.mappers: list[Any] = []

    def run(self) -> list[Any]:
        """Configure them.

        Returns:
            the mappers.

        Raises:
            InvalidRequestError: a mapping failed before; or another registry would have to be configured too.
            Exception: what a mapping raises that is wrong.
        """
        try:
            self._take(self.unfinished)
            # The list grows while the classes that relationships lead to are found.
            for mapper in self.mappers:
                self._each(mapper, mapper.own_properties(), "configure")
                self._take_related(mapper)
            # Backrefs change other classes, those of other registries too: when all that comes before went well.
            for step in ("check_backref", "link", "add_backref", "configure", "link", "finish", "link_sides"):
                for mapper in self.mappers:
                    self._each(mapper, mapper.own_relationships(), step)
            for mapper in self.mappers:
                mapper.finish_inherited()
                self._step(mapper, mapper.class_.__name__, mapper.check_validated)
                self._step(mapper, mapper.class_.__name__, mapper.check_named_classes)
            for mapper in self.mappers:
                for prop in mapper.own_relationships():
                    warn_of_overlaps(prop)
            for hook in self.hooks:
                for mapper in self.mappers:
                    hook(mapper)
            # Other threads look at the flag without the lock, so it is set when nothing is left to do.
            for mapper in self.mappers:
                mapper.mark_configured()
                mapper.registry.unfinished.mappers.pop(mapper, None)
        finally:
            for unfinished in self.taken:
                unfinished.is_in_work = False
        return self.mappers

    def _take(self, unfinished: Unfinished) -> None:
        unfinished.raise_known_failure()
        unfinished.is_in_work = True
        self.taken.append(unfinished)
        for mapper in list(unfinished.mappers):
            answers = [listener(mapper, mapper.class_) for listener in mapper.dispatch.before_mapper_configured]
            if EXT_SKIP not in answers:
                self.mappers.append(mapper)

    def _take_related(self, mapper: Any) -> None:
        if mapper.inherits is not None:
            self._take_registry(mapper, mapper.inherits.registry, f"the base of {mapper.class_.__name__}")
        for prop in mapper.own_relationships():
            self._take_registry(mapper, prop.mapper.registry, f"relationship {prop}")

    def _take_registry(self, mapper: MapperPort, registry: Any, way: str) -> None:
        """Take in a registry whose classes a mapper needs."""
        if registry is mapper.registry:
            return
        registry.dependents.add(mapper.registry)
        other: Unfinished = registry.unfinished
        if not other.mappers or other.is_in_work:
            return
        if not self.cascade:
            raise InvalidRequestError(
                f"configure(cascade=False) cannot configure {way}: its class is of another registry",
                why="the mappers of that registry are not configured, and without cascade they are not to be",
                fix="configure that registry first, or call configure(cascade=True)",
                code="AZ-M263",
            )
        self._take(other)

    def _each(self, mapper: MapperPort, properties: Iterable[Any], step: str) -> None:
        """Take one step with each property of a mapper."""
        for prop in properties:
            self._step(mapper, prop, getattr(prop, step))

    def _step(self, mapper: MapperPort, subject: object, step: Callable[[], None]) -> None:
        try:
            step()
        except Exception as error:
            mapper.registry.unfinished.fail(str(subject), error)
            if not isinstance(error, AzothError):
                error.add_note(f"raised while the mapping of {subject} was configured")
            raise
