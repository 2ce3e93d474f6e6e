"""The writing that 하도급법 제12조의3 asks for before a supplier's technical data may be had, and the words of its answer."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
Paragraph = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2000)]


class Secrecy(BaseModel):
    """비밀유지계약: 법 제12조의3③, 시행령 제7조의4. Its item 1, name and scope, is the request's own."""

    model_config = ConfigDict(extra="forbid")

    use_until: date = Field(description="제2호 사용기간의 마지막 날; 첫날은 제공일")
    holders: list[Line] = Field(min_length=1, max_length=50, description="제3호 제공받아 보유할 임직원의 명단")
    secrecy: Paragraph = Field(description="제4호 비밀유지의무")
    no_other_use: Paragraph = Field(description="제5호 목적 외 사용금지")
    damages: Paragraph = Field(description="제6호 위반에 따른 배상")
    return_method: Paragraph = Field(description="제7호 반환·폐기 방법")
    return_on: date = Field(description="제7호 반환·폐기 일자")


class DisclosureRequest(BaseModel):
    """기술자료 요구 서면: 법 제12조의3②, 시행령 제7조의3. Its item 6's 요구일 is the day the request is made."""

    model_config = ConfigDict(extra="forbid")

    purpose: Paragraph = Field(description="제1호 요구목적")
    ownership: Paragraph = Field(description="제3호 권리귀속 관계")
    price: Line = Field(description="제4호 대가")
    payment: Line = Field(description="제4호 대가의 지급방법")
    name: Line = Field(description="제5호 요구대상 기술자료의 명칭")
    scope: Paragraph = Field(description="제5호 요구대상 기술자료의 범위")
    deliver_on: date = Field(description="제6호 제공일")
    delivery: Line = Field(description="제6호 제공방법")
    justification: Paragraph = Field(description="제7호 요구가 정당함을 입증할 수 있는 사항")
    secrecy: Secrecy

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if not self.deliver_on <= self.secrecy.use_until <= self.secrecy.return_on:
            raise ValueError("deliver_on, use_until and return_on must follow each other")
        return self


class Said(BaseModel):
    """A refusal, a withdrawal: a word beside it, if wanted."""

    model_config = ConfigDict(extra="forbid")

    note: str = Field(default="", max_length=1000)


class Granted(Said):
    """The request as it is, for this document of the company's."""

    document_id: str = Field(min_length=1, max_length=80)


class Narrowed(Granted):
    """Less than was asked for: another scope, an earlier last day, or both.

    The host is shown the whole document that is named: for a smaller scope it must be one that holds no more.
    """

    scope: Paragraph | None = None
    use_until: date | None = None
