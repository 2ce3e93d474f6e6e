from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from retrieval.errors import NoRerankerError
from retrieval.reranking import CrossEncoderReranker

pytestmark = pytest.mark.proof  # starts processes or waits: with `make test`

WORDS = ("밸브", "냉각수", "과열", "지원", "얼마", "최대")
TEXTS = ["밸브 냉각수", "지원", "냉각수 과열 밸브", "최대 지원 얼마"] * 5


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A cross-encoder of a few kilobytes that has learnt nothing, saved as a real one is."""
    import torch
    from transformers import BertConfig, BertForSequenceClassification, BertTokenizer

    its = tmp_path_factory.mktemp("reranker")
    vocabulary = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *WORDS]
    (its / "vocab.txt").write_text("\n".join(vocabulary), encoding="utf-8")
    BertTokenizer(str(its / "vocab.txt"), do_lower_case=False).save_pretrained(its)
    torch.manual_seed(1)
    sizes = {"hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 2, "intermediate_size": 64}
    config = BertConfig(vocab_size=len(vocabulary), num_labels=1, initializer_range=0.5, **sizes)
    BertForSequenceClassification(config).save_pretrained(its)
    return its


def test_each_pair_gets_the_models_own_score(folder: Path) -> None:
    import torch
    from transformers import AutoModelForSequenceClassification, AutoTokenizer

    scores = CrossEncoderReranker(folder).scores("냉각수 밸브", TEXTS)
    assert (scores.shape, scores.dtype) == ((len(TEXTS),), np.float32)
    tokenizer = AutoTokenizer.from_pretrained(folder)
    model = AutoModelForSequenceClassification.from_pretrained(folder).eval()
    with torch.inference_mode():
        expected = [
            torch.sigmoid(model(**tokenizer("냉각수 밸브", text, return_tensors="pt")).logits)[0, 0].item()
            for text in TEXTS
        ]
    np.testing.assert_allclose(scores, expected, atol=1e-5)
    assert len(set(np.round(scores[:4], 4).tolist())) == 4


def test_no_texts_no_scores(folder: Path) -> None:
    assert CrossEncoderReranker(folder).scores("무엇", []).shape == (0,)


def test_threads_share_it(folder: Path) -> None:
    reranker = CrossEncoderReranker(folder)
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda _: reranker.scores("냉각수", TEXTS), range(8)))
    for scores in found[1:]:
        np.testing.assert_array_equal(scores, found[0])


def test_a_folder_without_a_cross_encoder_is_refused(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(NoRerankerError):
        CrossEncoderReranker(tmp_path / "absent")
    config = json.loads((folder / "config.json").read_text())
    for wrong in (
        config | {"architectures": ["BertModel"]},
        config | {"id2label": {"0": "NO", "1": "YES"}},
        {"model_type": "bert"},
    ):
        (tmp_path / "config.json").write_text(json.dumps(wrong))
        with pytest.raises(NoRerankerError):
            CrossEncoderReranker(tmp_path)
