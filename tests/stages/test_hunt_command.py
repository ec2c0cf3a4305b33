"""``mips hunt``."""

from __future__ import annotations

import json

from command_line import assert_refused, mips


def test_a_network_that_is_wrong_is_found_out() -> None:
    done = mips("hunt", "Bit_Palindrome", "--against", "data", "--seconds", "20")
    assert done.code == 3
    assert "differs on a sequence of length" in done.out
    inputs, network, data = (line.split()[1:] for line in done.out.splitlines()[2:5])
    assert inputs != network
    assert network[-1] != data[-1]


def test_a_walk_that_ends_is_not_told_as_a_proof() -> None:
    done = mips("hunt", "Parity_All", "--seconds", "5")
    assert done.code == 0
    assert "no walk left anything unfollowed (no proof: hidden states that are close together" in done.out


def test_without_a_difference_no_more_is_claimed_than_was_tried() -> None:
    done = mips("hunt", "Parity_All", "--seconds", "5", "--json")
    assert done.code == 0
    facts = json.loads(done.out)
    assert facts["word"] is None
    assert "exhaustive to length" in facts["claim"]
    assert "proved" not in facts["claim"]


def test_what_is_not_there_is_one_sentence() -> None:
    assert_refused(mips("hunt", "Nothing"), "Nothing")
    assert_refused(mips("hunt", "Sum_All", "--seconds", "0"))
