"""Runs others' libraries and programs on azoth, and prints how that went; ``docs/runs-with.md`` is written from it."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from tests import servers
from tests.ecosystem import page
from tests.ecosystem.comparison import ENOUGH, Comparison, compare
from tests.ecosystem.subjects import FOLDER, ON_SERVERS, SUBJECTS, Subject


def main() -> int:
    """Run what was asked for; the exit status is 1 where something does not pass."""
    options = _options()
    subjects = _chosen(options.only, quick=options.quick)
    if options.database != "sqlite":
        found = servers.find(options.database)
        if isinstance(found, servers.Obstacle):
            sys.exit(found.reason)
        os.environ["AZOTH_SCENARIOS_ON"] = found.url
        options.quick = True
        subjects = [subject for subject in subjects if subject.name in ON_SERVERS]
    rows: list[Comparison] = []
    for subject in subjects:
        for row in compare(subject, quick=options.quick, mirrors=options.mirrors):
            rows.append(row)
            print(page.line(row), flush=True)
            if options.show:
                for test, wrong in row.failed.items():
                    print(f"    {test}  {wrong}")
            if row.said:
                print(row.said, file=sys.stderr)
    if not options.quick:
        _keep(rows)
    if options.write:
        page.write(_kept())
    failed = sorted({row.name for row in rows if not row.passes})
    print(f"does not pass: {', '.join(failed)}" if failed else f"all {len(subjects)} pass")
    return 1 if failed else 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="scripts/ecosystem", description=__doc__)
    parser.add_argument("--only", action="append", default=[], metavar="NAME", help="one of them; may be repeated")
    parser.add_argument("--quick", action="store_true", help="the libraries' scenarios only, on azoth only")
    parser.add_argument(
        "--database",
        choices=("sqlite", "postgresql"),
        default="sqlite",
        help="what scenarios run on; those of four libraries, on azoth only",
    )
    parser.add_argument("--show", action="store_true", help="name each test that should pass and does not")
    parser.add_argument("--write", action="store_true", help="write docs/runs-with.md from the last runs of all")
    parser.add_argument(
        "--mirrors", type=Path, metavar="FOLDER", help="clones of repositories, taken instead of theirs"
    )
    return parser.parse_args()


def _chosen(names: Sequence[str], *, quick: bool) -> Sequence[Subject]:
    unknown = set(names) - {subject.name for subject in SUBJECTS}
    if unknown:
        sys.exit(f"no such library: {', '.join(sorted(unknown))}; there are {', '.join(s.name for s in SUBJECTS)}")
    libraries = (
        [subject for subject in SUBJECTS if subject.repository is None and subject.scenarios] if quick else SUBJECTS
    )
    return [subject for subject in libraries if not names or subject.name in names]


def _keep(rows: Sequence[Comparison]) -> None:
    """Keep each row until its tests run again, so that the page can be written after runs of parts."""
    results = FOLDER / "results"
    results.mkdir(parents=True, exist_ok=True)
    for row in rows:
        (results / f"{row.name} {row.tests}.json").write_text(json.dumps(row._asdict()))


def _kept() -> list[Comparison]:
    found = []
    for subject in SUBJECTS:
        for tests in ENOUGH:
            file = FOLDER / "results" / f"{subject.name} {tests}.json"
            if file.exists():
                found.append(Comparison(**json.loads(file.read_text())))
    return found


sys.exit(main())
