"""Recovering transactions over several databases from the command line, and printing what was done."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

from azoth.exc import ArgumentError

if TYPE_CHECKING:
    from azoth.orm import Recovery

__all__ = ["recover"]

Outcome: TypeAlias = Literal["commit", "rollback"]
_OUTCOMES: Final[dict[str, Outcome]] = {"commit": "commit", "rollback": "rollback"}


def recover(
    databases: Sequence[str], *, owner: str | None, decisions: str | None, dry_run: bool, decide: Sequence[str]
) -> int:
    """Finish what is prepared, and print what was done.

    Args:
        databases: URLs, or one ``module:name`` of a sessionmaker.
        owner: whose transactions; that of the sessionmaker where one is named.
        decisions: the URL of the database that records decisions, or the path of a file.
        dry_run: whether it is only said what would be done.
        decide: ``transaction=commit`` or ``transaction=rollback``, for those of which no record says what to do.

    Returns:
        0 where nothing is left that should have been finished, 1 otherwise.

    Raises:
        AzothError: the arguments make no sense, or a driver is missing.
    """
    done = _recovery(databases, owner, decisions, dry_run=dry_run, decide=_decided(decide))
    for branch in done.branches:
        print(branch)
    for engine, error in done.unreachable:
        print(f"not reached: {engine.url} ({getattr(error, 'summary', error)})", file=sys.stderr)
    print(_count(done))
    return 0 if done.is_complete else 1


def _recovery(
    databases: Sequence[str], owner: str | None, decisions: str | None, *, dry_run: bool, decide: dict[str, Outcome]
) -> Recovery:
    from azoth.orm import recover_twophase  # noqa: PLC0415  # each command brings what it needs

    if owner is None:
        if len(databases) != 1 or "://" in databases[0]:
            raise ArgumentError(
                "azoth recover: it is not said whose transactions are to be recovered",
                why="prepared transactions of others must be left alone.",
                fix="add --owner NAME, the name in TwoPhase(NAME), or name the sessionmaker: module:Session.",
                code="AZ-S308",
            )
        return recover_twophase(_named(databases[0]), dry_run=dry_run, decide=decide)
    from azoth.engine import create_engine  # noqa: PLC0415
    from azoth.orm import TwoPhase  # noqa: PLC0415

    engines = {url: create_engine(url) for url in databases}
    record: object = decisions
    if decisions is not None and "://" in decisions:
        record = engines.get(decisions) or create_engine(decisions)
    return recover_twophase(engines.values(), TwoPhase(owner, record), dry_run=dry_run, decide=decide)  # type: ignore[arg-type]


def _named(text: str) -> object:
    module, _, name = text.partition(":")
    sys.path.insert(0, "")
    try:
        found: object = getattr(importlib.import_module(module), name)
    except (ImportError, AttributeError, ValueError) as error:
        raise ArgumentError(
            f"azoth recover: {text!r} names no sessionmaker",
            why=f"{type(error).__name__}: {error}",
            fix="write module:name, as in shop.database:Session, or URLs and --owner.",
            code="AZ-S309",
        ) from error
    return found


def _decided(given: Sequence[str]) -> dict[str, Outcome]:
    decided: dict[str, Outcome] = {}
    for text in given:
        transaction, _, outcome = text.partition("=")
        if outcome not in _OUTCOMES:
            raise ArgumentError(
                f"azoth recover: --decide {text!r} decides nothing",
                why="it says of one transaction what is to become of it.",
                fix="write TRANSACTION=commit or TRANSACTION=rollback.",
                code="AZ-S310",
            )
        decided[transaction] = _OUTCOMES[outcome]
    return decided


def _count(done: Recovery) -> str:
    if not done.branches:
        return "nothing is prepared" + (f"; {done.pruned} old decisions deleted" if done.pruned else "")
    counts: dict[str, int] = {}
    for branch in done.branches:
        counts[branch.outcome] = counts.get(branch.outcome, 0) + 1
    told = ", ".join(f"{count} {outcome}" for outcome, count in sorted(counts.items()))
    return f"{len(done.branches)} prepared: {told}" + (f"; {done.pruned} old decisions deleted" if done.pruned else "")
