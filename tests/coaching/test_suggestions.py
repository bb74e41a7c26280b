from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection as database
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from coaching import evidence, suggestions
from coaching.models import Importance, Interaction, Suggestion, TasteWeight, VendorQueue
from coaching.suggestions.situation import load_shelf, situations
from literacy import mastery
from literacy.models import (
    Answer,
    Attempt,
    Belief,
    Check,
    LedgerEntry,
    Role,
)
from tests.engine import make_evaluation, make_form, make_page, make_source
from tests.factories import (
    NOW,
    make_connection,
    make_criterion,
    make_member,
    make_module,
    make_team,
)

DAY = timedelta(days=1)
WEEK = timedelta(weeks=1)
MODULES = {"CO-03": ("CO3",), "CO-07": ("CO5", "TS3"), "DL-01": ("DL1",)}


@pytest.fixture
def modules(db):
    made = {name: make_module(name, *trained) for name, trained in MODULES.items()}
    for module in made.values():
        make_page(module, trains=f"what {module.pk} trains")
    return made


@pytest.fixture
def agent(modules):
    return make_member(make_team())


def own_queries(captured):
    return [query["sql"] for query in captured.captured_queries if "SAVEPOINT" not in query["sql"]]


def offered(learner, now=NOW):
    """The modules that may be suggested at all."""
    [situation] = situations([learner], load_shelf(), now)
    return {offer.module for offer in situation.offers}


def take(learner, module_id, at, *, completed=True):
    return Attempt.objects.create(
        learner=learner,
        module_id=module_id,
        language="sv",
        started_at=at,
        completed_at=at if completed else None,
    )


def suggest(learner, module="CO-03", *, now=NOW, **fields):
    """A stored suggestion of a certain module, however the lot would have fallen."""
    others = set(MODULES) - {module}
    suggestion = suggestions.make(learner, now, without=others)
    Suggestion.objects.filter(pk=suggestion.pk).update(**fields)
    return Suggestion.objects.get(pk=suggestion.pk)


# Making one


def test_opening_the_page_makes_a_suggestion_that_stays(agent):
    first = suggestions.current_suggestion(agent, NOW)

    again = suggestions.current_suggestion(agent, NOW + DAY)

    assert again == first
    assert Suggestion.objects.count() == 1
    assert (first.state, first.made_at, first.decided_at) == ("open", NOW, None)


def test_a_suggestion_logs_what_it_was_chosen_from(agent):
    suggestion = suggestions.current_suggestion(agent, NOW)

    assert {each["module"] for each in suggestion.candidates} == set(MODULES)
    scores = [each["score"] for each in suggestion.candidates]
    assert scores == sorted(scores, reverse=True)
    for each in suggestion.candidates:
        assert each["score"] == pytest.approx(each["gain"] * each["accept"], abs=1e-5)
    assert [each["module"] for each in suggestion.candidates if "features" in each] == [
        suggestion.module_id
    ]
    assert suggestion.policy_version == "gain-1"
    best = suggestion.module_id == suggestion.candidates[0]["module"]
    assert suggestion.propensity == pytest.approx(0.1 / 3 + (0.9 if best else 0))


def test_the_same_learner_and_day_give_the_same_suggestion(agent):
    def made_at(now):
        suggestion = suggestions.make(agent, now)
        drawn = (suggestion.module_id, suggestion.propensity, suggestion.explored)
        suggestion.delete()
        return drawn

    days = [NOW + number * DAY for number in range(40)]

    assert [made_at(day) for day in days] == [made_at(day + timedelta(hours=2)) for day in days]
    assert len({made_at(day) for day in days}) > 1


def test_nothing_is_suggested_where_there_is_nothing_to_offer(agent):
    for module in MODULES:
        take(agent, module, NOW - WEEK)

    assert suggestions.current_suggestion(agent, NOW) is None
    assert not Suggestion.objects.exists()


def test_two_requests_at_once_get_the_same_suggestion(agent):
    """The second has looked for an open one before the first stored its own."""
    first = suggestions.make(agent, NOW)

    second = suggestions.make(agent, NOW)

    assert second == first
    assert Suggestion.objects.count() == 1


@pytest.mark.parametrize(
    ("role", "expected"),
    [
        (Role.AGENT, {"CO-03", "TS-01"}),
        (Role.MANAGER, {"CO-10", "TS-01"}),
        (Role.AUTHOR, {"TS-01"}),
    ],
)
def test_each_role_is_offered_its_own_modules(db, role, expected):
    for name, audience in (("CO-03", "A"), ("CO-10", "M"), ("TS-01", "B")):
        make_page(make_module(name, f"{name[:2]}1", audience=audience))

    assert offered(make_member(make_team(), role)) == expected


def test_who_leads_and_takes_contacts_is_offered_both(db):
    for name, audience in (("CO-03", "A"), ("CO-10", "M")):
        make_page(make_module(name, audience=audience))
    team = make_team()
    learner = make_member(team)
    make_member(team, Role.MANAGER, learner=learner)

    assert offered(learner) == {"CO-03", "CO-10"}


def test_only_modules_with_a_live_page_in_the_learners_language_are_offered(modules, agent):
    make_page(modules["DL-01"], "da")
    modules["CO-03"].pages.update(live=False)
    dane = make_member(make_team(), language="da")

    assert offered(agent) == {"CO-07", "DL-01"}
    assert offered(dane) == {"DL-01"}


def test_a_module_rests_for_eight_weeks_after_it_was_taken(agent):
    take(agent, "CO-03", NOW)

    assert "CO-03" not in offered(agent, NOW + 8 * WEEK - DAY)
    assert "CO-03" in offered(agent, NOW + 8 * WEEK)


def test_a_module_that_is_under_way_is_not_offered_beside_itself(agent):
    take(agent, "CO-03", NOW - 20 * WEEK)
    take(agent, "CO-03", NOW, completed=False)

    assert "CO-03" not in offered(agent, NOW + DAY)


@pytest.mark.parametrize(("days", "is_offered"), [(2, False), (3, True)])
def test_a_module_that_was_forgotten_is_offered_again_after_three_days(agent, days, is_offered):
    take(agent, "CO-03", NOW - 10 * DAY)
    check = Check.objects.create(
        learner=agent, module_id="CO-03", due_on=NOW.date(), planned_at=NOW, completed_at=NOW
    )
    for key in ("a", "b", "c"):
        Answer.objects.create(check_taken=check, key=key, given=[], share=0, answered_at=NOW)

    assert ("CO-03" in offered(agent, NOW + days * DAY)) is is_offered


def test_importance_of_the_learners_usual_queue_decides(agent):
    connection = make_connection()
    usual, rare = (
        VendorQueue.objects.create(connection=connection, external_id=name) for name in "ab"
    )
    for number, queue in enumerate([usual, usual, rare, rare, rare]):
        age = 9 * WEEK if number > 2 else DAY  # the rare one was the usual one long ago
        Interaction.objects.create(
            connection=connection,
            external_id=str(number),
            learner=agent,
            queue=queue,
            started_at=NOW - age,
            source_updated_at=NOW,
        )
    mastery_weights = [(None, "DL1", 9.0), (usual, "CO3", 2.0), (rare, "CO3", 3.0)]
    for queue, competence, weight in mastery_weights:
        Importance.objects.create(queue=queue, competence_id=competence, weight=weight)

    [situation] = situations([agent], load_shelf(), NOW)

    assert situation.person.queue == usual.pk
    assert situation.person.importance == {"DL1": 9.0, "CO3": 2.0}
    assert situation.candidates()[0].gain > 0


def test_a_suggestion_takes_at_most_fifteen_queries(agent):
    form = make_form(make_connection(), make_criterion("Q02", "CO3"))
    for number in range(5):
        make_evaluation(agent, form, 3, at=NOW - number * DAY)
    evidence.weigh_waiting(NOW)

    with CaptureQueriesContext(database) as captured:
        suggestions.current_suggestion(agent, NOW)
    with CaptureQueriesContext(database) as reading:
        suggestions.current_suggestion(agent, NOW)

    assert len(own_queries(captured)) <= 15
    assert len(own_queries(reading)) <= 3


# Reasons


@pytest.fixture
def form(modules):
    criteria = [make_criterion("Q02", "CO3"), make_criterion("Q06", "CO4"), None]
    criteria[0].names = {"en": "Asking questions", "sv": "Behovsanalys, frågor"}
    criteria[0].save()
    return make_form(make_connection(), *criteria)


def evaluate(agent, form, *scores, first=datetime(2026, 3, 12, 9, tzinfo=UTC)):
    for number, score in enumerate(scores):
        make_evaluation(agent, form, score, 1, 1, at=first + number * 7 * DAY)
    evidence.weigh_waiting(NOW)


def test_three_of_four_low_evaluations_are_the_reason(agent, form):
    evaluate(agent, form, 0, 4, 3, 7, 4)

    suggestion = suggest(agent)

    assert suggestion.reason == {
        "kind": "criterion",
        "criterion": "Q02",
        "low": 3,
        "count": 4,
        "mean": 45,
        "from": "2026-03-19",
        "to": "2026-04-09",
    }
    assert suggestions.reason_text(suggestion) == (
        "Three of your four latest evaluations showed a low score on Asking questions "
        "(average 45, March 19–April 9). The module takes 5 min."
    )


@pytest.mark.parametrize(
    ("scores", "sentence"),
    [
        ([4], "Your latest evaluation showed a low score on Asking questions (40, March 12)."),
        (
            [4, 5],
            "Your two latest evaluations all showed a low score on Asking questions "
            "(average 45, March 12–March 19).",
        ),
        (
            [4, None, 9],
            "One of your three latest evaluations showed a low score on Asking questions "
            "(average 65, March 12–March 26).",
        ),
    ],
)
def test_a_reason_counts_as_people_do(agent, form, scores, sentence):
    evaluate(agent, form, *scores)

    assert suggestions.reason_text(suggest(agent)).startswith(sentence)


def test_a_reason_is_read_in_the_readers_language(agent, form):
    evaluate(agent, form, 4)
    suggestion = suggest(agent)

    with translation.override("sv"):
        text = suggestions.reason_text(suggestion)

    assert "Behovsanalys, frågor" in text
    assert "12 mars" in text
    assert "what CO-03 trains" in text


def test_evaluations_that_were_fine_lately_are_no_reason(agent, form):
    evaluate(agent, form, 1, 1, 1, 1, 9, 9, 9, 6)

    suggestion = suggest(agent, "CO-07")

    assert suggestion.reason == {"kind": "unknown"}
    assert suggestions.reason_text(suggestion) == (
        "We do not know yet where you stand in “Competence CO5”, this is a short first step. "
        "The module takes 5 min."
    )


def test_a_retracted_evaluation_is_no_reason(agent, form):
    evaluate(agent, form, 1)
    agent.evaluations.update(status="retracted", weighed_at=None)
    evidence.weigh_waiting(NOW)

    assert suggest(agent).reason == {"kind": "unknown"}


def test_own_answers_are_a_reason(agent):
    seen = mastery.ItemSeen(share=0.0, level=-0.5, guess=0.25)
    for number in range(3):
        mastery.observe(agent, ["CO3"], seen, make_source(f"answer:{number}"))

    suggestion = suggest(agent)

    assert suggestion.reason == {"kind": "exercise"}
    assert suggestions.reason_text(suggestion).startswith(
        "Your answers in exercises and checks suggest that there is more to gain in "
        "“Competence CO3”."
    )


def test_what_was_low_long_ago_and_still_counts_is_a_reason(agent, form):
    other = make_form(form.connection, make_criterion("Q06", "CO4"))
    evaluate(agent, form, 0, 0, 0, 0, 0, 0)
    for number in range(4):
        make_evaluation(agent, other, 9, at=NOW - number * DAY)

    suggestion = suggest(agent)

    assert suggestion.reason == {"kind": "earlier"}
    assert suggestions.reason_text(suggestion).startswith(
        "What we have seen so far suggests that there is more to gain in “Competence CO3”."
    )


def test_the_three_worst_things_behind_it_are_kept_and_told(agent, form):
    evaluate(agent, form, 4, 1, 9, 2, 3)

    suggestion = suggest(agent)

    changes = [fact["change"] for fact in suggestion.evidence]
    assert len(changes) == 3
    assert changes == sorted(changes)
    assert max(changes) < 0
    line = suggestions.evidence_lines(suggestion)[0]
    assert (line.text, line.value) == ("Evaluation: Asking questions", "10 of 100")
    assert line.on.isoformat() == "2026-03-19"


def test_one_line_that_feeds_two_competences_is_told_once(agent, modules):
    form = make_form(make_connection(), make_criterion("Q08", "TS3", "CO5"))
    make_evaluation(agent, form, 1)
    evidence.weigh_waiting(NOW)

    suggestion = suggest(agent, "CO-07")

    assert len(suggestion.evidence) == 1


# The four exits


def everything(agent):
    """All that a decision could touch, except the suggestion itself."""
    return {
        "beliefs": sorted(Belief.objects.values_list("competence", "mean", "variance"), key=str),
        "ledger": list(LedgerEntry.objects.values_list("source_key", "skill_delta")),
        "attempts": Attempt.objects.count(),
        "checks": Check.objects.count(),
        "taste": sorted(TasteWeight.objects.values_list("key", "mean", "variance")),
        "suggestions": Suggestion.objects.count(),
    }


def changed(before, after):
    return {name for name in before if before[name] != after[name]}


@pytest.mark.parametrize(
    ("decision", "state", "rest", "touches"),
    [
        ("accept", "accepted", None, {"taste"}),
        ("not_now", "not_now", 2 * DAY, set()),
        ("known", "known", 8 * WEEK, {"taste", "beliefs", "ledger"}),
        ("not_relevant", "not_relevant", 4 * WEEK, {"taste"}),
    ],
)
def test_an_exit_does_what_it_says_and_nothing_else(agent, decision, state, rest, touches):
    suggestion = suggest(agent)
    before = everything(agent)

    decided = suggestions.decide(suggestion, decision, NOW)

    assert (decided.state, decided.decided_at) == (state, NOW)
    assert decided.quiet_until == (rest and NOW + rest)
    assert changed(before, everything(agent)) == touches


@pytest.mark.parametrize("second", ["accept", "known", "not_relevant", "not_now"])
def test_a_second_click_changes_nothing(agent, second):
    suggestion = suggest(agent)
    suggestions.decide(suggestion, "known", NOW)
    before = everything(agent)

    again = suggestions.decide(suggestion, second, NOW + DAY)

    assert (again.state, again.decided_at) == ("known", NOW)
    assert everything(agent) == before


def test_a_suggestion_that_no_policy_chose_teaches_no_taste(agent):
    suggestion = suggest(agent, candidates=[])

    decided = suggestions.decide(suggestion, "accept", NOW)

    assert decided.state == "accepted"
    assert not TasteWeight.objects.exists()


def test_an_unknown_decision_is_refused(agent):
    with pytest.raises(KeyError):
        suggestions.decide(suggest(agent), "maybe", NOW)


def test_knowing_it_already_is_a_claim_about_all_that_the_module_trains(agent):
    suggestion = suggest(agent, "CO-07")

    suggestions.decide(suggestion, "known", NOW)

    entries = LedgerEntry.objects.order_by("pk")
    assert [(entry.competence_id, entry.skill_delta) for entry in entries] == [
        ("CO5", 0.3),
        ("TS3", 0.3),
    ]
    assert {entry.source_key for entry in entries} == {f"suggestion:{suggestion.pk}"}
    assert {entry.source_kind for entry in entries} == {"claim"}
    assert entries[0].title == {"sv": "CO-07 sv"}
    assert offered(agent, NOW + 8 * WEEK - DAY) == set(MODULES) - {"CO-07"}
    assert offered(agent, NOW + 8 * WEEK) == set(MODULES)


@pytest.mark.parametrize(("decision", "direction"), [("accept", 1), ("not_relevant", -1)])
def test_an_answer_teaches_the_taste(agent, decision, direction):
    suggestion = suggest(agent)

    suggestions.decide(suggestion, decision, NOW)

    weights = {weight.key: weight for weight in TasteWeight.objects.all()}
    assert set(weights) == {
        "bias",
        "need",
        "easy",
        "dismissed",
        f"agent:{agent.pk}",
        f"format:{agent.pk}:branching_dialogue",
        "module:CO-03",
    }
    assert direction * weights[f"agent:{agent.pk}"].mean > 0
    assert {key for key, weight in weights.items() if weight.learner_id == agent.pk} == {
        f"agent:{agent.pk}",
        f"format:{agent.pk}:branching_dialogue",
    }


def test_what_an_agent_likes_changes_what_they_are_expected_to_accept(agent):
    other = make_member(make_team())
    suggestions.decide(suggest(agent), "not_relevant", NOW)
    suggestions.decide(suggest(other, "DL-01"), "accept", NOW)

    refused, liked = (
        {found.module: found.accept for found in situation.candidates()}["CO-07"]
        for situation in situations([agent, other], load_shelf(), NOW)
    )

    assert refused < liked


def test_not_relevant_twice_keeps_a_module_quiet_for_ninety_days(agent):
    suggestions.decide(suggest(agent), "not_relevant", NOW)
    later = NOW + 4 * WEEK

    decided = suggestions.decide(suggest(agent, now=later), "not_relevant", later)

    assert decided.quiet_until == later + 90 * DAY
    assert "CO-03" not in offered(agent, later + 89 * DAY)
    assert "CO-03" in offered(agent, later + 90 * DAY)


def test_after_not_now_nothing_is_offered_until_tomorrow(agent):
    suggestions.decide(suggest(agent), "not_now", NOW)
    tomorrow = NOW.replace(hour=5) + DAY

    assert suggestions.current_suggestion(agent, NOW + timedelta(hours=5)) is None
    new = suggestions.current_suggestion(agent, tomorrow)
    assert new.module_id != "CO-03"
    assert "CO-03" in offered(agent, NOW + 2 * DAY)


@pytest.mark.parametrize("decision", ["known", "not_relevant"])
def test_after_a_correction_another_is_offered_at_once(agent, decision):
    suggestions.decide(suggest(agent), decision, NOW)

    new = suggestions.current_suggestion(agent, NOW)

    assert new.module_id != "CO-03"


def test_after_a_start_the_next_waits_until_the_module_is_taken(agent):
    suggestions.decide(suggest(agent), "accept", NOW)

    assert suggestions.current_suggestion(agent, NOW + DAY) is None
    take(agent, "CO-03", NOW + DAY)
    assert suggestions.current_suggestion(agent, NOW + DAY).module_id != "CO-03"


def test_a_start_that_is_never_finished_does_not_silence_us_for_good(agent):
    suggestions.decide(suggest(agent), "accept", NOW)

    assert suggestions.current_suggestion(agent, NOW + WEEK) is not None


# Replacing one


def test_asking_shows_something_else_each_time_and_then_keeps_the_last(agent):
    seen = [suggestions.current_suggestion(agent, NOW)]
    for minutes in (1, 2):
        seen.append(suggestions.ask(agent, NOW + timedelta(minutes=minutes)))

    again = suggestions.ask(agent, NOW + timedelta(minutes=3))

    assert {suggestion.module_id for suggestion in seen} == set(MODULES)
    assert again == seen[-1]
    assert list(Suggestion.objects.order_by("pk").values_list("state", flat=True)) == [
        "expired",
        "expired",
        "open",
    ]
    assert not TasteWeight.objects.exists()


def test_asking_after_not_now_brings_something_today(agent):
    suggestions.decide(suggest(agent), "not_now", NOW)

    asked = suggestions.ask(agent, NOW + timedelta(minutes=1))

    assert asked.module_id != "CO-03"
    assert suggestions.current_suggestion(agent, NOW + timedelta(minutes=2)) == asked


@pytest.mark.parametrize("what", ["taken elsewhere", "page is gone", "a week old"])
def test_a_suggestion_that_no_longer_fits_is_replaced(agent, what):
    old, now = suggest(agent), NOW + DAY
    if what == "taken elsewhere":
        take(agent, "CO-03", now)
    elif what == "page is gone":
        old.module.pages.update(live=False)
    else:
        now = NOW + WEEK

    new = suggestions.current_suggestion(agent, now)

    assert new != old
    assert new.made_at == now
    old.refresh_from_db()
    assert (old.state, old.decided_at) == ("expired", now)


# The night


def test_the_night_suggests_to_all_who_work_and_got_nothing_for_a_week(agent, monkeypatch):
    monkeypatch.setattr(suggestions, "CHUNK", 2)
    team = make_team()
    manager = make_member(team, Role.MANAGER)
    make_page(make_module("CO-10", "CO8", audience="M"))
    author, left, served = make_member(team, Role.AUTHOR), make_member(team), make_member(team)
    left.left_on = NOW.date()
    left.save()
    suggest(served, now=NOW - 6 * DAY)
    old = suggest(agent, now=NOW - 8 * DAY)
    more = [make_member(team) for _ in range(3)]

    count = suggestions.suggest_all(NOW)

    made = Suggestion.objects.filter(made_at=NOW)
    assert count == 5
    assert set(made.values_list("learner", flat=True)) == {
        each.pk for each in (agent, manager, *more)
    }
    assert set(made.values_list("state", flat=True)) == {"open"}
    old.refresh_from_db()
    assert old.state == "expired"
    assert suggestions.suggest_all(NOW + DAY) == 1  # the one whose week is over
    assert author.suggestions.count() == 0


def test_the_night_needs_as_many_queries_for_many_as_for_one(agent):
    def count_queries():
        with CaptureQueriesContext(database) as captured:
            suggestions.suggest_all(NOW)
        Suggestion.objects.all().delete()
        return len(captured)

    for_one = count_queries()
    for _ in range(10):
        make_member(make_team())

    assert count_queries() == for_one


def test_the_night_gives_what_opening_the_page_would(agent):
    opened = suggestions.make(agent, NOW)
    drawn = (opened.module_id, opened.propensity, opened.candidates, opened.reason)
    opened.delete()

    suggestions.suggest_all(NOW)

    night = Suggestion.objects.get()
    assert (night.module_id, night.propensity, night.candidates, night.reason) == drawn
