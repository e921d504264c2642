"""A process that is forked off leaves the transactions of its parent alone."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from tests.database import Database

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")

# It runs in a process of its own, because the one of the tests may have threads.
PROGRAM = """
import gc, os, sys
from azoth import create_engine, pool, text
from azoth.orm import Session

url, kind, ending = sys.argv[1:]
engine = create_engine(url, poolclass=getattr(pool, kind))
with engine.begin() as connection:
    connection.execute(text("CREATE TABLE note (id INTEGER PRIMARY KEY)"))
session = Session(engine)
session.execute(text("INSERT INTO note VALUES (1)"))
connection = session.connection()
if ending == "detach":
    connection.detach()
child = os.fork()
if child == 0:
    if ending == "forget":
        del session, connection
        gc.collect()
    elif ending == "invalidate":
        connection.invalidate()
    else:
        session.close()
    with engine.connect() as own:
        seen = own.scalar(text("SELECT count(*) FROM note"))
    engine.dispose()
    os._exit(seen)
assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
session.commit()
session.close()
with engine.connect() as connection:
    print(connection.scalar(text("SELECT count(*) FROM note")))
engine.dispose()
"""


@pytest.mark.parametrize("kind", ["QueuePool", "NullPool", "AssertionPool", "StaticPool", "SingletonThreadPool"])
@pytest.mark.parametrize("ending", ["forget", "close", "invalidate", "detach"])
def test_what_a_child_process_inherits_it_neither_rolls_back_nor_closes(
    database: Database, kind: str, ending: str
) -> None:
    arguments = [database.url("note"), kind, ending]
    ran = subprocess.run([sys.executable, "-c", PROGRAM, *arguments], capture_output=True, text=True, check=False)
    assert (ran.stdout.strip(), ran.stderr, ran.returncode) == ("1", "", 0)
