"""A guided tour of azoth on real data: the countries and time zones of the IANA.

Run it with ``scripts/tour``. Everything that it prints is computed while it runs.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

import chapters
from narrator import Narrator

from azoth import create_engine


def main() -> None:
    """Take the tour in a temporary directory."""
    with tempfile.TemporaryDirectory() as directory:
        path = Path(directory) / "zones.db"
        engine = create_engine(f"sqlite:///{path}")
        narrator = Narrator(engine)
        print("azoth: a tour of the Session on the IANA's own tables (package tzdata)")
        for chapter in chapters.ALL:
            chapter(engine, narrator)
        statements = ", ".join(f"{count} {verb}" for verb, count in sorted(narrator.total.items()))
        print(
            f"\nDone in {narrator.seconds():.2f} s; database file {path.stat().st_size:,} bytes; "
            f"statements: {statements}."
        )
        engine.dispose()


if __name__ == "__main__":
    main()
