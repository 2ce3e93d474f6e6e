"""Sentences of this package for people: why a document was not taken in, and what to do about it."""

from __future__ import annotations

from typing import Literal

Language = Literal["ko", "en"]

SENTENCES: dict[str, dict[Language, str]] = {
    "empty": {
        "ko": "파일이 비어 있습니다. 내용이 있는 파일인지 열어 확인한 뒤 다시 올려 주세요.",
        "en": "The file is empty. Open it to check that it has content, then add it again.",
    },
    "no_text": {
        "ko": "읽을 수 있는 글자가 없습니다. 스캔한 문서라면 글자가 들어 있는 원본 파일을 올려 주세요.",
        "en": "There is no readable text. If this is a scan, add the original file that holds text.",
    },
    "broken": {
        "ko": "{format} 파일이 손상되어 읽지 못했습니다. 원본 프로그램에서 다시 저장한 뒤 올려 주세요.",
        "en": "This {format} file is damaged and could not be read. Save it again in its program and add it.",
    },
    "encrypted": {
        "ko": "암호가 걸린 파일이라 읽지 못했습니다. 암호를 푼 사본을 올려 주세요.",
        "en": "The file is protected by a password. Add a copy without one.",
    },
    "encoding": {
        "ko": "글자 인코딩을 알 수 없어 읽지 못했습니다. UTF-8로 저장한 뒤 다시 올려 주세요.",
        "en": "The text encoding could not be recognised. Save the file as UTF-8 and add it again.",
    },
    "front_matter": {
        "ko": "문서 머리의 정보(YAML)를 읽지 못했습니다. 첫머리의 --- 사이 내용을 고쳐 주세요.",
        "en": "The YAML front matter could not be read. Mend the lines between the first two ---.",
    },
    "unsupported": {
        "ko": "아직 읽지 못하는 형식입니다({format}). PDF, HTML, 마크다운, 텍스트 파일로 바꿔 올려 주세요.",
        "en": "This format cannot be read yet ({format}). Convert it to PDF, HTML, Markdown or plain text.",
    },
    "too_large": {
        "ko": "파일이 너무 큽니다. {limit_mb} MB까지 올릴 수 있으니 나누어 올려 주세요.",
        "en": "The file is too large. Up to {limit_mb} MB is accepted; split it and add the parts.",
    },
    "too_many_pages": {
        "ko": "쪽수가 너무 많습니다({pages}쪽). {limit}쪽까지 읽을 수 있으니 나누어 올려 주세요.",
        "en": "There are too many pages ({pages}). Up to {limit} are read; split the file and add the parts.",
    },
    "too_much_text": {
        "ko": "글이 너무 많습니다. 한 파일에서 {limit}자까지 읽을 수 있으니 나누어 올려 주세요.",
        "en": "There is too much text. Up to {limit} characters a file are read; split it and add the parts.",
    },
    "too_many_files": {
        "ko": "압축 안에 파일이 너무 많습니다({files}개). {limit}개까지 읽을 수 있으니 나누어 올려 주세요.",
        "en": "There are too many files inside ({files}). Up to {limit} are read; split the archive and add the parts.",
    },
    "unpacks_too_large": {
        "ko": "압축을 풀면 너무 커집니다. 풀었을 때 {limit_mb} MB까지 읽을 수 있으니 나누어 올려 주세요.",
        "en": "It unpacks to too much. Up to {limit_mb} MB unpacked are read; split it and add the parts.",
    },
    "bomb": {
        "ko": "압축을 풀면 비정상적으로 커지는 파일이라 열지 않았습니다. 압축을 직접 풀어 필요한 파일만 올려 주세요.",
        "en": "It unpacks to far more than it should and was not opened. Unpack it yourself and add the files you need.",
    },
    "too_slow": {
        "ko": "읽는 데 너무 오래 걸려 그만두었습니다({seconds}초). 파일을 나누거나 PDF로 저장해 올려 주세요.",
        "en": "Reading took too long and was stopped ({seconds} s). Split the file or save it as PDF and add it again.",
    },
    "too_heavy": {
        "ko": "읽는 데 메모리가 너무 많이 들어 그만두었습니다. 파일을 나누거나 그림을 줄여 다시 올려 주세요.",
        "en": "Reading needed too much memory and was stopped. Split the file or shrink its pictures and add it again.",
    },
    "reader_died": {
        "ko": "이 파일을 읽다가 읽기 프로그램이 멈추었습니다. 원본 프로그램에서 다시 저장하거나 PDF로 바꿔 올려 주세요.",
        "en": "The reader stopped at this file. Save it again in its program or convert it to PDF and add it.",
    },
    "cancelled": {
        "ko": "넣기를 취소했습니다. 다시 올리면 처음부터 넣습니다.",
        "en": "Taking it in was cancelled. Add it again to start over.",
    },
    "unknown_document": {
        "ko": "그런 자료가 없습니다. 자료 목록에서 다시 골라 주세요.",
        "en": "There is no such document. Choose it again from the list.",
    },
    "failed": {
        "ko": "자료를 처리하다가 문제가 생겼습니다. 다시 올려 보고, 되풀이되면 운영자에게 알려 주세요.",
        "en": "Something went wrong while processing the document. Add it again; if it recurs, tell the operator.",
    },
}


def sentence(reason: str, language: Language, details: dict[str, object]) -> str:
    """The sentence for `reason`, its blanks filled from `details`."""
    return SENTENCES[reason][language].format(**details)


FINDINGS: dict[str, dict[Language, tuple[str, str]]] = {}
"""What is wrong in a document that was read all the same: (problem, remedy), blanks filled from the finding's details."""


def finding(problem: str, language: Language, details: dict[str, str]) -> tuple[str, str]:
    """(what is wrong, what to do) in words for a `knowledge.document.Finding`."""
    wrong, remedy = FINDINGS[problem][language]
    return wrong.format(**details), remedy.format(**details)
