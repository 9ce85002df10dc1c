"""The tree and its proofs, against RFC 6962 as it is written."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alpr_core.audit.merkle import (
    EMPTY_ROOT,
    GrowingTree,
    check_consistency,
    check_inclusion,
    consistency_proof,
    inclusion_proof,
    leaf_hash,
    new_nodes,
    node_hash,
    root_hash,
)
from alpr_core.errors import AuditError

# Leaves, roots and proofs of the reference implementation of Certificate Transparency,
# github.com/google/certificate-transparency cpp/merkletree/merkle_tree_test.cc.
KNOWN_LEAVES = [
    bytes.fromhex(leaf)
    for leaf in (
        "", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f",
    )
]  # fmt: skip
KNOWN_ROOTS = (
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
)
LEFTMOST = (
    "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
    "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
    "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
)
KNOWN_INCLUSIONS = (
    (0, 1, ()),
    (0, 8, LEFTMOST),
    (5, 8, (
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    )),
    (2, 3, ("fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",)),
)  # fmt: skip
KNOWN_CONSISTENCIES = (
    (1, 1, ()),
    (1, 8, LEFTMOST),
    (6, 8, (
        "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    )),
    (2, 5, (
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
    )),
)  # fmt: skip


class Nodes:
    """The nodes of a tree, kept as a store keeps them."""

    def __init__(self, leaves: list[bytes]) -> None:
        self._kept: dict[tuple[int, int], bytes] = {}
        for size, leaf in enumerate(leaves):
            for level, number, found in new_nodes(size, leaf, self):
                self._kept[level, number] = found

    def __call__(self, level: int, number: int) -> bytes:
        return self._kept[level, number]


KNOWN = Nodes([leaf_hash(leaf) for leaf in KNOWN_LEAVES])


def hexes(hashes: tuple[bytes, ...]) -> tuple[str, ...]:
    return tuple(found.hex() for found in hashes)


def mth(leaves: list[bytes]) -> bytes:
    """Return the tree hash by the words of RFC 6962 section 2.1."""
    if not leaves:
        return hashlib.sha256().digest()
    if len(leaves) == 1:
        return leaves[0]
    half = split(len(leaves))
    return node_hash(mth(leaves[:half]), mth(leaves[half:]))


def path(number: int, leaves: list[bytes]) -> list[bytes]:
    """Return the audit path by the words of RFC 6962 section 2.1.1."""
    if len(leaves) == 1:
        return []
    half = split(len(leaves))
    if number < half:
        return [*path(number, leaves[:half]), mth(leaves[half:])]
    return [*path(number - half, leaves[half:]), mth(leaves[:half])]


def subproof(old: int, leaves: list[bytes], is_whole: bool) -> list[bytes]:
    """Return the consistency proof by the words of RFC 6962 section 2.1.2."""
    if old == len(leaves):
        return [] if is_whole else [mth(leaves)]
    half = split(len(leaves))
    if old <= half:
        return [*subproof(old, leaves[:half], is_whole), mth(leaves[half:])]
    return [*subproof(old - half, leaves[half:], False), mth(leaves[:half])]


def split(count: int) -> int:
    half = 1
    while half * 2 < count:
        half *= 2
    return half


def made_leaves(count: int) -> list[bytes]:
    return [leaf_hash(str(number).encode()) for number in range(count)]


def test_roots_are_the_known_ones() -> None:
    """Every root of the reference tree comes out, from kept nodes and from a growing tree."""
    growing = GrowingTree()
    assert growing.root() == EMPTY_ROOT == root_hash(0, KNOWN)
    for size, root in enumerate(KNOWN_ROOTS, start=1):
        growing.add(leaf_hash(KNOWN_LEAVES[size - 1]))
        assert root_hash(size, KNOWN).hex() == growing.root().hex() == root


@pytest.mark.parametrize(("index", "size", "proof"), KNOWN_INCLUSIONS)
def test_inclusion_proofs_are_the_known_ones(index: int, size: int, proof: tuple[str, ...]) -> None:
    """Inclusion proofs of the reference tree come out and verify."""
    assert hexes(inclusion_proof(index, size, KNOWN)) == proof
    hashes = [bytes.fromhex(step) for step in proof]
    root = bytes.fromhex(KNOWN_ROOTS[size - 1])
    check_inclusion(leaf_hash(KNOWN_LEAVES[index]), index, size, hashes, root)


@pytest.mark.parametrize(("old", "new", "proof"), KNOWN_CONSISTENCIES)
def test_consistency_proofs_are_the_known_ones(old: int, new: int, proof: tuple[str, ...]) -> None:
    """Consistency proofs of the reference tree come out and verify."""
    assert hexes(consistency_proof(old, new, KNOWN)) == proof
    roots = [bytes.fromhex(KNOWN_ROOTS[size - 1]) for size in (old, new)]
    check_consistency(old, roots[0], new, roots[1], [bytes.fromhex(step) for step in proof])


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_proofs_of_any_tree_are_those_of_the_rfc(data: st.DataObject) -> None:
    """Whatever the size, roots and proofs equal the RFC's recursive definitions, and verify."""
    new = data.draw(st.integers(1, 90))
    old = data.draw(st.integers(1, new))
    index = data.draw(st.integers(0, new - 1))
    leaves = made_leaves(new)
    nodes = Nodes(leaves)
    root = mth(leaves)
    assert root_hash(new, nodes) == root
    inclusion = inclusion_proof(index, new, nodes)
    assert list(inclusion) == path(index, leaves)
    check_inclusion(leaves[index], index, new, inclusion, root)
    consistency = consistency_proof(old, new, nodes)
    assert list(consistency) == subproof(old, leaves, True)
    check_consistency(old, mth(leaves[:old]), new, root, consistency)


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_a_proof_serves_one_statement_only(data: st.DataObject) -> None:
    """A changed, shortened, lengthened proof, another leaf, place, size or root is refused."""
    new = data.draw(st.integers(2, 70))
    old = data.draw(st.integers(1, new - 1))
    index = data.draw(st.integers(0, new - 1))
    leaves = made_leaves(new)
    nodes = Nodes(leaves)
    root, old_root = mth(leaves), mth(leaves[:old])
    strange = leaf_hash(b"strange")
    proof = inclusion_proof(index, new, nodes)
    step = data.draw(st.integers(0, len(proof) - 1))
    for leaf, number, size, hashes, end in (
        (strange, index, new, proof, root),
        (leaves[index], (index + 1) % new, new, proof, root),
        (leaves[index], new, new, proof, root),
        (leaves[index], index, new, proof[:-1], root),
        (leaves[index], index, new, (*proof, strange), root),
        (leaves[index], index, new, (*proof[:step], strange, *proof[step + 1 :]), root),
        (leaves[index], index, new, proof, strange),
    ):
        with pytest.raises(AuditError):
            check_inclusion(leaf, number, size, hashes, end)
    growth = consistency_proof(old, new, nodes)
    step = data.draw(st.integers(0, len(growth) - 1))
    for first, hashes, last in (
        (strange, growth, root),
        (old_root, growth, strange),
        (old_root, growth[:-1], root),
        (old_root, (*growth, strange), root),
        (old_root, (*growth[:step], strange, *growth[step + 1 :]), root),
        (old_root, (), root),
    ):
        with pytest.raises(AuditError):
            check_consistency(old, first, new, last, hashes)


def test_equal_sizes_need_equal_roots_and_no_proof() -> None:
    """Two trees of one size are consistent if they are the same tree, and for no other reason."""
    root = bytes.fromhex(KNOWN_ROOTS[6])
    check_consistency(7, root, 7, root, ())
    for other, proof in ((EMPTY_ROOT, ()), (root, (root,))):
        with pytest.raises(AuditError):
            check_consistency(7, root, 7, other, proof)


@pytest.mark.parametrize(("old", "new"), [(0, 8), (0, 0), (8, 7), (-1, 8)])
def test_a_proof_from_nothing_is_refused(old: int, new: int) -> None:
    """A consistency proof from size 0 proves nothing and is neither made nor accepted."""
    with pytest.raises(RuntimeError, match="at least 1 entry"):
        consistency_proof(old, new, KNOWN)
    with pytest.raises(RuntimeError, match="at least 1 entry"):
        check_consistency(old, EMPTY_ROOT, new, EMPTY_ROOT, ())
