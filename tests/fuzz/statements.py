"""Random statements, as the text of a program: queries with loader options, joins, and changes of many rows."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from tests.fuzz.hierarchy_statements import HierarchyStatements
from tests.fuzz.models import Column, End, Entity, Model

LOADERS = (
    "joinedload",
    "joinedload",
    "joinedload",
    "selectinload",
    "selectinload",
    "selectinload",
    "subqueryload",
    "subqueryload",
    "lazyload",
    "lazyload",
    "immediateload",
    "immediateload",
    "raiseload",
)
SYNCHRONIZE = ("'auto'", "'evaluate'", "'fetch'", "False")


def value_for(random: Random, column: Column) -> str:
    """Write a value for a column; NULL now and then where it is allowed, and seldom where it is not."""
    if random.randrange(100) < (20 if column.nullable else 2):
        return "None"
    if column.type == "Integer":
        return str(random.randrange(1, 4))
    return repr(random.choice("uvwxyz" if column.unique else "abc"))


class Statements:
    """Writes statements.

    Args:
        random: where chance comes from.
        model: what they are about.
        pick: gives the name of an object of an entity, None where there is none.
    """

    def __init__(self, random: Random, model: Model, pick: Callable[[str | None], str | None]) -> None:
        self.random = random
        self.model = model
        self.pick = pick
        self.hierarchies = HierarchyStatements(random, model, self.criterion)

    def chance(self, percent: int) -> bool:
        return self.random.randrange(100) < percent

    # -- parts --------------------------------------------------------------------------------------------

    def key(self, entity: Entity) -> str:
        parts = [
            repr(self.random.choice(("k1", "k2", "k3", "k4")))
            if type_ == "String"
            else str(self.random.randrange(1, 4))
            for _, type_ in entity.key_columns
        ]
        return parts[0] if len(parts) == 1 else f"({', '.join(parts)})"

    def order(self, entity: str, by: str | None = None) -> str:
        keys = ", ".join(f"{by or entity}.{name}" for name, _ in self.model.entity(entity).key_columns)
        return f".order_by({keys})"

    def criterion(self, entity: Entity, by: str | None = None) -> str:
        """Write a condition on an entity, or on an alias of it."""
        by = by or entity.name
        ends = self.model.ends(entity.name)
        if ends and self.chance(35):
            return self.criterion_on_relation(by, self.random.choice(ends))
        column = self.random.choice([column for column in self.model.columns(entity.name) if column.type == "String"])
        other = self.random.choice(self.model.columns(entity.name))
        values = "'a', 'b'" if other.type == "String" else "1, 2"
        return self.random.choice((
            f"{by}.{column.name} == {value_for(self.random, column)}",
            f"{by}.{column.name} != 'a'",
            f"{by}.{other.name}.in_([{values}])",
            f"{by}.{other.name}.is_not(None)",
            f"or_({by}.{column.name} == 'a', {by}.{other.name} == None)",
        ))  # fmt: skip

    def criterion_on_relation(self, by: str, end: End) -> str:
        within = f"{end.target}.name == 'a'" if self.chance(50) else ""
        if end.many:
            texts = [f"{by}.{end.name}.any({within})", f"~{by}.{end.name}.any({within})"]
            if other := self.pick(end.target):
                texts.append(f"{by}.{end.name}.contains({other})")
        else:
            texts = [f"{by}.{end.name}.has({within})", f"{by}.{end.name} == None"]
            if other := self.pick(end.target):
                texts += [f"{by}.{end.name} == {other}", f"{by}.{end.name} != {other}"]
        return self.random.choice(texts)

    def options(self, entity: str, depth: int = 2) -> str:
        """Write loader options for an entity, or nothing."""
        found = [self.path(entity, end, depth) for end in self.model.ends(entity) if self.chance(45)]
        columns = [column.name for column in self.model.columns(entity)]
        if self.chance(15):
            found.append(
                f"{self.random.choice(('defer', 'undefer', 'load_only'))}({entity}.{self.random.choice(columns)})"
            )
        ends = self.model.ends(entity)
        if ends and self.chance(6):
            target = self.random.choice(ends).target
            found.append(f"with_loader_criteria({target}, {target}.name != 'b')")
        return f".options({', '.join(found)})" if found else ""

    def path(self, entity: str, end: End, depth: int) -> str:
        text = f"{self.random.choice(LOADERS)}({self.way(entity, end)})"
        while depth > 1 and not text.startswith("raiseload") and self.chance(40):
            further = self.model.ends(end.target)
            if not further:
                break
            before, end, depth = end, self.random.choice(further), depth - 1
            text += f".{self.random.choice(LOADERS)}({self.way(before.target, end)})"
        return text

    def way(self, entity: str, end: End) -> str:
        """Write a relationship, or now and then the part of it that leads to a derived class."""
        if self.hierarchies.derived(end.target) and self.chance(20):
            return self.hierarchies.narrowed(end)[0]
        return f"{entity}.{end.name}"

    # -- reading --------------------------------------------------------------------------------------------

    def get(self, entity: Entity) -> str:
        more = ""
        if self.chance(15):
            more = ", populate_existing=True"
        elif self.chance(20) and (ends := self.model.ends(entity.name)):
            more = f", options=[{self.path(entity.name, self.random.choice(ends), 2)}]"
        return f"s.get({entity.name}, {self.key(entity)}{more})"

    def objects(self, entity: Entity) -> str:
        """Write a query for objects of one entity, in the order of their keys."""
        name = entity.name
        if self.hierarchies.derived(name) and self.chance(45):
            return self.hierarchies.objects(entity, self.order)
        text = f"select({name})"
        ends = self.model.ends(name)
        if ends and self.chance(15):
            return self.with_contained(entity, self.random.choice(ends))
        if self.chance(6):
            # In portions, which joined collections do not allow.
            lazy = "".join(f".options(lazyload({name}.{end.name}))" for end in ends)
            text += f".where({self.criterion(entity)})" if self.chance(40) else ""
            return f"s.scalars({text}{lazy}{self.order(name)}.execution_options(yield_per=1)).all()"
        others = [end for end in ends if self.model.root(end.target) != self.model.root(name)]
        if others and self.chance(15):
            text += f".join({name}.{self.random.choice(others).name})"
        text += f".where({self.criterion(entity)})" if self.chance(40) else ""
        text += self.options(name) + self.order(name)
        if self.chance(20):
            text += f".limit({self.random.randrange(1, 4)})"
            text += ".offset(1)" if self.chance(40) else ""
        if self.chance(15):
            text += ".execution_options(populate_existing=True)"
        return f"s.scalars({text}).unique().all()"

    def with_contained(self, entity: Entity, end: End) -> str:
        """Write a query whose join fills a relationship."""
        text = f"select({entity.name})"
        if self.model.root(end.target) == self.model.root(entity.name):
            return f"s.scalars({text}{self.order(entity.name)}).unique().all()"
        join = self.random.choice(("join", "outerjoin"))
        text += f".{join}({entity.name}.{end.name}).options(contains_eager({entity.name}.{end.name}))"
        text += self.order(entity.name) + self.order(end.target)
        return f"s.scalars({text}.execution_options(populate_existing=True)).unique().all()"

    def rows(self) -> str:
        """Write a query for rows."""
        entity = self.random.choice(self.model.entities)
        name = entity.name
        ends = self.model.ends(name)
        column = self.random.choice(self.model.columns(entity.name)).name
        ways = [
            f"s.execute(select({name}.{column}){self.order(name)}).all()",
            f"s.scalar(select(func.count()).select_from({name}).where({self.criterion(entity)}))",
            f"s.execute(select({name}.name, func.count()).group_by({name}.name).order_by({name}.name)).all()",
            f"s.execute(select({name}, {name}.{column}){self.order(name)}).unique().all()",
            f"s.query({name}).filter({self.criterion(entity)}){self.order(name)}.first()",
            f"s.query({name}).count()",
            f"s.scalars(select({name}).where({self.criterion(entity)}).distinct(){self.order(name)}).unique().all()",
        ]
        narrowing = [end for end in ends if self.hierarchies.derived(end.target)]
        if narrowing and self.chance(40):
            return self.hierarchies.of_type(self.random.choice(narrowing), self.order)
        if ends:
            ways += [self.join(entity, self.random.choice(ends)) for _ in range(3)]
            end = self.random.choice(ends)
            if (other := self.pick(end.entity)) is not None:
                text = f"select({end.target}).where(with_parent({other}, {end.entity}.{end.name}))"
                ways.append(f"s.scalars({text}{self.order(end.target)}).unique().all()")
        return self.random.choice(ways)

    def join(self, entity: Entity, end: End) -> str:
        name, join = entity.name, self.random.choice(("join", "outerjoin"))
        target = self.model.entity(end.target)
        if self.model.root(end.target) == self.model.root(name) or self.chance(40):
            text = f"select({name}, x).{join}(x, {name}.{end.name})"
            order = self.order(name) + self.order(end.target, "x")
            where = f".where({self.criterion(target, 'x')})" if self.chance(40) else ""
            return f"[s.execute({text}{where}{order}).unique().all() for x in [aliased({end.target})]][0]"
        text = f"select({name}, {end.target}).{join}({name}.{end.name})"
        where = f".where({self.criterion(self.random.choice([entity, target]))})" if self.chance(50) else ""
        return f"s.execute({text}{where}{self.order(name)}{self.order(end.target)}).unique().all()"

    # -- changes of many rows --------------------------------------------------------------------------------------

    def synchronized(self) -> str:
        return f".execution_options(synchronize_session={self.random.choice(SYNCHRONIZE)})"

    def update(self) -> str:
        entity = self.random.choice(self.model.entities)
        column = self.random.choice(self.model.columns(entity.name))
        value = value_for(self.random, column)
        if column.type == "Integer" and self.chance(40):
            value = f"{entity.name}.{column.name} + 1"
        where = f".where({self.criterion(entity)})" if self.chance(80) else ""
        if self.chance(20):
            text = f"s.query({entity.name})" + (f".filter({self.criterion(entity)})" if self.chance(80) else "")
            sync = self.random.choice(SYNCHRONIZE)
            return f"{text}.update({{'{column.name}': {value}}}, synchronize_session={sync})"
        if self.chance(15):
            keys = "".join(f"'{name}': {part}, " for name, part in self.key_parts(entity))
            return f"s.execute(update({entity.name}), [{{{keys}'{column.name}': {value_for(self.random, column)}}}])"
        return f"s.execute(update({entity.name}){where}.values({column.name}={value}){self.synchronized()}).rowcount"

    def delete(self) -> str:
        entity = self.random.choice(self.model.entities)
        where = f".where({self.criterion(entity)})" if self.chance(90) else ""
        return f"s.execute(delete({entity.name}){where}{self.synchronized()}).rowcount"

    def insert(self) -> str:
        entity = self.random.choice(self.model.entities)
        rows = []
        for _ in range(self.random.choice((1, 2))):
            values = [] if entity.key == "auto" else self.key_parts(entity)
            values += [
                (c.name, value_for(self.random, c) if c.default is None is c.server_default else "'d'")
                for c in self.model.columns(entity.name)
            ]
            rows.append("{" + ", ".join(f"'{name}': {value}" for name, value in values) + "}")
        if self.chance(40):
            order = "" if len(rows) == 1 else "[:0]"
            return (
                f"s.scalars(insert({entity.name}).returning({entity.name}), [{', '.join(rows)}]).unique().all(){order}"
            )
        return f"s.execute(insert({entity.name}), [{', '.join(rows)}])"

    def key_parts(self, entity: Entity) -> list[tuple[str, str]]:
        text = self.key(entity).strip("()").split(", ")
        return [(name, part) for (name, _), part in zip(entity.key_columns, text, strict=True)]
