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
    "hwp3": {
        "ko": "한글 97 이전 형식(HWP 3.0)의 문서라 읽지 못했습니다. 한글에서 열어 HWPX로 다시 저장한 뒤 올려 주세요.",
        "en": "This is a document of Hangul 97 or older (HWP 3.0). Open it in Hangul, save it as HWPX and add it again.",
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
    "too_many_cells": {
        "ko": "칸이 너무 많습니다. 한 파일에서 {limit}칸까지 읽을 수 있으니 시트나 기간을 나누어 올려 주세요.",
        "en": "There are too many cells. Up to {limit} a file are read; split it by sheet or period and add the parts.",
    },
    "old_office": {
        "ko": "읽지 못하는 오피스 형식입니다({format}). 원본 프로그램에서 {instead} 또는 PDF로 저장해 올려 주세요.",
        "en": "This office format cannot be read ({format}). Save it in its program as {instead} or PDF and add that.",
    },
    "formulas_without_values": {
        "ko": "수식만 있고 계산된 값이 저장되어 있지 않습니다. 엑셀에서 열어 다시 저장한 뒤 올려 주세요.",
        "en": "There are only formulas, saved without their values. Open the file in Excel, save it and add it again.",
    },
    "unread_archive": {
        "ko": "{format} 압축은 열지 못합니다. 압축을 푼 뒤 ZIP으로 다시 묶거나 안의 파일을 올려 주세요.",
        "en": "Archives of this kind cannot be opened ({format}). Unpack it and add a ZIP or the files inside.",
    },
    "unread_program": {
        "ko": "프로그램 파일({format})은 자료로 읽지 못합니다. 설명서 같은 문서 파일을 올려 주세요.",
        "en": "This is a program ({format}), not a document. Add its manual or another document.",
    },
    "unread_media": {
        "ko": "소리·영상 파일({format})은 읽지 못합니다. 대본이나 자막을 글로 저장해 올려 주세요.",
        "en": "Sound and video cannot be read ({format}). Add a transcript or the subtitles as text.",
    },
    "unread_drawing": {
        "ko": "도면·모델 파일({format})은 읽지 못합니다. 설계 프로그램에서 PDF로 출력해 올려 주세요.",
        "en": "Drawings and models cannot be read ({format}). Print it to PDF from its program and add that.",
    },
    "unread_data": {
        "ko": "데이터베이스·측정 파일({format})은 읽지 못합니다. 필요한 표를 CSV나 XLSX로 내보내 올려 주세요.",
        "en": "Database files cannot be read ({format}). Export the tables you need as CSV or XLSX and add them.",
    },
    "unread_mail": {
        "ko": "이 메일 형식({format})은 읽지 못합니다. 메일 프로그램에서 EML로 저장해 올려 주세요.",
        "en": "Mail of this kind cannot be read ({format}). Save it as EML in the mail program and add that.",
    },
    "no_ocr": {
        "ko": "스캔한 쪽이라 글자가 들어 있지 않습니다({pages}쪽). 이 서버에 글자 인식 프로그램(tesseract-ocr, tesseract-ocr-kor)을 설치하거나, 글자가 들어 있는 원본 파일을 올려 주세요.",
        "en": "The pages are scans without text (p. {pages}). Install tesseract-ocr and tesseract-ocr-kor on this server, or add the original file that holds text.",
    },
    "ocr_failed": {
        "ko": "스캔한 쪽에서 글자를 인식하지 못했습니다({pages}쪽). 더 또렷하게(300dpi) 다시 스캔하거나 글자가 들어 있는 원본 파일을 올려 주세요.",
        "en": "The text of the scanned pages could not be recognised (p. {pages}). Scan them again more clearly (300 dpi) or add the original file.",
    },
    "ocr_too_slow": {
        "ko": "스캔한 쪽의 글자를 인식하는 데 너무 오래 걸려 그만두었습니다({pages}쪽, 한 쪽에 {seconds}초까지). 300dpi 흑백으로 다시 스캔하거나 글자가 들어 있는 원본 파일을 올려 주세요.",
        "en": "Recognising the scanned pages took too long and was stopped (p. {pages}, up to {seconds} s a page). Scan them again in 300 dpi black and white or add the original file.",
    },
    "picture_without_text": {
        "ko": "그림에서 글자를 찾지 못했습니다({pages}쪽). 글자가 또렷하게 보이도록 다시 찍거나(300dpi) 글자가 들어 있는 원본 파일을 올려 주세요.",
        "en": "No text was found in the picture (p. {pages}). Take it again so that the text is clear (300 dpi) or add the original file.",
    },
    "picture_too_large": {
        "ko": "그림이 너무 큽니다. {limit}백만 화소까지 읽을 수 있으니 줄이거나 나누어 올려 주세요.",
        "en": "The picture is too large. Up to {limit} megapixels are read; shrink or split it and add it again.",
    },
    "no_such_page": {
        "ko": "그런 쪽이 없습니다({page}쪽). 다른 쪽을 골라 주세요.",
        "en": "There is no such page ({page}). Choose another.",
    },
    "no_pages": {
        "ko": "쪽이 없는 형식이라 그림으로 보여 드릴 수 없습니다. 글로 보기를 쓰거나 원본을 내려받아 주세요.",
        "en": "This format has no pages to show as pictures. View its text or download the original.",
    },
    "unread_picture": {
        "ko": "이 그림 형식({format})은 읽지 못합니다. 글이 든 그림이라면 PDF로 저장해 올려 주세요.",
        "en": "Pictures of this kind cannot be read ({format}). If it holds text, save it as PDF and add that.",
    },
    "drm": {
        "ko": "문서 보안(DRM)이 걸린 파일이라 읽지 못했습니다. 사내 절차로 보안을 해제한 사본을 올려 주세요.",
        "en": "The file is locked by document security (DRM). Add a copy released by your firm's procedure.",
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
    "pages_crowded": {
        "ko": "지금 쪽 그림을 만드는 요청이 많습니다. {seconds}초 뒤에 다시 해 주세요.",
        "en": "Many pages are being drawn right now. Try again in {seconds} s.",
    },
    "cancelled": {
        "ko": "넣기를 취소했습니다. 다시 올리면 처음부터 넣습니다.",
        "en": "Taking it in was cancelled. Add it again to start over.",
    },
    "aas_version": {
        "ko": "AAS 메타모델 {version} 파일이라 읽지 못했습니다. 새 AAS 편집기에서 3.0 이상으로 저장한 뒤 올려 주세요.",
        "en": "This is AAS metamodel {version}, which is not read. Save it as 3.0 or later in a current AAS editor.",
    },
    "unknown_document": {
        "ko": "그런 자료가 없습니다. 자료 목록에서 다시 골라 주세요.",
        "en": "There is no such document. Choose it again from the list.",
    },
    "failed": {
        "ko": "자료를 처리하다가 문제가 생겼습니다. 다시 올려 보고, 되풀이되면 운영자에게 알려 주세요.",
        "en": "Something went wrong while processing the document. Add it again; if it recurs, tell the operator.",
    },
    "aas_nothing_found": {
        "ko": "고른 자료에서 제조사, 모델, 정격 같은 제품 정보를 찾지 못했습니다. 제품 사양표나 명판 정보가 든 자료를 골라 주세요.",
        "en": "The chosen documents state nothing about a product. Choose ones with a data sheet or a nameplate.",
    },
    "aas_path": {
        "ko": "초안에 그런 항목이 없습니다({path}). 초안의 항목 목록에서 골라 주세요.",
        "en": "The draft has no such element ({path}). Choose one of its list.",
    },
    "aas_value": {
        "ko": "'{value}'은(는) 이 항목({path})의 값이 될 수 없습니다. 날짜는 2026-03-02, 주소(URI)는 https://…처럼 적어 주세요.",
        "en": "'{value}' is no value for {path}. Write dates as 2026-03-02 and URIs as https://….",
    },
    "aas_choose": {
        "ko": "이 항목({path})에는 값이 없거나 여럿입니다. 쓸 값을 하나 적어 주세요.",
        "en": "The element {path} has no value or several. Say which one to use.",
    },
    "aas_unknown_draft": {
        "ko": "그런 AAS 초안이 없습니다. 초안 목록에서 다시 골라 주세요.",
        "en": "There is no such AAS draft. Choose it again from the list.",
    },
    "aas_server_address": {
        "ko": "AAS 서버 주소가 올바르지 않습니다. http:// 또는 https://로 시작하고 비밀번호가 들지 않은 주소를 적어 주세요.",
        "en": "This is no address of an AAS server. Write one that begins with http:// or https:// and holds no password.",
    },
    "aas_server_unreachable": {
        "ko": "AAS 서버({host})에 연결하지 못했습니다. 서버가 켜져 있는지, 주소와 방화벽이 맞는지 확인해 주세요.",
        "en": "The AAS server ({host}) could not be reached. Check that it runs, its address and the firewall.",
    },
    "aas_server_slow": {
        "ko": "AAS 서버({host})가 {seconds}초 안에 다 답하지 않아 그만두었습니다. 서버 상태를 확인한 뒤 다시 해 주세요.",
        "en": "The AAS server ({host}) did not answer within {seconds} s. Check it and try again.",
    },
    "aas_server_refused": {
        "ko": "AAS 서버({host})가 로그인을 요구합니다. 아직 로그인 없이 읽을 수 있는 서버만 연결할 수 있습니다.",
        "en": "The AAS server ({host}) wants a sign-in. Only servers that can be read without one can be connected yet.",
    },
    "aas_server_status": {
        "ko": "AAS 서버({host})가 오류({status})로 답했습니다. 주소 끝이 /api/v3.0처럼 맞는지, 서버 기록에 오류가 없는지 확인해 주세요.",
        "en": "The AAS server ({host}) answered with an error ({status}). Check the address's path (such as /api/v3.0) and its log.",
    },
    "aas_server_answer": {
        "ko": "AAS 서버({host})의 답이 AAS API(3판)의 모양이 아닙니다. 주소가 AAS 서버의 것인지 확인해 주세요.",
        "en": "What {host} answers is not the AAS API, version 3. Check that the address is that of an AAS server.",
    },
    "aas_server_too_large": {
        "ko": "AAS 서버({host})에 담긴 것이 너무 많아 그만두었습니다. {limit_mb} MB, {limit_pages}쪽까지 읽으니 서버를 나누어 주세요.",
        "en": "The AAS server ({host}) holds too much. Up to {limit_mb} MB and {limit_pages} pages are read; split the server.",
    },
    "aas_server_answer_large": {
        "ko": "AAS 서버({host})의 답 하나가 {limit_mb} MB를 넘어 그만두었습니다. 서버를 나누거나 큰 값을 파일로 옮겨 주세요.",
        "en": "One answer of the AAS server ({host}) exceeds {limit_mb} MB. Split the server or move large values into files.",
    },
    "aas_server_compressed": {
        "ko": "AAS 서버({host})가 요청하지 않은 압축({encoding})으로 답했습니다. 서버나 그 앞 프록시의 응답 압축을 꺼 주세요.",
        "en": "The AAS server ({host}) compressed its answer ({encoding}) unasked. Switch that off there or in its proxy.",
    },
    "aas_server_failed": {
        "ko": "AAS 서버({host})의 내용을 처리하다가 문제가 생겼습니다. 다음 차례에 다시 읽으며, 되풀이되면 운영자에게 알려 주세요.",
        "en": "Something went wrong with what {host} holds. It is read again in its turn; if it recurs, tell the operator.",
    },
    "aas_server_empty": {
        "ko": "AAS 서버({host})에 쉘도 서브모델도 없습니다. 서버에 AAS를 올린 뒤 다시 해 주세요.",
        "en": "The AAS server ({host}) holds neither shells nor submodels. Put an AAS on it and try again.",
    },
    "aas_not_read": {
        "ko": "'{name}' 자료는 아직 읽히지 않았습니다. 다 읽힌 뒤에 다시 해 주세요.",
        "en": "'{name}' has not been read yet. Try again when it has.",
    },
    "instrument": {
        "ko": "자가진단 문항 파일이 서로 맞지 않습니다: {what}. 설치를 다시 하거나 관리자에게 알려 주세요.",
        "en": "The files of the self-diagnosis do not hold together: {what}. Install again or tell the administrator.",
    },
    "use_cases": {
        "ko": "AI 활용 사례 목록에 맞지 않는 곳이 있어 쓰지 못합니다({what}). 목록 파일의 그 자리를 고쳐 주세요.",
        "en": "The catalogue of AI use cases does not hold together ({what}). Mend that place in its file.",
    },
}


def sentence(reason: str, language: Language, details: dict[str, object]) -> str:
    """The sentence for `reason`, its blanks filled from `details`."""
    return SENTENCES[reason][language].format(**details)


FINDINGS: dict[str, dict[Language, tuple[str, str]]] = {
    "broken_characters": {
        "ko": (
            "글자 {count}곳이 깨져 있어 �로 표시했습니다.",
            "원본에서 그 자리를 확인하고, 필요하면 UTF-8로 다시 저장해 올려 주세요.",
        ),
        "en": (
            "{count} characters are damaged and shown as �.",
            "Check them in the original; if needed save it as UTF-8 and add it again.",
        ),
    },
    "scan_no_ocr": {
        "ko": (
            "스캔한 쪽이라 읽지 못했습니다({pages}쪽).",
            "이 서버에 tesseract-ocr와 tesseract-ocr-kor를 설치한 뒤 다시 올리거나, 글자가 들어 있는 원본을 올려 주세요.",
        ),
        "en": (
            "These pages are scans and were not read (p. {pages}).",
            "Install tesseract-ocr and tesseract-ocr-kor on this server and add it again, or add the original with text.",
        ),
    },
    "scan_ocr_failed": {
        "ko": (
            "스캔한 쪽의 글자를 인식하지 못했습니다({pages}쪽).",
            "300dpi로 또렷하게 다시 스캔해 올려 주세요.",
        ),
        "en": ("These scanned pages could not be recognised (p. {pages}).", "Scan them again clearly, at 300 dpi."),
    },
    "scan_ocr_too_slow": {
        "ko": (
            "스캔한 쪽의 글자를 인식하는 데 너무 오래 걸려 건너뛰었습니다({pages}쪽).",
            "300dpi 흑백으로 다시 스캔해 올려 주세요.",
        ),
        "en": (
            "Recognising these scanned pages took too long; they were passed over (p. {pages}).",
            "Scan them again in 300 dpi black and white.",
        ),
    },
    "scan_picture_without_text": {
        "ko": (
            "스캔한 쪽에서 글자를 찾지 못했습니다({pages}쪽).",
            "빈 쪽이나 사진이 아니라면 300dpi로 또렷하게 다시 스캔해 올려 주세요.",
        ),
        "en": (
            "No text was found on these scanned pages (p. {pages}).",
            "Unless they are blank or photographs, scan them again clearly, at 300 dpi.",
        ),
    },
    "scan_doubtful": {
        "ko": (
            "스캔한 쪽이 흐려 글자를 잘못 읽었을 수 있습니다({pages}쪽).",
            "인용할 때 쪽 그림과 견주어 확인하고, 가능하면 더 또렷한 원본을 올려 주세요.",
        ),
        "en": (
            "These scanned pages are unclear and may be misread (p. {pages}).",
            "Compare quotations with the page's picture; add a clearer original if you can.",
        ),
    },
    "inside_encrypted": {
        "ko": ("압축 안의 이 파일에는 암호가 걸려 있어 읽지 않았습니다.", "암호를 푼 사본을 올려 주세요."),
        "en": ("This file inside is protected by a password and was not read.", "Add a copy without one."),
    },
    "inside_broken": {
        "ko": ("압축 안의 이 파일은 손상되어 꺼내지 못했습니다.", "원본을 따로 올려 주세요."),
        "en": ("This file inside is damaged and could not be taken out.", "Add the original by itself."),
    },
    "formula_without_value": {
        "ko": (
            "수식 {count}개가 계산된 값 없이 저장되어 그 칸은 비어 있습니다.",
            "엑셀에서 열어 다시 저장한 뒤 올려 주세요.",
        ),
        "en": (
            "{count} formulas were saved without their value; those cells are empty.",
            "Save it in Excel and add it again.",
        ),
    },
    "inside_too_deep": {
        "ko": (
            "파일 속의 파일이 너무 깊이 들어 있어 읽지 않았습니다.",
            "{limit}단계까지 읽으니, 꺼내어 따로 올려 주세요.",
        ),
        "en": (
            "This file lies too deep inside others and was not read.",
            "Up to {limit} levels are read; add it by itself.",
        ),
    },
    "inside_decoration": {
        "ko": ("작은 그림이라 로고나 아이콘으로 보고 읽지 않았습니다.", "글자가 든 그림이면 따로 올려 주세요."),
        "en": ("A small picture: taken for a logo or an icon and not read.", "If it holds text, add it by itself."),
    },
    "inside_no_room": {
        "ko": (
            "남은 저장 공간보다 커서 속에 든 이 파일은 넣지 않았습니다.",
            "쓰지 않는 자료를 지운 뒤 다시 올려 주세요.",
        ),
        "en": (
            "This file inside is larger than the space left and was not taken in.",
            "Delete what is not needed, then add it again.",
        ),
    },
    "aas_missing": {
        "ko": ("있어야 할 속성이 없습니다({name}).", "AAS 편집기에서 이 요소의 {name} 값을 채워 주세요."),
        "en": ("A required attribute is missing ({name}).", "Fill in {name} of this element in an AAS editor."),
    },
    "aas_unknown_property": {
        "ko": ("표준에 없는 속성이 있습니다({name}).", "이 속성을 지우거나 Extension으로 옮겨 주세요."),
        "en": (
            "There is an attribute that the standard does not have ({name}).",
            "Remove it or move it into an Extension.",
        ),
    },
    "aas_not_listed": {
        "ko": (
            "표준의 목록에 없는 값입니다({name}).",
            "표준이 정한 값 가운데 하나로 바꾸어 주세요. 대소문자도 같아야 합니다.",
        ),
        "en": (
            "The value is not one the standard lists ({name}).",
            "Choose one of the standard's values; case counts.",
        ),
    },
    "aas_no_id_short": {
        "ko": ("요소에 idShort가 없습니다.", "목록(SubmodelElementList)의 항목이 아니면 idShort를 지어 주세요."),
        "en": ("The element has no idShort.", "Give it one; only items of a SubmodelElementList go without."),
    },
    "aas_listed_name": {
        "ko": (
            "목록(SubmodelElementList)의 항목에 idShort가 있습니다.",
            "메타모델 3.0에서는 목록 항목의 idShort를 지워 주세요.",
        ),
        "en": (
            "An item of a SubmodelElementList has an idShort.",
            "In metamodel 3.0, remove the idShort of list items.",
        ),
    },
    "aas_id_short": {
        "ko": (
            "idShort에 쓸 수 없는 글자가 있습니다.",
            "영문자로 시작하고 영문자, 숫자, 밑줄(_)만 쓰도록 고쳐 주세요.",
        ),
        "en": (
            "The idShort has characters that are not allowed.",
            "Begin with a letter; use letters, digits and _ only.",
        ),
    },
    "aas_twice": {
        "ko": ("같은 이름이 한자리에 두 번 있습니다({name}).", "하나를 지우거나 다른 이름으로 바꾸어 주세요."),
        "en": ("The same name stands twice in one place ({name}).", "Remove one or rename it."),
    },
    "aas_reference": {
        "ko": (
            "참조의 키가 규칙에 맞지 않습니다({name}).",
            "참조의 종류와 키의 종류·순서를 확인해 다시 지정해 주세요.",
        ),
        "en": (
            "The keys of a reference break a rule ({name}).",
            "Check the reference's kind and its keys' kinds and order.",
        ),
    },
    "aas_list": {
        "ko": (
            "목록의 항목이 목록의 정의와 다릅니다({name}).",
            "항목의 종류, 값 형식, semanticId를 목록에 적은 것과 같게 해 주세요.",
        ),
        "en": (
            "Items differ from what their list declares ({name}).",
            "Make their kind, type and semanticId those of the list.",
        ),
    },
    "aas_value_type": {
        "ko": (
            "값이 값 형식(valueType)과 맞지 않습니다.",
            "값이나 형식을 고쳐 주세요. xs:double이면 690.5, xs:date이면 2026-01-31처럼 적습니다.",
        ),
        "en": (
            "The value does not fit its valueType.",
            "Correct either: 690.5 is an xs:double, 2026-01-31 an xs:date.",
        ),
    },
    "aas_characters": {
        "ko": ("보이지 않는 제어 문자가 있습니다.", "값을 지우고 다시 입력해 주세요."),
        "en": ("There are invisible control characters.", "Delete the value and type it again."),
    },
    "aas_template": {
        "ko": (
            "템플릿에만 쓰는 한정자가 있습니다({name}).",
            "서브모델의 kind를 Template으로 하거나 그 한정자를 지워 주세요.",
        ),
        "en": (
            "A qualifier for templates stands here ({name}).",
            "Make the submodel's kind Template, or remove the qualifier.",
        ),
    },
    "aas_asset_id": {
        "ko": (
            "자산 식별자가 빠졌거나 서로 다릅니다({name}).",
            "globalAssetId 또는 specificAssetId를 하나 이상 적어 주세요.",
        ),
        "en": (
            "The asset's identifier is missing or contradicts itself ({name}).",
            "Give a globalAssetId or specificAssetId.",
        ),
    },
    "aas_concept": {
        "ko": (
            "개념 설명(IEC 61360)이 규칙에 맞지 않습니다({name}).",
            "영어 이름과 정의, dataType, 측정값이면 단위까지 채워 주세요.",
        ),
        "en": (
            "A concept description breaks a rule ({name}).",
            "Give an English name and definition, a dataType, a unit for measures.",
        ),
    },
    "aas_constraint": {
        "ko": (
            "표준의 제약을 지키지 않았습니다({name}).",
            "AAS 명세(IDTA-01001)에서 이 제약을 찾아 그에 맞게 고쳐 주세요.",
        ),
        "en": (
            "A constraint of the standard is broken ({name}).",
            "Look it up in the specification IDTA-01001 and follow it.",
        ),
    },
    "aas_language_twice": {
        "ko": ("같은 언어의 글이 두 번 있습니다.", "언어마다 하나만 남겨 주세요."),
        "en": ("There are two texts in one language.", "Keep one a language."),
    },
    "aas_language": {
        "ko": ("언어 표시가 규칙(BCP 47)에 맞지 않습니다.", "ko, en, de처럼 표준 언어 코드로 바꾸어 주세요."),
        "en": ("The language tag does not follow BCP 47.", "Use a standard code such as ko, en or de."),
    },
    "aas_too_long": {
        "ko": ("{limit}자를 넘습니다.", "{limit}자 안으로 줄여 주세요."),
        "en": ("It is longer than {limit} characters.", "Shorten it to {limit}."),
    },
    "aas_empty": {
        "ko": ("비어 있습니다.", "내용을 채우거나 항목 자체를 지워 주세요."),
        "en": ("It is empty.", "Fill it in, or remove it altogether."),
    },
    "aas_pattern": {
        "ko": (
            "정해진 표기에 맞지 않습니다.",
            "날짜는 2026-01-31T09:00:00Z, 파일 종류는 application/pdf처럼 적어 주세요.",
        ),
        "en": ("It is not written as prescribed.", "Write it as in 2026-01-31T09:00:00Z or application/pdf."),
    },
    "aas_wrong_type": {
        "ko": (
            "값의 모양이 다릅니다(글자, 목록, 묶음이 서로 바뀜).",
            "AAS 편집기로 열어 이 부분을 다시 입력한 뒤 저장해 주세요.",
        ),
        "en": (
            "The value has the wrong shape (text, list, object).",
            "Open it in an AAS editor, enter this part again and save.",
        ),
    },
    "aas_rule": {
        "ko": ("표준의 규칙에 맞지 않습니다: {reason}", "AAS 편집기에서 이 부분을 고쳐 주세요."),
        "en": ("It breaks a rule of the standard: {reason}", "Correct this part in an AAS editor."),
    },
    "aas_more": {
        "ko": ("지적할 점이 {limit}건보다 많습니다.", "위의 것을 먼저 고친 뒤 다시 올려 확인해 주세요."),
        "en": ("There are more than {limit} findings.", "Correct these first, then add the file again."),
    },
    "aas_package": {
        "ko": ("AASX의 구성 파일이 없거나 잘못되었습니다({name}).", "AAS 편집기에서 AASX로 다시 저장해 주세요."),
        "en": (
            "A file of the AASX's own structure is missing or wrong ({name}).",
            "Save it as AASX again in an AAS editor.",
        ),
    },
    "aas_target": {
        "ko": ("AASX가 가리키는 파일이 그 안에 없습니다({name}).", "그 파일을 AASX에 다시 넣거나 관계를 지워 주세요."),
        "en": (
            "A file that the AASX refers to is not in it ({name}).",
            "Put it into the AASX or remove the relationship.",
        ),
    },
    "aas_part_unreadable": {
        "ko": (
            "AAS 내용이 든 파일을 읽지 못했습니다({name}).",
            "이 부분을 JSON이나 XML로 다시 저장해 AASX에 넣어 주세요.",
        ),
        "en": (
            "The part that should hold the AAS could not be read ({name}).",
            "Save it as JSON or XML again and put it in.",
        ),
    },
    "aas_no_part": {
        "ko": ("AAS 내용으로 이어지는 관계가 없습니다.", "AAS 편집기에서 AASX로 다시 저장하면 관계가 만들어집니다."),
        "en": ("No relationship leads to an AAS.", "Saving it as AASX in an AAS editor creates one."),
    },
    "aas_deprecated": {
        "ko": (
            "예전 방식의 관계 이름을 씁니다({name}).",
            "읽는 데는 문제가 없습니다. 새 AAS 편집기로 저장하면 바뀝니다.",
        ),
        "en": (
            "A relationship has its former name ({name}).",
            "It can be read; a current AAS editor renames it on saving.",
        ),
    },
    "aas_file_absent": {
        "ko": ("File 요소가 가리키는 파일이 AASX 안에 없습니다.", "그 파일을 AASX에 넣거나 경로를 고쳐 주세요."),
        "en": ("The file that a File element names is not in the AASX.", "Put the file into it or correct the path."),
    },
}
"""What is wrong in a document that was read all the same: (problem, remedy), blanks filled from the finding's details."""


def finding(problem: str, language: Language, details: dict[str, str]) -> tuple[str, str]:
    """(what is wrong, what to do) in words for a `knowledge.document.Finding`."""
    wrong, remedy = FINDINGS[problem][language]
    return wrong.format(**details), remedy.format(**details)
