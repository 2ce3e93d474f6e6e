"""Forms and buttons of the tab for accounts, as HTML. Whatever they are handed is escaped here.

A form sends the deed it names and all of its fields; see `deeds.py`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape


@dataclass(frozen=True, slots=True)
class Sure:
    """The question before a deed, and the words of its two answers."""

    question: str
    yes: str
    no: str

    @property
    def attributes(self) -> str:
        return f' data-sure="{escape(self.question)}" data-yes="{escape(self.yes)}" data-no="{escape(self.no)}"'


def line(name: str, label: str, *, most: int = 80, kind: str = "text", hint: str = "", needed: bool = True) -> str:
    """A field of one line; `kind` is one of HTML's."""
    length = f' maxlength="{most}"' if kind == "text" else ""
    return _labelled(label, f'<input name="{name}" type="{kind}"{length}{_needed(needed)} autocomplete="off">', hint)


def number(name: str, label: str, value: int, most: int) -> str:
    return _labelled(label, f'<input name="{name}" type="number" min="1" max="{most}" value="{value}" required>')


def area(name: str, label: str, *, most: int = 2000, needed: bool = True) -> str:
    return _labelled(label, f'<textarea name="{name}" rows="2" maxlength="{most}"{_needed(needed)}></textarea>')


def choice(name: str, label: str, options: Sequence[tuple[str, str]]) -> str:
    """`options` are values with their words."""
    listed = "".join(f'<option value="{escape(value)}">{escape(words)}</option>' for value, words in options)
    return _labelled(label, f'<select name="{name}" required>{listed}</select>')


def form(deed: str, fields: str, submit: str, carried: Mapping[str, str] | None = None, more: str = "") -> str:
    """A form that does `deed`. `submit` are its buttons; `carried` goes along unseen; `more` says what will happen."""
    told = f'<p class="gj-more">{escape(more)}</p>' if more else ""
    return (
        f'<form class="gj-form" data-act="deed" data-deed="{deed}"{_data(carried)}>{told}{fields}'
        f'<div class="gj-submit">{submit}</div></form>'
    )


def submit(words: str, step: str = "", sure: Sure | None = None, *, fields_needed: bool = True) -> str:
    """A form's button. Where a form has several, `step` tells which was pressed."""
    told = f' name="step" value="{step}"' if step else ""
    free = "" if fields_needed else " formnovalidate"
    return f'<button type="submit" class="gj-do"{told}{free}{sure.attributes if sure else ""}>{escape(words)}</button>'


def button(deed: str, words: str, carried: Mapping[str, str], sure: Sure | None = None, label: str = "") -> str:
    """A button that does `deed`. `label` says it in full where `words` alone would not."""
    named = f' aria-label="{escape(label)}"' if label else ""
    return (
        f'<button type="button" class="gj-plain" data-act="deed" data-deed="{deed}"{_data(carried)}'
        f"{sure.attributes if sure else ''}{named}>{escape(words)}</button>"
    )


def look(words: str, carried: Mapping[str, str], label: str = "") -> str:
    """A button that shows something else."""
    named = f' aria-label="{escape(label)}"' if label else ""
    return f'<button type="button" class="gj-plain" data-act="look"{_data(carried)}{named}>{escape(words)}</button>'


def section(title: str, body: str, more: str = "", *, arrive: bool = False) -> str:
    """A part of the tab under its heading. `arrive`: it is what was asked to be shown."""
    there = ' tabindex="-1" data-arrive' if arrive else ""
    told = f'<p class="gj-more">{escape(more)}</p>' if more else ""
    return f'<section class="gj-part"{there}><h3>{escape(title)}</h3>{told}{body}</section>'


def listed(rows: Sequence[str], none: str) -> str:
    return f"<ul>{''.join(rows)}</ul>" if rows else f'<p class="gj-none">{escape(none)}</p>'


def row(title: str, facts: Sequence[str], badge: str = "", end: str = "", *, over: bool = False) -> str:
    """An entry of a list. `facts` and `end` are HTML. `over`: it is past, and shown so."""
    shown = " · ".join(fact for fact in facts if fact)
    marked = f'<span class="gj-badge plain">{escape(badge)}</span>' if badge else ""
    return (
        f'<li class="gj-row{" over" if over else ""}"><div class="gj-what"><strong>{escape(title)}</strong>'
        f'<p class="gj-facts">{shown}</p></div>{marked}{end}</li>'
    )


def _labelled(label: str, control: str, hint: str = "") -> str:
    told = f"<small>{escape(hint)}</small>" if hint else ""
    return f'<label class="gj-field"><span>{escape(label)}</span>{told}{control}</label>'


def _data(carried: Mapping[str, str] | None) -> str:
    return "".join(f' data-{name}="{escape(value)}"' for name, value in (carried or {}).items())


def _needed(needed: bool) -> str:
    return " required" if needed else ""
