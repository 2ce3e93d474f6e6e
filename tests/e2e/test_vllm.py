"""The whole product on real vLLM: a small model on the processor, started as a firm starts it.

`make test-vllm` has made vLLM's environment and the model's folder in this machine's own home before.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
import yaml
from httpx_sse import EventSource
from langchain_core.messages import BaseMessage, HumanMessage, SystemMessage
from prometheus_client.parser import text_string_to_metric_families
from pydantic import BaseModel, ConfigDict, Field

from assistant.budget import Budget
from assistant.drafting import draft_sentences
from assistant.engine import Owner
from assistant.structured import structured
from serving.engines.chat import Endpoint
from serving.engines.control import EngineControl, control
from serving.engines.deployment import Deployment
from serving.engines.environment import Environment
from serving.engines.profile import load
from serving.engines.salt import Salts
from serving.secret import secret_in
from serving.settings import Settings
from tests.e2e.conftest import Giljabi, free_port
from tests.e2e.test_product import ask, quotes_are_verbatim

pytestmark = pytest.mark.vllm

QUESTIONS = {  # question: (in the title of a cited document, in the answer)
    "자율형공장은 얼마까지 지원하나요?": ("자율형공장", "6억"),
    "대기업 LLM을 협력사가 쓸 수 있는 지원은 뭐가 있나요?": ("상생형 AI트랙", "AI트랙"),
    "AAS가 뭔가요?": ("AAS", "명세서"),
    "제조AI특화 스마트공장은 얼마를 지원하나요?": ("2026년", "2억"),
    "자율형공장에 신청하려면 무엇을 갖춰야 하나요?": ("자율형공장", "중간1"),
    "상생형 스마트공장의 자부담은 얼마인가요?": ("자부담", "40%"),
    "개인정보가 유출되면 언제까지 신고해야 하나요?": ("개인정보", "72시간"),
    "자율형공장 접수는 언제 마감됐나요?": ("자율형공장", "1월 7일"),
    "AI로 불량을 검사하려면 무엇이 필요한가요?": ("비전 검사", ""),
    "협력사 기술자료를 대기업이 요구할 때 지켜야 할 것은 무엇인가요?": ("상생형", "기술자료"),
}
ANSWER_TOKENS = 400
MARKER = "비밀금형-Q7731"
LONG = [SystemMessage("숫자를 쉬지 말고 씁니다."), HumanMessage("1부터 500까지 세어 주세요.")]


@dataclass
class Firm:
    """vLLM of one home, started from the command line, and Giljabi on it."""

    giljabi: Giljabi
    profile: Path

    @property
    def deployment(self) -> Deployment:
        return Deployment(self.giljabi.home / "engine")

    @property
    def endpoint(self) -> Endpoint:
        found = self.deployment.endpoint()
        assert found is not None
        return found

    def start_engine(self) -> None:
        done = self.giljabi.run("engine", "start", "--profile", str(self.profile))
        assert done.returncode == 0, done.stdout + done.stderr

    def counter(self, name: str, **labels: str) -> float:
        """A counter of vLLM's, over everything with these labels."""
        endpoint = self.endpoint
        headers = {"Authorization": f"Bearer {endpoint.api_key}"}
        text = httpx.get(endpoint.base_url.replace("/v1", "/metrics"), headers=headers, timeout=10).text
        samples = [sample for family in text_string_to_metric_families(text) for sample in family.samples]
        wanted = [s for s in samples if s.name == name and labels.items() <= s.labels.items()]
        return sum(sample.value for sample in wanted)

    def hits(self) -> float:
        return self.counter("vllm:prefix_cache_hits_total")


@pytest.fixture(scope="module")
def firm(tmp_path_factory: pytest.TempPathFactory, shared_models: Path) -> Iterator[Firm]:
    home = tmp_path_factory.mktemp("firm")
    (home / "models").symlink_to(shared_models)
    (home / "engines").symlink_to(Settings().home_path / "engines")
    profile = home / "plant.yaml"
    fields = load("cpu-trial").model_dump(exclude={"name"}) | {"port": free_port()}
    profile.write_text(yaml.safe_dump(fields), encoding="utf-8")
    made = Firm(Giljabi(home, free_port(), {"GILJABI_ENGINE": "vllm"}), profile)
    try:
        made.start_engine()
        made.giljabi.start()
        made.giljabi.await_indexed()
        yield made
    finally:
        made.giljabi.stop()
        made.giljabi.run("engine", "stop")


@pytest.fixture
def engine(firm: Firm, tmp_path: Path) -> EngineControl:
    budget = Budget(len, context=4096, evidence=200, answer=ANSWER_TOKENS)
    return control(firm.endpoint, budget, Salts(secret_in(tmp_path / "salt")), 30.0, lambda: None)


def _until(true: Callable[[], bool], seconds: float) -> float:
    """Seconds until it came to pass."""
    begun = time.monotonic()
    while not true():
        assert time.monotonic() < begun + seconds, "it did not come to pass"
        time.sleep(0.05)
    return time.monotonic() - begun


def test_ten_questions_are_answered_with_their_sources(firm: Firm) -> None:
    asked = firm.counter("vllm:request_success_total")
    for question, (title, said) in QUESTIONS.items():
        reply = ask(firm.giljabi, question)
        assert reply["abstained"] is False, question
        assert reply["citations"], question
        assert any(title in cited["title"] for cited in reply["citations"]), question
        assert said in reply["answer"], question
        assert reply["claims"]["unsupported"] == 0
        assert reply["degraded"] is None
        assert quotes_are_verbatim(firm.giljabi, reply)
    assert firm.counter("vllm:request_success_total") >= asked + len(QUESTIONS)  # vLLM was asked each of them


def test_the_engine_does_all_that_is_needed_of_it(firm: Firm) -> None:
    done = firm.giljabi.run("engine", "check", "--json")
    checks = {row["what"]: row["ok"] for row in json.loads(done.stdout)["checks"]}
    assert done.returncode == 0, checks
    assert len(checks) == 9
    assert all(checks.values())


async def test_words_come_as_they_are_written(engine: EngineControl) -> None:
    pieces = [chunk.text async for chunk in engine.of("a").model.astream(LONG, max_tokens=24)]
    assert len([piece for piece in pieces if piece]) > 8


class Mapping(BaseModel):
    model_config = ConfigDict(extra="forbid")
    tool: str = Field(pattern="^(엑셀|수기|MES|모름)$")
    level: int = Field(ge=0, le=5)


async def test_an_answer_by_schema(engine: EngineControl) -> None:
    prompt: list[BaseMessage] = [
        HumanMessage("'생산 실적을 엑셀로 관리해요'에 맞는 tool과 level(0-5)을 JSON으로 쓰세요.")
    ]
    answer = await structured(engine.of("a"), Owner("a", "p"), prompt, Mapping)
    assert answer.tool in {"엑셀", "수기", "MES", "모름"}


async def test_whoever_stops_stops_vllm(firm: Firm, engine: EngineControl) -> None:
    written = firm.counter("vllm:generation_tokens_total")
    tokens = engine.of("a").model.astream(LONG)
    for _ in range(4):
        assert (await anext(tokens)) is not None
    assert firm.counter("vllm:num_requests_running") == 1
    await tokens.aclose()  # type: ignore[attr-defined]
    await asyncio.sleep(2)
    assert firm.counter("vllm:num_requests_running") == 0
    assert firm.counter("vllm:generation_tokens_total") - written < ANSWER_TOKENS / 2


def test_a_person_who_leaves_midway_stops_vllm(firm: Firm) -> None:
    url = f"{firm.giljabi.url}/api/ask"
    headers = {"Accept": "text/event-stream"}
    with firm.giljabi.http.stream(
        "POST", url, json={"question": "AAS가 뭔가요?"}, headers=headers, timeout=60
    ) as answer:
        for line in answer.iter_lines():
            if line.startswith("event: token"):
                break
    assert _until(lambda: firm.counter("vllm:num_requests_running") == 0, 5) < 5


async def test_prefixes_are_found_again_within_a_company_and_by_no_other(firm: Firm, engine: EngineControl) -> None:
    prompt: list[BaseMessage] = [
        SystemMessage("자료에 적힌 내용만으로 답하세요. " * 20),
        HumanMessage("금형 온도는 60도입니다. 질문: 금형 온도는?"),
    ]

    async def asked_by(company: str) -> float:
        before = firm.hits()
        await engine.of(company).model.ainvoke(prompt, max_tokens=4)
        return firm.hits() - before

    assert await asked_by("a") == 0
    assert await asked_by("a") >= 128
    assert await asked_by("b") == 0
    assert await asked_by("b") >= 128


def test_the_product_s_own_prompts_are_found_again(firm: Firm) -> None:
    ask(firm.giljabi, "자율형공장은 얼마까지 지원하나요?")
    before = firm.hits()
    ask(firm.giljabi, "자율형공장은 얼마까지 지원하나요?")
    assert firm.hits() > before


async def test_two_companies_are_answered_at_once(engine: EngineControl) -> None:
    async def sentences(company: str) -> list[str]:
        prompt: list[BaseMessage] = [HumanMessage("한국의 수도를 한 문장으로 말하세요.")]
        return [one async for one in draft_sentences(engine.of(company), Owner(company, "p"), prompt)]

    first, second = await asyncio.gather(sentences("a"), sentences("b"))
    assert first == second  # the same words at temperature 0, each from a cache of its own
    assert first


def test_one_gpu_s_flags_are_known_to_this_vllm() -> None:
    python = Environment(Settings().home_path / "engines", load("cpu-trial")).python
    program = (
        "import sys; from vllm.utils.argparse_utils import FlexibleArgumentParser as P;"
        "from vllm.entrypoints.launchers.cli_args import make_arg_parser as m; m(P()).parse_args(sys.argv[1:])"
    )
    for name in ("one-gpu", "cpu-trial"):
        done = subprocess.run(
            [str(python), "-P", "-c", program, *load(name).flags("/model")], capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr[-500:]


def test_nothing_that_was_asked_is_in_any_log(firm: Firm) -> None:
    endpoint = firm.endpoint
    ask(firm.giljabi, f"{MARKER} 자율형공장은 얼마까지 지원하나요?")
    reply = ask(firm.giljabi, "자율형공장은 얼마까지 지원하나요?")
    headers = {"Authorization": f"Bearer {endpoint.api_key}"}
    url = f"{endpoint.base_url}/chat/completions"
    for wrong in (
        {"model": endpoint.model, "messages": [{"role": "user", "content": [MARKER]}]},
        {"model": "another", "messages": [{"role": "user", "content": MARKER}]},
        {"model": endpoint.model, "messages": [{"role": "user", "content": MARKER * 4000}]},
        {"model": endpoint.model, "messages": [{"role": "user", "content": MARKER}], "max_tokens": MARKER},
    ):
        assert httpx.post(url, headers=headers, json=wrong, timeout=60).status_code >= 400
    httpx.post(url, headers=headers, content=f'{{"messages": "{MARKER}', timeout=60)
    written = [
        path
        for path in firm.giljabi.home.rglob("*")
        if path.is_file() and (".log" in path.name or "log" in path.parts[-2])
    ]
    names = {path.name for path in written}
    assert {"vllm.log", "serve.log"} <= names
    logs = "\n".join(path.read_text(errors="replace") for path in written)
    assert "Starting vLLM server" in logs
    salt = Salts(secret_in(firm.giljabi.home / "secrets" / "cache_salt")).of("local")
    for secret in (MARKER, endpoint.api_key, salt, reply["citations"][0]["quote"], "지원하나요"):
        assert secret not in logs


def test_killed_midway_the_evidence_stands_and_the_engine_comes_back(firm: Firm) -> None:
    state = firm.deployment.state()
    assert state is not None
    assert state.pid is not None
    killed, events = 0.0, []
    with firm.giljabi.http.stream(
        "POST",
        f"{firm.giljabi.url}/api/ask",
        json={"question": "협력사 기술자료를 대기업이 요구할 때 지켜야 할 것은 무엇인가요?"},
        headers={"Accept": "text/event-stream"},
        timeout=120,
    ) as answer:
        for heard in EventSource(answer).iter_sse():
            events.append((heard.event, heard.json()))
            if heard.event == "token" and not killed:
                _until(lambda: firm.counter("vllm:num_requests_running") >= 1, 5)
                os.killpg(state.pid, signal.SIGKILL)
                killed = time.monotonic()
        ended = time.monotonic()
    assert ended - killed <= 2.0
    reply = events[-1][1]
    assert reply["degraded"] == "engine_cut"
    assert reply["citations"]
    assert quotes_are_verbatim(firm.giljabi, reply)

    asked = time.monotonic()
    quoted = ask(firm.giljabi, "AAS가 뭔가요?")  # while it is down
    assert time.monotonic() - asked <= 2.0
    assert quoted["degraded"] == "engine_down"
    assert quoted["citations"]

    _until(
        lambda: (state := firm.deployment.state()) is not None and (state.restarts, state.phase) == (1, "ready"), 150
    )
    _until(lambda: ask(firm.giljabi, "AAS가 뭔가요?")["degraded"] is None, 60)


def test_vllm_does_not_outlive_the_one_who_looks_after_it(firm: Firm) -> None:
    state = firm.deployment.state()
    assert state is not None
    os.kill(state.keeper.pid, signal.SIGKILL)
    _until(lambda: not _group(state.pid or 0), 30)
    assert firm.deployment.state() is None
    assert firm.giljabi.run("engine", "status").returncode == 1


def _group(leader: int) -> list[int]:
    """Processes of the group that still run."""
    members = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            fields = path.read_text().rsplit(")", 1)[1].split()
            if int(fields[2]) == leader and fields[0] != "Z":
                members.append(int(path.parent.name))
    return members
