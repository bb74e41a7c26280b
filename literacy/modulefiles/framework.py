"""Areas, competences and criteria from their file into rows."""

from typing import Any

from django.db import models, transaction

from literacy.models import Area, Competence, Criterion
from literacy.modulefiles.files import FOLDER, read_yaml


@transaction.atomic
def load_framework() -> int:
    """Bring the rows in line with the file and return how many were written."""
    data = read_yaml(FOLDER / "framework.yaml")
    written = _keep(Area, data["areas"])
    written += _keep(Competence, data["competences"], ("area",))
    written += _keep(Criterion, data["criteria"])
    for entry in data["criteria"]:
        criterion = Criterion(pk=entry["id"])
        if set(criterion.feeds.values_list("pk", flat=True)) != set(entry["feeds"]):
            criterion.feeds.set(entry["feeds"])
            written += 1
    return written


def _keep(
    model: type[models.Model], entries: list[dict[str, Any]], parents: tuple[str, ...] = ()
) -> int:
    rows = model._default_manager.in_bulk()
    wanted = {
        entry["id"]: {
            "names": entry["name"],
            "position": position,
            **{f"{name}_id": entry[name] for name in parents},
        }
        for position, entry in enumerate(entries)
    }
    changed = [
        model(pk=key, **fields)
        for key, fields in wanted.items()
        if key not in rows or any(getattr(rows[key], name) != fields[name] for name in fields)
    ]
    for row in changed:
        row.save()
    return len(changed)
