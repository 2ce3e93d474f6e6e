from __future__ import annotations

import base64
from email.message import EmailMessage
from urllib.parse import quote

import pytest

from knowledge.errors import TooLargeError, UnreadableError
from knowledge.readers import mail
from knowledge.readers.reader import format_of, read

HEAD = "From: a@example.kr\r\nTo: b@example.kr\r\nSubject: x\r\nDate: Mon, 23 Nov 2026 23:30:00 +0900\r\nMIME-Version: 1.0\r\n"


def quotation() -> EmailMessage:
    message = EmailMessage()
    message["Subject"] = "견적 회신: 유압 펌프 교체와 관련하여 보내 드리는 두 번째 견적서입니다"
    message["From"] = "김보전 <kim@example.kr>"
    message["To"] = "구매팀 <buy@example.kr>"
    message["Date"] = "Mon, 23 Nov 2026 23:30:00 +0900"
    message.set_content("견적 금액은 1,200만 원입니다.\n납기는 3주입니다.\n")
    message.add_alternative("<p>HTML 본문</p>", subtype="html")
    message.add_attachment(b"%PDF-1.4 x", maintype="application", subtype="pdf", filename="유압 펌프 견적서.pdf")
    return message


def test_a_mail_says_first_who_wrote_when_and_then_what() -> None:
    document = read(quotation().as_bytes(), "x.eml")
    head, body = document.sections
    assert document.title == "견적 회신: 유압 펌프 교체와 관련하여 보내 드리는 두 번째 견적서입니다"
    assert head.locator.label == "메일 머리"
    assert "보낸 사람: 김보전 <kim@example.kr>\n받는 사람: 구매팀 <buy@example.kr>\n날짜: Mon, 23 Nov 2026" in head.text
    assert head.text.endswith("첨부: 유압 펌프 견적서.pdf")
    assert (body.locator.label, body.text) == ("본문", "견적 금액은 1,200만 원입니다.\n납기는 3주입니다.")
    assert document.metadata["created"] == "2026-11-23"
    assert [(a.name, a.data) for a in document.attachments] == [("유압 펌프 견적서.pdf", b"%PDF-1.4 x")]


def test_a_mail_of_html_alone_is_walked_like_a_page() -> None:
    message = EmailMessage()
    message["Subject"], message["From"] = "표", "a@example.kr"
    page = "<p>아래와 같습니다</p><p hidden>비밀</p><table><tr><th>품번</th><th>수량</th></tr><tr><td>A-1</td><td>3</td></tr></table>"
    message.set_content(page, subtype="html")
    text = "\n".join(section.text for section in read(message.as_bytes(), "x.eml").sections)
    assert "아래와 같습니다\n품번 | 수량\nA-1 | 3" in text
    assert "비밀" not in text


@pytest.mark.parametrize("codec", ["cp949", "utf-8"])
def test_headers_in_bare_bytes_are_read(codec: str) -> None:
    raw = (
        'Subject: 점검 결과\r\nFrom: 김보전 <a@example.kr>\r\nContent-Type: multipart/mixed; boundary="b"\r\n\r\n--b\r\n'
        "Content-Type: text/plain; charset=euc-kr\r\n\r\n똠방각하 이상 없음\r\n--b\r\n"
        'Content-Disposition: attachment; filename="점검표.txt"\r\n\r\n압력 12 MPa\r\n--b--\r\n'
    )
    document = read(raw.encode(codec), "x.eml")
    assert document.title == "점검 결과"
    assert document.attachments[0].name == "점검표.txt"
    assert document.sections[1].text == "똠방각하 이상 없음"


@pytest.mark.parametrize(
    "field",
    [
        "filename*=utf-8''" + quote("점검표.pdf"),
        "filename*=euc-kr''" + quote("점검표.pdf", encoding="euc-kr"),
        "filename*0*=utf-8''" + quote("점검") + "; filename*1*=" + quote("표.pdf"),
        'filename="=?UTF-8?B?' + base64.b64encode("점검표.pdf".encode()).decode() + '?="',
        'filename="=?ks_c_5601-1987?B?' + base64.b64encode("점검표.pdf".encode("cp949")).decode() + '?="',
        'filename="../../etc/점검표.pdf"',
        'filename="C:\\\\temp\\\\점검표.pdf"',
    ],
)
def test_names_of_attachments_in_every_spelling(field: str) -> None:
    raw = f"{HEAD}Content-Type: application/pdf\r\nContent-Disposition: attachment; {field}\r\n\r\n%PDF-1.4\r\n"
    assert [attachment.name for attachment in read(raw.encode(), "x.eml").attachments] == ["점검표.pdf"]


def test_a_forwarded_mail_comes_as_a_mail_of_its_own() -> None:
    outer = EmailMessage()
    outer["Subject"], outer["From"], outer["To"] = "전달", "a@example.kr", "b@example.kr"
    outer.set_content("아래 메일을 전달합니다.")
    outer.add_attachment(quotation())
    (forwarded,) = read(outer.as_bytes(), "x.eml").attachments
    assert forwarded.name.startswith("견적 회신")
    assert forwarded.name.endswith(".eml")
    assert read(forwarded.data, forwarded.name).attachments[0].name == "유압 펌프 견적서.pdf"


def test_small_pictures_in_the_text_are_left_and_large_ones_kept() -> None:
    message = quotation()
    for size, name in ((500, "logo.png"), (mail.LARGE_PICTURE, "도면.png")):
        message.add_attachment(
            b"\x89PNG" + b"x" * size, maintype="image", subtype="png", filename=name, disposition="inline"
        )
    assert [a.name for a in read(message.as_bytes(), "x.eml").attachments] == ["유압 펌프 견적서.pdf", "도면.png"]


def test_an_mbox_line_before_the_headers_is_borne() -> None:
    data = b"From kim@example.kr Mon Nov 23 23:30:00 2026\n" + quotation().as_bytes()
    assert format_of(data, "inbox") is mail.FORMAT
    assert read(data, "inbox").title.startswith("견적 회신")


@pytest.mark.parametrize(
    "words", ["Note: this\nand: that\n\ntext", "From: a\n\nletter", "Dear Kim,\nTo: you\nDate: today\n"]
)
def test_texts_that_only_look_like_mails_are_not_taken(words: str) -> None:
    assert format_of(words.encode(), "x.txt") is not mail.FORMAT


def test_an_encrypted_mail_is_refused() -> None:
    raw = f"{HEAD}Content-Type: multipart/encrypted; boundary=b\r\n\r\n--b\r\nContent-Type: application/x-empty\r\n\r\n\r\n--b--\r\n"
    with pytest.raises(UnreadableError) as refused:
        read(raw.encode(), "x.eml")
    assert refused.value.reason == "encrypted"


def test_a_mail_of_endless_parts_or_depth_is_refused() -> None:
    part = "--b\r\nContent-Type: text/plain\r\n\r\nx\r\n"
    wide = f'{HEAD}Content-Type: multipart/mixed; boundary="b"\r\n\r\n' + part * (mail.MAX_PARTS + 1) + "--b--\r\n"
    with pytest.raises(TooLargeError):
        read(wide.encode(), "x.eml")
    deep = HEAD
    for level in range(200):
        deep += f'Content-Type: multipart/mixed; boundary="b{level}"\r\n\r\n--b{level}\r\n'
    with pytest.raises((TooLargeError, UnreadableError)):
        read((deep + "\r\nx").encode(), "x.eml")


def test_a_page_saved_by_a_browser_is_read_as_the_page() -> None:
    raw = (
        "From: <Saved by Blink>\r\nSnapshot-Content-Location: https://example.kr/notice\r\nSubject: =?utf-8?Q?x?=\r\n"
        'Date: Mon, 2 Mar 2026 00:00:00 -0000\r\nMIME-Version: 1.0\r\nContent-Type: multipart/related; type="text/html"; boundary="b"\r\n\r\n'
        "--b\r\nContent-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n"
        "<html><head><title>공고</title></head><body><h1>지원</h1><p>2억 원</p></body></html>\r\n"
        "--b\r\nContent-Type: image/png\r\n\r\nx\r\n--b--\r\n"
    )
    document = read(raw.encode(), "공고.mhtml")
    assert (document.title, document.sections[0].text) == ("공고", "2억 원")
    assert document.sources[0].reference == "https://example.kr/notice"
    assert document.metadata["created"] == "2026-03-02"
    assert not document.attachments


def alternatives(plain: str, page: str) -> str:
    message = EmailMessage()
    message["Subject"], message["From"] = "알림", "a@example.kr"
    message.set_content(plain)
    message.add_alternative(page, subtype="html")
    return "\n".join(section.text for section in read(message.as_bytes(), "x.eml").sections[1:])


def test_a_page_that_says_markedly_more_than_the_plain_text_is_read() -> None:
    stub = "이 메일은 HTML로 작성되었습니다."
    words = "유압 펌프의 압력을 12 MPa로 낮추고 냉각수 밸브를 점검한 뒤 다시 가동해 주십시오."
    assert alternatives(stub, f"<p>{words}</p>") == words
    assert alternatives(words, f"<p>{words}</p><p>끝</p>").strip() == words


def test_a_table_is_read_as_one_unless_the_plain_text_says_more() -> None:
    table = "<table><tr><th>품번</th><th>수량</th></tr><tr><td>A-1</td><td>3</td></tr></table>"
    assert alternatives("품번 수량 A-1 3", table) == "품번 | 수량\nA-1 | 3"
    longer = "품번 수량 A-1 3 그리고 납기는 3주, 금액은 1,200만 원입니다."
    assert alternatives(longer, table).strip() == longer
