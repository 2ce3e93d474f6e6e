"""When counts may be shown: no cell, nor what is left without it, nor what moved since an earlier table, is fewer than five.

Counts can be subtracted. A cell that grew by one since last month shows what the newest company is, and one that shrank
what the company that left was. So each new table is held against every table ever shown, as movements: from an old cell
to a new one, in from outside, out to it. Each movement must be of nobody or of five at least; and those who came, and
those who left, must not all be of one cell, for whoever knows who came would know what they are.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

FLOOR = 5
Sample = Callable[[Sequence[str], int], list[str]]
"""Draws so many out of so many, unforeseeably: `random.SystemRandom().sample`."""


@dataclass(frozen=True, slots=True)
class Tally:
    """One table as it was shown, with whom it counted.

    `cells`: which values each cell stands for; together all values there are. `members`: a company's value. `gone`: of
    each cell, how many have withdrawn since; their names are not kept. `held`: companies left out beside one that
    withdrew, so that it is not alone; they stay out.
    """

    cells: tuple[frozenset[str], ...]
    members: Mapping[str, str]
    gone: tuple[int, ...]
    held: frozenset[str] = frozenset()

    def cell(self, value: str) -> int:
        return next(index for index, values in enumerate(self.cells) if value in values)

    def counts(self) -> list[int]:
        counted = Counter(self.cell(value) for value in self.members.values())
        return [counted[index] for index in range(len(self.cells))]

    def without(self, company: str) -> Tally:
        """The same after a company has withdrawn."""
        members = {name: value for name, value in self.members.items() if name != company}
        cell = self.cell(self.members[company]) if company in self.members else None
        gone = tuple(left + (index == cell) for index, left in enumerate(self.gone))
        return Tally(self.cells, members, gone, self.held - {company})

    def clears(self) -> bool:
        """Whether each cell, and each complement, has five."""
        return len(self.cells) > 1 and min(self.counts()) >= FLOOR


def tallied(
    values: Collection[str], members: Mapping[str, str], held: frozenset[str] = frozenset(), last: Tally | None = None
) -> Tally:
    """Count. Values with fewer than five become one cell, which takes another in where it has not five itself:
    the one it had in the `last` table, or the smallest.

    Values nobody has are in it as well: a table that left them out would say that there are none.
    """
    counted = Counter(members.values())
    few = {value for value in values if counted[value] < FLOOR}
    before = frozenset().union(*(cell for cell in last.cells if len(cell) > 1)) if last else frozenset()
    alone = sorted(set(values) - few, key=lambda value: (value not in before, counted[value], value))
    if few and alone and sum(counted[value] for value in few) < FLOOR:
        few.add(alone.pop(0))
    cells = tuple(frozenset({value}) for value in alone) + ((frozenset(few),) if few else ())
    return Tally(cells, dict(members), (0,) * len(cells), held)


def safe(old: Tally, new: Tally) -> bool:
    """Whether somebody who has seen `old` may see `new`."""
    moved: Counter[tuple[int | None, int | None]] = Counter()
    for index, left in enumerate(old.gone):
        moved[index, None] += left
    for company in old.members.keys() | new.members.keys():
        was, now = old.members.get(company), new.members.get(company)
        source = None if was is None else old.cell(was)
        target = None if now is None else new.cell(now)
        if was != now and not _unseen(old, new, was, now):
            moved[source, target] += 1
    moved = +moved
    came = sum(source is None for source, _ in moved)
    went = sum(target is None for _, target in moved)
    return all(count >= FLOOR for count in moved.values()) and came != 1 and went != 1


def _unseen(old: Tally, new: Tally, was: str | None, now: str | None) -> bool:
    """Whether both tables have the two values in one cell."""
    if was is None or now is None:
        return False
    return old.cell(was) == old.cell(now) and new.cell(was) == new.cell(now)


def following(
    values: Collection[str], now: Mapping[str, str], last: Tally | None, shown: Sequence[Tally], sample: Sample
) -> Tally | None:
    """The table to show next: as near to `now` as the tables shown so far allow; None where they allow none.

    `now`: the value of each company that agreed to be counted. `last`: the table shown before, with those since gone.
    """
    for members, held in _candidates(now, last, sample):
        tally = tallied(values, members, held, last)
        if tally.clears() and all(safe(old, tally) for old in shown):
            return tally
    return None


def _candidates(
    now: Mapping[str, str], last: Tally | None, sample: Sample
) -> Iterator[tuple[Mapping[str, str], frozenset[str]]]:
    """All; or the last table with those movements that are of five; or the last; or that without enough companions."""
    yield now, frozenset()
    if last is None:
        return
    kept = {company: value for company, value in last.members.items() if company in now}
    held = last.held & frozenset(now)
    yield kept | _in_company(now, last, held), held
    yield kept, held
    companions = _companions(last, kept, sample)
    yield {company: value for company, value in kept.items() if company not in companions}, held | companions


def _in_company(now: Mapping[str, str], last: Tally, held: frozenset[str]) -> dict[str, str]:
    """Those who came or changed since, where at least five did so alike."""
    alike: defaultdict[tuple[int | None, int], list[str]] = defaultdict(list)
    for company, value in now.items():
        was = last.members.get(company)
        if value != was and company not in held:
            alike[None if was is None else last.cell(was), last.cell(value)].append(company)
    return {company: now[company] for group in alike.values() if len(group) >= FLOOR for company in group}


def _companions(last: Tally, kept: Mapping[str, str], sample: Sample) -> frozenset[str]:
    """Companies to leave out beside those that left: up to five of their cell, and five of another drawn by lot."""
    there: defaultdict[int, list[str]] = defaultdict(list)
    for company in sorted(kept):
        there[last.cell(kept[company])].append(company)
    missing = Counter(last.cell(value) for company, value in last.members.items() if company not in kept)
    left = {index: gone + missing[index] for index, gone in enumerate(last.gone) if gone + missing[index]}
    wanted = {index: max(0, FLOOR - count) for index, count in left.items()}
    if len(left) == 1:
        others = [str(index) for index in range(len(last.cells)) if index not in left]
        wanted[int(sample(others, 1)[0])] = FLOOR
    return frozenset(
        company for index, count in wanted.items() for company in sample(there[index], min(count, len(there[index])))
    )
