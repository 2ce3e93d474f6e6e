"""What vLLM's last words mean to the person who started it."""

from __future__ import annotations

import re
from collections.abc import Sequence

# Sought from top to bottom: the first that is found is the cause, others follow from it.
# Reason (a key of `serving.text.SENTENCES`) and what vLLM 0.32, PyTorch or the system say.
SIGNS: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (reason, re.compile(pattern, re.IGNORECASE | re.MULTILINE))
    for reason, pattern in (
        ("trouble_flags", r"unrecognized arguments|error: argument --|invalid choice:"),
        ("trouble_disk", r"No space left on device"),
        ("trouble_port", r"address already in use|Errno 98\b"),
        ("trouble_driver", r"Found no NVIDIA driver|driver version is insufficient|Failed to infer device type"),
        ("trouble_driver", r"No CUDA GPUs are available|NVML_ERROR|libcuda\.so"),
        ("trouble_dtype", r"is only supported on GPUs with compute capability|with compute capability of at least"),
        ("trouble_gpu_busy", r"less than desired GPU memory utilization"),
        ("trouble_memory", r"less than desired CPU memory utilization|Available memory on node .* is (?:less|smaller)"),
        ("trouble_memory", r"DefaultCPUAllocator: can't allocate|Cannot allocate memory|\bMemoryError"),
        ("trouble_kv_cache", r"To serve at least one request with|No available memory for the cache blocks"),
        ("trouble_gpu_memory", r"CUDA out of memory|OutOfMemoryError|CUDA error: out of memory"),
        ("trouble_context", r"is (?:greater|larger) than the derived max_model_len|max_model_len.* is greater"),
        ("trouble_architecture", r"architectures? .* (?:are|is) not supported|does not recognize this architecture"),
        ("trouble_files", r"LocalEntryNotFoundError|does not appear to have a file named|Error no file named"),
        ("trouble_environment", r"ModuleNotFoundError: No module named 'vllm'$|GLIBC_\S+' not found|Exec format error"),
        ("trouble_environment", r"ImportError: cannot import name"),
        ("trouble_files", r"Cannot find any model weights|Invalid repository ID|SafetensorError|header too large"),
    )
)
KILLED = -9


def cause(lines: Sequence[str], exit_code: int | None) -> str:
    """The reason, a key of `serving.text.SENTENCES`; `trouble_unknown` where the log does not tell."""
    text = "\n".join(lines)
    for reason, sign in SIGNS:
        if sign.search(text):
            return reason
    return "trouble_killed" if exit_code == KILLED else "trouble_unknown"
