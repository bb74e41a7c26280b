"""The form in which a person says which column of a file holds what."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django import forms
from django.forms import BoundField
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from pydantic import ValidationError as Misfit

from coaching.admin_views.mapping_words import CHOICES, LABELS
from coaching.integrations.base import Unreadable
from coaching.integrations.csv_file import FIELDS, FieldType, Mapping

_UNITS = [
    ("", gettext_lazy("seconds, or mm:ss")),
    ("milliseconds", gettext_lazy("milliseconds")),
    ("minutes", gettext_lazy("minutes")),
    ("hh:mm", gettext_lazy("hours and minutes, hh:mm")),
]
_SHARES = [("", gettext_lazy("percent, 0–100")), ("share", gettext_lazy("a share, 0–1"))]
_MARKS = [
    ("", gettext_lazy("as it is clear from the numbers")),
    (",", gettext_lazy("comma: 7,5")),
    (".", gettext_lazy("point: 7.5")),
]


@dataclass(frozen=True, slots=True)
class FieldRow:
    """One field of ours: its column, and how what stands there is to be read."""

    label: str | Promise
    column: BoundField
    more: list[BoundField]


class MappingForm(forms.Form):
    """Each field's column, and for some its unit, its format, or one value for all rows."""

    decimal_mark = forms.ChoiceField(
        label=gettext_lazy("Decimal mark"), choices=_MARKS, required=False
    )

    def __init__(
        self, data: Any, *, kind: str, mapping: Mapping, header: tuple[str, ...], unknown: list[str]
    ) -> None:
        super().__init__(data, initial={"decimal_mark": mapping.decimal_mark or ""})
        self.kind, self.header, self.mapping = kind, header, mapping
        self._columns = [("", "–"), *((name, name) for name in header)]
        for name, field_type in FIELDS[kind].items():
            self._add_field(name, field_type)
        self._words = dict(self._unknown_words(unknown))
        for key, (name, word) in self._words.items():
            known = mapping.fields[name].values.get(word, "")
            label = _("“%(word)s” means") % {"word": word}
            self.fields[key] = _select(label, CHOICES[FIELDS[kind][name]], known)
        if kind == "evaluations":
            self._add_questions()

    def field_rows(self) -> Iterator[FieldRow]:
        for name in FIELDS[self.kind]:
            parts = ["format", "time", "constant"]
            more = [self[f"{name}-{part}"] for part in parts if f"{name}-{part}" in self.fields]
            more += [self[key] for key, (of, _word) in self._words.items() if of == name]
            yield FieldRow(LABELS[name], self[f"{name}-column"], more)

    def question_rows(self) -> Iterator[tuple[str, BoundField, BoundField]]:
        for number, column in enumerate(self.header):
            if f"question-{number}" in self.fields:
                yield column, self[f"question-{number}"], self[f"max-{number}"]

    def clean(self) -> dict[str, Any]:
        found = super().clean() or self.cleaned_data
        try:
            self.mapping = Mapping.model_validate(self._as_json(found))
            self.mapping.check(self.kind, self.header)
        except Misfit as problem:
            raise forms.ValidationError(_("The columns do not fit together.")) from problem
        except Unreadable as problem:
            self._say(problem)
        return found

    def _say(self, problem: Unreadable) -> None:
        name, text = f"{problem.field}-column", _(problem.reason)
        self.add_error(name if name in self.fields else None, text)

    def _as_json(self, found: dict[str, Any]) -> dict[str, Any]:
        sources = {name: self._source(name, found) for name in FIELDS[self.kind]}
        mapping: dict[str, Any] = {name: source for name, source in sources.items() if source}
        mapping["decimal_mark"] = found.get("decimal_mark") or None
        taken = {source.get("column") for source in mapping.values() if isinstance(source, dict)}
        mapping["questions"] = [
            {"column": column, "max_points": found.get(f"max-{number}")}
            for number, column in enumerate(self.header)
            if found.get(f"question-{number}") and column not in taken
        ]
        return mapping

    def _source(self, name: str, found: dict[str, Any]) -> dict[str, Any]:
        column, constant = found.get(f"{name}-column"), found.get(f"{name}-constant")
        if not column:
            return {"constant": constant} if constant else {}
        words = {
            word: found[key] for key, (of, word) in self._words.items() if of == name and found[key]
        }
        source = {
            "column": column,
            "format": found.get(f"{name}-format"),
            "time_column": found.get(f"{name}-time"),
            "values": words,
        }
        return {key: value for key, value in source.items() if value}

    def _add_field(self, name: str, field_type: FieldType) -> None:
        source = self.mapping.fields.get(name)
        column = source.column if source and source.column in self.header else ""
        self.fields[f"{name}-column"] = _select(LABELS[name], self._columns, column)
        how = source.format if source else ""
        if field_type is FieldType.MOMENT:
            time_column = source.time_column if source else ""
            self.fields[f"{name}-time"] = _select(
                gettext_lazy("Time of day in"), self._columns, time_column
            )
            self.fields[f"{name}-format"] = forms.CharField(
                label=gettext_lazy("Date format"),
                required=False,
                max_length=40,
                initial=how,
                widget=forms.TextInput(attrs={"placeholder": "%d.%m.%Y %H:%M"}),
            )
        elif field_type is FieldType.DURATION:
            self.fields[f"{name}-format"] = _select(gettext_lazy("Written as"), _UNITS, how)
        elif field_type is FieldType.PERCENT:
            self.fields[f"{name}-format"] = _select(gettext_lazy("Written as"), _SHARES, how)
        elif field_type in CHOICES:
            same = source.constant if source else ""
            label = gettext_lazy("Same for all rows")
            self.fields[f"{name}-constant"] = _select(label, CHOICES[field_type], same)

    def _add_questions(self) -> None:
        questions = {question.column: question for question in self.mapping.questions}
        for number, column in enumerate(self.header):
            known = questions.get(column)
            self.fields[f"question-{number}"] = forms.BooleanField(
                label=_("“%(column)s” is a question") % {"column": column},
                required=False,
                initial=known is not None,
            )
            self.fields[f"max-{number}"] = forms.DecimalField(
                label=_("Most points of “%(column)s”") % {"column": column},
                required=False,
                min_value=0,
                max_value=999_999,
                initial=known.max_points if known else None,
            )

    def _unknown_words(self, unknown: list[str]) -> Iterator[tuple[str, tuple[str, str]]]:
        """Yield the words whose meaning a person said earlier, or has to say now."""
        for name, source in self.mapping.fields.items():
            if FIELDS[self.kind].get(name) in CHOICES and source.column:
                prefix = f"{source.column}="
                new = [value.removeprefix(prefix) for value in unknown if value.startswith(prefix)]
                for number, word in enumerate(dict.fromkeys([*source.values, *new])):
                    yield f"{name}-value-{number}", (name, word)


def _select(
    label: str | Promise, choices: Iterable[tuple[str, str | Promise]], initial: str | None
) -> forms.ChoiceField:
    """Make a select whose first choice is nothing; a choice that is gone counts as nothing."""
    offered = list(choices)
    if all(value for value, _text in offered):
        offered = [("", "–"), *offered]
    return forms.ChoiceField(
        label=str(label), choices=offered, required=False, initial=initial or ""
    )
