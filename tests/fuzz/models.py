"""Random models, as data: entities with columns, and relations between them.

Everything has a default that is the plainest case, so that a part can be taken away, and a kind of part be added (an
entity that inherits from another, say), without touching what is there.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from random import Random

NAMES = ("Ant", "Bee", "Cat", "Dog", "Elk")
STRATEGIES = ("select", "select", "select", "joined", "selectin", "subquery", "immediate")
CASCADES = (
    "save-update, merge",
    "save-update, merge",
    "all",
    "all, delete-orphan",
    "all, delete-orphan",
    "save-update",
    "save-update, delete",
)


@dataclass(frozen=True)
class Column:
    """A column beside keys.

    Attributes:
        name: of the attribute and the column.
        type: "String" or "Integer".
        nullable, unique: as in a table.
        deferred: whether it is loaded when it is asked for.
        default: a value that the library gives, None for none.
        server_default: a value that the database gives, None for none.
        onupdate: a value that the library gives with each UPDATE, None for none.
    """

    name: str
    type: str = "String"
    nullable: bool = True
    unique: bool = False
    deferred: bool = False
    default: str | int | None = None
    server_default: str | None = None
    onupdate: str | None = None


@dataclass(frozen=True)
class Entity:
    """A mapped class.

    Attributes:
        name: of the class; its table has the same in small letters.
        key: "auto" (a number that the database gives), "natural" (a word) or "composite" (a word and a number).
        columns: beside those of keys.
        versioned: whether its rows have a version.
        computed: whether it has an attribute that is an SQL expression.
        eager_defaults: the mapper's argument, None to leave it out.
        base: the entity that it inherits from, None for none; ``key`` is as the base's.
        shared_table: the table of the base that has its rows, None if it has a table of its own.
        discriminator: of the first entity of a hierarchy, the type of the column that tells classes apart.
        loads_all: of the first entity of a hierarchy, whether queries select from the tables of all classes.
        polymorphic_load: the mapper's argument, None to leave it out.
        cascades: whether the database deletes the rows of its table with those of its base's.
    """

    name: str
    key: str = "auto"
    columns: tuple[Column, ...] = ()
    versioned: bool = False
    computed: bool = False
    eager_defaults: bool | None = None
    base: str | None = None
    shared_table: str | None = None
    discriminator: str | None = None
    loads_all: bool = False
    polymorphic_load: str | None = None
    cascades: bool = False

    @property
    def table(self) -> str:
        return self.shared_table or self.name.lower()

    @property
    def key_columns(self) -> tuple[tuple[str, str], ...]:
        """Names and types of the columns of its own key."""
        return {
            "auto": (("id", "Integer"),),
            "natural": (("word", "String"),),
            "composite": (("word", "String"), ("pos", "Integer")),
        }[self.key]


@dataclass(frozen=True)
class Relation:
    """A relationship, seen from both sides: one owner has many members.

    Attributes:
        name: the part of the attributes' names that tells relations apart.
        owner, member: names of entities; the member's table has the foreign key, or both have a table between them.
        kind: "one-to-many", "one-to-one" or "many-to-many".
        sides: "both", "owner" or "member": where there is an attribute.
        linked: whether two sides know of each other.
        required: whether the foreign key is NOT NULL.
        ondelete, onupdate: of the foreign key, None for none.
        cascade: of the owner's side.
        member_cascade: of the member's side, None for the default.
        passive_deletes, passive_updates: of both sides.
        lazy, member_lazy: how each side loads by itself.
        collection: "list" or "set".
        post_update: whether references are written by statements of their own.
    """

    name: str
    owner: str
    member: str
    kind: str = "one-to-many"
    sides: str = "both"
    linked: bool = True
    required: bool = False
    ondelete: str | None = None
    onupdate: str | None = None
    cascade: str = "save-update, merge"
    member_cascade: str | None = None
    passive_deletes: bool = False
    passive_updates: bool = True
    lazy: str = "select"
    member_lazy: str = "select"
    collection: str = "list"
    post_update: bool = False

    @property
    def many(self) -> str:
        """The owner's attribute."""
        return f"{self.member.lower()}s{self.name}"

    @property
    def one(self) -> str:
        """The member's attribute."""
        return f"{self.owner.lower()}{self.name}"

    @property
    def is_collection(self) -> bool:
        return self.kind != "one-to-one"

    @property
    def has_many(self) -> bool:
        return self.sides in ("both", "owner")

    @property
    def has_one(self) -> bool:
        return self.sides in ("both", "member")


@dataclass(frozen=True)
class End:
    """One side of a relation, as an attribute.

    Attributes:
        entity: where the attribute is.
        name: its name.
        target: what it leads to.
        many: whether it is a collection.
        relation: what it is a side of.
    """

    entity: str
    name: str
    target: str
    many: bool
    relation: Relation


@dataclass(frozen=True)
class Model:
    """Entities and relations, and whether the database watches over foreign keys."""

    entities: tuple[Entity, ...] = ()
    relations: tuple[Relation, ...] = ()
    foreign_keys: bool = True

    def entity(self, name: str) -> Entity:
        return next(entity for entity in self.entities if entity.name == name)

    @property
    def has_hierarchies(self) -> bool:
        return any(entity.base is not None for entity in self.entities)

    def line(self, entity: str) -> list[Entity]:
        """List an entity and those that it inherits from, the first one of them first."""
        found = [self.entity(entity)]
        while (base := found[0].base) is not None:
            found.insert(0, self.entity(base))
        return found

    def root(self, entity: str) -> Entity:
        return self.line(entity)[0]

    def family(self, entity: str) -> list[str]:
        """Name an entity and all that inherit from it: the classes of what is asked for when it is."""
        found = [entity]
        for name in found:
            found += [one.name for one in self.entities if one.base == name]
        return found

    def columns(self, entity: str) -> tuple[Column, ...]:
        """List the columns of an entity, inherited ones first."""
        return tuple(column for one in self.line(entity) for column in one.columns)

    def tables(self, entity: str) -> list[str]:
        """Name the tables that have the rows of an entity's objects."""
        return list(dict.fromkeys(one.table for one in self.line(entity)))

    def identity(self, entity: str) -> str | int:
        """Give the value of the discriminator that stands for an entity."""
        root = self.root(entity)
        return self.family(root.name).index(entity) if root.discriminator == "Integer" else entity.lower()

    def own_ends(self, entity: str) -> list[End]:
        """List the relationship attributes that an entity does not inherit."""
        found = []
        for relation in self.relations:
            if relation.owner == entity and relation.has_many:
                found.append(End(entity, relation.many, relation.member, relation.is_collection, relation))
            if relation.member == entity and relation.has_one:
                many = relation.kind == "many-to-many"
                found.append(End(entity, relation.one, relation.owner, many, relation))
        return found

    def ends(self, entity: str) -> list[End]:
        """List the relationship attributes of an entity, inherited ones first."""
        if not any(one.name == entity for one in self.entities):
            return []
        return [replace(end, entity=entity) for one in self.line(entity) for end in self.own_ends(one.name)]

    def own_flows(self, entity: str) -> list[tuple[Relation, list[tuple[str, str, str]]]]:
        """List the foreign keys of an entity that it does not inherit; see ``flows``."""
        return [
            (relation, self.foreign_key(relation))
            for relation in self.relations
            if relation.member == entity and relation.kind != "many-to-many"
        ]

    def flows(self, entity: str) -> list[tuple[Relation, list[tuple[str, str, str]]]]:
        """List the foreign keys of an entity's rows: for each relation the columns with names, types and targets."""
        if not any(one.name == entity for one in self.entities):
            return []
        return [flow for one in self.line(entity) for flow in self.own_flows(one.name)]

    def foreign_key(self, relation: Relation) -> list[tuple[str, str, str]]:
        owner = self.entity(relation.owner)
        return [(f"{relation.one}_{name}", type_, f"{owner.table}.{name}") for name, type_ in owner.key_columns]

    def scalars(self, entity: str) -> list[str]:
        """List the names of all attributes that are columns or expressions."""
        root = self.root(entity)
        names = [name for name, _ in root.key_columns]
        names += [column.name for column in self.columns(entity)]
        names += [name for _, columns in self.flows(entity) for name, _, _ in columns]
        if root.versioned:
            names.append("version")
        if root.computed:
            names.append("shout")
        if root.discriminator is not None:
            names.append("kind")
        return names

    def attributes(self, entity: str) -> list[str]:
        return [*self.scalars(entity), *(end.name for end in self.ends(entity))]


@dataclass
class _Maker:
    random: Random
    relations: list[Relation] = field(default_factory=list)

    def chance(self, percent: int) -> bool:
        return self.random.randrange(100) < percent

    def entity(self, name: str) -> Entity:
        random = self.random
        columns = [Column("name", nullable=not self.chance(15))]
        if self.chance(60):
            columns.append(Column("size", "Integer"))
        if self.chance(35):
            columns.append(Column("code", unique=True))
        if self.chance(25):
            columns.append(Column("note", deferred=True))
        if self.chance(20):
            columns.append(Column("made", server_default="made"))
        if self.chance(15):
            columns.append(Column("given", default="given"))
        if self.chance(15):
            columns.append(Column("seen", onupdate="touched"))
        return Entity(
            name,
            key=random.choice(("auto", "auto", "auto", "natural", "composite")),
            columns=tuple(columns),
            versioned=self.chance(15),
            computed=self.chance(20),
            eager_defaults=random.choice((None, None, None, True, False)),
        )

    def relation(self, name: str, owner: Entity, member: Entity) -> Relation:
        random = self.random
        kind = random.choice(("one-to-many", "one-to-many", "one-to-many", "one-to-one", "many-to-many"))
        relation = Relation(
            name,
            owner.name,
            member.name,
            kind=kind,
            sides=random.choice(("both", "both", "both", "owner", "member")),
            lazy=random.choice(STRATEGIES),
            member_lazy=random.choice(STRATEGIES),
            collection=random.choice(("list", "list", "set")),
            passive_deletes=self.chance(20),
        )
        if kind == "many-to-many":
            return replace(relation, cascade=random.choice(CASCADES[:3]), onupdate="CASCADE")
        deleting = random.choice(CASCADES)
        ondelete = random.choice((None, None, "CASCADE", "SET NULL")) if not relation.passive_deletes else "CASCADE"
        passive_updates = self.chance(70)
        return replace(
            relation,
            cascade=deleting,
            ondelete=ondelete,
            passive_updates=passive_updates,
            onupdate="CASCADE" if passive_updates else None,
            required=owner is not member and ondelete != "SET NULL" and self.chance(30),
            member_cascade=random.choice((None, None, None, None, "save-update", "merge", "all", "")),
            post_update=self.chance(8),
        )

    def hierarchy(self, root: Entity) -> list[Entity]:
        """Make one to three entities that inherit from one, and from each other; it is the first in the list."""
        random = self.random
        discriminator = random.choice(("String", "String", "Integer"))
        found = [replace(root, discriminator=discriminator, loads_all=self.chance(20))]
        for letter in "xyz"[: random.choice((1, 2, 2, 3))]:
            base = found[0] if self.chance(60) else random.choice(found)
            is_joined = self.chance(55)
            found.append(
                Entity(
                    f"{root.name}{letter}",
                    key=root.key,
                    columns=self.more_columns(letter, is_joined),
                    eager_defaults=random.choice((None, None, None, True, False)),
                    base=base.name,
                    shared_table=None if is_joined else base.table,
                    polymorphic_load=random.choice((None, None, None, "inline", "selectin")),
                    cascades=is_joined and self.chance(20),
                )
            )
        return found

    def more_columns(self, letter: str, is_joined: bool) -> tuple[Column, ...]:
        columns = [Column(f"{letter}text", nullable=not is_joined or not self.chance(20))]
        if self.chance(40):
            columns.append(Column(f"{letter}size", "Integer"))
        if self.chance(15):
            columns.append(Column(f"{letter}code", unique=True))
        if self.chance(20):
            columns.append(Column(f"{letter}note", deferred=True))
        if self.chance(20):
            columns.append(Column(f"{letter}made", server_default="made"))
        if self.chance(20):
            columns.append(Column(f"{letter}given", default="given"))
        if self.chance(15):
            columns.append(Column(f"{letter}seen", onupdate="touched"))
        return tuple(columns)


def random_model(random: Random, with_hierarchies: bool = False) -> Model:
    """Make a model of two to four entities whose relations lead from earlier ones to later ones, or to themselves.

    Args:
        random: where chance comes from.
        with_hierarchies: whether some entities inherit from others.
    """
    maker = _Maker(random)
    entities = [maker.entity(name) for name in NAMES[: random.choice((2, 2, 3, 3, 4))]]
    if with_hierarchies:
        roots = random.sample(entities[:3], random.choice((1, 1, 2)))
        entities = [
            one for entity in entities[:3] for one in (maker.hierarchy(entity) if entity in roots else [entity])
        ]
    relations = []
    for number in range(random.choice((1, 2, 2, 3, 4))):
        first = random.randrange(len(entities))
        second = first if maker.chance(25) else random.randrange(len(entities))
        if with_hierarchies and maker.chance(70):
            # References within one hierarchy soon go in circles, of which SQLAlchemy writes few.
            names = [entity.name[:3] for entity in entities]
            second = random.choice([place for place, name in enumerate(names) if name != names[first]])
        owner, member = entities[min(first, second)], entities[max(first, second)]
        relation = maker.relation(str(number), owner, member)
        # A row of a table that other classes share cannot be made to have what they do not.
        relations.append(replace(relation, required=relation.required and member.shared_table is None))
    return Model(tuple(entities), tuple(relations), foreign_keys=maker.chance(80))
