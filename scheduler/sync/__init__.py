"""The box's way to its server: everything is brought, nothing is lost, and only a receipt counts.

Reading order: `pacing` (how fast, how often again), `line` (one connection, and what its faults mean),
`exchange` (one method per path of docs/sync-protocol.md), `log_witness` (the audit log shown to the server),
`offload` (records and pictures), `down_link` (what the server sends), `session` (all of it in order),
`enrolment` (the first contact).
"""
