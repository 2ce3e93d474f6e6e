"""Sentences of the command line, Korean and English side by side."""

from __future__ import annotations

from typing import Literal

Language = Literal["ko", "en"]

SENTENCES: dict[str, dict[Language, str]] = {
    "fetching": {"ko": "모델 받는 중", "en": "Fetching models"},
    "serving": {"ko": "길잡이를 열었습니다: {url}  (끝내려면 Ctrl+C)", "en": "Giljabi is open at {url}  (Ctrl+C to stop)"},
    "indexing": {"ko": "자료 넣는 중", "en": "Taking documents in"},
    "no_path": {"ko": "'{path}'을(를) 찾을 수 없습니다. 경로를 확인해 주세요.", "en": "'{path}' was not found. Check the path."},
    "no_file": {"ko": "넣을 파일이 없습니다. 파일이나 폴더를 확인해 주세요.", "en": "There is no file to take in. Check the path."},
    "unreadable": {"ko": "파일을 열 수 없습니다. 읽기 권한을 확인해 주세요.", "en": "The file cannot be opened. Check its permissions."},
    "misuse": {"ko": "명령을 이해하지 못했습니다: {detail} (도움말: giljabi {command} --help)", "en": "The command was not understood: {detail} (help: giljabi {command} --help)"},
    "fault": {"ko": "처리하다가 문제가 생겼습니다. 'giljabi doctor'로 점검하고 {log} 기록을 확인해 주세요.", "en": "Something went wrong. Run 'giljabi doctor' and look into {log}."},
    "stopped": {"ko": "멈췄습니다. 다시 실행하면 이어서 합니다.", "en": "Stopped. Run it again to go on."},
    "evidence": {"ko": "근거", "en": "Evidence"},
    "no_hits": {"ko": "찾은 자료가 없습니다. 다른 말로 찾아보세요.", "en": "Nothing was found. Try other words."},
    "indexed": {"ko": "넣었습니다", "en": "indexed"},
    "unchanged": {"ko": "이미 있습니다", "en": "unchanged"},
    "rejected": {"ko": "받지 못했습니다", "en": "rejected"},
    "ready": {"ko": "있음", "en": "ready"},
    "partial": {"ko": "받다 멈춤", "en": "partial"},
    "absent": {"ko": "없음", "en": "absent"},
    "verified": {"ko": "모델 파일이 모두 온전합니다.", "en": "All model files are intact."},
    "check_python": {"ko": "Python 3.11", "en": "Python 3.11"},
    "check_model": {"ko": "모델 {name}", "en": "Model {name}"},
    "check_disk": {"ko": "빈 디스크 {free_gb} GB", "en": "Free disk {free_gb} GB"},
    "check_home": {"ko": "데이터 폴더 {path}", "en": "Data folder {path}"},
    "check_engine": {"ko": "답변 엔진", "en": "Answer engine"},
    "check_llm": {"ko": "{engine} 엔진에 연결", "en": "The {engine} engine is reached"},
    "mend_llm": {"ko": "`giljabi engine start --profile one-gpu`로 시작하거나 GILJABI_LLM_URL, GILJABI_LLM_MODEL을 정하고, `giljabi engine check`로 점검해 주세요", "en": "Run `giljabi engine start --profile one-gpu` or set GILJABI_LLM_URL and GILJABI_LLM_MODEL, then `giljabi engine check`"},
    "mend_model": {"ko": "giljabi models fetch", "en": "giljabi models fetch"},
    "mend_disk": {"ko": "디스크를 4 GB 이상 비워 주세요", "en": "Free at least 4 GB of disk"},
    "mend_home": {"ko": "GILJABI_HOME을 쓸 수 있는 폴더로 바꿔 주세요", "en": "Point GILJABI_HOME to a folder you can write"},
    "mend_engine": {"ko": "잠시 기다린 뒤 다시 점검하거나 GILJABI_LLM_URL을 확인해 주세요", "en": "Wait a moment and check again, or check GILJABI_LLM_URL"},
    "mend_python": {"ko": "Python 3.11로 'make install'을 다시 실행해 주세요", "en": "Run 'make install' again with Python 3.11"},
    "engine_prepared": {"ko": "마련했습니다. `giljabi engine start --profile {profile}`로 시작하세요.", "en": "Prepared. Start it with `giljabi engine start --profile {profile}`."},
    "engine_restarts": {"ko": "다시 시작한 횟수: {restarts}", "en": "Restarts: {restarts}"},
    "engine_use": {"ko": "길잡이가 이 엔진을 쓰게 하려면 .env에 GILJABI_ENGINE=vllm을 적고 길잡이를 다시 여세요.", "en": "To have Giljabi use it, put GILJABI_ENGINE=vllm into .env and start Giljabi again."},
    "accept_understood": {"ko": "엔진의 답을 이해함", "en": "Its answers are understood"},
    "accept_mend_understood": {"ko": "OpenAI 호환 엔진이 아니거나 앞단(로그인 화면, 프록시)이 대신 답하고 있습니다. GILJABI_LLM_URL을 확인해 주세요", "en": "It is not an OpenAI-compatible engine, or something in front of it answers (a login page, a proxy). Check GILJABI_LLM_URL"},
    "accept_reachable": {"ko": "엔진에 연결됨", "en": "The engine is reached"},
    "accept_mend_reachable": {"ko": "엔진이 켜져 있는지, GILJABI_LLM_URL이 맞는지(끝이 /v1) 확인해 주세요", "en": "See that it runs and that GILJABI_LLM_URL is right (ending in /v1)"},
    "accept_key": {"ko": "우리 키로 열림", "en": "It opens to our key"},
    "accept_mend_key": {"ko": "GILJABI_LLM_KEY를 확인해 주세요", "en": "Check GILJABI_LLM_KEY"},
    "accept_locked": {"ko": "키 없이는 닫힘", "en": "It stays closed without a key"},
    "accept_mend_locked": {"ko": "키 없이 열리는 경로가 있습니다. `giljabi engine start`로 시작하거나 앞단(nginx)에서 /v1 밖을 막아 주세요", "en": "A route opens without a key. Start it with `giljabi engine start`, or close everything but /v1 in front of it"},
    "accept_model": {"ko": "모델 이름이 맞음", "en": "It serves the model"},
    "accept_mend_model": {"ko": "GILJABI_LLM_MODEL을 엔진이 내는 이름으로 바꿔 주세요", "en": "Set GILJABI_LLM_MODEL to a name it serves"},
    "accept_context": {"ko": "한 번에 읽는 길이", "en": "Context length"},
    "accept_mend_context": {"ko": "GILJABI_LLM_CONTEXT를 엔진의 길이 이하로 줄여 주세요", "en": "Lower GILJABI_LLM_CONTEXT to what the engine takes"},
    "accept_streams": {"ko": "답을 흘려보냄", "en": "It streams"},
    "accept_mend_streams": {"ko": "앞단의 버퍼링을 꺼 주세요(nginx: proxy_buffering off)", "en": "Turn off buffering in front of it (nginx: proxy_buffering off)"},
    "accept_plain": {"ko": "생각 과정을 섞지 않음", "en": "It answers without thinking aloud"},
    "accept_mend_plain": {"ko": "프로필의 template_arguments에 enable_thinking: false를 적어 주세요", "en": "Put enable_thinking: false under template_arguments in the profile"},
    "accept_salt": {"ko": "회사별 cache_salt로 캐시를 나눔", "en": "It keeps caches apart by a cache_salt per company"},
    "accept_mend_salt": {"ko": "이 서비스는 cache_salt를 거절하거나 보지 않습니다. 여러 회사가 함께 쓴다면 vLLM을 쓰고, 거절하는 서비스면 GILJABI_LLM_CACHE_SALT=false로 두세요", "en": "This service refuses or ignores cache_salt. Where several companies share it, use vLLM; if it refuses the field, set GILJABI_LLM_CACHE_SALT=false"},
    "accept_schema": {"ko": "JSON 스키마로 답함", "en": "It answers by JSON schema"},
    "accept_mend_schema": {"ko": "response_format json_schema를 지원하는 엔진(vLLM 0.12 이상)을 써 주세요", "en": "Use an engine with response_format json_schema (vLLM 0.12 or newer)"},
}  # fmt: skip


def say(key: str, language: Language, **details: object) -> str:
    """The sentence for `key`, its blanks filled from `details`."""
    return SENTENCES[key][language].format(**details)
