"""`/sign-in` and `/join`: the two pages for who is not signed in. They load nothing but their own script."""

from __future__ import annotations

import json
from html import escape
from pathlib import Path

from fastapi import APIRouter
from fastapi.responses import FileResponse, HTMLResponse

from serving.accounts.passwords import LONGEST, SHORTEST
from serving.gate import Rule, may
from ui.text import Language, sentence

router = APIRouter(include_in_schema=False)
_BESIDE = Path(__file__).parent / "page"
_ROLES = ("staff", "admin", "consultant", "trainer", "host", "operator")


@router.get("/sign-in")
@may(Rule.PUBLIC)
def sign_in(lang: str = "ko") -> HTMLResponse:
    """Login and password, or the way an OpenID provider opens."""
    return HTMLResponse(sign_in_page(_language(lang)))


@router.get("/join")
@may(Rule.PUBLIC)
def join(lang: str = "ko") -> HTMLResponse:
    """Accepts the invitation whose token stands after `#`, which no server and no log gets to see."""
    return HTMLResponse(join_page(_language(lang)))


@router.get("/sign-in/page.js")
@may(Rule.PUBLIC)
def script() -> FileResponse:
    """What both pages do. A file, because no script may stand in a page."""
    return FileResponse(_BESIDE / "sign_in.js", media_type="text/javascript")


def sign_in_page(language: Language) -> str:
    """The page as HTML."""
    title = sentence("sign_in", language)
    fields = _field(
        "login", sentence("login", language), "username", most=120, attributes='autofocus autocapitalize="none"'
    ) + _field("password", sentence("password", language), "current-password", kind="password", most=LONGEST)
    body = f"""<h1>{title}</h1>{_trouble(language)}
<form id="sign-in">{fields}<button type="submit">{title}</button></form>
{_openid("sign_in_oidc", language)}
<p class="way">{sentence("sign_in_way", language)}</p>"""
    return _page(title, body, language)


def join_page(language: Language) -> str:
    """The page as HTML."""
    roles = json.dumps({role: sentence(f"as_{role}", language) for role in _ROLES}, ensure_ascii=False)
    invited = {kind: escape(sentence(f"invited_{kind}", language, company="{company}", role="{role}")) for kind in ("company", "none")}  # fmt: skip
    shortest = f'minlength="{SHORTEST}"'
    fields = (
        _field("name", sentence("join_name", language), "name", most=80)
        + _field("login", sentence("join_login", language), "username", most=120, attributes='autocapitalize="none"')
        + _field("password", sentence("join_password", language, shortest=SHORTEST), "new-password", kind="password",
                 most=LONGEST, attributes=shortest)
        + _field("again", sentence("join_again", language), "new-password", kind="password", most=LONGEST)
    )  # fmt: skip
    title = sentence("join", language)
    body = f"""<h1 data-company="{invited["company"]}" data-none="{invited["none"]}" data-roles="{escape(roles)}">{title}</h1>
{_trouble(language)}
<form id="join" hidden data-cut="{sentence("join_cut", language)}" data-differ="{sentence("join_differ", language)}">
<p>{sentence("join_more", language)}</p>{fields}<button type="submit">{sentence("join_do", language)}</button></form>
{_openid("join_oidc", language)}
<p class="way"><a href="/sign-in?lang={language}">{sentence("join_known", language)}</a></p>"""
    return _page(title, body, language)


def _page(title: str, body: str, language: Language) -> str:
    style = "".join((_BESIDE / name).read_text(encoding="utf-8") for name in ("colours.css", "sign_in.css"))
    other = "en" if language == "ko" else "ko"
    return f"""<!doctype html>
<html lang="{language}">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title} · {sentence("brand", language)}</title><style>{style}</style><script src="/sign-in/page.js"></script></head>
<body><header><span class="brand">{sentence("brand", language)}</span>
<a id="switch" href="?lang={other}" lang="{other}" hreflang="{other}">{sentence("switch", language)}</a></header>
<main>{body}<noscript><p class="trouble">{sentence("needs_script", language)}</p></noscript></main></body>
</html>
"""


def _trouble(language: Language) -> str:
    """Where what went wrong is told: by the server's own sentence, or this one where none came."""
    return f'<p class="trouble" role="alert" data-unreached="{sentence("unreachable", language)}"></p>'


def _openid(words: str, language: Language) -> str:
    """The way an OpenID provider opens: shown once the server has said that there is one."""
    named = escape(sentence(words, language, name="{name}"))
    return f'<a class="other" id="oidc" href="/oidc/start" data-words="{named}" hidden></a>'


def _field(name: str, label: str, complete: str, *, most: int, kind: str = "text", attributes: str = "") -> str:
    return (
        f'<label><span>{label}</span><input name="{name}" type="{kind}" autocomplete="{complete}" maxlength="{most}"'
        f" required {attributes}></label>"
    )


def _language(lang: str) -> Language:
    return "en" if lang == "en" else "ko"
