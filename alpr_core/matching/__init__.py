"""Compares readings with the hotlists in the car.

Reading order: `plate_keys` (a million exact plates), `look_alike_table` (what tolerance forgives),
`pattern_index` (partial plates), `list_matcher` (all of it, as matches in order), `entry_matcher` (the same
for entries in memory), `current` (the swap), `alert_rule` (which matches are alerts), `past_reads` (an entry
against what was read before).
"""

from alpr_core.matching.entry_matcher import EntryMatcher as ExactMatcher

__all__ = ["ExactMatcher"]
