"""What the attributes behind the name of a module mean, and where that is at home now."""

from __future__ import annotations

from azoth.tools.homes.direction import Direction, Obstacle
from azoth.tools.moving.program import Span
from azoth.tools.moving.uses import Use
from azoth.util.named_tuple import NamedTuple

__all__ = ["Resolved", "resolve"]


class Resolved(NamedTuple):
    """A use of a module, and what it leads to.

    Attributes:
        use: the use.
        full_name: the path and the name that it means.
        path: the part of it that is a module's.
        home: the module that has it now, or what is in the way.
        span: where the path stands in the text: the name that is read, and attributes that are modules.
    """

    use: Use
    full_name: str
    path: str
    home: str | Obstacle
    span: Span

    @property
    def is_written_out(self) -> bool:
        """Whether more than the name that is read belongs to the path."""
        return self.span != self.use.root


def resolve(use: Use, path: str, direction: Direction) -> Resolved:
    """Follow the attributes of a module as far as they are modules, and find the home of what comes then.

    Args:
        use: the use.
        path: the path of the module that the name stands for.
        direction: where to move.
    """
    count = 0
    for part in use.parts:
        if not direction.is_module(f"{path}.{part.name}") or _is_rather_a_name(use, count, path, direction):
            break
        path = f"{path}.{part.name}"
        count += 1
    end = use.parts[count - 1].end if count else use.root.end
    span = Span(use.root.start, end)
    if count == len(use.parts):
        return Resolved(use, path, path, direction.module_for(path), span)
    name = use.parts[count].name
    place = direction.place_of(path, name)
    return Resolved(use, f"{path}.{name}", path, place if isinstance(place, Obstacle) else place.module, span)


def _is_rather_a_name(use: Use, count: int, path: str, direction: Direction) -> bool:
    """Tell whether an attribute that could be a module is a name of the one before: ``sqlalchemy.orm.mapper(...)``."""
    name = use.parts[count].name
    return (
        count == len(use.parts) - 1
        and direction.is_name(path, name)
        and isinstance(direction.module_for(f"{path}.{name}"), Obstacle)
    )
