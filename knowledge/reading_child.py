"""The process that reads files: started by `knowledge.reading`, told by lines of JSON, under limits it cannot lift.

It writes no file, knows no secret of the parent's environment, and may die at any file: the next is read by another.
"""

from __future__ import annotations

import json
import os
import resource
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, BinaryIO

from knowledge import codec
from knowledge.errors import KnowledgeError, TooLargeError

_TELL_EVERY = 0.1
_LOOK_EVERY = 2.0


class _Parent:
    """Answers to the parent: one line of JSON, then as many bytes as it says."""

    def __init__(self, pipe: BinaryIO) -> None:
        self._pipe = pipe
        self._told = 0.0

    def tell(self, head: dict[str, Any], parts: Sequence[bytes] = ()) -> None:
        line = json.dumps({**head, "sizes": [len(part) for part in parts]}, ensure_ascii=True)
        self._pipe.write(line.encode() + b"\n" + b"".join(parts))
        self._pipe.flush()

    def progress(self, done: int, pages: int) -> None:
        now = time.monotonic()
        if done >= pages or now - self._told >= _TELL_EVERY:
            self._told = now
            self.tell({"progress": [done, pages]})


def main() -> None:
    """Serve requests until the parent closes the pipe. Arguments: bytes of memory, and seconds of one file, at most."""
    parent = _Parent(os.fdopen(os.dup(1), "wb"))
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)  # a library that prints must not speak into the answers
    memory = int(sys.argv[1])
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    threading.Thread(target=_die_with, args=(os.getppid(),), daemon=True).start()
    from knowledge.readers import reader  # noqa: F401  # before the first file's time begins to count

    parent.tell({"ready": True})
    for line in sys.stdin.buffer:
        _bound_processor_time(float(sys.argv[2]))
        _answer(json.loads(line), parent)


def _die_with(parent: int) -> None:
    """A parent that was killed watches over nothing any more."""
    while os.getppid() == parent:
        time.sleep(_LOOK_EVERY)
    os._exit(1)


def _bound_processor_time(seconds: float) -> None:
    """Where a parser holds the interpreter, no thread of ours ends it: the kernel does."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    until = int(used.ru_utime + used.ru_stime + seconds) + 1
    resource.setrlimit(resource.RLIMIT_CPU, (until, resource.RLIM_INFINITY))


def _answer(request: dict[str, Any], parent: _Parent) -> None:
    try:
        head, parts = _do(request, parent)
    except KnowledgeError as error:
        kind = "too_large" if isinstance(error, TooLargeError) else "unreadable"
        parent.tell({"error": error.reason, "kind": kind, "details": error.details})
    except MemoryError:
        parent.tell({"error": "too_heavy", "kind": "too_large", "details": {}})
        sys.exit(1)
    except Exception as error:  # noqa: BLE001  # the edge of the reading process: a parser may raise anything
        parent.tell({"crash": _where(error)})
        sys.exit(1)
    else:
        parent.tell(head, parts)


def _do(request: dict[str, Any], parent: _Parent) -> tuple[dict[str, Any], list[bytes]]:
    data = Path(request["path"]).read_bytes()
    if request["do"] != "read":
        return _page(request, data)
    from knowledge.readers import reader

    document = reader.read(data, request["name"], parent.progress)
    names = [attachment.name for attachment in document.attachments]
    return {"done": True, "names": names}, [codec.dump(document), *(a.data for a in document.attachments)]


def _page(request: dict[str, Any], data: bytes) -> tuple[dict[str, Any], list[bytes]]:
    from knowledge.pages import render, size

    if request["do"] == "size":
        return {"done": True, "size": size(data, request["page"])}, []
    return {"done": True}, [render(data, request["page"], request["width"])]


def _where(error: Exception) -> str:
    """Kind and place of an error, without its words: those may come from the document."""
    trace = error.__traceback__
    while trace and trace.tb_next:
        trace = trace.tb_next
    place = f"{Path(trace.tb_frame.f_code.co_filename).name}:{trace.tb_lineno}" if trace else "?"
    return f"{type(error).__name__} at {place}"


if __name__ == "__main__":
    main()
