"""Classes mapped to joins, aliases and subqueries, made with either library."""

from __future__ import annotations

from typing import Any

from tests.flow.differential.library import Library


class Model:
    """Tables and classes of one scenario.

    Attributes:
        metadata: the tables.
        Person: two tables; the second one's foreign key stands under the first one's key.
        Account: three tables with one key, one of them without a foreign key.
        City: a plain class that persons refer to.
        Letter: a plain class that refers to persons.
    """

    def __init__(self, lib: Library) -> None:
        self.lib = lib
        self.metadata: Any = lib.MetaData()
        self.registry: Any = lib.registry(metadata=self.metadata)
        self._make_tables(lib)
        self._map(lib)

    def _make_tables(self, lib: Library) -> None:
        column, key, integer, text = lib.Column, lib.ForeignKey, lib.Integer, lib.String
        self.city = lib.Table("city", self.metadata, column("id", integer, primary_key=True), column("name", text(50)))
        self.person = lib.Table(
            "person",
            self.metadata,
            column("id", integer, primary_key=True),
            column("name", text(50)),
            column("city_id", integer, key("city.id")),
        )
        self.address = lib.Table(
            "address",
            self.metadata,
            column("id", integer, primary_key=True),
            column("person_id", integer, key("person.id")),
            column("email", text(50)),
            column("notes", text(50), server_default="none"),
        )
        self.letter = lib.Table(
            "letter",
            self.metadata,
            column("id", integer, primary_key=True),
            column("person_id", integer, key("person.id")),
            column("text", text(50)),
        )
        self.account = lib.Table(
            "account",
            self.metadata,
            column("id", integer, primary_key=True),
            column("name", text(50)),
            column("version", integer),
        )
        self.profile = lib.Table(
            "profile",
            self.metadata,
            column("account_id", integer, key("account.id"), primary_key=True),
            column("bio", text(50)),
        )
        self.setting = lib.Table(
            "setting",
            self.metadata,
            column("account_id", integer, primary_key=True, autoincrement=False),
            column("theme", text(50), default="plain"),
        )

    def map(self, name: str, selectable: Any, **options: Any) -> Any:
        """Map a new class imperatively."""
        class_ = type(name, (), {"__init__": _take_values})
        self.registry.map_imperatively(class_, selectable, **options)
        return class_

    def _map(self, lib: Library) -> None:
        person, address, account, profile = self.person, self.address, self.account, self.profile
        self.Person: Any = None
        self.Letter: Any = None
        self.City = self.map(
            "City",
            self.city,
            properties={"people": lib.relationship(lambda: self.Person, back_populates="city", order_by=person.c.id)},
        )
        self.Person = self.map(
            "Person",
            person.join(address),
            properties={
                "id": [person.c.id, address.c.person_id],
                "address_id": address.c.id,
                "notes": lib.deferred(address.c.notes),
                "city": lib.relationship(self.City, back_populates="people"),
                "letters": lib.relationship(
                    lambda: self.Letter,
                    primaryjoin=person.c.id == self.letter.c.person_id,
                    back_populates="person",
                    cascade="all, delete-orphan",
                    order_by=self.letter.c.id,
                ),
            },
        )
        self.Letter = self.map(
            "Letter",
            self.letter,
            properties={
                "person": lib.relationship(
                    self.Person, primaryjoin=person.c.id == self.letter.c.person_id, back_populates="letters"
                )
            },
        )
        self.Account = self.map(
            "Account",
            account.join(profile).join(self.setting, self.setting.c.account_id == account.c.id),
            properties={"id": [account.c.id, profile.c.account_id, self.setting.c.account_id]},
            version_id_col=account.c.version,
        )

    def fill(self, session: Any) -> None:
        """Insert rows without the ORM."""
        connection = session.connection()
        for table, rows in (
            (self.city, [{"id": 1, "name": "Ulm"}, {"id": 2, "name": "Bonn"}]),
            (self.person, [{"id": 1, "name": "Ada", "city_id": 1}, {"id": 2, "name": "Bob", "city_id": None}]),
            (
                self.address,
                [
                    {"id": 11, "person_id": 1, "email": "ada@x", "notes": "n1"},
                    {"id": 12, "person_id": 1, "email": "ada@y", "notes": "n2"},
                    {"id": 21, "person_id": 2, "email": "bob@x", "notes": "n3"},
                ],
            ),
            (self.letter, [{"id": 1, "person_id": 1, "text": "hello"}, {"id": 2, "person_id": 2, "text": "hi"}]),
            (self.account, [{"id": 1, "name": "one", "version": 1}]),
            (self.profile, [{"account_id": 1, "bio": "long"}]),
            (self.setting, [{"account_id": 1, "theme": "dark"}]),
        ):
            connection.execute(table.insert(), rows)
        session.commit()

    def rows(self, session: Any) -> dict[str, list[Any]]:
        """Read all tables."""
        connection = session.connection()
        return {
            table.name: [tuple(row) for row in connection.execute(table.select().order_by(*table.primary_key))]
            for table in self.metadata.sorted_tables
        }


def _take_values(self: Any, **values: Any) -> None:
    for key, value in values.items():
        setattr(self, key, value)


def loaded(instance: Any) -> dict[str, Any]:
    """The column values that an object has in memory, without loading any."""
    plain = (int, str, type(None))
    return {key: value for key, value in sorted(instance.__dict__.items()) if isinstance(value, plain)}
