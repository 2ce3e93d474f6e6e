"""Sentences of this package for people: why search cannot answer now, and what to do about it."""

from __future__ import annotations

from typing import Literal

Language = Literal["ko", "en"]

SENTENCES: dict[str, dict[Language, str]] = {
    "retrieval": {
        "ko": "자료를 찾는 중 문제가 생겼습니다. 잠시 뒤 다시 시도해 주세요.",
        "en": "Something went wrong while searching. Please try again in a moment.",
    },
    "foreign_vectors": {
        "ko": "자료가 지금과 다른 임베딩 모델로 색인되어 있습니다. 자료를 다시 색인해 주세요.",
        "en": "The documents were indexed with another embedding model. Index them again.",
    },
    "broken_index": {
        "ko": "검색 색인이 손상되었고 다시 만들지 못했습니다. 디스크 공간과 폴더 권한을 확인해 주세요.",
        "en": "The search index is damaged and could not be rebuilt. Check disk space and folder permissions.",
    },
    "model_missing": {
        "ko": "임베딩 모델이 없습니다. `giljabi models fetch`로 내려받아 주세요.",
        "en": "The embedding model is missing. Fetch it with `giljabi models fetch`.",
    },
    "nothing_to_quote": {
        "ko": "인용할 문장이 없습니다.",
        "en": "There is no sentence to quote.",
    },
}
