"""Words: the question that opens, the idea and its examples, the sentence to take away."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _
from wagtail.blocks import CharBlock, ChoiceBlock, ListBlock, TextBlock

from cms.blocks import previews
from cms.blocks.base import LessonBlock, UnreadableAnswer, Value, by_key
from cms.blocks.structure import OptionBlock, RichBlock, plain

ROLES = [
    ("idea", _("The idea")),
    ("example", _("Example")),
    ("example_good", _("Example that works")),
    ("example_bad", _("Example that does not work")),
]

OWN_WORDS = forms.CharField(
    required=False,
    max_length=300,
    error_messages={
        "max_length": _("Your sentence is too long. Keep it within 300 characters."),
        "null_characters_not_allowed": _(
            "Your sentence holds a character that cannot be stored. Write it again."
        ),
    },
)


class ProseBlock(LessonBlock):
    role = ChoiceBlock(choices=ROLES, default="idea", label=_("Role"))
    heading = CharBlock(label=_("Heading"))
    text = RichBlock(
        label=_("Text"), help_text=_("One idea, at most 170 words. Put the rule itself in bold.")
    )

    class Meta:
        icon = "pilcrow"
        label = _("Text")
        description = _("The one idea, or an example of it.")
        template = "cms/blocks/prose.html"
        preview_value = staticmethod(previews.prose)


class HookOptionBlock(OptionBlock):
    text = CharBlock(label=_("Answer"))
    reply = TextBlock(
        label=_("Reply"), help_text=_("One or two honest sentences that leave the lesson open.")
    )


class HookBlock(LessonBlock):
    situation = RichBlock(label=_("Situation"), help_text=_("One real moment in a contact."))
    question = CharBlock(label=_("Question"))
    options = ListBlock(HookOptionBlock(), label=_("Answers"), min_num=2, max_num=4)

    class Meta:
        icon = "help"
        label = _("Opening question")
        description = _("A situation and a question before anything is explained. Not graded.")
        template = "cms/blocks/hook.html"
        preview_value = staticmethod(previews.hook)


class TakeawayOptionBlock(OptionBlock):
    text = CharBlock(label=_("Sentence"), help_text=_("“Next contact I will …”"))


class TakeawayBlock(LessonBlock):
    can_do = CharBlock(label=_("What the learner can do now"))
    options = ListBlock(TakeawayOptionBlock(), label=_("Sentences"), min_num=2, max_num=4)

    class Meta:
        icon = "tick-inverse"
        label = _("Take-away")
        description = _("What the learner can do now, and a resolution to pick or to write.")
        template = "cms/blocks/takeaway.html"
        preview_value = staticmethod(previews.takeaway)

    def words_from_form(self, value: Value, data: QueryDict) -> str:
        """Return the resolution in a submitted form: own words, else the sentence picked.

        Raises: UnreadableAnswer for words that cannot be kept.
        """
        prefix = value["key"]
        try:
            own: str = OWN_WORDS.clean(data.get(f"{prefix}-own"))
        except ValidationError as error:
            raise UnreadableAnswer(error.messages[0], prefix) from error
        picked: dict[str, Any] = by_key(plain(value["options"])).get(
            data.get(f"{prefix}-option", ""), {}
        )
        return own or picked.get("text", "")
