"""The child program: llama.cpp's OpenAI-compatible server on one loopback port, for one parent.

    python -m serving.engines.llama_server --model FILE --name NAME --port N --threads N --context N --slots N

The first line of standard input is the API key, so that no process list shows it. The program ends when standard
input does, or when its parent dies. It stands alone: nothing of the product is imported.
"""

from __future__ import annotations

import argparse
import ctypes
import os
import signal
import sys
from typing import Any

PR_SET_PDEATHSIG = 1
PROMPT_CACHE_MIB = 512  # earlier prefixes kept in memory, beside the slots' own


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--model", required=True)
    parser.add_argument("--name", required=True)
    for number in ("--port", "--threads", "--context", "--slots"):
        parser.add_argument(number, type=int, required=True)
    options = parser.parse_args()
    _die_with_parent()
    key = sys.stdin.readline().strip()
    # A thread that waits for the others spins some 30 µs, then sleeps. GNU OpenMP's own default spins for milliseconds,
    # which takes the core from the very thread that is waited for as soon as anything else runs on the machine.
    os.environ.setdefault("GOMP_SPINCOUNT", "1000")
    from xllamacpp import Server

    server = Server(_parameters(options, key))
    sys.stdin.read()  # until the parent closes it
    del server
    os._exit(0)


def _die_with_parent() -> None:
    """Linux only; elsewhere the end of standard input has to do. It also works while the model is being loaded."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def _parameters(options: argparse.Namespace, key: str) -> Any:
    from xllamacpp import CommonParams

    params = CommonParams()
    params.model.path = options.model
    params.model_alias = {options.name}
    params.hostnames = ["127.0.0.1"]
    params.port = options.port
    params.api_keys = [key]
    params.n_ctx = options.context * options.slots
    params.n_parallel = options.slots
    params.cpuparams.n_threads = params.cpuparams_batch.n_threads = options.threads
    params.cache_prompt = True
    params.cache_ram_mib = PROMPT_CACHE_MIB
    params.endpoint_metrics = True
    params.endpoint_slots = False  # it would show what others ask
    params.ui = False
    _copy_from_the_prompt(params)
    return params


def _copy_from_the_prompt(params: Any) -> None:
    """Answers repeat their passages: when the last words stand in the prompt, the next ones are tried from there.

    Tried words that are wrong cost time and nothing else. Short tries only: without wide vector units a try of eight
    words costs what it saves.
    """
    from xllamacpp import common_speculative_type

    params.speculative.types = [common_speculative_type.COMMON_SPECULATIVE_TYPE_NGRAM_SIMPLE]
    params.speculative.ngram_simple.size_n = 3
    params.speculative.ngram_simple.size_m = 3


if __name__ == "__main__":
    main()
