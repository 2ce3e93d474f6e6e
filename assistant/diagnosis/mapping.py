"""Recognises which anchor people's own words mean, by examples of how people put it (`library/instrument/said/`).

A linear classifier over character n-grams and morphemes, trained on the spot from the examples of one question: nothing
leaves this machine, the same words are always taken for the same, and it works whatever model answers questions. How it was
chosen among examples, embedder and language model is in `evals/LOG.md`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from threading import Lock
from typing import TYPE_CHECKING, Any

import yaml

from assistant.diagnosis.hearing import Heard
from knowledge.instrument import Item
from retrieval.korean import Tokenizer

if TYPE_CHECKING:
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import FeatureUnion

QUESTION, VAGUE = "question", "ask"
"""Labels of `said/any.yaml` beside `unknown`: the person asks back; what is said tells no level."""
SURE = 0.6
"""Share from which on what was heard is put to the person as understood; set on the development answers."""


@dataclass(frozen=True, slots=True)
class _Recogniser:
    """Trained for one question. `labels` in the order of the classifier's shares."""

    features: FeatureUnion
    classifier: LogisticRegression
    labels: tuple[str, ...]

    def shares(self, text: str) -> dict[str, float]:
        found = self.classifier.predict_proba(self.features.transform([text]))[0]
        return {label: float(share) for label, share in zip(self.labels, found, strict=True)}


class Examples:
    """Any thread may ask; each question's recogniser is trained when it is first needed (a fraction of a second)."""

    def __init__(self, tokenizer: Tokenizer, *, sure: float = SURE) -> None:
        self._tokenizer = tokenizer
        self._sure = sure
        self._lock = Lock()
        self._trained: dict[str, _Recogniser] = {}

    async def heard(self, item: Item, text: str) -> Heard:
        return await asyncio.to_thread(self.read, item, text)

    def read(self, item: Item, text: str) -> Heard:
        """What `text` says to `item`, where it is sure enough; else what it is nearest to."""
        return self.judged(item, self.shares(item, text))

    def judged(self, item: Item, shares: dict[str, float]) -> Heard:
        order = sorted(shares, key=lambda label: (-shares[label], label))
        first = order[0]
        if shares[first] < self._sure or first == VAGUE:
            anchors = [label for label in order if label in item.values][:2]
            return Heard("unclear", nearest=tuple(sorted(anchors, key=item.values.index)), share=shares[first])
        if first == QUESTION:
            return Heard("question", share=shares[first])
        return Heard("value", first, share=shares[first])

    def shares(self, item: Item, text: str) -> dict[str, float]:
        """How likely each anchor, `unknown`, `question` and `ask` are, adding up to 1."""
        return self._recogniser(item).shares(text)

    def _recogniser(self, item: Item) -> _Recogniser:
        with self._lock:
            if item.id not in self._trained:
                self._trained[item.id] = self._train(item)
            return self._trained[item.id]

    def _train(self, item: Item) -> _Recogniser:
        from sklearn.feature_extraction.text import TfidfVectorizer
        from sklearn.linear_model import LogisticRegression
        from sklearn.pipeline import FeatureUnion

        texts, labels = examples(item)
        features = FeatureUnion(
            [
                ("letters", TfidfVectorizer(analyzer="char_wb", ngram_range=(1, 4), sublinear_tf=True)),
                ("words", TfidfVectorizer(analyzer=self._words, sublinear_tf=True)),
            ]
        )
        classifier = LogisticRegression(C=40, max_iter=2000, class_weight="balanced")
        classifier.fit(features.fit_transform(texts), labels)
        return _Recogniser(features, classifier, tuple(str(label) for label in classifier.classes_))

    def _words(self, text: str) -> Sequence[str]:
        return self._tokenizer.words(text)


def examples(item: Item) -> tuple[list[str], list[str]]:
    """Texts and the label of each: the item's anchors, and what fits any question."""
    pairs = [(text, anchor.value) for anchor in item.anchors for text in (anchor.text, anchor.seen, *anchor.said)]
    for kept in (_kept(item.id), _kept("any"), _kept("asides").get(item.id, {})):
        pairs += [(text, value) for value, texts in kept.items() for text in texts]
    return [text for text, _ in pairs], [label for _, label in pairs]


@cache
def _kept(name: str) -> dict[str, Any]:
    """Examples of one file; none where a question has no file of its own."""
    path = files("knowledge") / "library" / "instrument" / "said" / f"{name}.yaml"
    loaded: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8")) if path.is_file() else {}
    return loaded
