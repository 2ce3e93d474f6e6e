"""Ways of recognising free-text answers that the product's own is measured against: an embedder, and a language model."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from functools import cached_property
from typing import Any, Literal

import numpy as np
from langchain_core.messages import HumanMessage, SystemMessage
from pydantic import BaseModel, Field, create_model

from assistant.diagnosis.hearing import Heard
from assistant.diagnosis.mapping import Examples, examples
from assistant.engine import Engine, Owner
from assistant.errors import MalformedAnswerError
from assistant.structured import structured
from knowledge.instrument import UNKNOWN, Item
from retrieval.embedding import TextEmbedder

_ASIDES = (UNKNOWN, "question", "ask")
_SYSTEM = (
    "공장 사람의 대답이 보기 가운데 어느 것에 맞는지 고르세요. 모른다는 말이면 unknown, 되묻는 말이면 question, "
    "어느 보기인지 알 수 없으면 ask를 고르세요. sure는 얼마나 확실한지 0에서 1까지로 적으세요."
)


class Rules:
    """Nothing but the plain forms: what is neither a number nor a choice's own words is asked about again."""

    def read(self, item: Item, text: str) -> Heard:
        del text
        return Heard("unclear", nearest=item.values[:2])


class Embedded:
    """A linear classifier over an embedder's vectors, trained on the same examples as the product's own."""

    def __init__(self, embedder: TextEmbedder, judge: Examples) -> None:
        self._embedder = embedder
        self._judge = judge
        self._trained: dict[str, tuple[Any, Any]] = {}

    def read(self, item: Item, text: str) -> Heard:
        return self._judge.judged(item, self.shares(item, text))

    def shares(self, item: Item, text: str) -> dict[str, float]:
        if item.id not in self._trained:
            self._trained[item.id] = self._train(item)
        classifier, middle = self._trained[item.id]
        found = classifier.predict_proba([(self._embedder.embed_passages([text])[0] - middle) * 10])[0]
        return {str(label): float(share) for label, share in zip(classifier.classes_, found, strict=True)}

    def _train(self, item: Item) -> tuple[Any, Any]:
        from sklearn.linear_model import LogisticRegression

        texts, labels = examples(item)
        vectors = self._embedder.embed_passages(texts)
        middle = np.mean(vectors, axis=0)
        classifier = LogisticRegression(C=10, max_iter=2000, class_weight="balanced")
        return classifier.fit((vectors - middle) * 10, labels), middle


class Together:
    """The mean of what two recognisers hold likely."""

    def __init__(self, judge: Examples, other: Embedded) -> None:
        self._judge = judge
        self._other = other

    def read(self, item: Item, text: str) -> Heard:
        return self._judge.judged(item, self.shares(item, text))

    def shares(self, item: Item, text: str) -> dict[str, float]:
        own, others = self._judge.shares(item, text), self._other.shares(item, text)
        return {label: (share + others[label]) / 2 for label, share in own.items()}


class Model:
    """A language model that picks a choice by JSON schema and says how sure it is."""

    def __init__(self, engine: Engine, judge: Examples | None = None) -> None:
        """With `judge`, the model is asked only where that is not sure, and counts only where it picks one of the two
        nearest.
        """
        self._engine = engine
        self._judge = judge

    @cached_property
    def _loop(self) -> asyncio.AbstractEventLoop:
        return asyncio.new_event_loop()

    def read(self, item: Item, text: str) -> Heard:
        first = self._judge.read(item, text) if self._judge else None
        if first is not None and first.kind != "unclear":
            return first
        picked = self._loop.run_until_complete(self._pick(item, text))
        if first is not None and picked.value not in first.nearest:
            return first
        return picked

    async def _pick(self, item: Item, text: str) -> Heard:
        choice: Any = Literal[(*item.values, *_ASIDES)]
        answer: type[BaseModel] = create_model("Choice", choice=(choice, ...), sure=(float, Field(ge=0, le=1)))
        try:
            found: Any = await structured(self._engine, Owner("eval", "eval"), _prompt(item, text), answer, 60)
        except MalformedAnswerError:
            return Heard("unclear")
        if found.choice == "question":
            return Heard("question", share=found.sure)
        return Heard("unclear") if found.choice == "ask" else Heard("value", found.choice, share=found.sure)


def _prompt(item: Item, text: str) -> list[Any]:
    choices: Sequence[str] = [f"{anchor.value}: {anchor.text}" for anchor in item.anchors]
    return [
        SystemMessage(_SYSTEM),
        HumanMessage(f"질문: {item.text}\n보기:\n" + "\n".join(choices) + f"\n대답: {text}"),
    ]
