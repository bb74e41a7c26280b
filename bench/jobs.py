"""What the weekly close and the nightly suggestions cost, and how that grows with people."""

import os
import tracemalloc
from collections.abc import Iterator
from datetime import date
from functools import partial

from django.db import connection, transaction

from bench.measuring import Row, at_most, cpu_seconds, taking_turns, wall_seconds
from bench.population import LAST_WEEK_ON, NOW, populate
from coaching import suggestions
from coaching.models import Suggestion
from coaching.release.close import close_week
from literacy.models import Learner

LEARNERS = int(os.environ.get("BENCH_LEARNERS", "1200"))
ROUNDS = 3
READS = 500


def job_rows() -> Iterator[Row]:
    learner_ids = populate(LEARNERS)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    yield _close_row(learner_ids)
    yield _suggestion_row(learner_ids)
    yield _memory_row(learner_ids)


def _close_row(learner_ids: list[int]) -> Row:
    """Close a week with half of the learners and with all of them, each undone again."""
    half, whole = len(learner_ids) // 2, len(learner_ids)
    half_seconds, whole_seconds = taking_turns(
        partial(_close, learner_ids[half:]), partial(_close, []), rounds=ROUNDS
    )
    return at_most(
        f"weekly close, {whole} learners",
        whole_seconds,
        "s",
        baseline=f"{half} learners {half_seconds:.2f} s",
        ratio=whole_seconds / half_seconds,
        bar=2.3,
    )


def _close(without: list[int]) -> float:
    with transaction.atomic():
        Learner.objects.filter(pk__in=without).update(activated_at=None)
        seconds = wall_seconds(partial(close_week, LAST_WEEK_ON, NOW))
        transaction.set_rollback(True)
    return seconds


def _suggestion_row(learner_ids: list[int]) -> Row:
    read = partial(cpu_seconds, partial(Learner.objects.get, pk=learner_ids[0]), READS)
    seconds, read_seconds = taking_turns(_suggest, read, rounds=ROUNDS)
    return at_most(
        "a suggestion with its evidence",
        seconds * 1000,
        "ms CPU",
        baseline=f"one read by primary key {read_seconds * 1000:.2f} ms",
        ratio=seconds / read_seconds,
        bar=15,
    )


def _suggest() -> float:
    """Return the seconds that each suggestion of a nightly job takes, the job undone again."""
    with transaction.atomic():
        seconds = cpu_seconds(partial(suggestions.suggest_all, NOW))
        count = Suggestion.objects.count()
        transaction.set_rollback(True)
    return seconds / count


def _memory_row(learner_ids: list[int]) -> Row:
    half = len(learner_ids) // 2
    half_mb, whole_mb = _peak_mb(learner_ids[half:]), _peak_mb([])
    return at_most(
        f"memory of a night's suggestions, {len(learner_ids)} learners",
        whole_mb,
        "MB",
        baseline=f"{half} learners {half_mb:.1f} MB",
        ratio=whole_mb / half_mb,
        bar=1.1,
    )


def _peak_mb(without: list[int]) -> float:
    with transaction.atomic():
        Learner.objects.filter(pk__in=without).update(left_on=date(2026, 1, 31))
        tracemalloc.start()
        suggestions.suggest_all(NOW)
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        transaction.set_rollback(True)
    return peak / 1e6
