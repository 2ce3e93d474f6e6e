"""No table, and no two tables ever shown, tell anything of fewer than five: checked on simulated years."""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import chain, combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from serving.floor import FLOOR, Tally, following, safe, tallied

VALUES = ("a", "b", "c", "d", "unknown")


def people(**counts: int) -> dict[str, str]:
    return {f"{value}{number}": value for value, count in counts.items() for number in range(count)}


def cells(tally: Tally | None) -> dict[str, int]:
    assert tally is not None
    names = ["".join(sorted(value[0] for value in cell)) for cell in tally.cells]
    return dict(zip(names, tally.counts(), strict=True))


# One table


@pytest.mark.parametrize(
    ("counts", "expected"),
    [
        ({"a": 9, "b": 8, "c": 7, "d": 6, "unknown": 5}, {"a": 9, "b": 8, "c": 7, "d": 6, "u": 5}),
        ({"a": 9, "b": 8, "c": 3, "d": 2}, {"a": 9, "b": 8, "cdu": 5}),
        ({"a": 9, "b": 8, "c": 3}, {"a": 9, "bcdu": 11}),
        ({"a": 9, "b": 8}, {"a": 9, "bcdu": 8}),
        ({"a": 6, "b": 4, "c": 4}, {"a": 6, "bcdu": 8}),
    ],
)
def test_small_cells_become_one_of_five_at_least(counts: dict[str, int], expected: dict[str, int]) -> None:
    tally = tallied(VALUES, people(**counts))
    assert tally.clears()
    assert cells(tally) == expected


@pytest.mark.parametrize("counts", [{}, {"a": 4}, {"a": 50}, {"a": 50, "b": 4}, {"a": 4, "b": 4, "c": 1}])
def test_what_cannot_be_told_apart_safely_is_not_shown(counts: dict[str, int]) -> None:
    assert not tallied(VALUES, people(**counts)).clears()


@given(st.lists(st.sampled_from(VALUES), max_size=80))
def test_no_cell_and_no_complement_has_fewer_than_five(values: list[str]) -> None:
    tally = tallied(VALUES, {str(number): value for number, value in enumerate(values)})
    assert sorted(chain.from_iterable(tally.cells)) == sorted(VALUES)
    if tally.clears():
        counts = tally.counts()
        assert sum(counts) == len(values)
        assert all(FLOOR <= count <= len(values) - FLOOR for count in counts)


# Two tables


BASE = people(a=12, b=12, c=12)


def moved(**changes: str | None) -> dict[str, str]:
    """BASE after some companies changed, came or (None) went."""
    return {name: value for name, value in (BASE | changes).items() if value is not None}


@pytest.mark.parametrize(
    ("after", "allowed"),
    [
        (BASE, True),
        (moved(new="a"), False),
        (moved(a1=None), False),
        (moved(a1="b"), False),
        (moved(a1="b", b1="a"), False),  # the counts are the same, and so would be nothing to see; still refused
        (moved(**{f"n{i}": "a" for i in range(5)}), False),  # who knows that they came knows what they are
        (moved(**{f"n{i}": "a" for i in range(5)}, **{f"m{i}": "b" for i in range(5)}), True),
        (moved(**{f"n{i}": "a" for i in range(5)}, **{f"m{i}": "b" for i in range(4)}), False),
        (moved(**{f"a{i}": None for i in range(5)}), False),
        (moved(**{f"a{i}": None for i in range(5)}, **{f"b{i}": None for i in range(5)}), True),
        (moved(**{f"a{i}": "b" for i in range(5)}), True),
        (moved(**{f"a{i}": "b" for i in range(5)}, a6=None), False),
    ],
)
def test_what_moved_since_is_held_to_the_same_floor(after: dict[str, str], *, allowed: bool) -> None:
    assert safe(tallied(VALUES, BASE), tallied(VALUES, after)) is allowed


def test_a_change_within_a_cell_of_both_is_not_seen() -> None:
    before = people(a=12, b=12, c=3, d=3)
    assert safe(tallied(VALUES, before), tallied(VALUES, before | {"c1": "d"}))


def test_a_company_that_withdrew_is_remembered_as_a_number() -> None:
    table = tallied(VALUES, BASE).without("b3")
    assert "b3" not in table.members
    assert dict(zip(cells(table), table.gone, strict=True)) == {"b": 1, "c": 0, "adu": 0}
    assert not safe(table, tallied(VALUES, moved(b3=None)))


# Years of them


@dataclass
class Year:
    """What the host sees month by month, and the whole truth of it, written down by another hand."""

    companies: dict[str, str]
    shown: list[Tally]
    truths: list[tuple[tuple[frozenset[str], ...], dict[str, str]]]
    withheld: int = 0

    def month(self, seed: int) -> None:
        last = self.shown[-1] if self.shown else None
        tally = following(VALUES, self.companies, last, self.shown, random.Random(seed).sample)
        if tally is None:
            self.withheld += 1
        elif last is None or any(last.gone) or tally.members != last.members:
            self.shown.append(tally)
            self.truths.append((tally.cells, dict(tally.members)))

    def leave(self, company: str) -> None:
        self.companies.pop(company, None)
        self.shown = [tally.without(company) for tally in self.shown]


def outcomes(before: Iterable[frozenset[str]], after: Iterable[frozenset[str]]) -> list[set[str]]:
    """Every set of values that both tables give a count of: unions of cells in the one and in the other."""
    joined: list[set[str]] = []
    for cell in (*before, *after):
        touching = [part for part in joined if part & cell]
        joined = [part for part in joined if not part & cell] + [set(cell).union(*touching)]
    sizes = range(1, len(joined) + 1)
    return [set().union(*parts) for size in sizes for parts in combinations(joined, size)]


def none_or_five(names: Iterable[str]) -> bool:
    return not 0 < len(set(names)) < FLOOR


def check_pair(
    before: tuple[tuple[frozenset[str], ...], Mapping[str, str]],
    after: tuple[tuple[frozenset[str], ...], Mapping[str, str]],
) -> None:
    (old_cells, old), (new_cells, new) = before, after
    for union in outcomes(old_cells, new_cells):
        was = {company for company, value in old.items() if value in union}
        now = {company for company, value in new.items() if value in union}
        assert none_or_five(was ^ now)
        assert none_or_five(was - now)
        assert none_or_five(now - was)
    for cells_of, members, strangers in (
        (new_cells, new, new.keys() - old.keys()),
        (old_cells, old, old.keys() - new.keys()),
    ):
        by_cell = [{name for name in strangers if members[name] in cell} for cell in cells_of]
        assert all(none_or_five(names) for names in by_cell)
        assert sum(bool(names) for names in by_cell) != 1


def check(year: Year) -> None:
    for cells_of, members in year.truths:
        sizes = [sum(value in cell for value in members.values()) for cell in cells_of]
        assert all(FLOOR <= size <= len(members) - FLOOR for size in sizes)
    for before, after in combinations(year.truths, 2):
        check_pair(before, after)


def lived(seed: int, size: int, weights: list[int], stir: float) -> Year:
    """Two years: each month some join, leave and change, `stir` of the companies of each kind at the most."""
    lot = random.Random(seed)
    year, made = Year({}, [], []), 0
    for month in range(24):
        joining = size if month == 0 else lot.randint(0, int(size * stir) + 1)
        for _ in range(joining):
            year.companies[f"company{made}"] = lot.choices(VALUES, weights)[0]
            made += 1
        for company in lot.sample(sorted(year.companies), min(len(year.companies), lot.randint(0, int(size * stir)))):
            year.leave(company)
        for company in lot.sample(sorted(year.companies), min(len(year.companies), lot.randint(0, int(size * stir)))):
            year.companies[company] = lot.choices(VALUES, weights)[0]
        year.month(lot.getrandbits(32))
        if year.shown:
            assert not (set(year.shown[-1].members) | year.shown[-1].held) - year.companies.keys()
    return year


@settings(max_examples=50, deadline=None)
@given(
    seed=st.integers(0, 2**32),
    size=st.integers(8, 120),
    weights=st.lists(st.integers(1, 8), min_size=5, max_size=5),
    stir=st.sampled_from([0.0, 0.01, 0.05, 0.2, 0.5]),
)
def test_no_two_tables_ever_shown_isolate_fewer_than_five(
    seed: int, size: int, weights: list[int], stir: float
) -> None:
    check(lived(seed, size, weights, stir))


ONE_COMPANY = st.tuples(st.sampled_from([f"company{n}" for n in range(30)]), st.sampled_from([*VALUES, None]))


@settings(max_examples=100, deadline=None)
@given(st.lists(st.lists(ONE_COMPANY, max_size=12), min_size=1, max_size=6), st.integers(0, 2**32))
def test_nor_do_small_ones(months: list[list[tuple[str, str | None]]], seed: int) -> None:
    year = Year({f"company{n}": VALUES[n % 2] for n in range(14)}, [], [])
    for number, changes in enumerate(months):
        for company, value in changes:
            if value is None:
                year.leave(company)
            else:
                year.companies[company] = value
        year.month(seed + number)
    check(year)


def test_the_check_itself_finds_one_that_joined() -> None:
    before, after = tallied(VALUES, BASE), tallied(VALUES, moved(new="a"))
    with pytest.raises(AssertionError):
        check_pair((before.cells, before.members), (after.cells, after.members))


# It is of use as well


def grown(year: Year, **counts: int) -> None:
    for value, count in counts.items():
        for _ in range(count):
            year.companies[f"new{len(year.companies)}"] = value


def test_newcomers_are_counted_with_five_alike() -> None:
    year = Year(dict(BASE), [], [])
    year.month(0)
    assert cells(year.shown[-1]) == {"b": 12, "c": 12, "adu": 12}
    grown(year, a=5, b=3)
    year.month(1)
    assert len(year.shown) == 1
    grown(year, c=6)
    year.month(2)
    assert cells(year.shown[-1]) == {"b": 12, "c": 18, "adu": 17}
    grown(year, b=2, a=5)
    year.month(3)
    assert cells(year.shown[-1]) == {"b": 17, "c": 18, "adu": 22}
    check(year)


def test_one_that_withdraws_does_not_blank_the_overview_for_good() -> None:
    year = Year(dict(BASE), [], [])
    year.month(0)
    year.leave("a3")
    year.month(1)
    assert year.withheld == 0
    assert sum(cells(year.shown[-1]).values()) == len(BASE) - 10
    assert len(year.shown[-1].held) == 9
    year.month(2)
    assert len(year.shown) == 2
    grown(year, a=6, b=6, c=6)
    year.month(3)
    assert sum(cells(year.shown[-1]).values()) == len(BASE) - 10 + 18
    check(year)


def test_companions_of_one_that_withdraws_differ_by_lot() -> None:
    seen = set()
    for seed in range(20):
        year = Year(dict(BASE), [], [])
        year.month(0)
        year.leave("a3")
        year.month(seed)
        seen.add(year.shown[-1].held)
    assert len(seen) > 10
