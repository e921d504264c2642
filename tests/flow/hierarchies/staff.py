"""A staff of several classes, mapped in each way of deriving classes, made with either library."""

from __future__ import annotations

from typing import Any

from tests.flow.differential.library import Library

SINGLE, JOINED, CONCRETE = "single", "joined", "concrete"
KINDS = (SINGLE, JOINED, CONCRETE)


class Staff:
    """Tables and classes of one scenario.

    Attributes:
        metadata: the tables.
        Person: the base class; belongs to a company.
        Engineer: derived from it; has machines.
        Programmer: derived from Engineer.
        Manager: derived from Person.
        Company, Machine: plain classes.
    """

    def __init__(self, lib: Library, kind: str) -> None:
        self.lib = lib
        self.kind = kind
        self.metadata: Any = lib.MetaData()
        self.base: Any = lib.declarative_base(metadata=self.metadata)
        self.Company = self._map("Company", self.base, {"title": lib.Column(lib.String(20))})
        self.Machine = self._map(
            "Machine", self.base, {"label": lib.Column(lib.String(20)), "engineer_id": lib.Column(lib.Integer)}
        )
        self.Person = self._map("Person", self.base, {**self._person(), "__mapper_args__": self._root()})
        self.Engineer = self._derive("Engineer", self.Person, self._engineer())
        self.Programmer = self._derive("Programmer", self.Engineer, {"language": lib.Column(lib.String(20))})
        self.Manager = self._derive("Manager", self.Person, {"title": lib.Column(lib.String(20))})

    def _map(self, name: str, base: Any, members: dict[str, Any]) -> Any:
        key = {} if "id" in members else {"id": self.lib.Column(self.lib.Integer, primary_key=True)}
        return type(name, (base,), {"__module__": __name__, "__tablename__": name.lower(), **key, **members})

    def _root(self) -> dict[str, Any]:
        return {"polymorphic_on": "type", "polymorphic_identity": "person"}

    def _person(self) -> dict[str, Any]:
        lib = self.lib
        return {
            "type": lib.Column(lib.String(20)),
            "name": lib.Column("full_name", lib.String(20)),
            "age": lib.Column(lib.Integer),
            "company_id": lib.Column(lib.ForeignKey("company.id")),
            "company": lib.relationship(self.Company),
        }

    def _engineer(self) -> dict[str, Any]:
        lib = self.lib
        return {
            "skill": lib.Column(lib.String(20)),
            "level": lib.Column(lib.Integer),
            "machines": lib.relationship(
                self.Machine,
                primaryjoin=lambda: lib.foreign(self.Machine.engineer_id) == self.Engineer.id,
                viewonly=True,
            ),
        }

    def _derive(self, name: str, base: Any, own: dict[str, Any]) -> Any:
        arguments: dict[str, Any] = {"polymorphic_identity": name.lower()}
        members = {**own, "__mapper_args__": arguments}
        if self.kind == SINGLE:
            members["__tablename__"] = None
            return type(name, (base,), {"__module__": __name__, **members})
        if self.kind == JOINED:
            members["id"] = self.lib.Column(self.lib.ForeignKey(f"{base.__tablename__}.id"), primary_key=True)
        else:
            above = {**self._person(), **(self._engineer() if base is not self.Person else {})}
            above.pop("machines", None)
            members = {**above, **members}
            arguments.update(concrete=True, polymorphic_on="type")
        return self._map(name, base, members)

    def fill(self, session: Any) -> None:
        """Write some rows."""
        session.add_all([self.Company(id=1, title="north"), self.Company(id=2, title="south")])
        session.flush()
        session.add_all(
            [
                self.Person(id=1, name="pia", age=20, company_id=1),
                self.Engineer(id=2, name="eva", age=30, company_id=1, skill="steel", level=1),
                self.Engineer(id=3, name="eli", age=40, company_id=2, skill="wood", level=2),
                self.Programmer(id=4, name="pam", age=50, company_id=2, skill="code", level=3, language="python"),
                self.Manager(id=5, name="max", age=60, company_id=1, title="boss"),
                self.Machine(id=1, label="saw", engineer_id=3),
                self.Machine(id=2, label="lathe", engineer_id=2),
            ]
        )
        session.commit()

    def rows(self, session: Any) -> dict[str, list[Any]]:
        """Give what is in the tables of the staff."""
        session.flush()
        return {
            table.name: [tuple(row) for row in session.connection().execute(table.select().order_by(table.c.id))]
            for table in self.metadata.sorted_tables
            if table.name not in ("company", "machine")
        }

    def objects(self, session: Any) -> list[Any]:
        """Load all objects with all of their attributes, so that changes find them in memory."""
        found = [
            one
            for class_ in (self.Person, self.Engineer, self.Programmer, self.Manager)
            for one in session.scalars(self.lib.select(class_).order_by(class_.id))
        ]
        for one in found:
            self.state(one)
        return list(dict.fromkeys(found))

    def state(self, one: Any) -> Any:
        """Give an object's attributes as they are read."""
        keys = [attribute.key for attribute in self.lib.inspect(type(one)).column_attrs]
        return (type(one).__name__, sorted((key, getattr(one, key)) for key in keys))

    def seen(self, session: Any, objects: list[Any]) -> list[Any]:
        """Give what the session's objects say without loading anything; None for those that left it."""
        keys = ("id", "type", "name", "age", "skill", "level", "language", "title")
        return [
            [one.__dict__.get(key, "?") for key in keys if hasattr(type(one), key)] if one in session else None
            for one in objects
        ]

    def after(self, session: Any, objects: list[Any], *more: Any) -> Any:
        """Give all that a change can have done: rows, objects as they are now, and what was read."""
        return [self.rows(session), [self.state(one) if one in session else None for one in objects], *more]
