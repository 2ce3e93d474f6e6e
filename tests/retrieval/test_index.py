from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from retrieval.errors import EmbedderDownError
from retrieval.index import PlaceIndex
from retrieval.keywords import KeywordIndex
from retrieval.korean import Tokenizer
from retrieval.vectors import VectorIndex
from tests.fakes import WordEmbedder
from tests.retrieval.material import FACTORY, LAW, MANUAL, ROBOT, document, embedder, place


def held(index: PlaceIndex) -> tuple[set[str], set[str]]:
    return index.ask(lambda keywords, vectors: (keywords.ids(), vectors.ids()))


def in_step(index: PlaceIndex) -> bool:
    """Both indexes hold what the store holds, and both find it."""

    def question(keywords: KeywordIndex, vectors: VectorIndex) -> bool:
        found = keywords.candidates(["자율", "제조"], 5)
        near = vectors.nearest(embedder().embed_query("자율형공장의 정부지원금"), 3)
        return bool(found) and bool(near) and keywords.generation == vectors.generation == index.store.generation()

    truth = index.store.ids()
    return index.ask(question) and held(index) == (truth, truth)


@pytest.fixture
def index(tmp_path: Path, tokenizer: Tokenizer) -> PlaceIndex:
    its = place(tmp_path, tokenizer)
    its.put({"f": FACTORY, "r": ROBOT, "m": MANUAL})
    return its


def test_put_counts_chunks_and_the_next_use_finds_them(index: PlaceIndex) -> None:
    assert index.put({"l": LAW, "many": MANUAL})["l"] == 1
    assert in_step(index)
    index.close()


def test_changes_are_brought_in_without_embedding_again(index: PlaceIndex) -> None:
    index.sync()
    kept = index.store.ids() - {chunk.chunk_id for chunk in index.store.of_document("r")}
    index.store.remove("r")
    index.put({"f": document("자율형공장 안내", "자율형공장은 AAS를 요구한다.")})
    assert in_step(index)
    assert len(kept & index.store.ids()) == len(kept) - 1
    index.close()


def test_closing_and_opening_keeps_everything(index: PlaceIndex, tmp_path: Path, tokenizer: Tokenizer) -> None:
    index.sync()
    index.close()
    again = place(tmp_path, tokenizer)
    assert in_step(again)
    again.close()


@pytest.mark.parametrize("gone", ["indexes", "indexes/keywords", "indexes/vectors", "indexes/keywords/generation"])
@pytest.mark.parametrize("running", [True, False], ids=["running", "closed"])
def test_deleted_folders_are_rebuilt(index: PlaceIndex, tmp_path: Path, gone: str, running: bool) -> None:
    index.sync()
    if not running:
        index.close()
    target = tmp_path / gone
    if target.is_dir():
        shutil.rmtree(target)
    else:
        target.unlink()
    assert in_step(index)
    index.close()


@pytest.mark.parametrize("share", [0.0, 0.5])
@pytest.mark.parametrize("part", ["keywords", "vectors"])
def test_truncated_files_are_rebuilt(index: PlaceIndex, tmp_path: Path, part: str, share: float) -> None:
    index.sync()
    index.close()
    for file in sorted((tmp_path / "indexes" / part).rglob("*")):
        if file.is_file():
            os.truncate(file, int(file.stat().st_size * share))
    assert in_step(index)
    index.close()


def test_each_single_truncated_file_is_survived(index: PlaceIndex, tmp_path: Path) -> None:
    index.sync()
    index.close()
    whole = tmp_path / "whole"
    shutil.copytree(tmp_path / "indexes", whole)
    for file in sorted(path.relative_to(whole) for path in whole.rglob("*") if path.is_file()):
        shutil.rmtree(tmp_path / "indexes")
        shutil.copytree(whole, tmp_path / "indexes")
        os.truncate(tmp_path / "indexes" / file, (whole / file).stat().st_size // 2)
        assert in_step(index), file
        index.close()


def test_an_index_that_lost_rows_is_rebuilt(index: PlaceIndex, tmp_path: Path) -> None:
    index.sync()
    generation = index.store.generation()
    index.ask(lambda keywords, _: keywords.update([], list(keywords.ids())[:1], generation))
    index.close()
    assert in_step(index)
    index.close()


def test_another_embedder_embeds_document_by_document(index: PlaceIndex, tmp_path: Path, tokenizer: Tokenizer) -> None:
    index.sync()
    index.close()
    changed = place(tmp_path, tokenizer, WordEmbedder("other"))
    changed.sync()
    assert changed.store.unfinished("other/64") == ["f", "m", "r"]
    assert held(changed) == (changed.store.ids(), set())  # all are found by keywords, none by a vector of the former
    changed.put({"f": FACTORY})
    assert held(changed) == (changed.store.ids(), changed.store.ids("other/64"))
    changed.close()

    again = place(tmp_path, tokenizer, WordEmbedder("other"))  # as after a kill: what is done is done
    assert held(again) == (again.store.ids(), again.store.ids("other/64"))
    assert again.store.unfinished("other/64") == ["m", "r"]
    again.put({"r": ROBOT, "m": MANUAL})
    assert in_step(again)
    again.close()


def test_going_back_to_the_former_embedder_finds_what_it_left(
    index: PlaceIndex, tmp_path: Path, tokenizer: Tokenizer
) -> None:
    index.close()
    changed = place(tmp_path, tokenizer, WordEmbedder("other"))
    changed.put({"f": FACTORY})
    changed.sync()
    changed.close()
    back = place(tmp_path, tokenizer)
    assert back.store.unfinished("words/64") == ["f"]
    assert held(back) == (back.store.ids(), back.store.ids("words/64"))
    back.put({"f": FACTORY})
    assert in_step(back)
    back.close()


def test_a_document_that_cannot_be_embedded_now_is_found_by_keywords(tmp_path: Path, tokenizer: Tokenizer) -> None:
    away = WordEmbedder()
    its = place(tmp_path, tokenizer, away)
    its.put({"f": FACTORY})
    away.down = True
    with pytest.raises(EmbedderDownError):
        its.put({"f": LAW, "r": ROBOT})
    assert [chunk.text for chunk in its.store.of_document("f")] == [LAW.sections[0].text]
    keywords, vectors = held(its)
    assert keywords == its.store.ids()
    assert vectors == set()
    away.down = False
    assert its.embed("f") == its.embed("r") == 0
    assert held(its) == (its.store.ids(), its.store.ids())
    its.close()


def test_a_long_document_is_embedded_a_part_at_a_time(tmp_path: Path, tokenizer: Tokenizer) -> None:
    its = place(tmp_path, tokenizer)
    chunks = its.cut("m", MANUAL)
    left = [its.embed("m", 1) for _ in range(chunks)]
    assert left == list(range(chunks - 1, -1, -1))
    assert held(its)[1] == its.store.ids()
    its.close()


def test_threads_search_while_documents_come_in(index: PlaceIndex) -> None:
    index.sync()

    def come(n: int) -> bool:
        if n % 4 == 0:
            index.put({f"new{n}": document(f"안내 {n}", f"제조 자료 {n}번이다.")})
            index.sync()
        return index.ask(lambda keywords, vectors: bool(keywords.candidates(["제조"], 3)) and vectors.entries > 0)

    with ThreadPoolExecutor(4) as pool:
        assert all(pool.map(come, range(24)))
    index.sync()
    assert in_step(index)
    index.close()


WRITER = """
import sys
from pathlib import Path
from retrieval.korean import Tokenizer
from tests.retrieval.material import FACTORY, document, place
index = place(Path(sys.argv[1]), Tokenizer(threads=1))
index.put({"f": FACTORY})
index.sync()
for n in range(10_000):
    index.put({f"d{n}": document(f"제조 {n}", f"제조 자료 {n}번은 자율형공장의 것이다.")})
    print(n, flush=True)
    index.sync()
"""


@pytest.mark.proof
def test_a_killed_writer_leaves_a_place_that_mends_itself(tmp_path: Path, tokenizer: Tokenizer) -> None:
    root = Path(__file__).parents[2]
    writer = subprocess.Popen(
        [sys.executable, "-W", "ignore", "-c", WRITER, str(tmp_path)], cwd=root, stdout=subprocess.PIPE, text=True
    )
    assert writer.stdout
    while writer.stdout.readline().strip() != "7":
        assert writer.poll() is None
    writer.send_signal(signal.SIGKILL)
    writer.communicate()
    index = place(tmp_path, tokenizer)
    assert index.store.count() >= 9
    assert in_step(index)
    index.close()
