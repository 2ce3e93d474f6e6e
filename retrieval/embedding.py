"""Texts to vectors: what an embedder is, and one that runs a sentence-transformers model from a local folder."""

from __future__ import annotations

import hashlib
import json
import os
import secrets
from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from threading import BoundedSemaphore, Lock
from typing import TYPE_CHECKING, Protocol

import numpy as np

from retrieval.errors import ModelMissingError
from retrieval.store import Vectors

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

_REMEMBERED = 256
"""Query vectors kept: people ask the same thing twice, and a page asks once for evidence and once for the answer."""


class TextEmbedder(Protocol):
    """Turns texts into vectors; any thread may call it. The in-process model and an embedding service are the two."""

    @property
    def identity(self) -> str:
        """Names what makes the vectors: those of two identities are never compared. Known without the model or service."""

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        """(len(texts), dimension) float32, each row of length 1. Raises EmbedderDownError."""

    def embed_query(self, text: str) -> Vectors:
        """(dimension,) float32 of length 1. Raises EmbedderDownError."""


class QueryMemory:
    """The vectors of the questions asked last. Any thread may ask. The questions themselves are not kept."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._salt = secrets.token_bytes(16)
        self._vectors: OrderedDict[bytes, Vectors] = OrderedDict()

    def recall(self, text: str, embed: Callable[[], Vectors]) -> Vectors:
        """The vector of `text`, from `embed` where it is not known. What `embed` raises is not remembered."""
        key = hashlib.blake2b(text.encode("utf-8", "surrogatepass"), key=self._salt).digest()
        with self._lock:
            known = self._vectors.get(key)
            if known is not None:
                self._vectors.move_to_end(key)
                return known
        vector = embed()
        with self._lock:
            self._vectors[key] = vector
            if len(self._vectors) > _REMEMBERED:
                self._vectors.popitem(last=False)
        return vector


class Embedder:
    """An embedding model in this process. Loaded at first use; any thread may call it.

    As many batches are computed at a time as there are processors, each by one thread: a small model gains less from
    sharing each of its steps between threads (1.2 to 1.5 times as fast as one batch on two threads, measured on two).
    """

    def __init__(
        self,
        folder: Path,
        name: str = "multilingual-e5-small",
        query_prefix: str = "query: ",
        passage_prefix: str = "passage: ",
        batch: int = 4,
    ) -> None:
        """`name` and the dimension identify the vectors: models whose vectors differ must be named differently.

        The prefixes are what the model was trained with; the defaults are those of the E5 family.
        """
        self._folder = folder
        self._name = name
        self._query_prefix = query_prefix
        self._passage_prefix = passage_prefix
        self._batch = batch
        self._threads = os.cpu_count() or 1
        self._next = Lock()
        self._computing = BoundedSemaphore(self._threads)
        self._loading = Lock()
        self._tokenising = Lock()  # the tokenizer's padding is set for each batch, and two may not set it at once
        self._model: SentenceTransformer | None = None
        self._queries = QueryMemory()

    @property
    def identity(self) -> str:
        """Model name and dimension, e.g. `multilingual-e5-small/384`. Read without loading the model."""
        return f"{self._name}/{self.dimension}"

    @property
    def dimension(self) -> int:
        """Length of a vector. Raises ModelMissingError when the folder holds no model."""
        try:
            config = json.loads((self._folder / "1_Pooling" / "config.json").read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise ModelMissingError(folder=self._folder.name) from error
        return int(config.get("word_embedding_dimension") or config["embedding_dimension"])

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        """(len(texts), dimension) float32, each row of length 1. Batches are of like length, so little is padding."""
        vectors = np.empty((len(texts), self.dimension), dtype=np.float32)
        order = sorted(range(len(texts)), key=lambda i: len(texts[i]), reverse=True)
        batches = [order[start : start + self._batch] for start in range(0, len(order), self._batch)]

        def compute(rows: list[int]) -> None:
            vectors[rows] = self._encode([self._passage_prefix + texts[i] for i in rows])

        with ThreadPoolExecutor(self._threads, thread_name_prefix="embed") as pool:
            list(pool.map(compute, batches))  # the first failure is raised
        return vectors

    def embed_query(self, text: str) -> Vectors:
        """(dimension,) float32 of length 1."""
        return self._queries.recall(text, lambda: self._encode([self._query_prefix + text])[0])

    def _encode(self, texts: list[str]) -> Vectors:
        import torch

        with self._turn(), torch.inference_mode():
            model = self._loaded()
            torch.set_num_threads(1)
            with self._tokenising:
                features = model.preprocess(texts)
            rows = torch.nn.functional.normalize(model(features)["sentence_embedding"], dim=1)
        return np.asarray(rows.numpy(), dtype=np.float32)

    @contextmanager
    def _turn(self) -> Iterator[None]:
        """One of the places there are. Whoever waits is next: a question comes after one batch of a large document, not all."""
        with self._next:
            self._computing.acquire()
        try:
            yield
        finally:
            self._computing.release()

    def _loaded(self) -> SentenceTransformer:
        with self._loading:
            if self._model is None:
                self._model = self._load()
            return self._model

    def _load(self) -> SentenceTransformer:
        from sentence_transformers import SentenceTransformer

        if not (self._folder / "modules.json").is_file():
            raise ModelMissingError(folder=self._folder.name)
        return SentenceTransformer(str(self._folder), device="cpu", local_files_only=True).eval()
