"""Recognises which anchor people's own words mean, by examples of how people put it (`library/instrument/said/`).

A linear classifier over character n-grams and words, a word that is denied or only planned being another one than the plain
(`clauses`). It is trained on the spot from the examples of one question: nothing leaves this machine, the same words are
always taken for the same, and it works whatever model answers questions. How it was chosen among examples, embedder and
language model is in `evals/LOG.md`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from threading import Lock, Thread
from typing import TYPE_CHECKING, Any

import numpy as np
import yaml
from numpy.typing import NDArray

from assistant.diagnosis.clauses import only_denied, words
from assistant.diagnosis.hearing import Heard, statement
from knowledge.instrument import Item
from retrieval.korean import Tokenizer

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

QUESTION, VAGUE = "question", "ask"
"""Labels of `said/any.yaml` beside `unknown`: the person asks back; what is said tells no level."""
SURE = 0.6
"""Share from which on what was heard is put to the person as understood; set on the development answers."""
SURE_OF_DENIAL = 0.9
"""The same where somebody says only what is not, or not yet. That seldom leaves one level; set by cross-validation."""
_SPACE = 2**19
"""Features are told apart by a hash, so that 63 recognisers need not keep the text of theirs."""


@dataclass(frozen=True, slots=True)
class _Recogniser:
    """Trained for one question: what each hashed feature weighs for each label. `columns` in order; `weights` are
    (labels, columns).
    """

    labels: tuple[str, ...]
    columns: NDArray[np.int32]
    rarity: NDArray[np.float32]
    weights: NDArray[np.float32]
    bias: NDArray[np.float64]

    def shares(self, row: csr_matrix) -> dict[str, float]:
        """Of one text, by its counts as `_counts` gives them."""
        votes = self.bias + _weighed(row, self.columns, self.rarity) @ self.weights.T.astype(np.float64)
        grown = np.exp(votes[0] - votes.max())
        return {label: float(share) for label, share in zip(self.labels, grown / grown.sum(), strict=True)}


class Examples:
    """Any thread may ask; each question's recogniser is trained when it is first needed (a fraction of a second), and whoever
    asks about another question does not wait for it. `warm` trains many beforehand.
    """

    def __init__(self, tokenizer: Tokenizer, *, sure: float = SURE) -> None:
        self._tokenizer = tokenizer
        self._sure = sure
        self._lock = Lock()
        self._fitting = Lock()
        self._training: dict[str, Lock] = {}
        self._trained: dict[str, _Recogniser] = {}

    async def heard(self, item: Item, text: str) -> Heard:
        return await asyncio.to_thread(self.read, item, text)

    def read(self, item: Item, text: str) -> Heard:
        """What `text` says to `item`, where it is sure enough; else what it is nearest to."""
        said = statement(text)
        denied = only_denied(words(self._tokenizer.morphemes_of([said])[0]))
        return self.judged(item, self.shares(item, said), max(self._sure, SURE_OF_DENIAL) if denied else self._sure)

    def judged(self, item: Item, shares: dict[str, float], sure: float | None = None) -> Heard:
        """What these shares come to. `sure`: from which share on; that of `Examples` where it is not given."""
        order = sorted(shares, key=lambda label: (-shares[label], label))
        first = order[0]
        if shares[first] < (self._sure if sure is None else sure) or first == VAGUE:
            anchors = [label for label in order if label in item.values][:2]
            return Heard("unclear", nearest=tuple(sorted(anchors, key=item.values.index)), share=shares[first])
        if first == QUESTION:
            return Heard("question", share=shares[first])
        return Heard("value", first, share=shares[first])

    def shares(self, item: Item, text: str) -> dict[str, float]:
        """How likely each anchor, `unknown`, `question` and `ask` are, adding up to 1."""
        return self._recogniser(item).shares(self._counts([text]))

    def warm(self, items: Iterable[Item]) -> Thread:
        """Train for these questions in the background, one after the other; whoever asks meanwhile is served as ever."""
        every = tuple(items)
        thread = Thread(target=lambda: [self._recogniser(item) for item in every], name="said-examples", daemon=True)
        thread.start()
        return thread

    def _recogniser(self, item: Item) -> _Recogniser:
        known = self._trained.get(item.id)
        if known is not None:
            return known
        with self._lock:
            training = self._training.setdefault(item.id, Lock())
        with training:
            if item.id not in self._trained:
                self._trained[item.id] = self._train(item)
            return self._trained[item.id]

    def _train(self, item: Item) -> _Recogniser:
        texts, labels = examples(item)
        counts = self._counts(texts)
        columns = np.unique(counts.indices)
        held = np.bincount(np.searchsorted(columns, counts.indices), minlength=len(columns))
        rarity = np.log((1 + len(texts)) / (1 + held)) + 1
        with self._fitting:
            return _fitted(_weighed(counts, columns, rarity), labels, columns, rarity)

    def _counts(self, texts: Sequence[str]) -> csr_matrix:
        """How often each text has each feature: character n-grams in the lower half of the space, words in the upper."""
        from scipy.sparse import hstack
        from sklearn.feature_extraction.text import HashingVectorizer

        hashed = {"n_features": _SPACE, "alternate_sign": False, "norm": None}
        letters = HashingVectorizer(analyzer="char_wb", ngram_range=(1, 4), **hashed)
        telling = HashingVectorizer(analyzer=words, **hashed)
        analysed = self._tokenizer.morphemes_of(texts)
        return hstack([letters.transform(texts), telling.transform(analysed)], format="csr")


def _fitted(rows: csr_matrix, labels: list[str], columns: NDArray[Any], rarity: NDArray[Any]) -> _Recogniser:
    """The classifier sees each text as a point among the texts, not among the twenty times as many features: the same optimum
    (turning the axes does not change its penalty), found many times faster. One at a time, because how many threads linear
    algebra takes is set for the whole process: with more than one, they wait for each other ten times as long as they work.
    """
    from sklearn.linear_model import LogisticRegression
    from threadpoolctl import threadpool_limits

    with threadpool_limits(1, user_api="blas"):
        lengths, axes = np.linalg.eigh((rows @ rows.T).toarray())
        axes, lengths = axes[:, lengths > 1e-9], np.sqrt(lengths[lengths > 1e-9])
        classifier = LogisticRegression(C=40, max_iter=2000, class_weight="balanced").fit(axes * lengths, labels)
        weights = (rows.T @ (axes / lengths @ classifier.coef_.T)).T
    return _Recogniser(
        tuple(str(label) for label in classifier.classes_),
        columns.astype(np.int32),
        rarity.astype(np.float32),
        weights.astype(np.float32),
        classifier.intercept_,
    )


def _weighed(counts: csr_matrix, columns: NDArray[Any], rarity: NDArray[Any]) -> csr_matrix:
    """TF-IDF over `columns` alone; n-grams and words of a text each have length 1, so that they count alike."""
    from scipy.sparse import csr_matrix

    at = np.searchsorted(columns, counts.indices).clip(max=len(columns) - 1)
    rows = np.repeat(np.arange(counts.shape[0]), np.diff(counts.indptr))
    known = columns[at] == counts.indices
    at, rows = at[known], rows[known]
    weights = (1 + np.log(counts.data[known])) * rarity[at]
    half = 2 * rows + (columns[at] >= _SPACE)
    lengths = np.sqrt(np.bincount(half, weights**2, minlength=1))
    return csr_matrix((weights / lengths[half], (rows, at)), shape=(counts.shape[0], len(columns)))


def examples(item: Item) -> tuple[list[str], list[str]]:
    """Texts and the label of each: the item's anchors, and what fits any question."""
    pairs = [(text, anchor.value) for anchor in item.anchors for text in (anchor.text, anchor.seen, *anchor.said)]
    for kept in (_kept(item.id), _kept("any"), *(_kept(name).get(item.id, {}) for name in ("asides", "denied"))):
        pairs += [(text, value) for value, texts in kept.items() for text in texts]
    return [text for text, _ in pairs], [label for _, label in pairs]


@cache
def _kept(name: str) -> dict[str, Any]:
    """Examples of one file; none where a question has no file of its own."""
    path = files("knowledge") / "library" / "instrument" / "said" / f"{name}.yaml"
    loaded: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8")) if path.is_file() else {}
    return loaded
