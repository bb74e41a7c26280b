"""Agents, teams and rosters of a platform: matched to learners and teams of ours."""

from collections import Counter
from collections.abc import Mapping, Sequence

from django.db.models.functions import Lower

from coaching import records
from coaching.models import Connection, VendorAgent, VendorQueue, VendorTeam
from literacy.models import Learner, Membership, Role, Team
from literacy.people import end


def take_agents(connection: Connection, found: Sequence[records.AgentRef]) -> Counter[str]:
    """Store agents and map each to the one learner with the same e-mail address."""
    known = {agent.external_id: agent for agent in connection.agents.all()}
    learners = learners_by_email([agent.email for agent in found if agent.email])
    happened: Counter[str] = Counter()
    for record in found:
        agent = known.get(record.external_id) or VendorAgent(
            connection=connection, external_id=record.external_id
        )
        before = (agent.email, agent.display_name, agent.active, agent.learner_id)
        agent.learner_id = agent.learner_id or learners.get(record.email or "")
        agent.email = "" if agent.learner_id else record.email or ""
        agent.display_name = "" if agent.learner_id else record.display_name[:120]
        agent.active = record.active
        after = (agent.email, agent.display_name, agent.active, agent.learner_id)
        happened["new" if agent.pk is None else "same" if before == after else "changed"] += 1
        if agent.pk is None or before != after:
            agent.save()
            known[record.external_id] = agent
    return happened


def take_teams(connection: Connection, found: Sequence[records.TeamRef]) -> Counter[str]:
    """Store teams and map each to the one team of ours with the same name."""
    known = {team.external_id: team for team in connection.teams.all()}
    ours = _teams_by_name([team.name for team in found])
    happened: Counter[str] = Counter()
    for record in found:
        team = known.get(record.external_id) or VendorTeam(
            connection=connection, external_id=record.external_id
        )
        before = (team.name, team.team_id)
        team.name = record.name[:120]
        team.team_id = team.team_id or ours.get(record.name)
        after = (team.name, team.team_id)
        happened["new" if team.pk is None else "same" if before == after else "changed"] += 1
        if team.pk is None or before != after:
            team.save()
    return happened


def take_queues(connection: Connection, found: Sequence[records.QueueRef]) -> Counter[str]:
    known = {queue.external_id: queue for queue in connection.queues.all()}
    happened: Counter[str] = Counter()
    for record in found:
        queue = known.get(record.external_id)
        name = record.name[:120]
        if queue is None:
            VendorQueue.objects.create(
                connection=connection, external_id=record.external_id, name=name
            )
            happened["new"] += 1
        elif queue.name != name:
            VendorQueue.objects.filter(pk=queue.pk).update(name=name)
            happened["changed"] += 1
        else:
            happened["same"] += 1
    return happened


def take_roster(
    connection: Connection,
    found: Sequence[records.RosterEntry],
    *,
    learners: Mapping[str, int],
    complete: bool,
) -> Counter[str]:
    """Turn the difference between a snapshot and what we know into dated memberships.

    Whoever this platform knows, and a complete snapshot no longer names, has left its teams.
    """
    if not found:
        return Counter()
    day = found[0].valid_from
    teams = dict(connection.teams.exclude(team=None).values_list("external_id", "team_id"))
    wanted = {
        learner_id: team_id
        for entry in found
        if (learner_id := learners.get(entry.agent_external_id))
        and (team_id := teams.get(entry.team_external_id))
    }
    home = {
        membership.learner_id: membership
        for membership in Membership.objects.filter(role=Role.AGENT, ends_on=None)
    }
    happened: Counter[str] = Counter()
    for learner_id, team_id in wanted.items():
        current = home.get(learner_id)
        if current and current.team_id == team_id:
            happened["same"] += 1
            continue
        if current:
            end(current, day)
        Membership.objects.create(
            learner_id=learner_id, team_id=team_id, role=Role.AGENT, starts_on=day
        )
        happened["changed" if current else "new"] += 1
    missing = set(learners.values()) - wanted.keys() if complete else set()
    for learner_id in sorted(missing & home.keys()):
        if home[learner_id].team_id in teams.values():
            end(home[learner_id], day)
            happened["changed"] += 1
    return happened


def learners_by_email(emails: Sequence[str]) -> dict[str, int]:
    """Return e-mail -> learner for the addresses that belong to exactly one person."""
    found = Learner.objects.annotate(address=Lower("user__email")).filter(address__in=emails)
    pairs = list(found.values_list("address", "pk"))
    times = Counter(address for address, _ in pairs)
    return {address: pk for address, pk in pairs if times[address] == 1}


def _teams_by_name(names: Sequence[str]) -> dict[str, int]:
    pairs = list(Team.objects.filter(name__in=names).values_list("name", "pk"))
    times = Counter(name for name, _ in pairs)
    return {name: pk for name, pk in pairs if times[name] == 1}
