"""An AAS server of our own for tests: shells, submodels, concepts and attachments by part 2 of the specification."""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

import httpx

Json = dict[str, Any]


def submodel(identity: str, *elements: Json, id_short: str = "Nameplate") -> Json:
    return {"modelType": "Submodel", "id": identity, "idShort": id_short, "submodelElements": list(elements)}


def prop(id_short: str, value: str, semantic_id: str = "") -> Json:
    made: Json = {"modelType": "Property", "idShort": id_short, "valueType": "xs:string", "value": value}
    if semantic_id:
        made["semanticId"] = {
            "type": "ExternalReference",
            "keys": [{"type": "GlobalReference", "value": semantic_id}],
        }
    return made


def shell(identity: str, *submodels: str, id_short: str = "Press") -> Json:
    references = [{"type": "ModelReference", "keys": [{"type": "Submodel", "value": each}]} for each in submodels]
    asset = {"assetKind": "Instance", "globalAssetId": f"{identity}/asset"}
    return {
        "modelType": "AssetAdministrationShell",
        "id": identity,
        "idShort": id_short,
        "assetInformation": asset,
        "submodels": references,
    }


class Streamed(httpx.MockTransport):
    """Answers whose bytes come as they do over a network, as they were sent."""

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        made = super().handle_request(request)
        if not isinstance(made.stream, httpx.ByteStream) or not made.is_closed:
            return made
        return httpx.Response(made.status_code, headers=made.headers, stream=httpx.ByteStream(made.content))


@dataclass
class FakeAasServer:
    """`below`: where the interface begins. `faults`: statuses that the next requests are answered with."""

    shells: list[Json] = field(default_factory=list)
    submodels: list[Json] = field(default_factory=list)
    concepts: list[Json] = field(default_factory=list)
    files: dict[tuple[str, str], bytes] = field(default_factory=dict)
    below: str = "/api/v3.0"
    faults: list[int] = field(default_factory=list)
    hidden: set[str] = field(default_factory=set)
    asked: list[str] = field(default_factory=list)

    @property
    def transport(self) -> httpx.BaseTransport:
        return Streamed(self.answer)

    def answer(self, request: httpx.Request) -> httpx.Response:
        path = unquote(request.url.raw_path.decode().split("?")[0])
        self.asked.append(path)
        if self.faults:
            return httpx.Response(self.faults.pop(0))
        if not path.startswith(self.below + "/"):
            return httpx.Response(404)
        parts = path.removeprefix(self.below).strip("/").split("/")
        lists = {"shells": self.shells, "submodels": self.submodels, "concept-descriptions": self.concepts}
        if parts[0] in self.hidden or parts[0] not in lists:
            return httpx.Response(404)
        if len(parts) == 1:
            return self._page(lists[parts[0]], request.url.params)
        return self._one(lists[parts[0]], decoded(parts[1]), parts[2:], request.url.params)

    def _one(self, items: list[Json], identity: str, rest: list[str], params: httpx.QueryParams) -> httpx.Response:
        found = next((each for each in items if each["id"] == identity), None)
        if found is None:
            return httpx.Response(404)
        if not rest:
            return httpx.Response(200, json=found)
        if rest == ["submodel-refs"]:
            return self._page(found.get("submodels", []), params)
        if rest[0] == "submodel-elements" and rest[-1] == "attachment":
            data = self.files.get((identity, rest[1]))
            return httpx.Response(404) if data is None else httpx.Response(200, content=data)
        return httpx.Response(404)

    @staticmethod
    def _page(items: list[Json], params: httpx.QueryParams) -> httpx.Response:
        first, limit = int(params.get("cursor", "0")), int(params.get("limit", "100"))
        body: Json = {"paging_metadata": {}, "result": items[first : first + limit]}
        if first + limit < len(items):
            body["paging_metadata"]["cursor"] = str(first + limit)
        return httpx.Response(200, content=json.dumps(body).encode(), headers={"content-type": "application/json"})


def decoded(part: str) -> str:
    assert "=" not in part
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)).decode()
