"""The audit log as bytes: what an entry is, how entries make a tree, how a tree is signed and checked.

Reading order: `entry` (one line of the log), `entry_form` (its bytes), `sealed_subject` (the part of it
that only a key shows), `merkle` (many entries, one hash; proofs), `tiles` (the tree as files),
`signed_note` and `checkpoint` (who vouches for which tree), `key_chain` (how one log key hands over to the
next), `log_walk` and `log_check` (what a stranger does with a whole log).

`docs/audit-log.md` says the same for somebody who reads no Python. Nothing here reads a file or a clock.
"""
