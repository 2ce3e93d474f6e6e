"""The reading process: its limits hold, and what dies in it dies alone."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from knowledge import reading
from knowledge.errors import CancelledError, KnowledgeError, TooLargeError, UnreadableError
from knowledge.reading import Readers, ReadingLimits, ReadingProcess
from tests.pdfs import make_pdf

pytestmark = pytest.mark.proof  # starts processes or waits: with `make test`

CHILD = """
import json, os, sys, time
from knowledge import reading_child
from knowledge.document import Attachment, Document, Locator, Section
from knowledge.readers import reader

def read(data, name, progress):
    what = data.decode()
    if what == "hang":
        time.sleep(60)
    if what == "grow":
        held = []
        while True:
            held.append(bytearray(5_000_000))
            time.sleep(0.005)
    if what == "die":
        os.kill(os.getpid(), 11)
    if what == "raise":
        raise ValueError("the secret of the document")
    if what == "write":
        with open("/tmp/giljabi-must-not-be-written", "w") as file:
            file.write("x")
    if what == "print":
        os.write(1, b"noise\\n")
        print("noise", flush=True)
    if what == "environment":
        return Document(name, "t", (Section(0, Locator("1"), json.dumps(dict(os.environ))),))
    if what == "slow":
        for page in range(1000):
            time.sleep(0.01)
            progress(page, 1000)
    return Document(name, "t", (Section(0, Locator("1"), what),), attachments=(Attachment("in/side", b"\\x00\\n{}"),))

reader.read = read
reading_child.main()
"""


@pytest.fixture
def process(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ReadingProcess]:
    """A reading process whose reader does what the file says."""
    script = tmp_path / "child.py"
    script.write_text(CHILD)
    true_popen = reading.subprocess.Popen

    def started(command: list[str], **rest: object) -> object:
        return true_popen([sys.executable, str(script), *command[-2:]], **rest)  # type: ignore[call-overload]

    monkeypatch.setattr(reading.subprocess, "Popen", started)
    its = ReadingProcess(ReadingLimits(memory_mb=300, idle_s=1.5, total_s=60))
    yield its
    its.close()


def file(folder: Path, content: str) -> Path:
    path = folder / "file"
    path.write_text(content)
    return path


def test_real_files_are_read_with_their_progress(tmp_path: Path) -> None:
    path = tmp_path / "p"
    path.write_bytes(make_pdf(["first page", "second page"]))
    its = ReadingProcess()
    pages: list[tuple[int, int]] = []
    try:
        document = its.read(path, "설명서.pdf", lambda *page: pages.append(page))
        assert ([section.locator.label for section in document.sections], pages[-1]) == (["p. 1", "p. 2"], (2, 2))
        path.write_bytes(b"%PDF-1.7 nothing of the kind")
        with pytest.raises(UnreadableError, match="broken"):
            its.read(path, "설명서.pdf")
    finally:
        its.close()


def test_attachments_come_along_byte_for_byte(process: ReadingProcess, tmp_path: Path) -> None:
    document = process.read(file(tmp_path, "plain"), "이름")
    assert (document.title, document.sections[0].text) == ("이름", "plain")
    assert [(each.name, each.data) for each in document.attachments] == [("in/side", b"\x00\n{}")]


@pytest.mark.parametrize(
    ("content", "error", "reason"),
    [
        ("hang", TooLargeError, "too_slow"),
        ("grow", TooLargeError, "too_heavy"),
        ("die", UnreadableError, "reader_died"),
        ("raise", UnreadableError, "reader_died"),
        ("write", UnreadableError, "reader_died"),
    ],
)
def test_whatever_a_file_does_it_is_refused_and_the_next_is_read(
    process: ReadingProcess, tmp_path: Path, content: str, error: type[KnowledgeError], reason: str
) -> None:
    with pytest.raises(error) as refused:
        process.read(file(tmp_path, content), "x")
    assert refused.value.reason == reason
    assert process.read(file(tmp_path, "plain"), "x").sections[0].text == "plain"
    written = Path("/tmp/giljabi-must-not-be-written")
    assert not written.exists() or written.stat().st_size == 0
    written.unlink(missing_ok=True)


def test_a_failing_reader_is_logged_without_its_words(
    process: ReadingProcess, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING), pytest.raises(UnreadableError):
        process.read(file(tmp_path, "raise"), "x")
    assert "ValueError at child.py" in caplog.text
    assert "secret" not in caplog.text


def test_what_a_library_prints_does_not_speak_into_the_answer(process: ReadingProcess, tmp_path: Path) -> None:
    assert process.read(file(tmp_path, "print"), "x").sections[0].text == "print"


def test_secrets_of_the_environment_stay_with_the_parent(
    process: ReadingProcess, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GILJABI_LLM_KEY", "sk-secret")
    assert "sk-secret" not in process.read(file(tmp_path, "environment"), "x").sections[0].text


def test_a_person_can_cancel(process: ReadingProcess, tmp_path: Path) -> None:
    seen: list[int] = []
    with pytest.raises(CancelledError):
        process.read(file(tmp_path, "slow"), "x", lambda done, _: seen.append(done), lambda: len(seen) > 2)
    assert process.read(file(tmp_path, "plain"), "x").title == "x"


def test_closing_ends_the_child_whatever_it_does(process: ReadingProcess, tmp_path: Path) -> None:
    failed: list[Exception] = []

    def read() -> None:
        try:
            process.read(file(tmp_path, "slow"), "x")
        except KnowledgeError as error:
            failed.append(error)

    thread = threading.Thread(target=read)
    thread.start()
    while process._child is None:
        time.sleep(0.01)
    pid = process._child.pid
    process.close()
    thread.join(10)
    assert len(failed) == 1
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


def test_a_child_does_not_outlive_a_parent_that_was_killed(tmp_path: Path) -> None:
    held = tmp_path / "never-ends"
    os.mkfifo(held)
    parent = (
        "import sys, threading\nfrom pathlib import Path\nfrom knowledge.reading import ReadingProcess\n"
        "its = ReadingProcess()\nthreading.Thread(target=its.read, args=(Path(sys.argv[1]), 'x')).start()\n"
        "while its._child is None: pass\nprint(its._child.pid, flush=True)\n"
    )
    started = subprocess.Popen([sys.executable, "-c", parent, str(held)], stdout=subprocess.PIPE, text=True)
    assert started.stdout is not None
    child = int(started.stdout.readline())
    started.kill()
    started.wait()
    started.stdout.close()
    deadline = time.monotonic() + 30
    while Path(f"/proc/{child}").exists() and "Z" not in Path(f"/proc/{child}/stat").read_text().split(")")[1][:3]:
        assert time.monotonic() < deadline
        time.sleep(0.1)


def test_several_files_are_read_at_a_time(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_text("# 하나\n\n글\n")
    its = Readers(ReadingLimits(), 2)
    titles: list[str] = []
    threads = [threading.Thread(target=lambda: titles.append(its.read(path, "a.md").title)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    its.close()
    assert titles == ["하나"] * 4
