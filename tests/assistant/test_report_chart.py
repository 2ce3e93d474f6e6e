"""The radar: what is known is drawn, what is not is left open."""

from __future__ import annotations

import sys
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO

import pytest
from lxml import etree
from PIL import Image

from assistant.report.blocks import Point, Radar
from assistant.report.chart import ACCENT, PAST, radar_png, radar_svg
from assistant.report.text import Say

SAY = Say("ko")


def radar(*scores: float | None, before: float | None = None, overlay: bool = False) -> Radar:
    return Radar(tuple(Point(f"차원 {n}", score, before) for n, score in enumerate(scores)), overlay, '말 <"&>')


def drawn(chart: Radar) -> etree._Element:
    return etree.fromstring(radar_svg(chart, SAY))


def lines(root: etree._Element, colour: str) -> int:
    """Lines in this colour that are drawn (marks are `use` elements, areas have no stroke)."""
    return sum(each.get("stroke") == colour and each.get("fill") == "none" for each in root.iter("path"))


def test_labels_are_text_and_carry_the_scores() -> None:
    texts = [each.text for each in drawn(radar(1.0, 2.5, None)).iter("text")]
    assert {"차원 0", "1.0", "2.5", "모름"} <= set(texts)
    assert "0.0" not in texts


def test_letters_are_large_enough_for_a_phone_and_stay_in_the_drawing() -> None:
    """A drawing of up to 290 units stands at its own size in the narrowest column (390 px less what is around it)."""
    root = drawn(radar(1.0, None, 2.5, 4.0, before=1.0, overlay=True))
    wide = float(root.get("viewBox").split()[2])
    shown = min(290 / wide, 1.0)
    assert min(float(each.get("font-size")) for each in root.iter("text")) * shown >= 11


def test_lines_break_where_a_score_is_not_known() -> None:
    assert lines(drawn(radar(1.0, 2.0, 3.0, 4.0)), ACCENT) == 4
    assert lines(drawn(radar(1.0, None, 3.0, 4.0)), ACCENT) == 2
    assert lines(drawn(radar(None, None, None, None)), ACCENT) == 0


def test_last_time_is_drawn_only_where_there_was_one() -> None:
    assert lines(drawn(radar(1.0, 2.0, 3.0)), PAST) == 0
    assert lines(drawn(radar(1.0, 2.0, 3.0, before=2.0, overlay=True)), PAST) == 4  # three, and its line in the legend


def test_the_drawing_needs_no_style_and_says_what_it_shows() -> None:
    root = drawn(radar(1.0, 2.0, 3.0))
    assert root.get("aria-label") == '말 <"&>'
    assert not any("style" in each.attrib or each.tag == "style" for each in root.iter())
    assert any(each.get("fill") == "currentColor" for each in root.iter("text"))


@pytest.mark.parametrize("scores", [(), (1.0,), (1.0, 2.0)])
def test_few_spokes_are_no_trouble(scores: tuple[float, ...]) -> None:
    assert drawn(radar(*scores)).tag == "svg"


def test_a_name_with_signs_is_drawn_as_it_stands() -> None:
    chart = Radar((Point("$x$ <b> & 🏭", 1.0), Point("둘", 2.0), Point("셋", 3.0)), overlay=False, says="말")
    assert "[U+1F3ED]" in "".join(each.text for each in drawn(chart).iter("text"))


def test_threads_draw_the_same() -> None:
    chart = radar(1.0, None, 3.0, before=2.0, overlay=True)
    with ThreadPoolExecutor(4) as pool:
        pictures = set(pool.map(lambda _: radar_png(chart, SAY), range(4)))
        drawings = set(pool.map(lambda _: radar_svg(chart, SAY), range(4)))
    assert (len(pictures), len(drawings)) == (1, 1)
    with Image.open(BytesIO(pictures.pop())) as picture:
        assert picture.format == "PNG"
        assert picture.width > picture.height > 500


def test_neither_pyplot_nor_the_font_package_is_imported() -> None:
    radar_svg(radar(1.0, 2.0, 3.0), SAY)
    assert "matplotlib.pyplot" not in sys.modules
    assert "koreanize_matplotlib" not in sys.modules
