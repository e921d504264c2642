"""Where the programs of servers are installed."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import NamedTuple

from tests.servers.answers import Kind, Obstacle, install

PACKAGES: dict[Kind, tuple[str, ...]] = {
    "postgresql": ("postgresql",),
    "mariadb": ("mariadb-server-core", "mariadb-client-core"),
}
"""Those of Debian that have the programs of a server."""

DEBIANS_POSTGRESQL = Path("/usr/lib/postgresql")
DEBIANS_GALERA = Path("/usr/lib/galera/libgalera_smm.so")
EXTRACTED = Path(__file__).parents[2] / ".servers"
"""Where ``scripts/servers --all`` puts what it takes out of packages without installing these."""


class MariaDB(NamedTuple):
    """The programs of MariaDB: the server, what makes its folder, and the root of the installation."""

    server: Path
    install_db: Path
    base: Path


def postgresql() -> Path | Obstacle:
    """Find the folder with the programs of PostgreSQL: the one that is named, Debian's newest, the one on the PATH."""
    named = os.environ.get("AZOTH_PG_BIN")
    if named:
        folder = Path(named)
        return folder if _has_postgresql(folder) else Obstacle(f"AZOTH_PG_BIN={named} has no postgres and initdb")
    versions = [folder for folder in DEBIANS_POSTGRESQL.glob("*/bin") if _has_postgresql(folder)]
    if versions:
        return max(versions, key=_version)
    configured = _bindir()
    if configured is not None and _has_postgresql(configured):
        return configured
    return Obstacle(f"PostgreSQL is not installed: {install(*PACKAGES['postgresql'])}")


def mariadb() -> MariaDB | Obstacle:
    """Find the programs of MariaDB: the server that is named, or the one on the PATH."""
    named = os.environ.get("AZOTH_MARIADBD")
    found = named or _which("mariadbd")
    if found is None:
        return Obstacle(f"MariaDB is not installed: {install(*PACKAGES['mariadb'])}")
    server = Path(found).absolute()
    base = server.parents[1]
    for folder in (base / "bin", base / "scripts"):
        if server.is_file() and (folder / "mariadb-install-db").is_file():
            return MariaDB(server, folder / "mariadb-install-db", base)
    where = f"AZOTH_MARIADBD={named}" if named else str(server)
    return Obstacle(f"{where} is no MariaDB with a mariadb-install-db: {install(*PACKAGES['mariadb'])}")


def galera() -> Path | Obstacle:
    """Find the library that joins servers of MariaDB to a cluster."""
    library = Path(os.environ.get("AZOTH_GALERA") or DEBIANS_GALERA)
    if not library.is_file():
        return Obstacle(f"Galera is not installed: scripts/servers --all, or {install('galera-4', 'rsync')}")
    if _which("wsrep_sst_rsync") is None or _which("rsync") is None:
        return Obstacle("wsrep_sst_rsync (of the package mariadb-server) or rsync is missing: scripts/servers --all")
    return library


def pgbouncer() -> Path | Obstacle:
    """Find PgBouncer."""
    found = _which("pgbouncer")
    return Path(found) if found else Obstacle(f"PgBouncer is not installed: {install('pgbouncer')}")


def path() -> str:
    """Give the PATH that servers are looked for on and run with; the one of users often lacks the folders of root."""
    folders = [*os.get_exec_path(), "/usr/local/sbin", "/usr/sbin", str(EXTRACTED / "usr" / "bin")]
    return os.pathsep.join(dict.fromkeys(folders))


def _which(program: str) -> str | None:
    return shutil.which(program, path=path())


def _has_postgresql(folder: Path) -> bool:
    return all((folder / program).is_file() for program in ("postgres", "initdb"))


def _version(folder: Path) -> list[int]:
    return [int(number) for number in re.findall(r"\d+", folder.parent.name)]


def _bindir() -> Path | None:
    program = _which("pg_config")
    if program is None:
        return None
    try:
        answer = subprocess.run([program, "--bindir"], capture_output=True, text=True, check=False, timeout=10)
    except (OSError, subprocess.TimeoutExpired):
        return None
    return Path(answer.stdout.strip()) if answer.returncode == 0 else None
