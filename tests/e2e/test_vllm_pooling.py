"""Embedding and reranking by real vLLM, beside the in-process model they stand in for."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import httpx
import numpy as np
import pytest

from retrieval.embedding import Embedder
from retrieval.errors import EmbedderDownError
from serving.engines.environment import Environment
from serving.engines.pooling import PoolingEndpoint, RemoteEmbedder, RemoteReranker
from serving.engines.profile import load
from serving.engines.vllm import SERVER, SETTINGS
from serving.settings import Settings
from tests.e2e.conftest import free_port

pytestmark = pytest.mark.vllm

KEY = "a-key-of-this-test"
START_SECONDS = 240
TEXTS = [
    "자율형공장의 정부지원금은 2년 동안 최대 6억 원이다.",
    "E-217 알람은 금형 온도가 과열되었을 때 뜬다. 냉각수 밸브를 연다.",
    "AAS(자산관리셸)는 설비 같은 자산의 정보를 표준 형식으로 담은 디지털 명세서다.",
    "원사업자는 수급사업자의 기술자료를 요구하여서는 아니 된다. " * 60,  # over the model's 512 tokens
]
QUERY = "금형이 과열되면 어떻게 하나요?"


@pytest.fixture(scope="module")
def folder(shared_models: Path) -> Path:
    return shared_models / "e5-small"


@pytest.fixture(scope="module")
def url(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    port = free_port()
    python = Environment(Settings().home_path / "engines", load("cpu-trial")).python
    command = [str(python), "-P", str(SERVER), "--model", str(folder), "--served-model-name", "e5-small"]
    command += ["--runner", "pooling", "--enforce-eager", "--dtype", "float32", "--host", "127.0.0.1"]
    command += ["--port", str(port), "--kv-cache-memory-bytes", str(2**28)]
    log = tmp_path_factory.mktemp("pooling") / "vllm.log"
    with (
        log.open("wb") as said,
        subprocess.Popen(
            command,
            env={**os.environ, **SETTINGS},
            stdin=subprocess.PIPE,
            stdout=said,
            stderr=said,
            start_new_session=True,
            cwd=log.parent,
        ) as child,
    ):
        assert child.stdin is not None
        child.stdin.write(f"{KEY}\n".encode())
        child.stdin.flush()
        try:
            _await(child, f"http://127.0.0.1:{port}", log)
            yield f"http://127.0.0.1:{port}/v1"
        finally:
            with suppress(ProcessLookupError):
                os.killpg(child.pid, signal.SIGKILL)


def _await(child: subprocess.Popen[bytes], origin: str, log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        assert child.poll() is None, log.read_text()[-2000:]
        with suppress(httpx.TransportError):
            if httpx.get(f"{origin}/health", timeout=2).status_code == httpx.codes.OK:
                return
        time.sleep(0.5)
    raise AssertionError(log.read_text()[-2000:])


def test_its_vectors_are_those_of_the_model_in_process(url: str, folder: Path) -> None:
    here, there = Embedder(folder), RemoteEmbedder(PoolingEndpoint(url, KEY, "e5-small"))
    cosines = (here.embed_passages(TEXTS) * there.embed_passages(TEXTS)).sum(axis=1)
    assert cosines.min() > 0.999
    assert float(here.embed_query(QUERY) @ there.embed_query(QUERY)) > 0.999


def test_it_reranks_by_the_model_s_own_measure(url: str) -> None:
    bare = RemoteEmbedder(PoolingEndpoint(url, KEY, "e5-small"), "", "")
    scores = RemoteReranker(PoolingEndpoint(url, KEY, "e5-small")).scores(QUERY, TEXTS)
    np.testing.assert_allclose(scores, bare.embed_passages(TEXTS) @ bare.embed_query(QUERY), atol=1e-3)
    assert int(scores.argmax()) == 1


def test_nobody_is_served_without_the_key(url: str) -> None:
    with pytest.raises(EmbedderDownError):
        RemoteEmbedder(PoolingEndpoint(url, "wrong", "e5-small")).embed_query(QUERY)
    origin = url.removesuffix("/v1")
    for route in ("/pooling", "/score", "/rerank", "/tokenize", "/v1/embeddings"):
        assert httpx.post(f"{origin}{route}", json={}, timeout=5).status_code == httpx.codes.UNAUTHORIZED
