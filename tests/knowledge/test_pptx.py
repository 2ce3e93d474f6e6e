from __future__ import annotations

import io
from typing import Any

import pytest
from pptx import Presentation
from pptx.chart.data import CategoryChartData
from pptx.enum.chart import XL_CHART_TYPE
from pptx.util import Inches

from knowledge.document import Document
from knowledge.errors import UnreadableError
from knowledge.readers import pptx
from knowledge.readers.format import silent


def read(deck: Any, name: str = "발표.pptx") -> Document:
    stream = io.BytesIO()
    deck.save(stream)
    data = stream.getvalue()
    assert pptx.FORMAT.claims(data, name)
    return pptx.read(data, name, silent)


def slide(deck: Any, title: str) -> Any:
    made = deck.slides.add_slide(deck.slide_layouts[5])
    made.shapes.title.text = title
    return made


def box(shapes: Any, words: str, left: float, top: float) -> Any:
    made = shapes.add_textbox(Inches(left), Inches(top), Inches(2), Inches(1))
    made.text_frame.text = words
    return made


def test_slides_are_pages_read_from_the_top_left() -> None:
    deck = Presentation()
    first = slide(deck, "설비 현황")
    box(first.shapes, "오른쪽", 5, 3)
    box(first.shapes, "왼쪽", 1, 3.05)
    box(first.shapes, "위", 4, 2)
    slide(deck, "다음 단계")
    document = read(deck)
    assert document.pages == 2
    assert document.title == "설비 현황"
    assert [(s.locator.label, s.locator.page) for s in document.sections] == [("슬라이드 1", 1), ("슬라이드 2", 2)]
    assert document.sections[0].text == "설비 현황\n\n위\n\n왼쪽\n\n오른쪽"
    assert document.sections[0].headings == ("설비 현황",)


def test_groups_tables_with_merged_cells_and_notes() -> None:
    deck = Presentation()
    first = slide(deck, "점검")
    group = first.shapes.add_group_shape()
    box(group.shapes, "묶음 속", 1, 1.5)
    table = first.shapes.add_table(3, 2, Inches(1), Inches(4), Inches(4), Inches(1)).table
    for at, words in enumerate(("구분", "값", "유압", "5", "", "6")):
        table.cell(at // 2, at % 2).text = words
    table.cell(1, 0).merge(table.cell(2, 0))
    first.notes_slide.notes_text_frame.text = "천천히 말한다"
    prose, rows, notes = read(deck).sections
    assert "묶음 속" in prose.text
    assert rows.text == "구분 | 값\n유압 | 5\n유압 | 6"
    assert rows.locator.label == "슬라이드 1 표 1"
    assert (notes.text, notes.headings) == ("천천히 말한다", ("점검", "발표자 노트"))


def test_a_chart_is_the_table_it_was_drawn_from() -> None:
    deck = Presentation()
    data = CategoryChartData()
    data.categories = ["1월", "02"]
    data.add_series("불량률", (1.5, None))
    data.add_series("가동률", (80, 91.25))
    area = (Inches(1), Inches(2), Inches(4), Inches(3))
    slide(deck, "추이").shapes.add_chart(XL_CHART_TYPE.COLUMN_CLUSTERED, *area, data)
    for count in deck.slides[0].shapes[1].chart.element.iter("{*}ptCount"):
        count.set("val", "99999999999")
    chart = read(deck).sections[1]
    assert chart.text.split("\n") == [" | 불량률 | 가동률", "1월 | 1.5 | 80", "02 |  | 91.25"]


def test_hidden_slides_and_shapes_are_left_out_and_said() -> None:
    deck = Presentation()
    first = slide(deck, "보이는 것")
    secret = box(first.shapes, "안 보이는 상자", 1, 3)
    secret._element.nvSpPr.cNvPr.set("hidden", "1")
    slide(deck, "숨긴 것")._element.set("show", "0")
    document = read(deck)
    assert [section.text for section in document.sections] == ["보이는 것"]
    assert document.metadata["hidden_slides"] == "1"


def test_a_damaged_presentation_is_said_to_be_damaged() -> None:
    stream = io.BytesIO()
    Presentation().save(stream)
    data = stream.getvalue()
    for broken in (data[: len(data) // 2], data.replace(b"ppt/presentation.xml", b"ppt/presentatiom.xml")):
        with pytest.raises(UnreadableError) as refused:
            pptx.read(broken, "x.pptx", silent)
        assert refused.value.reason == "broken"
