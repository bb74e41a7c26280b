"""NICE CXone's sign-in: an access key and its secret, in JSON, for a token."""

from dataclasses import dataclass, field

import httpx


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessKey:
    token_url: str
    key_id: str
    secret: str = field(repr=False)

    @property
    def identity(self) -> str:
        return f"{self.token_url} {self.key_id}"

    def request(self, http: httpx.Client) -> httpx.Request:
        key = {"accessKeyId": self.key_id, "accessKeySecret": self.secret}
        return http.build_request("POST", self.token_url, json=key)
