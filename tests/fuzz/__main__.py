"""Run random sequences on azoth and on SQLAlchemy: ``python -m tests.fuzz --sequences 2000 --seed 1``."""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

from tests.fuzz.run import LENGTH, Finding, Report, run


def say(text: str) -> None:
    """Print at once, since runs are long."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def main() -> int:
    """Run what the command line asks for; 1 if something was found."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("--sequences", type=int, default=200, help="how many to run")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--first", type=int, default=0, help="number of the first sequence")
    parser.add_argument("--only", type=int, nargs="+", help="run the sequences of these numbers alone")
    parser.add_argument("--length", type=int, default=LENGTH, help="steps of each sequence")
    parser.add_argument("--most", type=int, default=5, help="how many findings to minimise and print as programs")
    parser.add_argument("--seconds", type=float, default=60, help="time to minimise one")
    parser.add_argument("--into", type=Path, help="directory for the programs, else they are printed")
    given = parser.parse_args()
    found: list[Finding] = []

    def tell(finding: Finding) -> None:
        say(finding.title)
        found.append(finding)

    begun = time.monotonic()
    report = Report()
    if given.only is None:
        report.add(run(given.seed, given.sequences, given.first, given.length, tell))
    for number in given.only or ():
        report.add(run(given.seed, 1, number, given.length, tell))
    say(f"{report}\nin {time.monotonic() - begun:.0f} s")
    for finding in found[: given.most]:
        text = finding.minimised(given.seconds)
        if given.into is None:
            say(f"\n{'-' * 80}\n{text}")
        else:
            (given.into / f"found_{finding.seed}_{finding.number}.py").write_text(text)
    return int(bool(found))


sys.exit(main())
