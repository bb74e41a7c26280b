"""Rows that the learning engine works on, beside the common ones."""

from datetime import datetime, timedelta
from typing import Any

from wagtail.models import Locale, Page

from coaching.models import Connection, Evaluation, EvaluationAnswer, EvaluationForm, FormLine
from literacy.mastery import Source
from literacy.models import AreaPage, Criterion, HomePage, Learner, Module, ModulePage
from tests.factories import NOW


def make_source(key: str, *, days: float = 0, kind: str = "exercise") -> Source:
    moment = NOW + timedelta(days=days)
    return Source(kind=kind, key=key, observed_at=moment, recorded_at=moment)


def make_item(key: str, competence: str = "CO3", *, transfer: bool = False, **fields: Any) -> dict:
    """A recall item with three answers; "a" is right, or "a" and "b" where several are."""
    is_multiple = fields.get("multiple", False)
    options = [
        {"key": name, "text": name, "right": right, "feedback": f"because {name}"}
        for name, right in (("a", True), ("b", is_multiple), ("c", False))
    ]
    return {
        "key": key,
        "competence": competence,
        "transfer": transfer,
        "multiple": is_multiple,
        "question": f"Question {key}?",
        "options": options,
    }


def make_items(plain_count: int = 4, transfer_count: int = 2) -> list[dict]:
    plain = [make_item(f"p{number}") for number in range(plain_count)]
    return plain + [make_item(f"t{number}", transfer=True) for number in range(transfer_count)]


def make_page(
    module: Module, language: str = "sv", *, items: list[dict] | None = None, **fields: Any
) -> ModulePage:
    """A live page of a module, in a tree of its language made as far as it is missing."""
    locale, _ = Locale.objects.get_or_create(language_code=language)
    home = HomePage.objects.filter(locale=locale).first()
    if home is None:
        home = HomePage(title=language, slug=language, locale=locale)
        Page.get_first_root_node().add_child(instance=home)
    area = AreaPage.objects.filter(locale=locale, area=module.area).first()
    if area is None:
        area = AreaPage(title=module.area_id, area=module.area, locale=locale)
        home.add_child(instance=area)
    prose = {"key": "idea", "role": "idea", "heading": "Idea", "text": "<p>One idea.</p>"}
    page = ModulePage(
        title=fields.pop("title", f"{module.pk} {language}"),
        slug=module.slug,
        module=module,
        locale=locale,
        summary="One sentence.",
        trains=fields.pop("trains", "asking questions"),
        body=[{"type": "prose", "value": prose}],
        recall=[{"type": "item", "value": item} for item in items or make_items()],
        **fields,
    )
    area.add_child(instance=page)
    return page


def make_form(connection: Connection, *criteria: Criterion | None) -> EvaluationForm:
    """A form with one line of ten points for each criterion; None is a line nobody mapped."""
    form = EvaluationForm.objects.create(
        connection=connection, context_id=f"form-{EvaluationForm.objects.count()}", name="Form"
    )
    for position, criterion in enumerate(criteria):
        FormLine.objects.create(
            form=form,
            context_id=f"line-{position}",
            text=f"Line {position}",
            max_points=10,
            position=position,
            criterion=criterion,
        )
    return form


def make_evaluation(
    learner: Learner,
    form: EvaluationForm,
    *points: float | None,
    at: datetime = NOW,
    evaluator: str = "",
    **fields: Any,
) -> Evaluation:
    """A released evaluation with the points of each line out of ten; None was not applicable."""
    evaluation = Evaluation.objects.create(
        connection=form.connection,
        revision="1",
        form=form,
        learner=learner,
        evaluator_key=evaluator,
        **{
            "external_id": f"evaluation-{Evaluation.objects.count()}",
            "status": "released",
            "interaction_at": at,
            "released_at": at,
            "received_at": at,
            **fields,
        },
    )
    EvaluationAnswer.objects.bulk_create(
        EvaluationAnswer(
            evaluation=evaluation,
            line=line,
            points=each,
            max_points=10,
            not_applicable=each is None,
        )
        for line, each in zip(form.lines.all(), points, strict=True)
    )
    return evaluation
