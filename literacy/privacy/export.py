"""Everything kept about a learner, as the learner may take it home."""

from typing import Any

from literacy.models import Learner
from literacy.privacy.registry import data_classes


def export(learner: Learner) -> dict[str, Any]:
    """Return every registered class of data about a learner, ready for JSON."""
    user = learner.user
    return {
        "learner": {
            "name": user.get_full_name(),
            "e-mail": user.email,
            "language": learner.language,
            "first signed in": learner.activated_at,
        },
        "data": {
            data_class.name: {
                "title": str(data_class.title),
                "purpose": str(data_class.purpose),
                "kept": str(data_class.kept),
                "seen by": str(data_class.seen_by),
                "rows": data_class.export(learner),
            }
            for data_class in data_classes()
        },
    }
