"""What can go wrong between documents and cited passages."""

from __future__ import annotations


class RetrievalError(Exception):
    """Base of this package's errors. `reason` is a key of `retrieval.text.SENTENCES`."""

    reason = "retrieval"

    def __init__(self, **details: object) -> None:
        super().__init__(self.reason, details)
        self.details = details


class ForeignVectorsError(RetrievalError):
    """Vectors of another embedder, or of another length: they cannot be compared with those that are here."""

    reason = "foreign_vectors"


class BrokenIndexError(RetrievalError):
    """An index folder is missing, truncated or unreadable. It is derived, so its owner rebuilds it."""

    reason = "broken_index"


class ModelMissingError(RetrievalError):
    """The embedding model's folder is not there."""

    reason = "model_missing"


class EmbedderDownError(RetrievalError):
    """The embedding service cannot be used now. Search goes on with keywords, and documents wait to be embedded."""

    reason = "embedder_down"


class RerankerDownError(RetrievalError):
    """The reranking service cannot be used now: the order of the search stands."""

    reason = "reranker_down"


class NoRerankerError(RetrievalError):
    """The folder named does not hold a reranker: a cross-encoder with one score a pair."""

    reason = "no_reranker"


class NothingToQuoteError(RetrievalError):
    """A quotation was asked of a text without a sentence."""

    reason = "nothing_to_quote"
