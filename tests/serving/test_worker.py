"""Documents while the embedder is away or has been changed: none is lost, none is rejected for it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import nullcontext
from pathlib import Path

import pytest

from knowledge.document import Status
from retrieval.embedding import TextEmbedder
from retrieval.errors import EmbedderDownError
from retrieval.korean import Tokenizer
from retrieval.search import Place as SearchPlace
from retrieval.search import Searcher
from retrieval.store import Vectors
from serving.databases.sqlite import SqliteDatabases
from serving.place import Place
from serving.worker import Worker
from tests.fakes import WordEmbedder

FILES = {f"점검{n}.md": f"# 점검 {n}\n\n설비 {n}호의 냉각수 밸브를 확인한다.\n".encode() for n in range(4)}


OPEN: dict[str, Place] = {}


@pytest.fixture
def worker() -> Iterator[Worker]:
    its = Worker(lambda name: nullcontext(OPEN[name]), pause=0.02)
    its.start()
    yield its
    its.stop()


def opened(folder: Path, embedder: TextEmbedder, tokenizer: Tokenizer) -> Place:
    database = SqliteDatabases(folder / "shared.db").open("company", folder)
    OPEN["company"] = Place("company", folder, database, embedder, tokenizer)
    return OPEN["company"]


def add_all(place: Place) -> list[str]:
    return [place.registry.add(data, name, "kim")[0].document_id for name, data in FILES.items()]


def statuses(place: Place) -> list[Status]:
    return [entry.status for entry in place.registry.entries()]


def until(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 30
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_documents_wait_for_an_embedder_that_is_away(
    tmp_path: Path, tokenizer: Tokenizer, worker: Worker, caplog: pytest.LogCaptureFixture
) -> None:
    away = WordEmbedder()
    away.down = True
    place = opened(tmp_path, away, tokenizer)
    for document_id in add_all(place):
        worker.submit(place.name, document_id)
    until(lambda: statuses(place) == [Status.READ] * len(FILES))
    time.sleep(0.2)
    assert statuses(place) == [Status.READ] * len(FILES)
    assert worker.waiting >= len(FILES) - 1
    assert sum("wait" in record.getMessage() for record in caplog.records) == 1
    away.down = False
    until(lambda: statuses(place) == [Status.INDEXED] * len(FILES))
    assert worker.waiting == 0
    worker.stop()
    place.close()


def test_a_document_deleted_while_it_waits_is_gone(tmp_path: Path, tokenizer: Tokenizer, worker: Worker) -> None:
    away = WordEmbedder()
    away.down = True
    place = opened(tmp_path, away, tokenizer)
    first, second, *_ = add_all(place)
    worker.submit(place.name, first)
    worker.submit(place.name, second)
    until(lambda: statuses(place)[:2] == [Status.READ] * 2)
    place.ingest.delete(first)
    away.down = False
    until(lambda: place.registry.get(second).status is Status.INDEXED and worker.waiting == 0)
    assert place.chunks.count(first) == 0
    worker.stop()
    place.close()


def test_a_document_the_embedder_refuses_does_not_hold_up_the_others(
    tmp_path: Path, tokenizer: Tokenizer, worker: Worker
) -> None:
    class Choosy(WordEmbedder):
        def embed_passages(self, texts: Sequence[str]) -> Vectors:
            if any("0호" in text for text in texts):
                raise EmbedderDownError
            return super().embed_passages(texts)

    place = opened(tmp_path, Choosy(), tokenizer)
    for document_id in add_all(place):
        worker.submit(place.name, document_id)
    until(lambda: statuses(place).count(Status.INDEXED) == len(FILES) - 1)
    worker.stop()
    assert statuses(place) == [Status.READ, *[Status.INDEXED] * (len(FILES) - 1)]
    place.close()


def test_stopping_does_not_wait_for_the_embedder(tmp_path: Path, tokenizer: Tokenizer) -> None:
    away = WordEmbedder()
    away.down = True
    place = opened(tmp_path, away, tokenizer)
    waiting = Worker(lambda name: nullcontext(OPEN[name]), pause=60)
    waiting.start()
    document_id, *_ = add_all(place)
    waiting.submit(place.name, document_id)
    until(lambda: statuses(place)[0] is Status.READ)
    waiting.stop(timeout=10)
    assert not any(thread.name.startswith("ingest") for thread in threading.enumerate())
    assert place.recover()[0] == document_id
    place.close()


@pytest.fixture
def indexed(tmp_path: Path, tokenizer: Tokenizer) -> Path:
    """A folder whose documents a former embedder embedded."""
    place = opened(tmp_path, WordEmbedder("former"), tokenizer)
    for document_id in add_all(place):
        place.ingest.process(document_id)
    assert place.recover() == []
    place.close()
    return tmp_path


def found(place: Place, embedder: TextEmbedder, tokenizer: Tokenizer, query: str) -> list[tuple[str, bool]]:
    """Documents found, best first, and whether by meaning too."""
    hits = Searcher([SearchPlace("company", place.index)], embedder, tokenizer).search(query, k=9).hits
    return [(place.registry.get(hit.document_id).title, hit.similarity > 0) for hit in hits]


def test_a_changed_embedder_embeds_all_anew_while_keywords_answer(
    indexed: Path, tokenizer: Tokenizer, worker: Worker
) -> None:
    away = WordEmbedder("new")
    away.down = True
    place = opened(indexed, away, tokenizer)
    left = place.recover()
    assert len(left) == len(FILES)
    assert statuses(place) == [Status.READ] * len(FILES)  # shown as being indexed, which they are
    assert found(place, away, tokenizer, "설비 2호 밸브")[0] == ("점검 2", False)
    for document_id in left:
        worker.submit(place.name, document_id)
    away.down = False
    until(lambda: statuses(place) == [Status.INDEXED] * len(FILES))
    assert place.recover() == []
    best = found(place, away, tokenizer, "설비 2호 밸브")
    assert best[0] == ("점검 2", True)
    assert all(by_meaning for _, by_meaning in best)
    worker.stop()
    place.close()


def test_a_kill_while_all_is_embedded_anew_loses_and_repeats_nothing(indexed: Path, tokenizer: Tokenizer) -> None:
    new = WordEmbedder("new")
    place = opened(indexed, new, tokenizer)
    first, *rest = place.recover()
    place.ingest.process(first)
    place.close()  # and the rest was never begun

    again = opened(indexed, new, tokenizer)
    assert again.recover() == rest
    marks = [by_meaning for _, by_meaning in found(again, new, tokenizer, "냉각수 밸브")]
    assert sorted(marks) == [False, False, False, True]
    for document_id in rest:
        again.ingest.process(document_id)
    assert statuses(again) == [Status.INDEXED] * len(FILES)
    assert all(by_meaning for _, by_meaning in found(again, new, tokenizer, "냉각수 밸브"))
    again.close()


def test_going_back_before_all_is_embedded_anew(indexed: Path, tokenizer: Tokenizer) -> None:
    place = opened(indexed, WordEmbedder("new"), tokenizer)
    first, *_ = place.recover()
    place.ingest.process(first)
    place.close()
    former = WordEmbedder("former")
    back = opened(indexed, former, tokenizer)
    for document_id in back.recover():
        back.ingest.process(document_id)
    assert statuses(back) == [Status.INDEXED] * len(FILES)
    assert all(by_meaning for _, by_meaning in found(back, former, tokenizer, "냉각수 밸브"))
    back.close()


def test_what_was_rejected_or_is_being_deleted_stays_so(indexed: Path, tokenizer: Tokenizer) -> None:
    place = opened(indexed, WordEmbedder("new"), tokenizer)
    rejected, deleted, *rest = [entry.document_id for entry in place.registry.entries()]
    place.registry.mark_rejected(rejected, "failed", {})
    place.registry.mark_deleting(deleted)
    assert place.recover() == rest
    assert place.registry.get(rejected).status is Status.REJECTED
    assert place.chunks.count(deleted) == 0
    place.close()


def test_places_take_turns(tmp_path: Path, tokenizer: Tokenizer) -> None:
    """A company with many documents does not keep another's one waiting behind all of them."""
    done: list[str] = []

    class Noting(WordEmbedder):
        def embed_passages(self, texts: Sequence[str]) -> Vectors:
            done.extend(text.split("\n")[0] for text in texts)
            return super().embed_passages(texts)

    crowd = opened(tmp_path / "crowd", Noting(), tokenizer)
    places = {"crowd": crowd, "single": opened(tmp_path / "single", Noting(), tokenizer)}
    one = Worker(lambda name: nullcontext(places[name]), at_once=1)
    for n in range(12):
        entry, _ = crowd.registry.add(f"# 많은 자료 {n}\n\n글 {n}\n".encode(), f"{n}.md", "kim")
        one.submit("crowd", entry.document_id)
    entry, _ = places["single"].registry.add("# 하나뿐인 자료\n\n글\n".encode(), "one.md", "lee")
    one.submit("single", entry.document_id)
    one.start()
    until(lambda: statuses(crowd) == [Status.INDEXED] * 12 and statuses(places["single"]) == [Status.INDEXED])
    one.stop()
    assert "하나뿐인 자료" in done[:2]
    for place in places.values():
        place.close()


def test_progress_is_told_and_a_cancelled_line_ends(tmp_path: Path, tokenizer: Tokenizer) -> None:
    """Documents not begun are withdrawn; the one in hand ends as cancelled; what is done stays."""
    go = threading.Event()

    class Waiting(WordEmbedder):
        def embed_passages(self, texts: Sequence[str]) -> Vectors:
            if any("설비 1호" in text for text in texts):
                go.wait(30)
            return super().embed_passages(texts)

    place = opened(tmp_path, Waiting(), tokenizer)
    its = Worker(lambda name: nullcontext(OPEN[name]))
    ids = add_all(place)
    for document_id in ids:
        its.submit(place.name, document_id)
    its.start()
    until(lambda: place.registry.get(ids[1]).status is Status.READ)
    now = its.progress(place.name)
    assert now.current is not None
    assert (now.current[0], now.tally.all, now.tally.done, now.waiting) == (ids[1], 4, 1, 2)
    assert its.withdraw(place.name) == ids[2:]
    go.set()
    until(lambda: its.progress(place.name).current is None)
    assert statuses(place) == [Status.INDEXED, Status.REJECTED, Status.QUEUED, Status.QUEUED]
    assert place.registry.get(ids[1]).reason == "cancelled"
    assert its.progress(place.name).tally.rejected == 3
    assert place.chunks.count(ids[1]) == 0
    its.stop()
    place.close()
