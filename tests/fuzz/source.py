"""A model as the text of a program that maps it: what is run is what is printed."""

from __future__ import annotations

from tests.fuzz.models import Column, Entity, Model, Relation

CORE = (
    "Column",
    "ForeignKey",
    "ForeignKeyConstraint",
    "Integer",
    "String",
    "Table",
    "and_",
    "create_engine",
    "delete",
    "event",
    "exists",
    "func",
    "insert",
    "inspect",
    "or_",
    "select",
    "text",
    "update",
)
ORM = (
    "DeclarativeBase",
    "Session",
    "aliased",
    "column_property",
    "contains_eager",
    "defaultload",
    "defer",
    "immediateload",
    "joinedload",
    "lazyload",
    "load_only",
    "make_transient",
    "make_transient_to_detached",
    "mapped_column",
    "noload",
    "raiseload",
    "relationship",
    "selectin_polymorphic",
    "selectinload",
    "subqueryload",
    "undefer",
    "with_loader_criteria",
    "with_parent",
    "with_polymorphic",
)


def model_source(model: Model) -> str:
    """Write the classes of a model; the names of ``CORE`` and ``ORM`` must be there."""
    parts = ["class Base(DeclarativeBase):\n    pass\n"]
    parts += [_between(model, relation) for relation in model.relations if relation.kind == "many-to-many"]
    parts += [_class(model, entity) for entity in model.entities]
    return "\n\n".join(parts)


def _between(model: Model, relation: Relation) -> str:
    lines = [f'between{relation.name} = Table(\n    "between{relation.name}",\n    Base.metadata,']
    for side, name in (("owner", relation.owner), ("member", relation.member)):
        entity = model.entity(name)
        own = [f"{side}_{key}" for key, _ in entity.key_columns]
        targets = [f"{entity.table}.{key}" for key, _ in entity.key_columns]
        lines += [
            f'    Column("{column}", {type_}, primary_key=True),'
            for column, (_, type_) in zip(own, entity.key_columns, strict=True)
        ]
        onupdate = f', onupdate="{relation.onupdate}"' if relation.onupdate else ""
        lines.append(f"    ForeignKeyConstraint({own}, {targets}{onupdate}),")
    return "\n".join([*lines, ")\n"])


def _class(model: Model, entity: Entity) -> str:
    lines = [f"class {entity.name}({entity.base or 'Base'}):"]
    if entity.shared_table is None:
        lines.append(f'    __tablename__ = "{entity.table}"')
        for name, type_ in entity.key_columns:
            no_numbers = "" if entity.key == "auto" else ", autoincrement=False"
            lines.append(f"    {name} = mapped_column({type_}, primary_key=True{no_numbers})")
    if entity.discriminator is not None:
        lines.append(f"    kind = mapped_column({entity.discriminator})")
    lines += [_column(column) for column in entity.columns]
    if entity.versioned:
        lines.append("    version = mapped_column(Integer, nullable=False)")
    if entity.computed:
        lines.append("    shout = column_property(func.upper(name))")
    constraints = []
    for relation, columns in model.own_flows(entity.name):
        more = ", nullable=False" if relation.required else ""
        more += ", unique=True" if relation.kind == "one-to-one" and len(columns) == 1 else ""
        lines += [f"    {name} = mapped_column({type_}{more})" for name, type_, _ in columns]
        constraints.append(_foreign_key(relation, columns))
    for end in model.own_ends(entity.name):
        lines.append(_relationship(model, end.relation, from_owner=end.name == end.relation.many))
    if entity.base is not None and entity.shared_table is None:
        constraints.insert(0, _base_key(model, entity))
    if constraints and entity.shared_table is None:
        lines.append(f"    __table_args__ = ({', '.join(constraints)},)")
    arguments = ['"version_id_col": version'] if entity.versioned else []
    if entity.eager_defaults is not None:
        arguments.append(f'"eager_defaults": {entity.eager_defaults}')
    arguments += _place_in_hierarchy(model, entity)
    if arguments:
        lines.append(f"    __mapper_args__ = {{{', '.join(arguments)}}}")
    if constraints and entity.shared_table is not None:
        # A class without a table of its own adds to its base's.
        lines += ["", "", *(f"{entity.name}.__table__.append_constraint({one})" for one in constraints)]
    return "\n".join(lines) + "\n"


def _base_key(model: Model, entity: Entity) -> str:
    keys, base = [name for name, _ in entity.key_columns], model.line(entity.name)[-2].table
    ondelete = ", ondelete='CASCADE'" if entity.cascades else ""
    return f"ForeignKeyConstraint({keys}, {[f'{base}.{name}' for name in keys]}, onupdate='CASCADE'{ondelete})"


def _place_in_hierarchy(model: Model, entity: Entity) -> list[str]:
    """Write the mapper's arguments that say which rows are those of an entity."""
    arguments = []
    if entity.discriminator is not None:
        arguments.append('"polymorphic_on": kind')
    if entity.base is not None or entity.discriminator is not None:
        arguments.append(f'"polymorphic_identity": {model.identity(entity.name)!r}')
    if entity.loads_all:
        arguments.append('"with_polymorphic": "*"')
    if entity.polymorphic_load is not None:
        arguments.append(f'"polymorphic_load": "{entity.polymorphic_load}"')
    if entity.cascades:
        arguments.append('"passive_deletes": True')
    if entity.base is not None and entity.shared_table is None and _refers_to_base(model, entity):
        pairs = [f"{name} == {entity.base}.{name}" for name, _ in entity.key_columns]
        arguments.append(f'"inherit_condition": and_({", ".join(pairs)})')
    return arguments


def _refers_to_base(model: Model, entity: Entity) -> bool:
    """Tell whether there is more than one way to join the tables of an entity and of its bases."""
    tables = {one.table for one in model.line(entity.name)}
    flows = [relation for name in model.family(entity.name) for relation, _ in model.own_flows(name)]
    flows += [relation for one in model.line(entity.name) for relation, _ in model.own_flows(one.name)]
    return any(model.entity(relation.owner).table in tables for relation in flows)


def _column(column: Column) -> str:
    words = [column.type]
    words += [] if column.nullable else ["nullable=False"]
    words += ["unique=True"] if column.unique else []
    words += ["deferred=True"] if column.deferred else []
    words += [] if column.default is None else [f"default={column.default!r}"]
    words += [] if column.server_default is None else [f"server_default={column.server_default!r}"]
    words += [] if column.onupdate is None else [f"onupdate={column.onupdate!r}"]
    return f"    {column.name} = mapped_column({', '.join(words)})"


def _foreign_key(relation: Relation, columns: list[tuple[str, str, str]]) -> str:
    own, targets = [name for name, _, _ in columns], [target for _, _, target in columns]
    words = [str(own), str(targets)]
    words += [f"{word}={value!r}" for word in ("ondelete", "onupdate") if (value := getattr(relation, word))]
    return f"ForeignKeyConstraint({', '.join(words)})"


def _relationship(model: Model, relation: Relation, from_owner: bool) -> str:
    target = relation.member if from_owner else relation.owner
    words = [f'"{target}"']
    if relation.kind == "many-to-many":
        words += [f"secondary=between{relation.name}", *_joins(model, relation, from_owner)]
    else:
        columns = [name for name, _, _ in model.foreign_key(relation)]
        words.append(f'foreign_keys="[{", ".join(f"{relation.member}.{name}" for name in columns)}]"')
        if model.entity(relation.member).shared_table is not None:
            # Its foreign key is added to a table that was there before.
            pairs = [
                f"{relation.member}.{name} == {relation.owner}.{target.partition('.')[2]}"
                for name, _, target in model.foreign_key(relation)
            ]
            words.append(f'primaryjoin="and_({", ".join(pairs)})"')
        if model.root(relation.owner) == model.root(relation.member) and not from_owner:
            keys = [f"{relation.owner}.{name}" for name, _ in model.entity(relation.owner).key_columns]
            words.append(f'remote_side="[{", ".join(keys)}]"')
        elif relation.owner != relation.member and model.root(relation.owner) == model.root(relation.member):
            words.append(f'remote_side="[{", ".join(f"{relation.member}.{name}" for name in columns)}]"')
    if relation.sides == "both" and relation.linked:
        words.append(f'back_populates="{relation.one if from_owner else relation.many}"')
    elif relation.sides == "both":
        words.append(f'overlaps="{relation.one if from_owner else relation.many}"')
    words += _behaviour(relation, from_owner)
    if (from_owner or relation.kind == "many-to-many") and relation.is_collection:
        words += _collection(model, relation, target)
    elif from_owner:
        words.append("uselist=False")
    return f"    {relation.many if from_owner else relation.one} = relationship({', '.join(words)})"


def _joins(model: Model, relation: Relation, from_owner: bool) -> list[str]:
    """Write both conditions of a many-to-many relationship whose two ends are one table, or of one hierarchy."""
    if model.root(relation.owner) != model.root(relation.member):
        return []
    conditions = []
    for side, name in (("owner", relation.owner), ("member", relation.member)):
        entity = model.entity(name)
        pairs = [f"{entity.name}.{name} == between{relation.name}.c.{side}_{name}" for name, _ in entity.key_columns]
        conditions.append(f'"and_({", ".join(pairs)})"')
    first, second = conditions if from_owner else reversed(conditions)
    return [f"primaryjoin={first}", f"secondaryjoin={second}"]


def _behaviour(relation: Relation, from_owner: bool) -> list[str]:
    words = []
    cascade = relation.cascade if from_owner else relation.member_cascade
    if cascade is not None and (cascade != "save-update, merge"):
        words.append(f'cascade="{cascade}"')
    if from_owner and "delete-orphan" in cascade and relation.kind == "many-to-many":
        words.append("single_parent=True")
    lazy = relation.lazy if from_owner else relation.member_lazy
    if lazy != "select":
        words.append(f'lazy="{lazy}"')
    if relation.passive_deletes and from_owner:
        words.append("passive_deletes=True")
    if not relation.passive_updates:
        words.append("passive_updates=False")
    if relation.post_update and relation.kind != "many-to-many":
        words.append("post_update=True")
    return words


def _collection(model: Model, relation: Relation, target: str) -> list[str]:
    keys = [f"{target}.{name}" for name, _ in model.entity(target).key_columns]
    words = [f'order_by="[{", ".join(keys)}]"']
    if relation.collection == "set":
        words.append("collection_class=set")
    return words
