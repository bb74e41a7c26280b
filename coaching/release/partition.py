"""Who is counted with whom: every person in one block, every block of at least K where possible.

Pure functions over ids. A block too small merges with the smallest one beside it in the tree,
and one level further up where that is not enough.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

NEAR = 2  # a difference of so few people gives them away


@dataclass(frozen=True)
class Block:
    """People counted together, and the teams they come from."""

    team_ids: tuple[int, ...]  # in order
    learner_ids: frozenset[int]

    @property
    def key(self) -> str:
        return "+".join(map(str, self.team_ids))

    def __or__(self, other: "Block") -> "Block":
        return Block(
            tuple(sorted(self.team_ids + other.team_ids)), self.learner_ids | other.learner_ids
        )


def partition(
    parents: Mapping[int, int | None], homes: Mapping[int, int], *, k: int
) -> list[Block]:
    """Return the blocks for people's home teams; only an organisation below K leaves one small."""
    members = defaultdict(set)
    children = defaultdict(list)
    for learner_id, team_id in homes.items():
        members[team_id].add(learner_id)
    for team_id, parent_id in parents.items():
        children[parent_id].append(team_id)

    def blocks_of(team_id: int | None) -> list[Block]:
        below = [block for child_id in children[team_id] for block in blocks_of(child_id)]
        if team_id is not None and team_id in members:
            below.append(Block((team_id,), frozenset(members[team_id])))
        return _merged(below, k=k)

    return blocks_of(None)


def partition_after_moves(
    parents: Mapping[int, int | None],
    homes: Mapping[int, int],
    *,
    moved: Mapping[int, int],
    earlier: Collection[frozenset[int]],
    k: int,
) -> list[Block]:
    """Return the blocks, with people who moved left where they were if moving would show them.

    Shape: moved maps people to the team they were counted with last season; earlier holds the
    blocks of the last seasons. A block that differs from one of those by one or two people, and
    by a move, takes them back.
    """
    earlier_of = defaultdict(list)
    for old in earlier:
        for learner_id in old:
            earlier_of[learner_id].append(old)
    staying: dict[int, int] = {}
    while True:
        blocks = partition(parents, {**homes, **staying}, k=k)
        shown = {
            learner_id
            for block in blocks
            for changed in _near_changes(block, earlier_of)
            for learner_id in changed & moved.keys() - staying.keys()
        }
        if not shown:
            return blocks
        staying |= {learner_id: moved[learner_id] for learner_id in shown}


def _near_changes(
    block: Block, earlier_of: Mapping[int, list[frozenset[int]]]
) -> Iterator[frozenset[int]]:
    olds = {old for learner_id in block.learner_ids for old in earlier_of.get(learner_id, ())}
    for old in olds:
        changed = block.learner_ids ^ old
        if len(changed) <= NEAR:
            yield changed


def _merged(blocks: list[Block], *, k: int) -> list[Block]:
    blocks = sorted(blocks, key=_by_size)
    while len(blocks) > 1 and len(blocks[0].learner_ids) < k:
        smallest, following, *others = blocks
        blocks = sorted([smallest | following, *others], key=_by_size)
    return blocks


def _by_size(block: Block) -> tuple[int, tuple[int, ...]]:
    return len(block.learner_ids), block.team_ids
