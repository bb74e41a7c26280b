"""One person more or less, by a secret draw that never changes for the same people.

The draw follows from the unit, the metric and who is counted. Asking again, another week or
another page gives the same draw, so nothing can be averaged away; it is neither kept nor logged.
"""

import hmac
import json
from collections.abc import Collection

DRAWS = 2**256


def noise(
    secret: str, learner_ids: Collection[int], *, unit_key: str, metric: str, is_count: bool
) -> float:
    """Return -1, 0 or +1 for a count of people, else a number from -1 to 1."""
    if not secret:
        raise ValueError("There is no noise secret, so nothing may be released.")
    message = json.dumps([unit_key, metric, sorted(learner_ids)], separators=(",", ":"))
    draw = int.from_bytes(hmac.digest(secret.encode(), message.encode(), "sha256"))
    return draw % 3 - 1 if is_count else 2 * draw / DRAWS - 1
