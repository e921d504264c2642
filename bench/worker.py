"""A process for each library, so that no library's garbage collection visits the modules of another.

The process waits between its turns. Commands and answers are lines of JSON on its standard input and output.
"""

from __future__ import annotations

import gc
import json
import subprocess
import sys
import traceback
from typing import Any

from bench.contestants import Contestant
from bench.databases import Database, database_at
from bench.every_work import works
from bench.scale import Scale
from bench.stand import Cost, Stand
from bench.subject import make_subject


class LibraryMissing(Exception):
    """The library, or what the subject needs of it, is not there."""


class Worker:
    """The process of one contestant, seen from outside.

    Args:
        contestant: who.
        database: with the data.
        scale: of the works.
        collector: False where nobody has Python's garbage collector.
    """

    def __init__(self, contestant: Contestant, database: Database, scale: Scale, *, collector: bool = True) -> None:
        settings = [database.url, scale.written(), "on" if collector and contestant.collector else "off"]
        command = [sys.executable, "-m", __name__, contestant.subject, *settings]
        self.name = contestant.name
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        greeting = self._answer()
        if "missing" in greeting:
            self.stop()
            raise LibraryMissing(greeting["missing"])
        self.version: str = greeting["version"]
        self.module: str = greeting["module"]
        self.able: frozenset[str] = frozenset(greeting["able"])

    def time(self, work: str, *, check: bool) -> Cost:
        """Let the library do a work; return its cost.

        Raises:
            RuntimeError: the library failed, or came to another result than it must.
        """
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps({"work": work, "check": check}) + "\n")
        self._process.stdin.flush()
        answer = self._answer()
        if "error" in answer:
            raise RuntimeError(f"{self.name} failed in {work!r}\n{answer['error']}")
        return Cost(answer["wall"], answer["cpu"])

    def stop(self) -> None:
        """End the process."""
        self._process.communicate()

    def _answer(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError(f"the process of {self.name} ended")
        answer: dict[str, Any] = json.loads(line)
        return answer


def _serve(name: str, database: Database, scale: Scale) -> None:
    try:
        subject = make_subject(name)
    except ImportError as error:
        _say({"missing": str(error)})
        return
    known = {work.name: work for work in works(scale, database.kind)}
    able = [work.name for work in known.values() if work.able(subject)]
    _say({"version": subject.version(), "module": subject.module, "able": able})
    stand = Stand(subject, database)
    for line in sys.stdin:
        command = json.loads(line)
        try:
            _say(stand.time(known[command["work"]], check=command["check"])._asdict())
        except Exception:  # noqa: BLE001 - whatever a library raises is reported where the run was started
            _say({"error": traceback.format_exc()})
    stand.disconnect()


def _say(answer: dict[str, Any]) -> None:
    print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    if sys.argv[4] == "off":
        gc.disable()
    _serve(sys.argv[1], database_at(sys.argv[2]), Scale.read(sys.argv[3]))
