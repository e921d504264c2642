"""The sources that others publish, with their own tests: fetched once, never part of this project."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tarfile
from pathlib import Path

from tests.ecosystem.subjects import FOLDER, Repository

RELEASES = FOLDER / "releases"


def source_release(distribution: str, version: str, python: Path) -> Path:
    """Fetch the source distribution of a version with pip; give its folder.

    Raises:
        subprocess.CalledProcessError: there is none, or it cannot be fetched.
    """
    folder = RELEASES / f"{distribution}-{version}"
    if not folder.exists():
        download = RELEASES / "downloads" / distribution
        shutil.rmtree(download, ignore_errors=True)
        pip = [str(python), "-m", "pip", "download", "-qq", "--disable-pip-version-check", "--no-deps"]
        pip += ["--no-binary", ":all:", "--dest", str(download), f"{distribution}=={version}"]
        subprocess.run(pip, check=True, stdout=sys.stderr)
        (archive,) = download.iterdir()
        with tarfile.open(archive) as opened:
            opened.extractall(download, filter="data")
        archive.unlink()
        (unpacked,) = download.iterdir()
        unpacked.rename(folder)
    return folder


def repository(name: str, wanted: Repository, mirrors: Path | None) -> Path:
    """Clone a commit of a repository; give its folder.

    Args:
        name: of the program.
        wanted: where from, and which commit.
        mirrors: a folder with clones, named OWNER+NAME or OWNER/NAME, to take it from instead.

    Raises:
        subprocess.CalledProcessError: git does not get it.
    """
    folder = RELEASES / f"{name}-{wanted.commit[:10]}"
    if not folder.exists():
        source = _mirror(wanted.url, mirrors) or wanted.url
        clone = folder.with_name(folder.name + ".partial")
        shutil.rmtree(clone, ignore_errors=True)
        subprocess.run(["git", "clone", "--quiet", "--no-checkout", source, str(clone)], check=True, stdout=sys.stderr)
        subprocess.run(["git", "-C", str(clone), "checkout", "--quiet", wanted.commit], check=True, stdout=sys.stderr)
        clone.rename(folder)
    return folder


def _mirror(url: str, mirrors: Path | None) -> str | None:
    if mirrors is None:
        return None
    owner, name = url.rsplit("/", 2)[-2:]
    for folder in (mirrors / f"{owner}+{name}" / "repo", mirrors / f"{owner}+{name}", mirrors / owner / name):
        if folder.is_dir():
            return str(folder)
    return None
