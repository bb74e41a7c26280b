"""What Genesys keeps of each conversation beside its figures: recordings, transcripts, moods.

Sounds and transcripts lie behind signed addresses: they are fetched at once, without our token.
"""

import math
from collections import Counter
from collections.abc import Callable
from functools import partial
from typing import TypeVar

import httpx
from pydantic import ValidationError

from coaching.integrations.base import Unavailable, Unreadable, Unverified, load_json
from coaching.integrations.genesys import payloads
from coaching.integrations.genesys.events import Payload
from coaching.integrations.genesys.feed import path_part
from coaching.integrations.genesys.recordings import state_of
from coaching.integrations.http import ApiClient
from coaching.records import RecordingState

ANALYTICS = "/api/v2/speechandtextanalytics"
SENTIMENT_DIALECTS = f"{ANALYTICS}/sentiment/dialects"
TRANSCRIPTION_DIALECTS = f"{ANALYTICS}/programs/transcriptionengines/dialects"
NOBODY = {"id": "00000000-0000-0000-0000-000000000000"}  # asking for them takes the permission
SOUND_FORMAT = "MP3"
TRANSCODING_TRIES = 3
LONGEST_TRANSCODING_SECONDS = 30  # what takes longer is not waited for
RETRY_SECONDS = 60
STORE_RETRY_SECONDS = 600

Found = TypeVar("Found")


class Media:
    """Calls the API with our token and `files`, a client of any host, without one."""

    def __init__(
        self,
        api: ApiClient,
        *,
        files: Callable[[str], ApiClient],
        sleep: Callable[[float], None],
    ) -> None:
        self._api = api
        self._files = files
        self._sleep = sleep

    def recordings(self, conversation: Payload) -> list[Payload]:
        """Return the metadata of a conversation's recordings."""
        path = f"{_conversation(conversation)}/recordingmetadata"
        return _unless_missing(partial(self._api.get_list, path)) or []

    def transcripts(self, conversation: Payload) -> list[Payload]:
        """Return what was said on each line of a conversation; a file may hold several lines."""
        found: dict[str, Payload] = {}
        for communication in conversation["communications"]:
            path = f"{_analytics(conversation)}/communications/{_id(communication)}/transcripturl"
            signed = _unless_missing(partial(self._api.get, path))
            if signed:
                file = self._fetch(signed.get("url"), ApiClient.get)
                found[str(file.get("communicationId"))] = file
        return list(found.values())

    def metrics(self, conversation: Payload) -> list[Payload]:
        """Return what was measured of a conversation, if anything was."""
        measured = _unless_missing(partial(self._api.get, _analytics(conversation)))
        return [measured] if measured else []

    def sound(self, fetch_ref: str) -> bytes:
        conversation, _, recording = fetch_ref.partition("/")
        path = f"{_conversation({'id': conversation})}/recordings/{_id(recording)}"
        sound = self._transcoded(path)
        if not sound.media_uris:
            state = state_of(sound.file_state, Counter())
            if state is RecordingState.PENDING:
                raise Unavailable(RETRY_SECONDS, "the recording is still being made")
            raise Unreadable("mediaUris", f"there are none: the recording is {state.value}")
        return self._fetch(next(iter(sound.media_uris.values())).media_uri, ApiClient.content)

    def _transcoded(self, path: str) -> payloads.Sound:
        """Wait a little while Genesys makes the format that we ask for."""
        for _ in range(TRANSCODING_TRIES):
            answer = self._api.call("GET", path, params={"formatId": SOUND_FORMAT})
            sound = _sound(answer)
            if answer.status_code != httpx.codes.ACCEPTED:
                return sound
            estimated_ms = sound.estimated_transcode_time_ms or RETRY_SECONDS * 1000
            wait = math.ceil(estimated_ms / 1000)
            if wait > LONGEST_TRANSCODING_SECONDS:
                break
            self._sleep(wait)
        raise Unavailable(wait, "the recording is still being transcoded")

    def _fetch(self, address: object, how: Callable[[ApiClient, str], Found]) -> Found:
        """Fetch what a signed address leads to, from whatever host."""
        base_url = _host_of(str(address or ""))
        try:
            return how(self._files(base_url), str(address))
        except Unverified as refused:
            raise Unavailable(STORE_RETRY_SECONDS, "the store of files refuses us") from refused


def _host_of(address: str) -> str:
    try:
        url = httpx.URL(address)
    except httpx.InvalidURL as error:
        raise Unreadable("url", "is not an address") from error
    if not url.host:
        raise Unreadable("url", "is missing or names no host")
    return str(url.join("/"))


def _conversation(named: Payload) -> str:
    return f"/api/v2/conversations/{path_part(named, 'id')}"


def _analytics(named: Payload) -> str:
    return f"{ANALYTICS}/conversations/{path_part(named, 'id')}"


def _id(text: str) -> str:
    return path_part({"id": text}, "id")


def _unless_missing(call: Callable[[], Found]) -> Found | None:
    """Return what a call answers; of a conversation that was not analysed there is nothing."""
    try:
        return call()
    except Unreadable as refused:
        if refused.reason != "HTTP 404":
            raise
        return None


def _sound(answer: httpx.Response) -> payloads.Sound:
    try:
        return payloads.Sound.read(load_json(answer.content or b"{}"))
    except ValidationError as error:
        raise Unreadable("recording", "is not what Genesys documents") from error
