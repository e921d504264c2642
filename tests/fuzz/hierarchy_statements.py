"""Random statements about classes of a hierarchy: those that name a base and the classes that inherit from it."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from tests.fuzz.models import End, Entity, Model


class HierarchyStatements:
    """Writes statements.

    Args:
        random: where chance comes from.
        model: what they are about.
        criterion: writes a condition on an entity, by a name for it.
    """

    def __init__(self, random: Random, model: Model, criterion: Callable[[Entity, str | None], str]) -> None:
        self.random = random
        self.model = model
        self.criterion = criterion

    def chance(self, percent: int) -> bool:
        return self.random.randrange(100) < percent

    def derived(self, entity: str) -> list[str]:
        """Name the entities that inherit from one."""
        return self.model.family(entity)[1:]

    def some_derived(self, entity: str) -> list[str]:
        names = self.derived(entity)
        return names if self.chance(40) else self.random.sample(names, self.random.randrange(1, len(names) + 1))

    def objects(self, entity: Entity, order: Callable[[str, str | None], str]) -> str:
        """Write a query for objects of a base, which loads columns and relationships of derived classes, too."""
        if self.chance(55):
            return self.with_polymorphic(entity, order)
        name, chosen = entity.name, self.some_derived(entity.name)
        options = [f"selectin_polymorphic({name}, [{', '.join(chosen)}])"]
        options += [f"{self.loader()}({one}.{end.name})" for one in chosen for end in self.own_ends(one, 60)]
        where = f".where({self.criterion(entity, None)})" if self.chance(40) else ""
        text = f"select({name}){where}.options({', '.join(options)}){order(name, None)}"
        return f"s.scalars({text}).unique().all()"

    def with_polymorphic(self, entity: Entity, order: Callable[[str, str | None], str]) -> str:
        name, chosen = entity.name, self.some_derived(entity.name)
        classes = "'*'" if len(chosen) == len(self.derived(name)) and self.chance(50) else f"[{', '.join(chosen)}]"
        more = self.random.choice(("", "", ", flat=True", ", aliased=True"))
        by = {name: "x"} | {one: f"x.{one}" for one in chosen}
        text = "select(x)"
        if self.chance(60):
            about = self.random.choice([name, *chosen])
            text += f".where({self.criterion(self.model.entity(about), by[about])})"
        options = [f"{self.loader()}({by[one]}.{end.name})" for one in chosen for end in self.own_ends(one, 50)]
        options += [f"{self.loader()}(x.{end.name})" for end in self.model.ends(name) if self.chance(30)]
        text += f".options({', '.join(options)})" if options else ""
        text += order(name, "x")
        text += f".limit({self.random.randrange(1, 4)})" if self.chance(15) else ""
        text += ".execution_options(populate_existing=True)" if self.chance(15) else ""
        return f"[s.scalars({text}).unique().all() for x in [with_polymorphic({name}, {classes}{more})]][0]"

    def own_ends(self, entity: str, percent: int) -> list[End]:
        return [end for end in self.model.own_ends(entity) if self.chance(percent)]

    def loader(self) -> str:
        return self.random.choice(("joinedload", "selectinload", "selectinload", "subqueryload", "immediateload"))

    def narrowed(self, end: End) -> tuple[str, str]:
        """Write a relationship that leads to a derived class of its target, and name that."""
        one = self.random.choice(self.derived(end.target))
        return f"{end.entity}.{end.name}.of_type({one})", one

    def of_type(self, end: End, order: Callable[[str, str | None], str]) -> str:
        """Write a query for rows that goes along a relationship to a derived class of its target."""
        name, join = end.entity, self.random.choice(("join", "outerjoin"))
        path, target = self.narrowed(end)
        within = self.criterion(self.model.entity(target), None)
        if end.target == name or self.model.root(target) == self.model.root(name):
            path = f"{end.entity}.{end.name}.of_type(x)"
            text = f"select({name}, x).{join}({path}){order(name, None)}{order(target, 'x')}"
            return f"[s.execute({text}).unique().all() for x in [aliased({target})]][0]"
        orders = order(name, None) + order(target, None)
        both = f"select({name}, {target}).{join}({path}){orders}"
        contained = f"select({name}).{join}({path}).options(contains_eager({path})){orders}"
        test = "any" if end.many else "has"
        return self.random.choice((
            f"s.scalars(select({name}).where({path}.{test}({within})){order(name, None)}).unique().all()",
            f"s.execute({both}).unique().all()",
            f"s.scalars(select({name}).{join}({path}).where({within}){order(name, None)}).unique().all()",
            f"s.scalars({contained}.execution_options(populate_existing=True)).unique().all()",
        ))  # fmt: skip
