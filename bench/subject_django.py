"""Django's ORM, set up without a project, in the style of its documentation."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import django
from django.conf import settings

from bench.databases import Database, ServerDatabase, SQLiteFile, mariadb_driver
from bench.subject import Families, PersonRow, Subject

settings.configure(
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}},
    DEFAULT_AUTO_FIELD="django.db.models.AutoField",
    USE_TZ=True,
)
django.setup()

from django.db import connection, connections, models, transaction  # noqa: E402 - models need the settings above


class Person(models.Model):
    name = models.TextField()
    email = models.TextField()
    age = models.IntegerField()
    score = models.FloatField()
    city = models.TextField()

    class Meta:
        app_label = "bench"
        db_table = "person"


class Reading(models.Model):
    name = models.TextField()
    email = models.TextField()
    age = models.IntegerField()
    score = models.FloatField()
    city = models.TextField()

    class Meta:
        app_label = "bench"
        db_table = "reading"


class Parent(models.Model):
    name = models.TextField()

    class Meta:
        app_label = "bench"
        db_table = "parent"


class Child(models.Model):
    parent = models.ForeignKey(Parent, on_delete=models.CASCADE, related_name="children")
    name = models.TextField()

    class Meta:
        app_label = "bench"
        db_table = "child"
        ordering = ("id",)


class DjangoSubject:
    module = "django.db.models"
    query_each = None
    families_by_join = None
    vehicles = None
    hold_accounts = None
    pay_in = None

    def version(self) -> str:
        return f"Django {django.get_version()}"

    def open(self, database: Database) -> None:
        connections.databases["default"].update(_settings_of(database))
        connections["default"] = connections.create_connection("default")
        connection.connect()

    def close(self) -> None:
        connection.close()

    def load_people(self, count: int) -> list[Any]:
        return list(Person.objects.filter(id__lte=count))

    def load_rows(self, count: int) -> Sequence[Sequence[Any]]:
        return list(Person.objects.filter(id__lte=count).values_list())

    def insert_people(self, rows: Sequence[PersonRow]) -> list[Any]:
        people = [
            Person(name=name, email=email, age=age, score=score, city=city) for _, name, email, age, score, city in rows
        ]
        with transaction.atomic():
            return list(Person.objects.bulk_create(people))

    def hold_people(self, count: int) -> list[Any]:
        return self.load_people(count)

    def make_older(self, people: list[Any]) -> None:
        for person in people:
            person.age += 1
        with transaction.atomic():
            Person.objects.bulk_update(people, ["age"], batch_size=100)

    def get_each(self, keys: Sequence[int]) -> list[str]:
        return [Person.objects.get(pk=key).name for key in keys]

    def select_each(self, keys: Sequence[int]) -> list[str]:
        return [Person.objects.filter(id=key).get().name for key in keys]

    def delete_people(self, people: list[Any]) -> None:
        Person.objects.filter(pk__in=[person.pk for person in people]).delete()

    def rows_each(self, keys: Sequence[int]) -> list[str]:
        return [Person.objects.filter(id=key).values_list(named=True).get().name for key in keys]

    def stream_readings(self) -> tuple[int, int]:
        count = ages = 0
        # PostgreSQL keeps a cursor for as long as the transaction that it is of.
        with transaction.atomic():
            for reading in Reading.objects.iterator(chunk_size=1_000):
                count += 1
                ages += reading.age
        return count, ages

    def families_by_second_query(self) -> Families:
        parents = Parent.objects.order_by("id").prefetch_related("children")
        return [(parent.name, [child.name for child in parent.children.all()]) for parent in parents]


def _settings_of(database: Database) -> dict[str, object]:
    if isinstance(database, SQLiteFile):
        return {"ENGINE": "django.db.backends.sqlite3", "NAME": str(database.path)}
    assert isinstance(database, ServerDatabase)
    address = {name.upper(): value for name, value in database.address.items()}
    if database.kind == "postgresql":
        return {"ENGINE": "django.db.backends.postgresql", "NAME": database.name, **address}
    driver = mariadb_driver()
    if driver.__name__ == "pymysql":
        driver.install_as_MySQLdb()
    return {"ENGINE": "django.db.backends.mysql", "NAME": database.name, **address}


def make() -> Subject:
    return DjangoSubject()
