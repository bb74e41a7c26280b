"""From records to rows: once only, lawful only, nothing lost.

In: batches of an adapter. Out: contacts, evaluations, people and teams as the product knows
them; what cannot be used yet waits in quarantine with its reason.
"""

from coaching.intake.lawful import Lawful, NotLawful, lawful
from coaching.intake.quarantine import end_quarantine, replay, replay_spoken
from coaching.intake.running import Busy, Paused, build_adapter, pull, recorded, run_lock
from coaching.intake.taking import Intake

__all__ = [
    "Busy",
    "Intake",
    "Lawful",
    "NotLawful",
    "Paused",
    "build_adapter",
    "end_quarantine",
    "lawful",
    "pull",
    "recorded",
    "replay",
    "replay_spoken",
    "run_lock",
]
