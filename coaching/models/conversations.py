"""What was said in contacts: that a recording exists, redacted words, and how the customer felt."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from coaching.models.contacts import Interaction


class Recording(models.Model):
    """That a recording exists on its platform; the sound itself is not kept here."""

    interaction = models.ForeignKey(
        Interaction, on_delete=models.CASCADE, related_name="recordings"
    )
    external_id = models.CharField(max_length=128)
    kind = models.CharField(max_length=16)
    state = models.CharField(max_length=16)
    started_at = models.DateTimeField(null=True, blank=True)
    duration_ms = models.BigIntegerField(null=True, blank=True)
    channel_speakers = models.JSONField(default=list)  # by channel, from 0
    mime_type = models.CharField(max_length=80, blank=True)
    size_bytes = models.BigIntegerField(null=True, blank=True)
    fetch_ref = models.CharField(max_length=500, blank=True)  # never a signed address
    expires_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("recording")
        verbose_name_plural = _("recordings")
        constraints = [
            models.UniqueConstraint(fields=["interaction", "external_id"], name="recording_once")
        ]

    def __str__(self) -> str:
        return self.external_id


class TranscriptSegment(models.Model):
    """One thing that one side said or wrote, redacted before it came here."""

    interaction = models.ForeignKey(Interaction, on_delete=models.CASCADE, related_name="segments")
    communication_id = models.CharField(max_length=128, blank=True)
    utterance_id = models.CharField(max_length=128)
    ordinal = models.PositiveIntegerField(default=0)
    speaker = models.CharField(max_length=16)
    start_ms = models.BigIntegerField(null=True, blank=True)
    end_ms = models.BigIntegerField(null=True, blank=True)
    text = models.TextField()
    language = models.CharField(max_length=16, blank=True)
    confidence = models.FloatField(null=True, blank=True)

    class Meta:
        verbose_name = _("part of a transcript")
        verbose_name_plural = _("parts of transcripts")
        ordering = ["interaction", "start_ms", "ordinal"]
        constraints = [
            models.UniqueConstraint(
                fields=["interaction", "communication_id", "utterance_id"], name="segment_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.interaction_id} {self.utterance_id}"


class SentimentSpan(models.Model):
    """How the customer's words were read: a property of the contact, never of an employee."""

    interaction = models.ForeignKey(Interaction, on_delete=models.CASCADE, related_name="sentiment")
    scope = models.CharField(max_length=16)
    communication_id = models.CharField(max_length=128, blank=True)
    utterance_id = models.CharField(max_length=128, blank=True)
    start_ms = models.BigIntegerField(default=-1)  # -1: not said
    end_ms = models.BigIntegerField(null=True, blank=True)
    score = models.DecimalField(max_digits=4, decimal_places=3, null=True, blank=True)  # -1 to 1
    label = models.CharField(max_length=16)
    raw_value = models.CharField(max_length=40, blank=True)
    raw_scale = models.CharField(max_length=40, blank=True)
    source = models.CharField(max_length=16)
    model = models.CharField(max_length=80, blank=True)

    class Meta:
        verbose_name = _("customer sentiment")
        verbose_name_plural = _("customer sentiment")
        constraints = [
            models.UniqueConstraint(
                fields=[
                    "interaction",
                    "source",
                    "scope",
                    "communication_id",
                    "utterance_id",
                    "start_ms",
                ],
                name="sentiment_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.interaction_id} {self.label}"
