"""The works on database servers: some of those on SQLite, and what is of interest where statements travel."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import ParamSpec, TypeVar

from bench.people import account_rows, people_in, person_rows
from bench.scale import Scale
from bench.works import Work, comparisons

P = ParamSpec("P")
R = TypeVar("R")

STREAM = "stream"
"""The work whose memory is measured, too."""


def server_works(scale: Scale) -> list[Work]:
    """List the works in the order of the table."""
    known = {work.name: work for work in comparisons(scale)}
    # A program's engine has connected and compiled its statements long ago: others are inserted before.
    insert = replace(known["insert"], prepare=lambda subject: subject.insert_people(person_rows(scale.changed)))
    return [
        *(known["load"], known["rows"], insert, known["update"]),
        _versioned_update(scale),
        _delete(scale),
        known["get"],
        _one_row(scale),
        known["selectin"],
        _stream(scale),
    ]


def _versioned_update(scale: Scale) -> Work:
    return Work(
        name="versions",
        title=f"update {scale.changed:,} objects with versions",
        prepare=lambda subject: _there(subject.hold_accounts)(scale.changed),
        run=lambda subject, accounts: _there(subject.pay_in)(accounts),
        evidence=lambda _, database: database.rows("SELECT id, version, owner, balance FROM account ORDER BY id"),
        expected=lambda: [(id_, 2, owner, balance + 1) for id_, _, owner, balance in account_rows(scale.changed)],
        able=lambda subject: subject.pay_in is not None,
        fresh=True,
    )


def _delete(scale: Scale) -> Work:
    return Work(
        name="delete",
        title=f"delete {scale.changed:,} objects",
        prepare=lambda subject: subject.hold_people(scale.changed),
        run=lambda subject, people: _there(subject.delete_people)(people),
        evidence=lambda _, database: people_in(database),
        expected=lambda: person_rows(scale.people)[scale.changed :],
        able=lambda subject: subject.delete_people is not None,
        fresh=True,
    )


def _one_row(scale: Scale) -> Work:
    keys = [1 + position * (scale.people // scale.single) for position in range(scale.single)]
    return Work(
        name="one-row",
        title=f"{scale.single:,} x select one row (Core)",
        run=lambda subject, _: _there(subject.rows_each)(keys),
        evidence=lambda names, _: names,
        expected=lambda: [f"person {key}" for key in keys],
        able=lambda subject: subject.rows_each is not None,
    )


def _stream(scale: Scale) -> Work:
    def expected() -> tuple[int, int]:
        ages = [row[3] for row in person_rows(scale.people)]
        whole, rest = divmod(scale.streamed, scale.people)
        return scale.streamed, whole * sum(ages) + sum(ages[:rest])

    return Work(
        name=STREAM,
        title=f"stream {scale.streamed:,} objects",
        run=lambda subject, _: _there(subject.stream_readings)(),
        evidence=lambda counted, _: counted,
        expected=expected,
        able=lambda subject: subject.stream_readings is not None,
    )


def _there(method: Callable[P, R] | None) -> Callable[P, R]:
    assert method is not None
    return method
