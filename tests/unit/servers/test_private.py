"""Servers that tests start themselves: they answer, outlast a kill, and leave nothing behind."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tests.servers import PrivateMariaDB, PrivatePostgreSQL, PrivateServer, ServerFailed, processes
from tests.servers.connecting import connect_to_mariadb
from tests.servers.processes import children_of, dying_with_us, free_port, is_running

psycopg = pytest.importorskip("psycopg")
pymysql = pytest.importorskip("pymysql")

ROOT = Path(__file__).parents[3]
CLASSES = [PrivatePostgreSQL, PrivateMariaDB]


@pytest.fixture(scope="module", params=CLASSES, ids=lambda cls: cls.title)
def server(request: pytest.FixtureRequest) -> Iterator[PrivateServer]:
    obstacle = request.param.obstacle()
    if obstacle is not None:
        pytest.skip(f"database not available: {obstacle.reason}")
    with request.param() as server:
        yield server


def ask(server: PrivateServer, *statements: str) -> Any:
    """Execute statements on a connection that commits each, and give the first value of the last."""
    postgresql = isinstance(server, PrivatePostgreSQL)
    opened: Any = (
        psycopg.connect(server.url, autocommit=True) if postgresql else connect_to_mariadb(pymysql, server.url)
    )
    with closing(opened) as connection, connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
        return cursor.fetchone()[0]


def database(server: PrivateServer) -> str:
    return "public" if isinstance(server, PrivatePostgreSQL) else "test_kill"


def test_it_answers_also_after_a_restart(server: PrivateServer) -> None:
    url = server.url
    assert ask(server, "SELECT 1") == 1
    before = server.pid
    server.restart()
    assert server.url == url
    assert server.pid not in {before, None}
    assert ask(server, "SELECT 1") == 1


def test_what_was_committed_outlasts_a_kill_and_all_processes_are_gone(server: PrivateServer) -> None:
    schema = database(server)
    created = ask(
        server,
        *(() if schema == "public" else (f"CREATE DATABASE {schema}",)),
        f"CREATE TABLE {schema}.kept (id INTEGER)",
        f"INSERT INTO {schema}.kept VALUES (7)",
        f"SELECT id FROM {schema}.kept",
    )
    assert created == 7
    pid = server.pid
    assert pid is not None
    family = [pid, *children_of(pid)]
    assert len(family) > (1 if isinstance(server, PrivatePostgreSQL) else 0)
    server.kill()
    assert server.pid is None
    assert [pid for pid in family if is_running(pid)] == []
    with pytest.raises((psycopg.OperationalError, pymysql.OperationalError)):
        ask(server, "SELECT 1")
    server.start()
    assert ask(server, f"SELECT id FROM {schema}.kept") == 7


def test_two_phases_outlast_a_kill(server: PrivateServer) -> None:
    if isinstance(server, PrivatePostgreSQL):
        ask(server, "CREATE TABLE two (id INTEGER)", "SELECT 1")
        with closing(psycopg.connect(server.url)) as connection:
            connection.tpc_begin("phases")
            connection.execute("INSERT INTO two VALUES (1)")
            connection.tpc_prepare()
            server.kill()
        server.start()
        assert ask(server, "SELECT gid FROM pg_prepared_xacts") == "phases"
        ask(server, "ROLLBACK PREPARED 'phases'", "SELECT 1")
    else:
        ask(server, "CREATE DATABASE two", "CREATE TABLE two.t (id INTEGER)", "SELECT 1")
        statements = ["XA START 'phases'", "INSERT INTO two.t VALUES (1)", "XA END 'phases'", "XA PREPARE 'phases'"]
        ask(server, *statements, "SELECT 1")
        server.kill()
        server.start()
        assert ask(server, "XA RECOVER") == 1
        ask(server, "XA ROLLBACK 'phases'", "SELECT 1")


@pytest.mark.parametrize("cls", CLASSES, ids=lambda cls: cls.title)
def test_it_leaves_no_process_and_no_folder(cls: type[PrivateServer]) -> None:
    if cls.obstacle() is not None:
        pytest.skip("database not available")
    with cls() as server:
        folder, pid = server.folder, server.pid
        assert folder.is_dir()
        assert pid is not None
        family = [pid, *children_of(pid)]
    assert not folder.exists()
    assert [pid for pid in family if is_running(pid)] == []


def test_one_that_was_killed_leaves_no_shared_memory() -> None:
    if PrivatePostgreSQL.obstacle() is not None:
        pytest.skip("database not available")
    with PrivatePostgreSQL() as server:
        segment = (server.data / "postmaster.pid").read_text().splitlines()[6].split()[1]
        assert segment in shared_memory()
        server.kill()
        assert segment in shared_memory()
    assert segment not in shared_memory()


def shared_memory() -> set[str]:
    return {line.split()[1] for line in Path("/proc/sysvipc/shm").read_text().splitlines()}


def test_options_take_the_place_of_those_of_all() -> None:
    if PrivatePostgreSQL.obstacle() is not None:
        pytest.skip("database not available")
    with PrivatePostgreSQL(options={"max_prepared_transactions": 3}) as server:
        assert ask(server, "SHOW max_prepared_transactions") == "3"
        assert ask(server, "SHOW fsync") == "off"


def test_one_that_does_not_start_shows_its_log_and_leaves_nothing() -> None:
    if PrivatePostgreSQL.obstacle() is not None:
        pytest.skip("database not available")
    server = PrivatePostgreSQL(options={"no_such_setting": 1})
    with pytest.raises(ServerFailed, match="unrecognized configuration parameter"), server:
        raise AssertionError
    assert not server.folder.exists()


def test_one_that_is_not_installed_says_so(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("AZOTH_PG_BIN", str(tmp_path))
    with pytest.raises(ServerFailed, match="AZOTH_PG_BIN="), PrivatePostgreSQL():
        raise AssertionError


PROGRAM = """
import os, signal
from tests.servers import PrivatePostgreSQL
server = PrivatePostgreSQL()
server.start()
print(server.pid, server.folder, flush=True)
{end}
"""


@pytest.mark.parametrize(
    "end", ["", "if os.fork() == 0: raise SystemExit\nos.wait(); assert server.pid", "os.kill(os.getpid(), 9)"]
)
def test_it_ends_with_the_process_that_started_it(end: str) -> None:
    """At its normal end with the folder; when it is killed, the system tells the server."""
    if PrivatePostgreSQL.obstacle() is not None:
        pytest.skip("database not available")
    killed = "kill" in end
    if killed and not dying_with_us(signal.SIGINT):
        pytest.skip("the system cannot tell a process of its parent's end")
    program = [sys.executable, "-c", PROGRAM.format(end=end)]
    environment = {**os.environ, "PYTHONPATH": f"{ROOT}:{ROOT / 'src'}"}
    ran = subprocess.run(program, cwd=ROOT, env=environment, capture_output=True, text=True, check=False, timeout=60)
    assert ran.returncode == (-9 if killed else 0), ran.stderr
    pid, folder = ran.stdout.split()
    if killed:
        wait_for_end(int(pid))
        subprocess.run(["rm", "-rf", folder], check=True)
    assert not is_running(int(pid))
    assert not Path(folder).exists()


def wait_for_end(pid: int) -> None:
    for _ in range(1000):
        if not is_running(pid):
            return
        signal.sigtimedwait([], 0.01)


def test_folders_of_processes_that_were_killed_are_removed_later(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(processes, "MEMORY", tmp_path / "missing")
    monkeypatch.setattr(processes.tempfile, "tempdir", str(tmp_path))
    ended = subprocess.Popen(["true"])
    ended.wait()
    names = [f"azoth-{ended.pid}-old", f"azoth-{os.getpid()}-old", f"azoth-{ended.pid}-new", "azoth-other-old"]
    for name in names:
        (tmp_path / name / "data").mkdir(parents=True)
        if name.endswith("old"):
            os.utime(tmp_path / name, (0, 0))
    made = processes.new_folder()
    assert sorted(tmp_path.iterdir()) == sorted([made, *(tmp_path / name for name in names[1:])])


def test_a_free_port_is_free_with_those_that_follow() -> None:
    port = free_port(2)
    for step in range(3):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", port + step))
