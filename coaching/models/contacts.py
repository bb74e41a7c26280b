"""Contacts: one row per contact and agent leg."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from coaching.models.connections import Connection, VendorQueue


class Interaction(models.Model):
    connection = models.ForeignKey(
        Connection, on_delete=models.CASCADE, related_name="interactions"
    )
    external_id = models.CharField(max_length=128)
    leg_id = models.CharField(max_length=128, blank=True)
    root_external_id = models.CharField(max_length=128, blank=True)  # what others know it by
    learner = models.ForeignKey(
        "literacy.Learner", on_delete=models.CASCADE, related_name="interactions"
    )
    queue = models.ForeignKey(VendorQueue, null=True, blank=True, on_delete=models.SET_NULL)
    channel = models.CharField(max_length=16)
    direction = models.CharField(max_length=16)
    language = models.CharField(max_length=16, blank=True)
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    queue_ms = models.BigIntegerField(null=True, blank=True)
    ring_ms = models.BigIntegerField(null=True, blank=True)
    talk_ms = models.BigIntegerField(null=True, blank=True)
    hold_ms = models.BigIntegerField(null=True, blank=True)
    acw_ms = models.BigIntegerField(null=True, blank=True)
    handle_ms = models.BigIntegerField(null=True, blank=True)
    hold_count = models.PositiveSmallIntegerField(null=True, blank=True)
    transfer_count = models.PositiveSmallIntegerField(null=True, blank=True)
    consult_count = models.PositiveSmallIntegerField(null=True, blank=True)
    disposition_code = models.CharField(max_length=128, blank=True)
    disposition_label = models.CharField(max_length=160, blank=True)
    customer_ref = models.CharField(max_length=64, blank=True)  # a keyed hash, never clear text
    recorded = models.BooleanField(null=True, blank=True)
    text_relay = models.BooleanField(null=True, blank=True)
    source_updated_at = models.DateTimeField()  # the version: a later one wins
    content_hash = models.CharField(max_length=32)  # tells "same" from "changed"

    class Meta:
        verbose_name = _("contact")
        verbose_name_plural = _("contacts")
        constraints = [
            models.UniqueConstraint(
                fields=["connection", "external_id", "leg_id"], name="interaction_once"
            )
        ]
        indexes = [
            models.Index(fields=["learner", "started_at"]),
            models.Index(
                fields=["connection", "root_external_id"],
                condition=~models.Q(root_external_id=""),
                name="interaction_root",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.channel} {self.started_at:%F %H:%M}"
