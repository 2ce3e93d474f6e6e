"""A GGUF file rewritten as a bfloat16 folder, which vLLM opens. Run once, by vLLM's own Python.

    python -P vllm_rewrite.py FILE.gguf FOLDER

Needs about three times the unpacked model in memory (0.5B: 3.1 GB). It stands alone: nothing of the product is imported.
"""

from __future__ import annotations

import sys
from pathlib import Path


def main() -> None:
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer, GgufConfig

    source, target = Path(sys.argv[1]), Path(sys.argv[2])
    where = {"pretrained_model_name_or_path": str(source.parent), "gguf_file": source.name, "local_files_only": True}
    AutoTokenizer.from_pretrained(**where).save_pretrained(target)
    unpacked = GgufConfig(dequantize=True)
    model = AutoModelForCausalLM.from_pretrained(**where, dtype=torch.bfloat16, quantization_config=unpacked)
    model.save_pretrained(target)


if __name__ == "__main__":
    main()
