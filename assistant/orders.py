"""Lines of a document that give orders to the machine reading it. A document is asked what it states, not what it wants.

Only what could hardly be meant for a person counts: a plant's papers are full of orders to people. No list of wordings is
complete, and nothing rests on this one alone: what a model writes is checked all the same.
"""

from __future__ import annotations

import re
import unicodedata

from knowledge.visible import visible

_PLAIN = r"(?:[하해으여어아내켜려워와춰써꿔겨쳐줘보마가르쓰주두치거]라)(?=[\s.,!?;:\"'”’」)\]}>-]|$)"
_DO = rf"(?:{_PLAIN}|(?:십시오|시오|세요|[해아어여려쳐내켜와을를] ?(?:줘|줄 것))(?=[\s.,!?;:\"'”’」)\]}}>-]|$)|해(?=[.!]?$|[.!]\s))"
"""How a Korean verb ends that tells somebody to do something, where nobody reports it (`-라고 하는`). `_PLAIN` is the form
that no paper uses to its readers.
"""
_ON = r"[^.!?]{0,60}"
_AI_KO = r"(?:ai|인공지능|챗봇|어시스턴트|언어\s?모델|llm|챗?gpt|챗지피티|클로드|제미나이)(?:\s*(?:비서|도우미|모델|어시스턴트))?"
_AI_EN = r"(?:(?:ai|(?:large )?language|llm|gpt)(?: (?:assistant|model|agent|system|reader|bot)s?)?|ais|chat ?bots?|llms?|(?:chat)?gpt|copilots?|claude|gemini)"
_ASSISTANT_EN = rf"(?:{_AI_EN}|assistant)"
_TOLD_EN = r"(?:instructions?|prompts?|rules|guidelines|directions|directives|context|messages|constraints|training)"
_ANSWER_KO = r"(?:답변|대답|응답|답)"
_ANSWER_EN = r"(?:answers?|responses?|repl(?:y|ies)|summar(?:y|ies))"
_SAY_KO = r"(?:답|대답|답변|응답|말|말씀|출력)"
_SHOW_EN = r"(?:reveal|print|output|repeat|leak|disclose|show|send)"
_STARTS = r"(?:^|[.!?:;,>]\s*|\b(?:and|then|please|always|never|just|simply)\s+)"

_FORGET = (
    r"(?:이전|앞선|앞의|앞서|위의|위에|지금까지|원래|모든)[^.!?]{0,20}(?:지시|명령|지침|프롬프트)[^.!?]{0,12}(?:무시|잊|따르지\s?(?:말|마))",
    r"(?:이전|앞선|앞의|위의|지금까지의?)\s*(?:모든\s*)?(?:규칙|대화|맥락)[은는을를도]?\s(?:\S+\s){0,2}(?:무시|잊)|프롬프트[는를]?\s(?:\S+\s)?(?:무시|잊)",
    r"(?:사용자|질문자)의?\s*질문[은을]?\s(?:\S+\s)?무시",
    rf"(?<!not )(?<!never )(?<!n't )\b(?:ignore|disregard|forget|override|bypass)\b[^.!?]{{0,25}}\b(?:previous|prior|above|earlier|preceding|foregoing|your|system|all)\b[^.!?]{{0,20}}\b{_TOLD_EN}\b",
    r"\b(?:ignore|disregard|forget) (?:your training|everything (?:above|before|you|said|written|else))\b",
    r"\b(?:ignore|do not (?:follow|answer|obey)) (?:the |what the )?(?:users?|questioner)(?:'s)?\b",
)
_BE = (
    r"(?<![가-힣])(?:너는|넌|너에게|네가|너희는)\s|(?<![가-힣])당신은\s[^.!?]{1,40}(?:이다|입니다|이야)\b",
    r"\byou are now (?:an? |the |called |in (?:developer|debug|god|dan)|free|unrestricted|\w*bot\b)|\bfrom now on,? you\b",
    rf"\b(?:you are|if you are|if you're) (?:an? |the |any )(?:\w+ )?{_ASSISTANT_EN}\b|\bas an? {_ASSISTANT_EN},? you\b",
    r"\bpretend (?:to be|you|that you)\b|\bact as (?:an? (?:unrestricted|uncensored|evil|jailbroken)|if you|dan\b)|\bjailbr(?:eak|oken)\b",
    r"\b(?:in|enter|enable) (?:developer|god|dan) mode\b|\bdo anything now\b|\byour (?:new|real|only|actual) (?:task|job|goal|role|purpose|mission)\b",
)
_SAY = (
    rf"[라다자냐][\"'”’]?고(?:만|도)?\s*(?:{_SAY_KO}[^.!?]{{0,6}}(?:{_DO}|할 것)|\S{{0,5}}{_PLAIN})",
    rf"{_ANSWER_KO}(?:에|에는|에도|의|마다|을|때마다)?\s*(?:끝|마지막|처음|첫머리|앞|하단|맨|모두)?{_ON}(?:넣|포함하|붙|섞|덧붙|추가하|삽입하|끝내|끝맺|시작하|출력하|렌더링하)[^.!?]{{0,4}}{_DO}",
    rf"{_ANSWER_KO}(?:할|하실|을 할|을 쓸) 때(?:마다|는)?\s{_ON}{_DO}|{_ANSWER_KO}[은는]\s{_ON}만\s(?:해라|하라|하세요|하십시오)|(?:모든|어떤)\s*질문에{_ON}{_PLAIN}",
    rf"(?:시스템|숨은|숨겨진|초기|너의|당신의)\s*(?:프롬프트|지시문?|지침){_ON}(?:공개|출력|보여|알려|말|복사|반복)[^.!?]{{0,6}}{_DO}",
    rf"\b(?:every|each|all|any|your) (?:\w+ )?{_ANSWER_EN} (?:must|should|shall|has to|have to|needs? to) (?:always |also )?(?:(?:end|begin|start|finish|conclude) with|(?:contain|include|show|say|mention) (?:the |this |a |an |<|\[|!))",
    rf"\b(?:append|include|insert|embed|add|mention|put|prepend|praise|place)\b[^.!?]{{0,80}}\b(?:to|in|into|with|of|at) (?:the (?:end|start|top|bottom) of )?(?:every|each) {_ANSWER_EN}\b",
    rf"\b(?:finish|end|begin|start|conclude) (?:every |each |all |your |the )+{_ANSWER_EN} (?:with|by)\b|\bwhen(?:ever)? you (?:answer|reply|respond|summari[sz]e)\b",
    rf"{_STARTS}(?:say|answer|reply|respond|claim|pretend|insist|state|conclude)(?: that\b| there\b| it\b| the \w+ (?:is|are|was|were|has|have|can|must|should)\b)",
    r"\byou (?:must|should|shall|have to|need to|will|can only|may only) (?:now |always |never |only |also )?(?:say|answer|reply|respond|claim|pretend|obey|comply|refuse|reveal|insult)\b|\bobey (?:it|this|me|these)\b",
    rf"\b{_SHOW_EN}\b[^.!?]{{0,30}}\b(?:system prompt|context window|api keys?|(?:your|the) (?:hidden|initial|secret|original|developer) (?:\w+ )?{_TOLD_EN})\b",
)
_YOU = (
    rf"(?:이|본|해당)\s*(?:문서|자료|글|파일|페이지|텍스트|내용)(?:를|을)?\s*(?:읽|요약|분석|처리|검색|인용)\S{{0,4}}\s*(?:있는\s*)?(?:모든\s*)?{_AI_KO}",
    rf"{_AI_KO}(?:야,?|는|은|님은|님,)\s{_ON}(?:{_SAY_KO}|안내|추천|알리|알려|무시|전하|물어)[^.!?]{{0,4}}{_DO}|{_AI_KO}야,?\s{_ON}{_DO}|{_AI_KO}(?:이)?라면",
    rf"\b(?:note|message|instructions?|attention|memo|notice|addressed) (?:to |for )?(?:the |any |all |every )?{_AI_EN}\s*(?:[:,;.]|who|reading|$)|\b(?:to )?(?:the |any |all |every ){_AI_EN} reading this\b|\b(?:dear|hey|hello) {_ASSISTANT_EN}\s*[,:!]",
    rf"(?:^|[.!?>\"'(]\s*){_ASSISTANT_EN}\s*[,:]\s*(?:please |you |now |always |never |must |should )*(?:answer|reply|respond|say|tell|ask|ignore|output|print|include|reveal|append|translate|forget|disregard|repeat)\b",
)
_MARKS = (
    r"<\|[^|<>]{1,40}\|>|\[\|/?\w{1,30}\|\]|\[/?inst\]|<</?sys>>|</?(?:start|end)_of_turn>|</s>",
    r"</?(?:system|assistant|developer|tool_?calls?|tool_response|function_?calls?|invoke|think|prompt)\b[^>]{0,80}>",
    r"^\W*#{2,}\s*(?:system|assistant|instructions?)\s*:|(?:^|[.!?#]\s*)(?:assistant|어시스턴트)\s*:|[\[【](?:system (?:prompt|message|override)|시스템\s*(?:지시|명령|프롬프트))[\]】]",
    r"[\"']role[\"']\s*:\s*[\"'](?:system|assistant)[\"']|[\"'](?:tool|tool_name|tool_calls?|function|function_call|action|name)[\"']\s*:\s*[\"'{\[][^{}]{0,60}[\"'](?:arguments|args|parameters|params|action_input)[\"']\s*:",
)
# Over small letters alone: ignoring case would make each pattern several times as slow.
_ORDER = re.compile("|".join(f"(?:{each})" for each in (*_FORGET, *_BE, *_SAY, *_YOU, *_MARKS)))
_LINK = re.compile(r"!?\[[^\]\n]{0,80}\]\([^)\s]*\)|(?:[a-z][a-z0-9+.-]*:)?//[^\s<>]+|www\.[^\s<>]+")


def is_order(line: str) -> bool:
    """Whether a line tells the machine what to do or say, or poses as something other than a document's text."""
    folded = " ".join(unicodedata.normalize("NFKC", visible(line)).lower().split())
    return bool(_ORDER.search(_LINK.sub("url", folded)))
