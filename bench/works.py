"""The works of the benchmark: what is timed, what must come out, and what azoth aims at."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from bench.databases import Database
from bench.people import family_names, people_in, person_rows
from bench.scale import Scale
from bench.subject import Subject, Vehicles
from bench.vehicles import VehicleRow, article_rows, values_of, vehicle_rows, vehicles_in

ATTRIBUTE_ACCESSES = 10
"""How often the loop over loaded objects touches each of them; unrolled, so that the loop itself weighs little."""


@dataclass(frozen=True)
class Work:
    """Something that every library does.

    ``prepare`` runs before the clock starts and ``run`` while it ticks, on what ``prepare`` made. ``evidence`` turns
    the result, or the database after it, into a value that must equal ``expected``. ``fresh`` works (they write,
    or keep a session) connect anew to fresh data each time; the others stay connected and run once before
    they are timed. ``faster_than_sqlalchemy`` and ``slower_than_sqlite3`` are the targets, and
    ``faster_without_collector`` that against SQLAlchemy while Python's garbage collector is off.
    """

    name: str
    title: str
    run: Callable[[Subject, Any], Any]
    evidence: Callable[[Any, Database], Any]
    expected: Callable[[], Any]
    prepare: Callable[[Subject], Any] = lambda _: None
    able: Callable[[Subject], bool] = lambda _: True
    fresh: bool = False
    faster_than_sqlalchemy: float | None = None
    slower_than_sqlite3: float | None = None
    faster_without_collector: float | None = None


def comparisons(scale: Scale) -> list[Work]:
    """List the works that are timed against the other libraries, in the order of the table."""
    return [
        *_bulk_works(scale),
        *_single_row_works(scale),
        *_family_works(scale),
        *_attribute_works(scale),
        *_hierarchy_works(scale),
    ]


def scaling(scale: Scale) -> list[tuple[str, Work, Work]]:
    """List pairs of the same work on a tenth and on the whole of the rows."""
    inserted = scale.people * 2 // 5
    return [
        ("load 10 x the rows", _load("load-few", scale.people // 10), _load("load-many", scale.people)),
        ("flush 10 x the rows", _insert("insert-few", inserted // 10), _insert("insert-many", inserted)),
    ]


def _bulk_works(scale: Scale) -> list[Work]:
    return [
        _load("load", scale.people, faster_than_sqlalchemy=4.5, slower_than_sqlite3=2.0),
        Work(
            name="rows",
            title=f"load {scale.people:,} rows (Core)",
            run=lambda subject, _: subject.load_rows(scale.people),
            evidence=lambda rows, _: [tuple(row) for row in rows],
            expected=lambda: person_rows(scale.people),
            faster_than_sqlalchemy=1.0,
            slower_than_sqlite3=1.4,
        ),
        _insert("insert", scale.changed, faster_than_sqlalchemy=8.0, slower_than_sqlite3=5.0),
        Work(
            name="update",
            title=f"update a column of {scale.changed:,} objects",
            prepare=lambda subject: subject.hold_people(scale.changed),
            run=lambda subject, people: subject.make_older(people),
            evidence=lambda _, database: people_in(database)[: scale.changed],
            expected=lambda: [(i, n, e, age + 1, s, c) for i, n, e, age, s, c in person_rows(scale.changed)],
            fresh=True,
            faster_than_sqlalchemy=5.0,
            slower_than_sqlite3=5.0,
        ),
    ]


def _single_row_works(scale: Scale) -> list[Work]:
    # Every 7th key or so: spread over the file, no key twice.
    keys = [1 + position * (scale.people // scale.single) for position in range(scale.single)]

    def work(name: str, title: str, each: Callable[[Subject], Any], **targets: float) -> Work:
        return Work(
            name=name,
            title=title,
            run=lambda subject, _: each(subject)(keys),
            evidence=lambda names, _: names,
            expected=lambda: [f"person {key}" for key in keys],
            able=lambda subject: each(subject) is not None,
            **targets,  # type: ignore[arg-type]
        )

    return [
        work(
            "get",
            f"{scale.single:,} x get, a session each",
            lambda subject: subject.get_each,
            faster_than_sqlalchemy=6.0,
            slower_than_sqlite3=3.0,
        ),
        work(
            "select",
            f"{scale.single:,} x select where id",
            lambda subject: subject.select_each,
            faster_than_sqlalchemy=5.5,
            slower_than_sqlite3=2.5,
        ),
        work(
            "query",
            f"{scale.single:,} x query filter_by first",
            lambda subject: subject.query_each,
            faster_than_sqlalchemy=5.5,
            slower_than_sqlite3=2.5,
        ),
    ]


def _family_works(scale: Scale) -> list[Work]:
    def work(name: str, load: Callable[[Subject], Any], target: float) -> Work:
        return Work(
            name=name,
            title=f"{scale.parents:,} x {scale.children} children, {name}",
            run=lambda subject, _: load(subject)(),
            evidence=lambda families, _: families,
            expected=lambda: family_names(scale.parents, scale.children),
            able=lambda subject: load(subject) is not None,
            faster_than_sqlalchemy=target,
        )

    return [
        work("selectin", lambda subject: subject.families_by_second_query, 3.5),
        work("joined", lambda subject: subject.families_by_join, 3.0),
    ]


def _attribute_works(scale: Scale) -> list[Work]:
    touches = scale.touched * ATTRIBUTE_ACCESSES
    ages = [row[3] for row in person_rows(scale.touched)]
    return [
        _attribute_work(
            "read",
            f"{touches:,} x read a loaded attribute",
            "person.age",
            ages,
            faster_than_sqlalchemy=6.0,
            slower_than_sqlite3=3.0,
        ),
        _attribute_work(
            "set",
            f"{touches:,} x set a loaded attribute",
            "person.age = 7",
            [7] * len(ages),
            faster_than_sqlalchemy=3.0,
        ),
    ]


def _attribute_work(name: str, title: str, statement: str, ages: list[int], **targets: float) -> Work:
    statements = "; ".join([statement] * ATTRIBUTE_ACCESSES)
    source = f"def touch(people):\n    for person in people:\n        {statements}\n    return people\n"

    def prepare(subject: Subject) -> tuple[list[Any], Any]:
        # Compiled anew each time, because the interpreter specialises code for the classes that it has seen.
        namespace: dict[str, Any] = {}
        exec(source, namespace)
        return subject.hold_people(len(ages)), namespace["touch"]

    return Work(
        name=name,
        title=title,
        prepare=prepare,
        run=lambda _, prepared: prepared[1](prepared[0]),
        evidence=lambda people, _: [person.age for person in people],
        expected=lambda: ages,
        fresh=True,
        **targets,  # type: ignore[arg-type]
    )


def _hierarchy_works(scale: Scale) -> list[Work]:
    count, changed = scale.vehicles, scale.changed_vehicles
    new = vehicle_rows(changed)

    def inserted(vehicles: Sequence[Any], database: Database) -> Any:
        committed = vehicles_in(database)[-changed:]
        # Rows of one class may come before those of another.
        return sorted(values_of(vehicles), key=lambda row: row[1]) == committed, sorted(map(_without_id, committed))

    return [
        _hierarchy_work(
            "joined-classes",
            f"load {count:,} objects of 4 classes, joined tables",
            run=lambda vehicles, _: vehicles.load_joined(count),
            evidence=lambda loaded, _: values_of(loaded),
            expected=lambda: vehicle_rows(count),
            targets=(5.0, 2.2),
        ),
        _hierarchy_work(
            "base-class",
            f"load {count:,} of a base, read of their classes",
            run=lambda vehicles, _: vehicles.read_sizes(count),
            evidence=lambda sizes, _: sizes,
            expected=lambda: [number for _, _, _, _, number, _ in vehicle_rows(count)],
            targets=(20.0, 15.0),
        ),
        _hierarchy_work(
            "single-classes",
            f"load {count:,} objects of 4 classes, one table",
            run=lambda vehicles, _: vehicles.load_single(count),
            evidence=lambda loaded, _: values_of(loaded),
            expected=lambda: article_rows(count),
            targets=(5.0, 2.2),
        ),
        _hierarchy_work(
            "insert-classes",
            f"insert {changed:,} objects of 4 classes, joined",
            run=lambda vehicles, _: vehicles.insert(new),
            evidence=inserted,
            expected=lambda: (True, sorted(map(_without_id, new))),
            targets=(6.0, 5.0),
            fresh=True,
        ),
        _hierarchy_work(
            "update-classes",
            f"update {changed:,} objects of 4 classes, joined",
            prepare=lambda vehicles: vehicles.hold(changed),
            run=lambda vehicles, held: vehicles.enlarge(held),
            evidence=lambda _, database: vehicles_in(database)[:changed],
            expected=lambda: [(k, i, n, w + 1, number + 1, t) for k, i, n, w, number, t in vehicle_rows(changed)],
            targets=(4.0, 4.0),
            fresh=True,
        ),
    ]


def _hierarchy_work(
    name: str,
    title: str,
    *,
    run: Callable[[Vehicles, Any], Any],
    evidence: Callable[[Any, Database], Any],
    expected: Callable[[], Any],
    targets: tuple[float, float],
    prepare: Callable[[Vehicles], Any] = lambda _: None,
    fresh: bool = False,
) -> Work:
    def vehicles(subject: Subject) -> Vehicles:
        assert subject.vehicles is not None
        return subject.vehicles

    return Work(
        name=name,
        title=title,
        prepare=lambda subject: prepare(vehicles(subject)),
        run=lambda subject, prepared: run(vehicles(subject), prepared),
        evidence=evidence,
        expected=expected,
        able=lambda subject: subject.vehicles is not None,
        fresh=fresh,
        faster_than_sqlalchemy=targets[0],
        faster_without_collector=targets[1],
    )


def _without_id(row: VehicleRow) -> tuple[object, ...]:
    return (row[0], *row[2:])


def _load(name: str, count: int, **targets: float) -> Work:
    return Work(
        name=name,
        title=f"load {count:,} objects of 6 columns",
        run=lambda subject, _: subject.load_people(count),
        evidence=lambda people, _: [_values(person) for person in people],
        expected=lambda: person_rows(count),
        **targets,  # type: ignore[arg-type]
    )


def _insert(name: str, count: int, **targets: float) -> Work:
    rows = person_rows(count)

    def evidence(people: Sequence[Any], database: Database) -> Any:
        committed = people_in(database)[-count:]
        known = {person.id: person.name for person in people}
        return len(known), [row[1:] for row in committed if known[row[0]] == row[1]]

    return Work(
        name=name,
        title=f"insert {count:,} objects, one commit",
        run=lambda subject, _: subject.insert_people(rows),
        evidence=evidence,
        expected=lambda: (count, [row[1:] for row in rows]),
        fresh=True,
        **targets,  # type: ignore[arg-type]
    )


def _values(person: Any) -> tuple[Any, ...]:
    return (person.id, person.name, person.email, person.age, person.score, person.city)
