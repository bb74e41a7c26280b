"""What every adapter owes: samples of its payloads, read without loss."""

import re
from pathlib import Path

import httpx
import pytest

from coaching.integrations import adapters
from coaching.integrations.base import Adapter, Batch, Capability, Resource
from coaching.records import (
    AgentRef,
    Evaluation,
    EvaluationForm,
    Interaction,
    LiveEvent,
    QueueRef,
    Recording,
    RosterEntry,
    SentimentSpan,
    TeamRef,
    TranscriptSegment,
)
from tests.coaching.integrations.conftest import NOW

pytestmark = pytest.mark.pure

PAYLOADS = Path(__file__).parents[3] / "fixtures" / "payloads"
SAMPLES = [
    pytest.param(slug, path, id=f"{slug}/{path.name}")
    for slug in adapters()
    for path in sorted((PAYLOADS / slug).glob("*"))
]
KINDS = {
    Resource.AGENTS: AgentRef,
    Resource.TEAMS: TeamRef,
    Resource.ROSTER: RosterEntry,
    Resource.QUEUES: QueueRef,
    Resource.FORMS: EvaluationForm,
    Resource.INTERACTIONS: Interaction,
    Resource.EVALUATIONS: Evaluation,
    Resource.RECORDINGS: Recording,
    Resource.TRANSCRIPTS: TranscriptSegment,
    Resource.SENTIMENT: SentimentSpan,
    Resource.LIVE: LiveEvent,
}
PROMISES = {
    Capability.AGENTS: Resource.AGENTS,
    Capability.INTERACTIONS: Resource.INTERACTIONS,
    Capability.EVALUATIONS: Resource.EVALUATIONS,
    Capability.RECORDINGS: Resource.RECORDINGS,
    Capability.TRANSCRIPTS: Resource.TRANSCRIPTS,
    Capability.SENTIMENT: Resource.SENTIMENT,
    Capability.LIVE_TRANSCRIPT: Resource.LIVE,
}


def make(slug: str, http: httpx.Client) -> Adapter:
    kind = adapters()[slug]
    settings = {need.name: need.default or "x" for need in kind.needs}
    return kind(settings, http, clock=lambda: NOW, sleep=lambda _: None)


def read_sample(adapter: Adapter, path: Path) -> Batch:
    event = path.name.split(".")[0]
    return adapter.read(event, path.read_bytes())


@pytest.mark.parametrize(("slug", "path"), SAMPLES)
def test_sample_is_read_without_loss(slug: str, path: Path, http: httpx.Client) -> None:
    batch = read_sample(make(slug, http), path)

    assert batch.unreadable == ()
    assert not batch.unknown_values
    assert {type(record) for record in batch.records} <= {KINDS[batch.resource]}
    keys = [record.natural_key for record in batch.records]
    assert len(keys) == len(set(keys))


@pytest.mark.parametrize("slug", adapters())
def test_samples_cover_what_the_adapter_promises(slug: str, http: httpx.Client) -> None:
    adapter = make(slug, http)

    batches = [read_sample(adapter, path) for path in (PAYLOADS / slug).glob("*")]

    found = {batch.resource for batch in batches if batch.records}
    promised = {PROMISES[it] for it in adapter.capabilities if it in PROMISES}
    assert found >= promised | set(adapter.resources)


@pytest.mark.parametrize("slug", adapters())
def test_needs_can_be_shown_as_a_form(slug: str) -> None:
    needs = adapters()[slug].needs

    assert len({need.name for need in needs}) == len(needs)
    for need in needs:
        assert re.fullmatch(r"[a-z_]+", need.name)
        assert need.label
        assert not (need.secret and need.default)
        assert not need.choices or need.default in dict(need.choices)
