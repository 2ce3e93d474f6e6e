"""How many tokens a text has for the served model."""

from __future__ import annotations

import logging
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any

from filelock import FileLock

from serving.errors import EngineError

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase

TOKENIZER = "tokenizer.json"
_PLAIN = re.compile(r"[a-zA-Z]|\s+|[!-~]")


class TokenCounter:
    """Counts with the model's own tokenizer, which is loaded from `folder` at first use. Any thread may call it."""

    def __init__(self, folder: Path) -> None:
        """Raises EngineError where the folder holds no tokenizer."""
        if not (folder / TOKENIZER).is_file():
            raise EngineError("tokenizer_absent", folder=str(folder))
        self._folder = folder
        self._loading = Lock()
        self._tokenizer: PreTrainedTokenizerBase | None = None

    def count(self, text: str) -> int:
        with self._loading:
            if self._tokenizer is None:
                self._tokenizer = _load(self._folder)
            return len(self._tokenizer.encode(text, add_special_tokens=False))


def estimated(text: str) -> int:
    """More than models that know Korean use, where their tokenizer is not at hand: a token a common syllable, one a
    letter or sign, one a byte of anything rarer, as byte-level tokenizers do at worst.
    """
    rest = "".join(char for char in text if not _common(char))
    rare = sum(len(char.encode()) for char in rest if not char.isascii())
    return len(text) - len(rest) + len(_PLAIN.findall(rest)) + rare


def _common(char: str) -> bool:
    """Whether it is one of the 2,350 syllables of KS X 1001, which a Korean vocabulary holds whole."""
    return "가" <= char <= "힣" and len(char.encode("euc-kr", "ignore")) == len(b"\xb0\xa1")


def tokenizer_of(gguf: Path) -> Path:
    """The tokenizer in a GGUF file, as a folder beside it. Written at first need, which takes seconds."""
    folder = gguf.parent / "tokenizer"
    with FileLock(gguf.parent / ".tokenizer.lock"):
        if not (folder / TOKENIZER).is_file():
            part = folder.with_suffix(".part")
            shutil.rmtree(part, ignore_errors=True)
            _quietly(lambda: _load(gguf.parent, gguf_file=gguf.name).save_pretrained(part))
            part.replace(folder)
    return folder


def _load(folder: Path, **options: Any) -> PreTrainedTokenizerBase:
    from transformers import AutoTokenizer

    loaded: PreTrainedTokenizerBase = AutoTokenizer.from_pretrained(str(folder), local_files_only=True, **options)
    return loaded


def _quietly(work: Callable[[], object]) -> None:
    """Without the library's own remarks on standard error, which a person who starts the product cannot use."""
    logger = logging.getLogger("transformers")
    level = logger.level
    logger.setLevel(logging.ERROR)
    try:
        work()
    finally:
        logger.setLevel(level)
