"""LangChain as its documentation shows it: loaders, recursive splitter, Chroma.

Needs the packages of the `dev` extra. `langchain-huggingface` pins another huggingface-hub than ours, so the embedding class
here calls sentence-transformers as that one does: `encode` over all texts, in its batches of 32.
"""

from __future__ import annotations

import os
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from langchain_core.embeddings import Embeddings

if TYPE_CHECKING:
    from langchain_core.documents import Document

CHUNK, OVERLAP = 1000, 200
"""Characters, as LangChain's own tutorial on retrieval sets them."""
SUFFIXES = (".pdf", ".md", ".txt", ".html", ".docx", ".csv")
_DIMENSION = 384


class ModelEmbeddings(Embeddings):
    """The product's embedding weights, used as langchain-huggingface uses any model."""

    def __init__(self, folder: Path) -> None:
        from sentence_transformers import SentenceTransformer

        self._model = SentenceTransformer(str(folder), device="cpu", local_files_only=True)

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        import torch

        torch.set_num_threads(os.cpu_count() or 1)  # as torch does by itself where nobody says otherwise
        vectors = self._model.encode(texts, normalize_embeddings=True, show_progress_bar=False)
        rows: list[list[float]] = vectors.tolist()
        return rows

    def embed_query(self, text: str) -> list[float]:
        return self.embed_documents([text])[0]


class NoEmbeddings(Embeddings):
    """Vectors that cost nothing, for timing everything else."""

    def __init__(self) -> None:
        self._random = np.random.default_rng(0)

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        rows = self._random.standard_normal((len(texts), _DIMENSION)).astype(np.float32)
        vectors: list[list[float]] = (rows / np.linalg.norm(rows, axis=1, keepdims=True)).tolist()
        return vectors

    def embed_query(self, text: str) -> list[float]:
        return self.embed_documents([text])[0]


def chunks(folder: Path) -> list[Document]:
    """Every file of the folder loaded by the loader for its suffix, and split."""
    from langchain_text_splitters import RecursiveCharacterTextSplitter

    splitter = RecursiveCharacterTextSplitter(chunk_size=CHUNK, chunk_overlap=OVERLAP, add_start_index=True)
    return splitter.split_documents(_loaded(folder))


def store(folder: Path, where: Path, embeddings: Embeddings) -> int:
    """From bytes to a searchable Chroma collection: how many chunks it holds."""
    from langchain_chroma import Chroma

    split = chunks(folder)
    kept: Any = Chroma(collection_name="stock", embedding_function=embeddings, persist_directory=str(where))
    for start in range(0, len(split), 5000):  # the most that one call to Chroma takes
        kept.add_documents(split[start : start + 5000])
    return len(split)


class Indexed:
    """The same through LangChain's indexing API, which embeds only what has changed; it loads and splits all the same."""

    def __init__(self, where: Path, embeddings: Embeddings) -> None:
        from langchain_chroma import Chroma
        from langchain_core.indexing import InMemoryRecordManager

        self._store = Chroma(collection_name="indexed", embedding_function=embeddings, persist_directory=str(where))
        self._records = InMemoryRecordManager("stock")
        self._records.create_schema()

    def update(self, folder: Path) -> None:
        """Bring the collection to what the folder holds now."""
        from langchain_core.indexing import index

        index(
            chunks(folder),
            self._records,
            self._store,
            cleanup="full",
            source_id_key="source",
            key_encoder="sha256",
            batch_size=1000,
        )


def _loaded(folder: Path) -> list[Document]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # langchain-community announces its end at import
        from langchain_community import document_loaders as loaders
    by_suffix: dict[str, tuple[Any, dict[str, Any]]] = {
        ".pdf": (loaders.PyPDFLoader, {}),
        ".md": (loaders.TextLoader, {"encoding": "utf-8"}),
        ".txt": (loaders.TextLoader, {"encoding": "utf-8"}),
        ".html": (loaders.BSHTMLLoader, {"open_encoding": "utf-8"}),
        ".docx": (loaders.Docx2txtLoader, {}),
        ".csv": (loaders.CSVLoader, {"encoding": "utf-8"}),
    }
    found: list[Document] = []
    for suffix, (loader, options) in by_suffix.items():
        found += loaders.DirectoryLoader(
            str(folder), glob=f"**/*{suffix}", loader_cls=loader, loader_kwargs=options
        ).load()
    return found
