"""What must hold before a module's words go live, and which translations have fallen behind.

Works on a page as handed in, so that the page types can ask here.
"""

import json
from collections.abc import Iterator
from typing import Any

from django.core.exceptions import ValidationError
from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import F, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.models import Page
from wagtail_localize.models import TranslatableObject, Translation, TranslationSource

from cms.blocks import signature
from literacy.modulefiles.files import STREAMS, Lesson, content_hash

SOURCE_LANGUAGE = "sv"
SHOWN_DIFFERENCES = 3


def facts_of(lesson: Lesson) -> dict[tuple[str, ...], Any]:
    """Return what must be equal in all languages, by the path an author would follow."""
    return {
        path: fact for name in STREAMS for path, fact in _flat(signature(getattr(lesson, name)), ())
    }


def _flat(facts: Any, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Any]]:
    if isinstance(facts, dict):
        for name, fact in facts.items():
            yield from _flat(fact, (*path, name))
    elif isinstance(facts, list):
        for number, fact in enumerate(facts, start=1):
            yield from _flat(fact, (*path, str(number)))
    else:
        yield path, facts


def differences(lesson: Lesson, other: Lesson) -> list[str]:
    """Return the paths at which keys or right answers differ."""
    here, there = facts_of(lesson), facts_of(other)
    paths = [path for path in {**here, **there} if here.get(path) != there.get(path)]
    return [" › ".join(path) for path in paths]


def refusals(page: Any, lesson: Lesson) -> list[str]:
    """Return why these words may not go live on this page, in sentences for the author."""
    found = []
    for other in _live_pages_of_module(page):
        if other.locale_id == page.locale_id:
            found.append(
                _("The module already has a live page in this language: “%(title)s”.")
                % {"title": other.title}
            )
        elif places := differences(lesson, other):
            found.append(_difference(other, places))
    return found


def refuse_differences(page: Any) -> None:
    """Stop a page from going live beside pages that say something else.

    Raises: ValidationError.
    """
    if found := refusals(page, page):
        raise ValidationError(found)


def _live_pages_of_module(page: Any) -> Any:
    pages = type(page)._default_manager.live().filter(module_id=page.module_id)
    return pages.exclude(pk=page.pk).select_related("locale")


def _difference(other: Page, places: list[str]) -> str:
    shown = [*places[:SHOWN_DIFFERENCES], "…"] if len(places) > SHOWN_DIFFERENCES else places
    return _(
        "Keys and right answers must be the same in all languages. In the live page in "
        "%(language)s these differ: %(places)s."
    ) % {"language": other.locale.get_display_name(), "places": ", ".join(shown)}


# Which translations are behind their source


def note_publication(page: Any) -> None:
    """Remember that a page's words went live, so that the other languages know where they are."""
    if page.locale.language_code == SOURCE_LANGUAGE:
        _note_source(page)
    elif source := _source_of(page):
        follow(source, page.locale_id)


def follow(source: TranslationSource, locale_id: int) -> None:
    """Count a language as up to date with the source, from now.

    The page stays an ordinary page: only an enabled translation opens in wagtail-localize's own
    editor, which would put source text where a translation is missing.
    """
    translation, _created = Translation.objects.get_or_create(
        source=source, target_locale_id=locale_id, defaults={"enabled": False}
    )
    translation.destination_last_updated_at = timezone.now()
    translation.save(update_fields=["destination_last_updated_at"])


def _note_source(page: Any) -> TranslationSource:
    source = TranslationSource.objects.get_for_instance_or_none(page)
    if source is None:
        return _new_source(page)
    if content_hash(source.as_instance()) != content_hash(page):
        if source.translations.filter(enabled=True).exists():
            source.update_from_db()
        else:
            source.content_json, source.last_updated_at = _frozen(page), timezone.now()
            source.save(update_fields=["content_json", "last_updated_at"])
    return source


def _new_source(page: Any) -> TranslationSource:
    kept, _created = TranslatableObject.objects.get_or_create_from_instance(page)
    return TranslationSource.objects.create(
        object=kept,
        locale_id=page.locale_id,
        specific_content_type_id=page.content_type_id,
        object_repr=page.title[:200],
        content_json=_frozen(page),
        last_updated_at=timezone.now(),
    )


def _frozen(page: Any) -> str:
    """Return a page's content as wagtail-localize freezes it, but for one field.

    It splits a page into hundreds of rows of strings, which we do not need. With a field that
    differs it does so itself on the day when an author asks it to translate the page.
    """
    content = {**page.serializable_data(), "live_revision": None}
    return json.dumps(content, cls=DjangoJSONEncoder)


def _source_of(page: Any) -> TranslationSource | None:
    original = (
        type(page)
        ._default_manager.live()
        .filter(translation_key=page.translation_key, locale__language_code=SOURCE_LANGUAGE)
        .first()
    )
    return _note_source(original) if original else None


def stale_translations() -> QuerySet[Translation]:
    """Return the translations whose source has gone live in other words since."""
    return Translation.objects.filter(source__last_updated_at__gt=F("destination_last_updated_at"))
