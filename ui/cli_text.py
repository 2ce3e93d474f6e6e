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
    "mend_model": {"ko": "giljabi models fetch", "en": "giljabi models fetch"},
    "mend_disk": {"ko": "디스크를 4 GB 이상 비워 주세요", "en": "Free at least 4 GB of disk"},
    "mend_home": {"ko": "GILJABI_HOME을 쓸 수 있는 폴더로 바꿔 주세요", "en": "Point GILJABI_HOME to a folder you can write"},
    "mend_engine": {"ko": "잠시 기다린 뒤 다시 점검하거나 GILJABI_LLM_URL을 확인해 주세요", "en": "Wait a moment and check again, or check GILJABI_LLM_URL"},
    "mend_python": {"ko": "Python 3.11로 'make install'을 다시 실행해 주세요", "en": "Run 'make install' again with Python 3.11"},
}  # fmt: skip


def say(key: str, language: Language, **details: object) -> str:
    """The sentence for `key`, its blanks filled from `details`."""
    return SENTENCES[key][language].format(**details)
