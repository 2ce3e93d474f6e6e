"""Passages read together with the question: what a reranker is, and one that runs a cross-encoder from a local folder."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Protocol

import numpy as np
import numpy.typing as npt

from retrieval.errors import NoRerankerError

if TYPE_CHECKING:
    from sentence_transformers import CrossEncoder

Scores = npt.NDArray[np.float32]

_BATCH = 8


class Reranker(Protocol):
    """Says how well each text answers a query. The in-process model and a reranking service are the two."""

    def scores(self, query: str, texts: Sequence[str]) -> Scores:
        """(len(texts),) float32, higher is better; only scores of one call compare. Raises RerankerDownError."""


class CrossEncoderReranker:
    """A cross-encoder in this process. Loaded at first use; any thread may call it, one query at a time is computed."""

    def __init__(self, folder: Path) -> None:
        """Raises NoRerankerError where the folder holds another kind of model, which would be loaded with a random head."""
        self._folder = folder
        self._computing = Lock()
        self._model: CrossEncoder | None = None
        self._threads = os.cpu_count() or 1
        if not _is_cross_encoder(folder):
            raise NoRerankerError(folder=folder.name)

    def scores(self, query: str, texts: Sequence[str]) -> Scores:
        if not texts:
            return np.empty(0, dtype=np.float32)
        import torch

        with self._computing, torch.inference_mode():
            if self._model is None:
                self._model = self._load()
            torch.set_num_threads(self._threads)  # the embedder sets it too, for the whole process
            pairs = [(query, text) for text in texts]
            found = self._model.predict(pairs, batch_size=_BATCH, show_progress_bar=False, convert_to_numpy=True)
        return np.asarray(found, dtype=np.float32)

    def _load(self) -> CrossEncoder:
        from sentence_transformers import CrossEncoder

        return CrossEncoder(str(self._folder), device="cpu", local_files_only=True)


def _is_cross_encoder(folder: Path) -> bool:
    try:
        config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    classifies = any(name.endswith("ForSequenceClassification") for name in config.get("architectures") or ())
    return classifies and len(config.get("id2label") or ()) == 1  # one score a pair
