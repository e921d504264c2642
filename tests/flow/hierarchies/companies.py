"""Companies, their people and what belongs to them: class hierarchies of both kinds, made with either library."""

from __future__ import annotations

from typing import Any

from tests.flow.differential.library import Library


class Point:
    """A composite value: two numbers.

    Args:
        x: the first.
        y: the second.
    """

    def __init__(self, x: int, y: int) -> None:
        self.x, self.y = x, y

    def __composite_values__(self) -> tuple[int, int]:
        return self.x, self.y

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Point) and (self.x, self.y) == (other.x, other.y)

    def __hash__(self) -> int:
        return hash((self.x, self.y))

    def __repr__(self) -> str:
        return f"Point({self.x}, {self.y})"


class Model:
    """Tables and classes of one scenario.

    Attributes:
        metadata: the tables.
        Company: has people; its engineers are a relationship to a derived class.
        Person: the base of a hierarchy in joined tables: Engineer, Senior below that, Manager, Boss below that, and
            Clerk, who has no table of his own.
        Tool: belongs to an engineer; engineers also have skills, many to many.
        Vehicle: the base of a hierarchy in one table: Car, Cabriolet below that, Lorry, and Ship, which has a table.
        Part: belongs to a car.
    """

    def __init__(self, lib: Library) -> None:
        self.lib = lib
        self.Base: Any = lib.declarative_base()
        self.metadata: Any = self.Base.metadata
        self._map_companies(lib)
        self._map_people(lib)
        self._map_belongings(lib)
        self._map_vehicles(lib)
        lib.configure_mappers()

    def _map_companies(self, lib: Library) -> None:
        base: Any = self.Base

        class Company(base):  # type: ignore[misc]  # the base is made anew
            __tablename__ = "company"
            id = lib.Column(lib.Integer, primary_key=True)
            name = lib.Column(lib.String(50))
            people = lib.relationship("Person", back_populates="company", order_by="Person.id")
            engineers = lib.relationship("Engineer", viewonly=True, order_by="Engineer.id")
            managers = lib.relationship("Manager", viewonly=True, order_by="Manager.id")
            clerks = lib.relationship("Clerk", viewonly=True, order_by="Clerk.id")

        self.Company = Company

    def _map_people(self, lib: Library) -> None:
        base: Any = self.Base
        column, key, integer, text = lib.Column, lib.ForeignKey, lib.Integer, lib.String(50)

        class Person(base):  # type: ignore[misc]  # the base is made anew
            __tablename__ = "person"
            id = column(integer, primary_key=True)
            company_id = column(key("company.id"))
            name = column(text)
            kind = column(text)
            x = column(integer)
            y = column(integer)
            notes = lib.deferred(column(text))
            place = lib.composite(Point, x, y)
            called = lib.synonym("name")
            company = lib.relationship("Company", back_populates="people")
            vehicles = lib.relationship("Vehicle", back_populates="owner", order_by="Vehicle.id")
            __mapper_args__ = {"polymorphic_on": kind, "polymorphic_identity": "person"}

        class Engineer(Person):
            __tablename__ = "engineer"
            id = column(key("person.id"), primary_key=True)
            info = column(text)
            level = column(integer)
            secret = lib.deferred(column(text))
            manager_id = column(key("manager.id"))
            doubled = lib.column_property(level * 2)
            described = lib.synonym("info")
            tools = lib.relationship("Tool", back_populates="engineer", order_by="Tool.id")
            skills = lib.relationship("Skill", secondary="engineer_skill", order_by="Skill.id")
            manager = lib.relationship(
                "Manager",
                foreign_keys=manager_id,
                back_populates="reports",
                primaryjoin="Engineer.manager_id == Manager.id",
            )
            __mapper_args__ = {"polymorphic_identity": "engineer", "inherit_condition": id == Person.id}

        class Senior(Engineer):
            __tablename__ = "senior"
            id = column(key("engineer.id"), primary_key=True)
            title = column(text)
            pupil_id = column(key("engineer.id"))
            pupil = lib.relationship("Engineer", foreign_keys=pupil_id, primaryjoin="Senior.pupil_id == Engineer.id")
            __mapper_args__ = {"polymorphic_identity": "senior", "inherit_condition": id == Engineer.id}

        class Manager(Person):
            __tablename__ = "manager"
            id = column(key("person.id"), primary_key=True)
            info = column(text)
            reports = lib.relationship(
                "Engineer",
                foreign_keys=Engineer.manager_id,
                back_populates="manager",
                primaryjoin="Engineer.manager_id == Manager.id",
                order_by="Engineer.id",
            )
            __mapper_args__ = {"polymorphic_identity": "manager"}

        class Boss(Manager):
            __tablename__ = "boss"
            id = column(key("manager.id"), primary_key=True)
            car = column(text)
            __mapper_args__ = {"polymorphic_identity": "boss"}

        class Clerk(Person):
            desk = column(text)
            __mapper_args__ = {"polymorphic_identity": "clerk"}

        self.Person, self.Engineer, self.Senior = Person, Engineer, Senior
        self.Manager, self.Boss, self.Clerk = Manager, Boss, Clerk

    def _map_belongings(self, lib: Library) -> None:
        base: Any = self.Base
        column, key, integer, text = lib.Column, lib.ForeignKey, lib.Integer, lib.String(50)
        lib.Table(
            "engineer_skill",
            self.metadata,
            column("engineer_id", key("engineer.id"), primary_key=True),
            column("skill_id", key("skill.id"), primary_key=True),
        )

        class Tool(base):  # type: ignore[misc]  # the base is made anew
            __tablename__ = "tool"
            id = column(integer, primary_key=True)
            name = column(text)
            engineer_id = column(key("engineer.id"))
            engineer = lib.relationship("Engineer", back_populates="tools")

        class Skill(base):  # type: ignore[misc]  # the base is made anew
            __tablename__ = "skill"
            id = column(integer, primary_key=True)
            name = column(text)
            engineers = lib.relationship("Engineer", secondary="engineer_skill", viewonly=True, order_by="Engineer.id")

        self.Tool, self.Skill = Tool, Skill

    def _map_vehicles(self, lib: Library) -> None:
        base: Any = self.Base
        column, key, integer, text = lib.Column, lib.ForeignKey, lib.Integer, lib.String(50)

        class Vehicle(base):  # type: ignore[misc]  # the base is made anew
            __tablename__ = "vehicle"
            id = column(integer, primary_key=True)
            name = column(text)
            kind = column(integer)
            owner_id = column(key("person.id"))
            owner = lib.relationship("Person", back_populates="vehicles")
            __mapper_args__ = {"polymorphic_on": kind, "polymorphic_identity": 1}

        class Car(Vehicle):
            doors = column(integer)
            towed_by_id = column(key("vehicle.id"))
            parts = lib.relationship("Part", back_populates="car", order_by="Part.id")
            towed_by = lib.relationship(
                "Lorry", foreign_keys=towed_by_id, remote_side=Vehicle.id, back_populates="towing"
            )
            __mapper_args__ = {"polymorphic_identity": 2}

        class Cabriolet(Car):
            roof = column(text)
            hidden = lib.deferred(column(text))
            __mapper_args__ = {"polymorphic_identity": 3}

        class Lorry(Vehicle):
            load = column(integer)
            towing = lib.relationship(
                "Car", foreign_keys="Car.towed_by_id", back_populates="towed_by", order_by="Car.id"
            )
            __mapper_args__ = {"polymorphic_identity": 4}

        class Ship(Vehicle):
            __tablename__ = "ship"
            id = column(key("vehicle.id"), primary_key=True)
            port = column(text)
            __mapper_args__ = {"polymorphic_identity": 5}

        class Part(base):  # type: ignore[misc]  # the base is made anew
            __tablename__ = "part"
            id = column(integer, primary_key=True)
            name = column(text)
            car_id = column(key("vehicle.id"))
            car = lib.relationship("Car", back_populates="parts")

        self.Vehicle, self.Car, self.Cabriolet = Vehicle, Car, Cabriolet
        self.Lorry, self.Ship, self.Part = Lorry, Ship, Part

    def fill(self, session: Any) -> None:
        """Write the rows that scenarios begin with, and forget the objects."""
        one, two = self.Company(id=1, name="one"), self.Company(id=2, name="two")
        person = self.Person(id=1, name="pat", company=one, x=1, y=2, notes="n1")
        manager = self.Manager(id=2, name="max", company=one, info="m-info", x=2, y=3, notes="n2")
        boss = self.Boss(id=3, name="bea", company=two, info="b-info", car="rolls", x=3, y=4)
        session.add_all([one, two, person, manager, boss])
        session.flush()
        engineers = [
            self.Engineer(id=4, name="eva", company=one, info="e4", level=1, secret="s4", manager=manager),
            self.Engineer(id=5, name="emil", company=two, info="e5", level=2, secret="s5", manager=boss),
            self.Senior(id=6, name="sue", company=one, info="e6", level=3, secret="s6", title="dr", manager=boss),
        ]
        session.add_all(engineers)
        session.flush()
        engineers[2].pupil = engineers[0]
        session.add(self.Senior(id=7, name="sam", company=None, info="e7", level=4, title="prof", pupil=engineers[2]))
        session.add(self.Clerk(id=8, name="cleo", company=two, desk="d8", notes="n8"))
        skills = [self.Skill(id=number, name=f"skill{number}") for number in (1, 2, 3)]
        engineers[0].skills = skills[:2]
        engineers[2].skills = skills[1:]
        session.add_all([self.Tool(id=number, name=f"tool{number}") for number in (1, 2, 3, 4)])
        session.flush()
        for number, engineer in ((1, 4), (2, 4), (3, 5), (4, 6)):
            session.get(self.Tool, number).engineer_id = engineer
        lorry = self.Lorry(id=4, name="lorry", load=7, owner_id=4)
        session.add_all([self.Vehicle(id=1, name="cart", owner_id=1), lorry])
        session.flush()
        session.add_all(
            [
                self.Car(id=2, name="car", doors=4, owner_id=4, towed_by=lorry),
                self.Cabriolet(id=3, name="cabrio", doors=2, roof="soft", hidden="h", owner_id=3),
                self.Ship(id=5, name="ship", port="kiel", owner_id=2),
                self.Cabriolet(id=6, name="open", doors=3, roof="hard", owner_id=6, towed_by=lorry),
            ]
        )
        session.flush()
        session.add_all(
            [self.Part(id=number, name=f"part{number}", car_id=car) for number, car in ((1, 2), (2, 2), (3, 3))]
        )
        session.commit()
        session.expunge_all()


def shown(instance: Any) -> Any:
    """Tell an object's class and what is loaded of it, related objects by class and key."""
    if not hasattr(type(instance), "__mapper__"):
        return tuple(shown(part) for part in instance) if isinstance(instance, (tuple, list)) else repr(instance)
    values = {}
    for name, value in sorted(vars(instance).items()):
        if not name.startswith("_") and not isinstance(value, Point):
            values[name] = brief(value)
    return type(instance).__name__, values


def brief(value: Any) -> Any:
    """Tell a value, objects by class and key."""
    if isinstance(value, (list, tuple)):
        return [brief(part) for part in value]
    return (type(value).__name__, value.id) if hasattr(type(value), "__mapper__") else value


def all_shown(rows: Any) -> Any:
    """Tell what a result has."""
    return [tuple(map(shown, row)) if _is_row(row) else shown(row) for row in rows]


def _is_row(row: Any) -> bool:
    return hasattr(row, "_mapping")


class Statements:
    """The statements that a session sends.

    Args:
        lib: the library.
        session: the session.
    """

    def __init__(self, lib: Library, session: Any) -> None:
        self.sent: list[str] = []
        lib.core.event.listen(session.get_bind(), "before_cursor_execute", self._note)

    def _note(self, connection: Any, cursor: Any, statement: str, *rest: Any) -> None:
        self.sent.append(statement)

    def __len__(self) -> int:
        return len(self.sent)
