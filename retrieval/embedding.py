"""Texts to vectors: what an embedder is, and one that runs a sentence-transformers model from a local folder."""

from __future__ import annotations

import hashlib
import json
import os
import secrets
from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from threading import Lock
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
    """An embedding model in this process. Loaded at first use; any thread may call it, one batch at a time is computed."""

    def __init__(
        self,
        folder: Path,
        name: str = "multilingual-e5-small",
        query_prefix: str = "query: ",
        passage_prefix: str = "passage: ",
        batch: int = 8,
    ) -> None:
        """`name` and the dimension identify the vectors: models whose vectors differ must be named differently.

        The prefixes are what the model was trained with; the defaults are those of the E5 family.
        """
        self._folder = folder
        self._name = name
        self._query_prefix = query_prefix
        self._passage_prefix = passage_prefix
        self._batch = batch
        self._next = Lock()
        self._computing = Lock()
        self._model: SentenceTransformer | None = None
        self._threads = os.cpu_count() or 1
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
        for start in range(0, len(order), self._batch):
            rows = order[start : start + self._batch]
            vectors[rows] = self._encode([self._passage_prefix + texts[i] for i in rows])
        return vectors

    def embed_query(self, text: str) -> Vectors:
        """(dimension,) float32 of length 1."""
        return self._queries.recall(text, lambda: self._encode([self._query_prefix + text])[0])

    def _encode(self, texts: list[str]) -> Vectors:
        import torch

        with self._turn(), torch.inference_mode():
            if self._model is None:
                self._model = self._load()
            # One query gains nothing from a second thread, and where a language model keeps the processors busy it waits
            # for it: 60-490 ms with two threads against 30-100 ms with one, measured beside such load.
            torch.set_num_threads(1 if len(texts) == 1 else self._threads)
            vectors = self._model.encode(
                texts, batch_size=self._batch, normalize_embeddings=True, convert_to_numpy=True, show_progress_bar=False
            )
        return np.asarray(vectors, dtype=np.float32)

    @contextmanager
    def _turn(self) -> Iterator[None]:
        """The model to oneself. Whoever waits is next: a question comes after one batch of a large document, not all."""
        with self._next:
            self._computing.acquire()
        try:
            yield
        finally:
            self._computing.release()

    def _load(self) -> SentenceTransformer:
        from sentence_transformers import SentenceTransformer

        if not (self._folder / "modules.json").is_file():
            raise ModelMissingError(folder=self._folder.name)
        return SentenceTransformer(str(self._folder), device="cpu", local_files_only=True)
