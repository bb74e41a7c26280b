"""Configured platforms, their runs, what they know of people, and what was kept aside."""

from typing import Any, Self

from django.conf import settings
from django.core.files.storage import storages
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from coaching.models import encrypted


class ConnectionState(models.TextChoices):
    DRAFT = "draft", _("Set-up not finished")
    ACTIVE = "active", _("Works")
    PAUSED = "paused", _("Paused")
    BROKEN = "broken", _("Broken")


class Connection(models.Model):
    """One configured platform. Secrets are sealed and never shown again."""

    name = models.CharField(_("name"), max_length=80)
    slug = models.SlugField(_("short name"), unique=True)
    vendor = models.CharField(_("platform"), max_length=32)
    country = models.CharField(
        _("country"),
        max_length=2,
        choices=[("SE", _("Sweden")), ("NO", _("Norway")), ("DK", _("Denmark"))],
    )
    site = models.CharField(_("site"), max_length=120, blank=True)
    time_zone = models.CharField(_("time zone"), max_length=40, default="Europe/Stockholm")
    settings = models.JSONField(_("settings"), default=dict, blank=True)
    mapping = models.JSONField(default=dict, blank=True)  # kind -> column mapping of files
    sealed_secrets = models.BinaryField(null=True, editable=False)
    state = models.CharField(
        _("state"), max_length=8, choices=ConnectionState.choices, default=ConnectionState.DRAFT
    )
    error = models.TextField(blank=True)
    locked_until = models.DateTimeField(null=True, editable=False)
    lock_token = models.CharField(max_length=32, blank=True, editable=False)
    push_token_hash = models.CharField(max_length=64, blank=True, editable=False)
    failures = models.PositiveSmallIntegerField(default=0, editable=False)  # in a row
    rests_until = models.DateTimeField(null=True, editable=False)
    alerted_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        verbose_name = _("connection")
        verbose_name_plural = _("connections")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    @property
    def secrets(self) -> dict[str, str]:
        return encrypted.open_json(self.sealed_secrets) if self.sealed_secrets else {}

    @secrets.setter
    def secrets(self, value: dict[str, str]) -> None:
        self.sealed_secrets = encrypted.seal_json(value)


class Watermark(models.Model):
    """How far one resource of a connection has been read."""

    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="watermarks")
    resource = models.CharField(max_length=32)
    reached_at = models.DateTimeField()

    class Meta:
        verbose_name = _("watermark")
        verbose_name_plural = _("watermarks")
        constraints = [
            models.UniqueConstraint(fields=["connection", "resource"], name="watermark_once")
        ]

    def __str__(self) -> str:
        return f"{self.connection_id} {self.resource} {self.reached_at:%F}"


class RunState(models.TextChoices):
    WAITING = "waiting", _("Waiting")
    RUNNING = "running", _("Running")
    DONE = "done", _("Done")
    FAILED = "failed", _("Failed")


class Run(models.Model):
    """One pull or file import; it writes its own progress here."""

    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="runs")
    kind = models.CharField(
        max_length=8, choices=[("pull", _("Pull")), ("file", _("File")), ("push", _("Push"))]
    )
    state = models.CharField(max_length=8, choices=RunState.choices, default=RunState.WAITING)
    started_at = models.DateTimeField(default=timezone.now)
    finished_at = models.DateTimeField(null=True, blank=True)
    heartbeat_at = models.DateTimeField(null=True, blank=True)
    rows_done = models.PositiveIntegerField(default=0)
    rows_total = models.PositiveIntegerField(null=True, blank=True)
    # resource -> {"read", "new", "changed", "same", "unknown_agent", "not_released", "too_old",
    #  "unreadable"}
    counts = models.JSONField(default=dict)
    unknown_values = models.JSONField(default=dict)  # "field=value" -> count
    error = models.TextField(blank=True)

    class Meta:
        verbose_name = _("run")
        verbose_name_plural = _("runs")
        ordering = ["-started_at", "-pk"]

    def __str__(self) -> str:
        return f"{self.connection_id} {self.kind} {self.started_at:%F %H:%M}"


def private_storage() -> Any:
    return storages["private"]


class FileImport(models.Model):
    """An uploaded file on its way in: mapped, tried, imported, with its errors."""

    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="imports")
    kind = models.CharField(
        max_length=16,
        choices=[("interactions", _("Contacts")), ("evaluations", _("Evaluations"))],
    )
    file = models.FileField(storage=private_storage, upload_to="imports/")
    name = models.CharField(max_length=200)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL
    )
    uploaded_at = models.DateTimeField(default=timezone.now)
    mapping = models.JSONField(default=dict)
    # What the dry run found: rows, new, changed, same, errors, unknown_agent, too_old, sample
    preview = models.JSONField(default=dict)
    errors = models.JSONField(default=list)  # [{"line", "column", "value", "code", "params"}]
    run = models.OneToOneField(Run, null=True, blank=True, on_delete=models.SET_NULL)

    class Meta:
        verbose_name = _("file import")
        verbose_name_plural = _("file imports")
        ordering = ["-uploaded_at"]

    def __str__(self) -> str:
        return self.name


class VendorAgent(models.Model):
    """A person as a platform knows them; the e-mail is dropped once they are mapped."""

    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="agents")
    external_id = models.CharField(max_length=128)
    email = models.EmailField(blank=True)
    display_name = models.CharField(max_length=120, blank=True)
    active = models.BooleanField(default=True)
    learner = models.ForeignKey(
        "literacy.Learner",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="vendor_agents",
    )

    class Meta:
        verbose_name = _("agent on a platform")
        verbose_name_plural = _("agents on platforms")
        constraints = [
            models.UniqueConstraint(fields=["connection", "external_id"], name="vendor_agent_once")
        ]

    def __str__(self) -> str:
        return self.display_name or self.external_id


class VendorTeam(models.Model):
    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="teams")
    external_id = models.CharField(max_length=128)
    name = models.CharField(max_length=120)
    team = models.ForeignKey(
        "literacy.Team", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        verbose_name = _("team on a platform")
        verbose_name_plural = _("teams on platforms")
        constraints = [
            models.UniqueConstraint(fields=["connection", "external_id"], name="vendor_team_once")
        ]

    def __str__(self) -> str:
        return self.name


class VendorQueue(models.Model):
    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="queues")
    external_id = models.CharField(max_length=128)
    name = models.CharField(max_length=120, blank=True)

    class Meta:
        verbose_name = _("queue")
        verbose_name_plural = _("queues")
        constraints = [
            models.UniqueConstraint(fields=["connection", "external_id"], name="vendor_queue_once")
        ]

    def __str__(self) -> str:
        return self.name or self.external_id


class QuarantineReason(models.TextChoices):
    QUEUED = "queued", _("Waiting for the worker")
    UNREADABLE = "unreadable", _("Could not be read")
    UNKNOWN_AGENT = "unknown_agent", _("The agent is not mapped to a learner")
    NOT_LAWFUL = "not_lawful", _("The notice is not in force yet")


class QuarantineQuerySet(models.QuerySet["QuarantinedPayload"]):
    def waiting(self) -> Self:
        return self.filter(ends_at__gt=timezone.now())


class QuarantinedPayload(models.Model):
    """Something kept aside, sealed, until a person acts or its time ends."""

    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="quarantine")
    run = models.ForeignKey(Run, null=True, blank=True, on_delete=models.SET_NULL)
    resource = models.CharField(max_length=32)
    reference = models.CharField(max_length=160)  # the vendor's id, or the place in the file
    version = models.CharField(max_length=64, blank=True)
    reason = models.CharField(max_length=16, choices=QuarantineReason.choices)
    detail = models.CharField(max_length=300, blank=True)
    agent_external_id = models.CharField(max_length=128, blank=True)
    sealed = models.BinaryField()
    received_at = models.DateTimeField(default=timezone.now)
    ends_at = models.DateTimeField()

    objects = QuarantineQuerySet.as_manager()

    class Meta:
        verbose_name = _("quarantined payload")
        verbose_name_plural = _("quarantine")
        ordering = ["-received_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["connection", "resource", "reference"], name="quarantine_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.resource} {self.reference}"


class PushedBatch(models.Model):
    """What was answered to a push, so that the same push again gets the same answer."""

    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="pushes")
    key = models.CharField(max_length=128)
    body_hash = models.CharField(max_length=64)
    answer = models.JSONField(default=dict)
    received_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["connection", "key"], name="push_once")]

    def __str__(self) -> str:
        return f"{self.connection_id} {self.key}"


class ReceivedEvent(models.Model):
    """The id of an event that a platform sent, so that it counts once."""

    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="events")
    event_id = models.CharField(max_length=160)
    received_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["connection", "event_id"], name="event_once")
        ]

    def __str__(self) -> str:
        return f"{self.connection_id} {self.event_id}"
