"""Employees whose classes have tables of their own, mapped apart from their classes."""

from __future__ import annotations

from typing import Any


class Model:
    """Companies and their employees: a base with a table, and three classes below it that have others.

    Args:
        lib: the library.
        has_base_table: whether there are employees that are nothing else; otherwise the base is mapped to the union.
    """

    def __init__(self, lib: Any, *, has_base_table: bool = True) -> None:
        self.lib = lib
        self.metadata = lib.MetaData()
        self.registry = lib.registry(metadata=self.metadata)
        self.company = self._table("company")
        self.employee = self._table("employee", "name", "hired", company_id="company.id")
        self.manager = self._table("manager", "name", "budget", company_id="company.id")
        self.boss = self._table("boss", "name", "budget", "golf", company_id="company.id")
        self.engineer = self._table("engineer", "name", "language", "nick", company_id="company.id")
        tables = {"manager": self.manager, "boss": self.boss, "engineer": self.engineer}
        if has_base_table:
            tables["employee"] = self.employee
        self.everybody = lib.polymorphic_union(tables, "type", "everybody")
        self.leaders = lib.polymorphic_union({"manager": self.manager, "boss": self.boss}, "type", "leaders")
        self._make_classes()
        self._map(lib, has_base_table)

    def _table(self, name: str, *texts: str, **references: str) -> Any:
        lib = self.lib
        return lib.Table(
            name,
            self.metadata,
            lib.Column("id", lib.Integer, primary_key=True),
            *[lib.Column(text, lib.String(50)) for text in texts],
            *[lib.Column(key, lib.ForeignKey(target)) for key, target in references.items()],
        )

    def _make_classes(self) -> None:
        class Company:
            pass

        class Employee:
            def __init__(self, **values: Any) -> None:
                for key, value in values.items():
                    setattr(self, key, value)

        class Manager(Employee):
            pass

        class Boss(Manager):
            pass

        class Engineer(Employee):
            pass

        self.Company, self.Employee, self.Manager = Company, Employee, Manager
        self.Boss, self.Engineer = Boss, Engineer
        self.classes: list[Any] = [Employee, Manager, Boss, Engineer]

    def _map(self, lib: Any, has_base_table: bool) -> None:
        join, together, leaders = self.registry.map_imperatively, self.everybody, self.leaders
        relationship = lib.relationship
        join(self.Company, self.company, properties={"employees": relationship(self.Employee)})
        if has_base_table:
            join(
                self.Employee,
                self.employee,
                with_polymorphic=("*", together),
                polymorphic_on=together.c.type,
                polymorphic_identity="employee",
            )
        else:
            join(self.Employee, together, polymorphic_on=together.c.type)
        below = {"inherits": self.Employee, "concrete": True}
        join(
            self.Manager,
            self.manager,
            with_polymorphic=("*", leaders),
            polymorphic_on=leaders.c.type,
            polymorphic_identity="manager",
            **below,
        )
        join(self.Boss, self.boss, inherits=self.Manager, concrete=True, polymorphic_identity="boss")
        company = relationship(self.Company, back_populates=None)
        join(self.Engineer, self.engineer, polymorphic_identity="engineer", properties={"employer": company}, **below)

    def fill(self, session: Any) -> None:
        """Store a company with one or two of each kind; keys are the same in all tables."""
        company = self.Company()
        company.employees = [
            self.Manager(name="Maja", budget="10"),
            self.Boss(name="Bo", budget="99", golf="6"),
            self.Engineer(name="Emil", language="C", nick="em"),
        ]
        session.add_all([company, self.Manager(name="Mio", budget="5"), self.Company()])
        session.commit()


def seen(objects: Any) -> list[tuple[str, str, Any]]:
    """Say what objects are, and who."""
    return sorted((type(one).__name__, one.name, one.id) for one in objects)
