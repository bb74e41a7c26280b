"""What is older than is kept is refused, and everybody who looks is told how much that was."""

from datetime import timedelta
from io import StringIO

import pytest
import time_machine
from django.core.management import call_command

from coaching.intake import files
from coaching.models import Evaluation, Interaction, QuarantinedPayload
from literacy.models import Role
from tests.coaching.room import make_user, page, signed_in
from tests.coaching.uploads import CONTACTS, EVALUATIONS, make_file_connection, make_import
from tests.factories import NOW, LearnerFactory, UserFactory

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(days=365)


@pytest.fixture(autouse=True)
def _sanna() -> None:
    LearnerFactory(user=UserFactory(username="sanna@demo.example"))


@pytest.mark.parametrize(
    ("text", "kind", "count"), [(CONTACTS, "interactions", 3), (EVALUATIONS, "evaluations", 2)]
)
def test_file_of_old_work_is_foretold_and_refused(text: str, kind: str, count: int) -> None:
    file_import = make_import(text, kind)

    foretold = files.dry_run(file_import, LATER)
    run = files.run_import(file_import, LATER)

    assert (foretold["too_old"], foretold["unknown_agent"], foretold["errors"]) == (count, 0, 0)
    assert run.counts[kind] == {"read": count, "too_old": count}
    stored = (Interaction, Evaluation, QuarantinedPayload)
    assert [model.objects.count() for model in stored] == [0, 0, 0]


def test_administrator_reads_how_much_was_too_old() -> None:
    file_import = make_import()
    files.run_import(file_import, LATER)
    administrator = signed_in(make_user(Role.ADMINISTRATOR, in_cms=True))

    shown = [page(administrator, "import", file_import.pk), page(administrator, "detail", "filer")]

    assert ["Older than what is kept" in one for one in shown] == [True, True]


def test_command_says_how_much_was_too_old(tmp_path) -> None:
    make_file_connection()
    path = tmp_path / "fil.csv"
    path.write_text(CONTACTS)
    said = StringIO()

    with time_machine.travel(LATER):
        call_command("import_file", "filer", str(path), stdout=said)

    assert said.getvalue() == "3 rows, 3 too old\n"
