"""However a hierarchy is declared, its classes get the tables, columns and attributes that SQLAlchemy gives them."""

# Annotations are evaluated here, as the names in them are variables of functions.

import warnings
from collections.abc import Callable
from dataclasses import fields
from typing import Any, ClassVar, Optional

import pytest

from tests.database import Database
from tests.flow.differential.library import AZOTH, SQLALCHEMY, Library

Form = Callable[[Library, Any], Any]
FORMS: list[Form] = []


def form(function: Form) -> Form:
    """Register a form: it declares classes below a base, and returns them, or plain data too."""
    FORMS.append(function)
    return function


@pytest.mark.parametrize("declare", FORMS, ids=lambda declare: declare.__name__)
def test_declares_the_same_as_sqlalchemy(database: Database, declare: Form) -> None:
    expected = outcome(database, SQLALCHEMY, declare)
    assert outcome(database, AZOTH, declare) == expected


def outcome(database: Database, lib: Library, declare: Form) -> Any:
    class Base(lib.DeclarativeBase):  # type: ignore[misc, name-defined]
        pass

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            made = declare(lib, Base)
            Base.registry.configure()
        classes = [one for one in made if isinstance(one, type)]
        return [
            [one for one in made if not isinstance(one, type)],
            {table.name: table.c.keys() for table in Base.metadata.tables.values()},
            [described(lib, class_) for class_ in classes],
            stored(database, lib, Base, classes),
        ]
    except (lib.exc.SQLAlchemyError, TypeError) as error:
        return f"error: {type(error).__name__}"
    finally:
        Base.registry.dispose(cascade=True)


def described(lib: Library, class_: Any) -> dict[str, Any]:
    """Say what the mapper of a class tells about it."""
    mapper = lib.inspect(class_)
    return {
        "name": class_.__name__,
        "columns": sorted(key for key in list(mapper.column_attrs.keys()) if not key.startswith("_")),
        "relationships": sorted(mapper.relationships.keys()),
        "synonyms": sorted(mapper.synonyms.keys()),
        "tables": sorted(table.name for table in mapper.tables),
        "key": [str(column) for column in mapper.primary_key],
        "local": mapper.local_table.name,
        "single": mapper.single,
        "concrete": mapper.concrete,
        "inherits": None if mapper.inherits is None else mapper.inherits.class_.__name__,
        "base": mapper.base_mapper.class_.__name__,
        "on": None if mapper.polymorphic_on is None else _told(mapper.polymorphic_on),
        "identity": mapper.polymorphic_identity,
        "map": sorted(map(str, mapper.polymorphic_map)),
        "below": sorted(one.class_.__name__ for one in mapper.self_and_descendants),
        "to the root": [one.class_.__name__ for one in mapper.iterate_to_root()],
    }


def _told(discriminator: Any) -> str:
    return str(discriminator) if hasattr(discriminator, "nullable") else "an expression"


def stored(database: Database, lib: Library, base: Any, classes: list[Any]) -> Any:
    """Store an object of each class that can be stored, and say what comes back."""
    engine = database.make_engine(library=lib)
    try:
        base.metadata.create_all(engine)
        with lib.Session(engine) as session:
            for number, class_ in enumerate(classes):
                mapper = lib.inspect(class_)
                if mapper.polymorphic_abstract or (mapper.base_mapper.polymorphic_on is None and mapper.inherits):
                    continue
                one = class_.__new__(class_) if hasattr(class_, "__dataclass_fields__") else class_()
                if hasattr(class_, "__dataclass_fields__"):
                    continue
                texts = [key for key in list(mapper.column_attrs.keys()) if key.startswith(("name", "text"))]
                for key in texts:
                    setattr(one, key, f"{key} {number}")
                session.add(one)
            session.commit()
            roots = [class_ for class_ in classes if lib.inspect(class_).inherits is None]
            return [sorted(map(_values, session.scalars(lib.select(root))), key=str) for root in roots]
    finally:
        engine.dispose()


def _values(one: Any) -> Any:
    keys = [key for key in list(type(one).__mapper__.column_attrs.keys()) if key.startswith(("name", "text", "kind"))]
    return type(one).__name__, [(key, getattr(one, key)) for key in sorted(keys)]


# -- single-table -----------------------------------------------------------------------------------


def person(lib: Library, base: Any, **arguments: Any) -> Any:
    """Declare the base of a hierarchy."""

    class Person(base):  # type: ignore[misc]
        __tablename__ = "person"
        id = lib.mapped_column(lib.Integer, primary_key=True)
        kind = lib.mapped_column(lib.String(20))
        name = lib.mapped_column(lib.String(20))
        __mapper_args__ = {"polymorphic_on": kind, "polymorphic_identity": "person", **arguments}

    return Person


@form
def columns_of_derived_classes_join_the_table(lib: Library, base: Any) -> Any:
    Person = person(lib, base)

    class Worker(Person):  # type: ignore[misc, valid-type]
        text_tool = lib.mapped_column(lib.String(20))
        __mapper_args__ = {"polymorphic_identity": "worker"}

    class Smith(Worker):
        text_metal = lib.Column(lib.String(20))
        __mapper_args__ = {"polymorphic_identity": "smith"}

    return Person, Worker, Smith


@form
def a_table_name_of_none_shares_the_table(lib: Library, base: Any) -> Any:
    class Named:
        @lib.declared_attr.directive
        def __tablename__(cls) -> Optional[str]:
            return None if lib.has_inherited_table(cls) else cls.__name__.lower()  # type: ignore[attr-defined]

    class Person(Named, base):  # type: ignore[misc]
        id = lib.mapped_column(lib.Integer, primary_key=True)
        kind = lib.mapped_column(lib.String(20))
        __mapper_args__ = {"polymorphic_on": "kind", "polymorphic_identity": "person"}

    class Worker(Person):
        text_tool = lib.mapped_column(lib.String(20))
        __mapper_args__ = {"polymorphic_identity": "worker"}

    class Guest(Person):
        __tablename__ = "guest"
        id = lib.mapped_column(lib.ForeignKey("person.id"), primary_key=True)
        __mapper_args__ = {"polymorphic_identity": "guest"}

    return Person, Worker, Guest


@form
def a_mixin_names_the_table_of_every_class(lib: Library, base: Any) -> Any:
    class Named:
        @lib.declared_attr.directive
        def __tablename__(cls) -> str:
            return cls.__name__.lower()  # type: ignore[attr-defined, no-any-return]

        @lib.declared_attr.directive
        def __mapper_args__(cls) -> Any:
            own = {"polymorphic_identity": cls.__name__}  # type: ignore[attr-defined]
            return own if lib.has_inherited_table(cls) else {**own, "polymorphic_on": "kind"}

        @lib.declared_attr.directive
        def __table_args__(cls) -> Any:
            return {"info": {"of": cls.__name__}}  # type: ignore[attr-defined]

    class Person(Named, base):  # type: ignore[misc]
        id = lib.mapped_column(lib.Integer, primary_key=True)
        kind = lib.mapped_column(lib.String(20))

    class Worker(Person):
        id = lib.mapped_column(lib.ForeignKey("person.id"), primary_key=True)
        text_tool = lib.mapped_column(lib.String(20))

    return Person, Worker, Worker.__table__.info


@form
def cascading_columns_are_declared_for_each_class(lib: Library, base: Any) -> Any:
    class WithKey:
        @lib.declared_attr.cascading
        def id(cls) -> lib.Mapped[int]:  # type: ignore[name-defined]
            if lib.has_inherited_table(cls):
                return lib.mapped_column(lib.ForeignKey("person.id"), primary_key=True)
            return lib.mapped_column(lib.Integer, primary_key=True)

    class Person(WithKey, base):  # type: ignore[misc]
        __tablename__ = "person"
        kind = lib.mapped_column(lib.String(20))
        __mapper_args__ = {"polymorphic_on": "kind", "polymorphic_identity": "person"}

    class Worker(Person):
        __tablename__ = "worker"
        text_tool = lib.mapped_column(lib.String(20))
        __mapper_args__ = {"polymorphic_identity": "worker"}

    return Person, Worker


@form
def a_mixin_is_of_the_derived_classes_that_have_it(lib: Library, base: Any) -> Any:
    class Tooled:
        text_tool = lib.mapped_column(lib.String(20))

        @lib.declared_attr
        def boss_id(cls) -> lib.Mapped[Optional[int]]:  # type: ignore[name-defined]
            return lib.mapped_column(lib.ForeignKey("person.id"), use_existing_column=True)

        @lib.declared_attr
        def boss(cls) -> lib.Mapped[Any]:  # type: ignore[name-defined]
            return lib.relationship("Person", remote_side="Person.id", foreign_keys=f"{cls.__name__}.boss_id")  # type: ignore[attr-defined]

    Person = person(lib, base)

    class Worker(Tooled, Person):  # type: ignore[misc, valid-type]
        __mapper_args__ = {"polymorphic_identity": "worker"}

    class Guest(Person):  # type: ignore[misc, valid-type]
        __mapper_args__ = {"polymorphic_identity": "guest"}

    return Person, Worker, Guest


@form
def siblings_share_a_column_that_both_declare(lib: Library, base: Any) -> Any:
    Person = person(lib, base)

    class Worker(Person):  # type: ignore[misc, valid-type]
        text_tool = lib.mapped_column(lib.String(20), use_existing_column=True)
        __mapper_args__ = {"polymorphic_identity": "worker"}

    class Guest(Person):  # type: ignore[misc, valid-type]
        text_bag = lib.mapped_column("text_tool", lib.String(20), use_existing_column=True)
        __mapper_args__ = {"polymorphic_identity": "guest"}

    return Person, Worker, Guest


@form
def siblings_share_a_column_by_asking_the_table(lib: Library, base: Any) -> Any:
    Person = person(lib, base)

    class Worker(Person):  # type: ignore[misc, valid-type]
        @lib.declared_attr
        def text_tool(cls) -> lib.Mapped[Optional[str]]:  # type: ignore[name-defined]
            return Person.__table__.c.get("text_tool", lib.mapped_column(lib.String(20)))

        __mapper_args__ = {"polymorphic_identity": "worker"}

    class Guest(Person):  # type: ignore[misc, valid-type]
        @lib.declared_attr
        def text_tool(cls) -> lib.Mapped[Optional[str]]:  # type: ignore[name-defined]
            return Person.__table__.c.get("text_tool", lib.mapped_column(lib.String(20)))

        __mapper_args__ = {"polymorphic_identity": "guest"}

    return Person, Worker, Guest


@form
def siblings_with_columns_of_one_name_clash(lib: Library, base: Any) -> Any:
    Person = person(lib, base)

    class Worker(Person):  # type: ignore[misc, valid-type]
        text_tool = lib.mapped_column(lib.String(20))

    class Guest(Person):  # type: ignore[misc, valid-type]
        text_tool = lib.mapped_column(lib.String(20))

    return Person, Worker, Guest


@form
def table_arguments_need_a_table(lib: Library, base: Any) -> Any:
    Person = person(lib, base)

    class Worker(Person):  # type: ignore[misc, valid-type]
        text_tool = lib.mapped_column(lib.String(20))
        __table_args__ = (lib.UniqueConstraint("text_tool"),)

    return Person, Worker


@form
def a_shared_table_has_a_key_already(lib: Library, base: Any) -> Any:
    Person = person(lib, base)

    class Worker(Person):  # type: ignore[misc, valid-type]
        number = lib.mapped_column(lib.Integer, primary_key=True)

    return Person, Worker


@form
def columns_cannot_join_a_subquery(lib: Library, base: Any) -> Any:
    table = lib.Table("t", base.metadata, lib.Column("id", lib.Integer, primary_key=True))

    class Person(base):  # type: ignore[misc]
        __table__ = lib.select(table).subquery()

    class Worker(Person):
        text_tool = lib.mapped_column(lib.String(20))

    return Person, Worker


@form
def two_mapped_bases_are_refused(lib: Library, base: Any) -> Any:
    class One(base):  # type: ignore[misc]
        __tablename__ = "one"
        id = lib.mapped_column(lib.Integer, primary_key=True)

    class Two(base):  # type: ignore[misc]
        __tablename__ = "two"
        id = lib.mapped_column(lib.Integer, primary_key=True)

    class Both(One, Two):
        pass

    return One, Two, Both


# -- joined -----------------------------------------------------------------------------------------


@form
def abstract_and_unmapped_classes_lie_between(lib: Library, base: Any) -> Any:
    Person = person(lib, base)

    class Between(Person):  # type: ignore[misc, valid-type]
        __abstract__ = True
        text_between = lib.mapped_column(lib.String(20))

    class Worker(Between):
        __tablename__ = "worker"
        id = lib.mapped_column(lib.ForeignKey("person.id"), primary_key=True)
        __mapper_args__ = {"polymorphic_identity": "worker"}

    class Smith(Worker):
        text_metal = lib.mapped_column(lib.String(20))
        __mapper_args__ = {"polymorphic_identity": "smith"}

    class Guest(Between):
        __mapper_args__ = {"polymorphic_identity": "guest"}

    return Person, Worker, Smith, Guest


@form
def the_key_has_another_name_below(lib: Library, base: Any) -> Any:
    Person = person(lib, base)

    class Worker(Person):  # type: ignore[misc, valid-type]
        __tablename__ = "worker"
        worker_id = lib.mapped_column(lib.ForeignKey("person.id"), primary_key=True)
        text_tool = lib.mapped_column(lib.String(20))
        __mapper_args__ = {"polymorphic_identity": "worker"}

    class Smith(Worker):
        __tablename__ = "smith"
        smith_id = lib.mapped_column("sid", lib.ForeignKey("worker.worker_id"), primary_key=True)
        text_metal = lib.mapped_column(lib.String(20))
        __mapper_args__ = {"polymorphic_identity": "smith"}

    return Person, Worker, Smith


@form
def a_condition_joins_where_there_is_no_reference(lib: Library, base: Any) -> Any:
    Person = person(lib, base)

    class Worker(Person):  # type: ignore[misc, valid-type]
        __tablename__ = "worker"
        id = lib.mapped_column(lib.Integer, primary_key=True)
        person_id = lib.mapped_column(lib.Integer)
        __mapper_args__ = {
            "polymorphic_identity": "worker",
            "inherit_condition": person_id == Person.id,
            "inherit_foreign_keys": person_id,
        }

    return Person, str(Worker.__mapper__.inherit_condition)


@form
def a_condition_chooses_among_references(lib: Library, base: Any) -> Any:
    Person = person(lib, base)

    class Worker(Person):  # type: ignore[misc, valid-type]
        __tablename__ = "worker"
        id = lib.mapped_column(lib.ForeignKey("person.id"), primary_key=True)
        friend_id = lib.mapped_column(lib.ForeignKey("person.id"))
        friend = lib.relationship(Person, foreign_keys=[friend_id])
        __mapper_args__ = {"polymorphic_identity": "worker", "inherit_condition": id == Person.id}

    return Person, Worker


@form
def several_references_need_a_condition(lib: Library, base: Any) -> Any:
    Person = person(lib, base)

    class Worker(Person):  # type: ignore[misc, valid-type]
        __tablename__ = "worker"
        id = lib.mapped_column(lib.ForeignKey("person.id"), primary_key=True)
        friend_id = lib.mapped_column(lib.ForeignKey("person.id"))

    return Person, Worker


@form
def no_reference_is_an_error(lib: Library, base: Any) -> Any:
    Person = person(lib, base)

    class Worker(Person):  # type: ignore[misc, valid-type]
        __tablename__ = "worker"
        id = lib.mapped_column(lib.Integer, primary_key=True)

    return Person, Worker


@form
def columns_of_both_tables_under_one_name(lib: Library, base: Any) -> Any:
    Person = person(lib, base)

    class Worker(Person):  # type: ignore[misc, valid-type]
        __tablename__ = "worker"
        id = lib.mapped_column(lib.ForeignKey("person.id"), primary_key=True)
        name = lib.column_property(lib.mapped_column(lib.String(20)), Person.name)
        __mapper_args__ = {"polymorphic_identity": "worker"}

    return Person, Worker, [str(column) for column in Worker.name.property.columns]


@form
def a_given_table_is_joined(lib: Library, base: Any) -> Any:
    Person = person(lib, base)
    table = lib.Table(
        "worker",
        base.metadata,
        lib.Column("wid", lib.ForeignKey("person.id"), primary_key=True),
        lib.Column("text_tool", lib.String(20)),
    )

    class Worker(Person):  # type: ignore[misc, valid-type]
        __table__ = table
        number = table.c.wid
        __mapper_args__ = {"polymorphic_identity": "worker", "exclude_properties": ["nothing"]}

    return Person, Worker


@form
def properties_are_left_out(lib: Library, base: Any) -> Any:
    Person = person(lib, base)

    class Worker(Person):  # type: ignore[misc, valid-type]
        __table__ = lib.Table(
            "worker",
            base.metadata,
            lib.Column("id", lib.ForeignKey("person.id"), primary_key=True),
            lib.Column("text_tool", lib.String(20)),
            lib.Column("text_secret", lib.String(20)),
        )
        __mapper_args__ = {"polymorphic_identity": "worker", "exclude_properties": {"text_secret"}}

    class Guest(Person):  # type: ignore[misc, valid-type]
        __mapper_args__ = {"polymorphic_identity": "guest", "include_properties": ["id", "kind"]}

    return Person, Worker, Guest, hasattr(Worker, "text_secret")


# -- overriding -------------------------------------------------------------------------------------


@form
def attributes_of_the_base_are_replaced(lib: Library, base: Any) -> Any:
    Person = person(lib, base)

    class Worker(Person):  # type: ignore[misc, valid-type]
        __mapper_args__ = {"polymorphic_identity": "worker"}
        text_tool = lib.mapped_column(lib.String(20))
        alias = lib.synonym("text_tool")

    class Smith(Worker):
        __mapper_args__ = {"polymorphic_identity": "smith"}
        alias = lib.synonym("name")

    return Person, Worker, Smith, str(Smith.alias == "x"), str(Worker.alias == "x")


@form
def a_property_hides_a_mapped_attribute(lib: Library, base: Any) -> Any:
    class Person(base):  # type: ignore[misc]
        __tablename__ = "person"
        id = lib.mapped_column(lib.Integer, primary_key=True)
        kind = lib.mapped_column(lib.String(20))
        title = lib.mapped_column(lib.String(20))
        __mapper_args__ = {"polymorphic_on": kind, "polymorphic_identity": "person"}

    class Worker(Person):
        __mapper_args__ = {"polymorphic_identity": "worker"}

        @property
        def title(self) -> str:
            return "worker"

    return Person, Worker, Worker().title


# -- discriminators ---------------------------------------------------------------------------------


@form
def the_discriminator_is_an_expression(lib: Library, base: Any) -> Any:
    class Person(base):  # type: ignore[misc]
        __tablename__ = "person"
        id = lib.mapped_column(lib.Integer, primary_key=True)
        name = lib.mapped_column(lib.String(20))
        __mapper_args__ = {
            "polymorphic_on": lib.case((name == "name 1", "worker"), (name == "name 2", "guest"), else_="person"),
            "polymorphic_identity": "person",
        }

    class Worker(Person):
        __mapper_args__ = {"polymorphic_identity": "worker"}

    class Guest(Person):
        __mapper_args__ = {"polymorphic_identity": "guest"}

    return Person, Worker, Guest


@form
def the_discriminator_is_a_column_property(lib: Library, base: Any) -> Any:
    class Person(base):  # type: ignore[misc]
        __tablename__ = "person"
        id = lib.mapped_column(lib.Integer, primary_key=True)
        name = lib.mapped_column(lib.String(20))
        kind = lib.column_property(lib.func.substr(name, 6))
        __mapper_args__ = {"polymorphic_on": kind, "polymorphic_identity": "0"}

    class Worker(Person):
        __mapper_args__ = {"polymorphic_identity": "1"}

    class Guest(Person):
        __mapper_args__ = {"polymorphic_identity": "2"}

    return Person, Worker, Guest


@form
def the_discriminator_names_an_attribute(lib: Library, base: Any) -> Any:
    class Person(base):  # type: ignore[misc]
        __tablename__ = "person"
        id = lib.mapped_column(lib.Integer, primary_key=True)
        kind = lib.mapped_column("what", lib.Integer)
        __mapper_args__ = {"polymorphic_on": "kind", "polymorphic_identity": 0}

    class Worker(Person):
        __mapper_args__ = {"polymorphic_identity": 1}

    return Person, Worker


@form
def the_discriminator_names_nothing(lib: Library, base: Any) -> Any:
    return (person(lib, base, polymorphic_on="color"),)


@form
def classes_without_objects_need_no_identity(lib: Library, base: Any) -> Any:
    Person = person(lib, base, polymorphic_identity=None, polymorphic_abstract=True)

    class Worker(Person):  # type: ignore[misc, valid-type]
        text_tool = lib.mapped_column(lib.String(20))
        __mapper_args__ = {"polymorphic_abstract": True}

    class Smith(Worker):
        __mapper_args__: ClassVar[dict[str, Any]] = {"polymorphic_identity": "smith"}

    class Guest(Person):  # type: ignore[misc, valid-type]
        __mapper_args__ = {"polymorphic_identity": "guest"}

    return Person, Worker, Smith, Guest


@form
def objects_of_abstract_classes_are_refused(lib: Library, base: Any) -> Any:
    Person = person(lib, base, polymorphic_identity=None, polymorphic_abstract=True)
    return (Person, Person(name="x"))


@form
def abstract_classes_need_a_discriminator(lib: Library, base: Any) -> Any:
    return (person(lib, base, polymorphic_on=None, polymorphic_abstract=True),)


# -- annotated and dataclasses ----------------------------------------------------------------------


@form
def annotated_classes(lib: Library, base: Any) -> Any:
    class Person(base):  # type: ignore[misc]
        __tablename__ = "person"
        id: lib.Mapped[int] = lib.mapped_column(primary_key=True)  # type: ignore[name-defined]
        kind: lib.Mapped[str]  # type: ignore[name-defined]
        name: lib.Mapped[Optional[str]] = lib.mapped_column(lib.String(30))  # type: ignore[name-defined]
        __mapper_args__ = {"polymorphic_on": "kind", "polymorphic_identity": "person"}

    class Worker(Person):
        text_tool: lib.Mapped[Optional[str]]  # type: ignore[name-defined]
        __mapper_args__ = {"polymorphic_identity": "worker"}

    class Guest(Person):
        __tablename__ = "guest"
        id: lib.Mapped[int] = lib.mapped_column(lib.ForeignKey("person.id"), primary_key=True)  # type: ignore[name-defined]
        text_bag: lib.Mapped[Optional[str]]  # type: ignore[name-defined]
        __mapper_args__ = {"polymorphic_identity": "guest"}

    return Person, Worker, Guest, [column.nullable for column in Person.__table__.c]


@form
def dataclasses_have_the_fields_of_their_bases(lib: Library, base: Any) -> Any:
    class Person(lib.MappedAsDataclass, base):  # type: ignore[misc, name-defined]
        __tablename__ = "person"
        id: lib.Mapped[int] = lib.mapped_column(init=False, primary_key=True)  # type: ignore[name-defined]
        kind: lib.Mapped[str] = lib.mapped_column(init=False)  # type: ignore[name-defined]
        name: lib.Mapped[str]  # type: ignore[name-defined]
        __mapper_args__ = {"polymorphic_on": "kind", "polymorphic_identity": "person"}

    class Worker(Person):
        tool: lib.Mapped[str]  # type: ignore[name-defined]
        note: lib.Mapped[Optional[str]] = lib.mapped_column(default="-", repr=False)  # type: ignore[name-defined]
        __mapper_args__ = {"polymorphic_identity": "worker"}

    class Guest(Person, kw_only=True):  # type: ignore[call-arg]
        __tablename__ = "guest"
        id: lib.Mapped[int] = lib.mapped_column(  # type: ignore[name-defined]
            lib.ForeignKey("person.id"), init=False, primary_key=True
        )
        bag: lib.Mapped[str]  # type: ignore[name-defined]
        __mapper_args__ = {"polymorphic_identity": "guest"}

    worker, guest = Worker("Wim", "saw"), Guest("Gus", bag="red")
    return [
        Person, Worker, Guest,
        [[field.name for field in fields(one)] for one in (Person, Worker, Guest)],
        [worker.name, worker.tool, worker.note, worker.kind, guest.name, guest.bag, guest.kind],
        [repr(worker).rpartition(".")[2], Worker("a", "b") == Worker("a", "b"), Worker("a", "b") == Worker("b", "b")],
    ]  # fmt: skip


@form
def decorated_dataclasses_have_the_fields_of_their_bases(lib: Library, base: Any) -> Any:
    registry = base.registry

    @registry.mapped_as_dataclass
    class Person:
        __tablename__ = "person"
        id: lib.Mapped[int] = lib.mapped_column(init=False, primary_key=True)  # type: ignore[name-defined]
        kind: lib.Mapped[str] = lib.mapped_column(init=False)  # type: ignore[name-defined]
        name: lib.Mapped[str]  # type: ignore[name-defined]
        __mapper_args__ = {"polymorphic_on": "kind", "polymorphic_identity": "person"}

    @registry.mapped_as_dataclass(repr=False)
    class Worker(Person):
        tool: lib.Mapped[Optional[str]] = lib.mapped_column(default=None)  # type: ignore[name-defined]
        __mapper_args__ = {"polymorphic_identity": "worker"}

    worker = Worker("Wim", tool="saw")  # type: ignore[call-arg]
    return Person, Worker, [field.name for field in fields(Worker)], [worker.name, worker.tool, worker.kind]  # type: ignore[arg-type, attr-defined]


@form
def decorated_classes(lib: Library, base: Any) -> Any:
    registry = base.registry

    @registry.mapped
    class Person:
        __tablename__ = "person"
        id = lib.mapped_column(lib.Integer, primary_key=True)
        kind = lib.mapped_column(lib.String(20))
        __mapper_args__ = {"polymorphic_on": "kind", "polymorphic_identity": "person"}

    @registry.mapped
    class Worker(Person):
        text_tool = lib.mapped_column(lib.String(20))
        __mapper_args__ = {"polymorphic_identity": "worker"}

    return Person, Worker


# -- across registries, and later -------------------------------------------------------------------


@form
def a_class_is_mapped_apart_from_its_declared_base(lib: Library, base: Any) -> Any:
    Person = person(lib, base)
    table = lib.Table(
        "worker",
        base.metadata,
        lib.Column("id", lib.ForeignKey("person.id"), primary_key=True),
        lib.Column("text_tool", lib.String(20)),
    )

    class Worker(Person):  # type: ignore[misc, valid-type]
        __abstract__ = True

    lib.registry(metadata=base.metadata).map_imperatively(
        Worker, table, inherits=Person, polymorphic_identity="worker", properties={"text_used": table.c.text_tool}
    )
    return Person, Worker


@form
def attributes_come_later(lib: Library, base: Any) -> Any:
    Person = person(lib, base)

    class Worker(Person):  # type: ignore[misc, valid-type]
        __mapper_args__ = {"polymorphic_identity": "worker"}

    base.registry.configure()
    Person.text_late = lib.mapped_column(lib.String(20))
    Worker.text_later = lib.Column(lib.String(20))
    Person.text_last = lib.deferred(lib.Column(lib.String(20)))

    class Guest(Person):  # type: ignore[misc, valid-type]
        __mapper_args__ = {"polymorphic_identity": "guest"}

    return Person, Worker, Guest


def test_a_class_that_comes_later_is_found_by_queries(database: Database) -> None:
    def run(lib: Library) -> Any:
        class Base(lib.DeclarativeBase):  # type: ignore[misc, name-defined]
            pass

        Person = person(lib, Base)
        engine = database.make_engine(library=lib)
        Base.metadata.create_all(engine)
        with lib.Session(engine) as session:
            session.add(Person(name="a"))
            session.commit()
            found = [type(one).__name__ for one in session.scalars(lib.select(Person))]

            class Worker(Person):  # type: ignore[misc, valid-type]
                __mapper_args__ = {"polymorphic_identity": "worker"}

            session.add(Worker(name="b"))
            session.commit()
            session.expunge_all()
            statement = lib.select(Person).order_by(Person.name)
            found += [type(one).__name__ for one in session.scalars(statement)]
            return found, session.scalars(lib.select(Worker)).one().name

    assert run(AZOTH) == run(SQLALCHEMY)
