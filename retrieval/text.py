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
        "ko": "자료가 지금과 다른 임베딩 모델로 색인되어 있습니다. 임베딩 서비스가 같은 이름으로 다른 모델을 내보내지 않는지 확인하고, 모델을 바꾸었다면 GILJABI_EMBED_MODEL의 이름도 바꿔 주세요.",
        "en": "The documents were indexed with another embedding model. Check that the embedding service does not serve another model under the same name; if the model was changed, change the name in GILJABI_EMBED_MODEL too.",
    },
    "broken_index": {
        "ko": "검색 색인이 손상되었고 다시 만들지 못했습니다. 디스크 공간과 폴더 권한을 확인해 주세요.",
        "en": "The search index is damaged and could not be rebuilt. Check disk space and folder permissions.",
    },
    "model_missing": {
        "ko": "임베딩 모델이 없습니다. `giljabi models fetch`로 내려받아 주세요.",
        "en": "The embedding model is missing. Fetch it with `giljabi models fetch`.",
    },
    "embedder_down": {
        "ko": "임베딩 서비스를 쓸 수 없습니다. 서비스가 켜져 있는지, GILJABI_EMBED_URL, GILJABI_EMBED_MODEL, GILJABI_POOLING_KEY가 맞는지 확인해 주세요.",
        "en": "The embedding service cannot be used. Check that it runs, and GILJABI_EMBED_URL, GILJABI_EMBED_MODEL and GILJABI_POOLING_KEY.",
    },
    "reranker_down": {
        "ko": "재정렬 서비스를 쓸 수 없습니다. 서비스가 켜져 있는지, GILJABI_RERANK_URL, GILJABI_RERANK_MODEL, GILJABI_POOLING_KEY가 맞는지 확인해 주세요.",
        "en": "The reranking service cannot be used. Check that it runs, and GILJABI_RERANK_URL, GILJABI_RERANK_MODEL and GILJABI_POOLING_KEY.",
    },
    "no_reranker": {
        "ko": "GILJABI_RERANK_MODEL이 가리키는 폴더에 재정렬 모델(크로스 인코더)이 없습니다. 폴더를 확인해 주세요.",
        "en": "The folder that GILJABI_RERANK_MODEL names holds no reranker (a cross-encoder). Check the folder.",
    },
    "nothing_to_quote": {
        "ko": "인용할 문장이 없습니다.",
        "en": "There is no sentence to quote.",
    },
}
