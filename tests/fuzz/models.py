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
    """

    name: str
    key: str = "auto"
    columns: tuple[Column, ...] = ()
    versioned: bool = False
    computed: bool = False
    eager_defaults: bool | None = None

    @property
    def table(self) -> str:
        return self.name.lower()

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

    def ends(self, entity: str) -> list[End]:
        """List the relationship attributes of an entity."""
        found = []
        for relation in self.relations:
            if relation.owner == entity and relation.has_many:
                found.append(End(entity, relation.many, relation.member, relation.is_collection, relation))
            if relation.member == entity and relation.has_one:
                many = relation.kind == "many-to-many"
                found.append(End(entity, relation.one, relation.owner, many, relation))
        return found

    def flows(self, entity: str) -> list[tuple[Relation, list[tuple[str, str, str]]]]:
        """List the foreign keys of an entity's table: for each relation the columns with names, types and targets."""
        return [
            (relation, self.foreign_key(relation))
            for relation in self.relations
            if relation.member == entity and relation.kind != "many-to-many"
        ]

    def foreign_key(self, relation: Relation) -> list[tuple[str, str, str]]:
        owner = self.entity(relation.owner)
        return [(f"{relation.one}_{name}", type_, f"{owner.table}.{name}") for name, type_ in owner.key_columns]

    def scalars(self, entity: str) -> list[str]:
        """List the names of all attributes that are columns or expressions."""
        described = self.entity(entity)
        names = [name for name, _ in described.key_columns]
        names += [column.name for column in described.columns]
        names += [name for _, columns in self.flows(entity) for name, _, _ in columns]
        if described.versioned:
            names.append("version")
        if described.computed:
            names.append("shout")
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


def random_model(random: Random) -> Model:
    """Make a model of two to four entities whose relations lead from earlier ones to later ones, or to themselves."""
    maker = _Maker(random)
    entities = [maker.entity(name) for name in NAMES[: random.choice((2, 2, 3, 3, 4))]]
    relations = []
    for number in range(random.choice((1, 2, 2, 3, 4))):
        first = random.randrange(len(entities))
        second = first if maker.chance(25) else random.randrange(len(entities))
        owner, member = entities[min(first, second)], entities[max(first, second)]
        relations.append(maker.relation(str(number), owner, member))
    return Model(tuple(entities), tuple(relations), foreign_keys=maker.chance(80))
