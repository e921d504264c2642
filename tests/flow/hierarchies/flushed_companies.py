"""Companies and the people who work there: joined, single-table and both, made with either library."""

from __future__ import annotations

from typing import Any

from tests.flow.differential.library import Library


class Companies:
    """Classes of one scenario.

    Attributes:
        metadata: the tables.
        Company, Machine: plain classes; a company has people, a machine belongs to an engineer.
        Person: the topmost class.
        Engineer: joined, with a foreign key to the table of another class.
        Senior: shares the table of Engineer.
        Manager: joined, under another name of the key.
        Director: joined to Manager.
        Clerk: shares the table of Person.
    """

    def __init__(self, lib: Library, **options: Any) -> None:
        self.lib = lib
        self.base: Any = lib.declarative_base()
        self.metadata = self.base.metadata
        self._map_plain(lib)
        self._map_people(lib, options)
        self._map_derived(lib)

    @property
    def classes(self) -> tuple[Any, ...]:
        """The classes of the hierarchy."""
        return self.Person, self.Engineer, self.Senior, self.Manager, self.Director, self.Clerk

    def _map_plain(self, lib: Library) -> None:
        column, key, integer, text = lib.Column, lib.ForeignKey, lib.Integer, lib.String(50)

        class Company(self.base):  # type: ignore[name-defined,misc]
            __tablename__ = "company"
            id = column(integer, primary_key=True)
            name = column(text)
            people = lib.relationship("Person", back_populates="company", cascade="all, delete-orphan")
            engineers = lib.relationship("Engineer", viewonly=True)

        class Machine(self.base):  # type: ignore[name-defined,misc]
            __tablename__ = "machine"
            id = column(integer, primary_key=True)
            name = column(text)
            engineer_id = column(key("engineer.id"))
            engineer = lib.relationship("Engineer", back_populates="machines")

        self.Company, self.Machine = Company, Machine

    def _map_people(self, lib: Library, options: dict[str, Any]) -> None:
        column, key, integer, text = lib.Column, lib.ForeignKey, lib.Integer, lib.String(50)
        friendship = self.friendship = lib.Table(
            "friendship",
            self.metadata,
            column("one_id", key("person.id"), primary_key=True),
            column("other_id", key("person.id"), primary_key=True),
        )

        class Person(self.base):  # type: ignore[name-defined,misc]
            __tablename__ = "person"
            id = column(integer, primary_key=True)
            kind = column(text)
            name = column(text)
            number = column(integer, unique=True)
            version = column(integer)
            company_id = column(key("company.id"))
            mentor_id = column(key("person.id"))
            company = lib.relationship("Company", back_populates="people")
            mentor = lib.relationship("Person", remote_side=[id], backref="pupils")
            friends = lib.relationship(
                "Person",
                secondary=friendship,
                primaryjoin=id == friendship.c.one_id,
                secondaryjoin=id == friendship.c.other_id,
            )
            __mapper_args__ = {
                "polymorphic_on": kind,
                "polymorphic_identity": "person",
                **({"version_id_col": version} if options.get("versioned") else {}),
            }

        self.Person = Person

    def _map_derived(self, lib: Library) -> None:
        column, key, integer, text = lib.Column, lib.ForeignKey, lib.Integer, lib.String(50)

        class Manager(self.Person):  # type: ignore[name-defined,misc]
            __tablename__ = "manager"
            person_id = column(key("person.id"), primary_key=True)
            level = column(integer, default=1)
            __mapper_args__ = {"polymorphic_identity": "manager", "inherit_condition": person_id == self.Person.id}

        class Director(Manager):
            __tablename__ = "director"
            director_id = column(key("manager.person_id"), primary_key=True)
            bonus = column(integer, server_default="100")
            __mapper_args__ = {"polymorphic_identity": "director"}

        class Engineer(self.Person):  # type: ignore[name-defined,misc]
            __tablename__ = "engineer"
            id = column(key("person.id"), primary_key=True)
            language = column(text)
            manager_id = column(key("manager.person_id"))
            manager = lib.relationship(Manager, foreign_keys=[manager_id], backref="engineers")
            machines = lib.relationship("Machine", back_populates="engineer", cascade="all")
            __mapper_args__ = {"polymorphic_identity": "engineer", "inherit_condition": id == self.Person.id}

        class Senior(Engineer):
            grade = column(integer)
            __mapper_args__ = {"polymorphic_identity": "senior"}

        class Clerk(self.Person):  # type: ignore[name-defined,misc]
            desk = column(text)
            floor = column(integer, default=3)
            __mapper_args__ = {"polymorphic_identity": "clerk"}

        self.Manager, self.Director, self.Engineer, self.Senior, self.Clerk = Manager, Director, Engineer, Senior, Clerk


class SingleTable:
    """Documents of several classes in one table, with defaults that only some of the classes have.

    Attributes:
        metadata: the tables.
        Document: the topmost class.
        Letter, Invoice, Reminder: its derived classes; Reminder is derived from Invoice.
    """

    def __init__(self, lib: Library) -> None:
        self.base: Any = lib.declarative_base()
        self.metadata = self.base.metadata
        column, integer, text = lib.Column, lib.Integer, lib.String(50)

        class Document(self.base):  # type: ignore[name-defined,misc]
            __tablename__ = "document"
            id = column(integer, primary_key=True)
            kind = column(text)
            title = column(text)
            parent_id = column(lib.ForeignKey("document.id"))
            parts = lib.relationship(
                "Document", foreign_keys=[parent_id], backref=lib.backref("parent", remote_side=[id])
            )
            __mapper_args__ = {"polymorphic_on": kind, "polymorphic_identity": "document"}

        class Letter(Document):
            sender = column(text)
            stamp = column(integer, server_default="70")
            reply_id = column(lib.ForeignKey("document.id"))
            reply = lib.relationship("Letter", foreign_keys=[reply_id], remote_side="Letter.id", post_update=True)
            __mapper_args__ = {"polymorphic_identity": "letter"}

        class Invoice(Document):
            amount = column(integer)
            number = column(text, unique=True)
            seen = column(integer, default=0, onupdate=7)
            __mapper_args__ = {"polymorphic_identity": "invoice"}

        class Reminder(Invoice):
            fee = column(integer)
            __mapper_args__ = {"polymorphic_identity": "reminder"}

        self.Document, self.Letter, self.Invoice, self.Reminder = Document, Letter, Invoice, Reminder


class Natural:
    """Places whose keys have two parts, and change.

    Attributes:
        metadata: the tables.
        Place: the topmost class; its key is a country and a code.
        Town: joined; its columns of the key have other names.
        Capital: joined to Town.
        Note: a plain class that refers to places.
    """

    def __init__(self, lib: Library, *, passive: bool = True) -> None:
        self.base: Any = lib.declarative_base()
        self.metadata = self.base.metadata
        column, integer, text = lib.Column, lib.Integer, lib.String(50)
        rules = {"onupdate": "CASCADE"} if passive else {"deferrable": True, "initially": "DEFERRED"}

        def refers(columns: list[str], targets: list[str]) -> Any:
            return lib.ForeignKeyConstraint(columns, targets, **rules)

        class Place(self.base):  # type: ignore[name-defined,misc]
            __tablename__ = "place"
            country = column(text, primary_key=True)
            code = column(integer, primary_key=True, autoincrement=False)
            kind = column(text)
            name = column(text)
            notes = lib.relationship("Note", passive_updates=passive)
            __mapper_args__ = {
                "polymorphic_on": kind,
                "polymorphic_identity": "place",
                "passive_updates": passive,
            }

        class Town(Place):
            __tablename__ = "town"
            town_country = column(text, primary_key=True)
            town_code = column(integer, primary_key=True, autoincrement=False)
            people = column(integer)
            __table_args__ = (refers(["town_country", "town_code"], ["place.country", "place.code"]),)
            __mapper_args__ = {"polymorphic_identity": "town", "passive_updates": passive}

        class Capital(Town):
            __tablename__ = "capital"
            own_country = column(text, primary_key=True)
            own_code = column(integer, primary_key=True, autoincrement=False)
            since = column(integer)
            __table_args__ = (refers(["own_country", "own_code"], ["town.town_country", "town.town_code"]),)
            __mapper_args__ = {"polymorphic_identity": "capital", "passive_updates": passive}

        class Note(self.base):  # type: ignore[name-defined,misc]
            __tablename__ = "note"
            id = column(integer, primary_key=True)
            country = column(text)
            code = column(integer)
            text_ = column(text)
            __table_args__ = (refers(["country", "code"], ["place.country", "place.code"]),)

        self.Place, self.Town, self.Capital, self.Note = Place, Town, Capital, Note
