"""What box and central server say to each other: bytes and rules, no I/O.

Reading order: `canonical` (one written form of a record), `signed_body` and `batch` (records under one
signature), `receipt` (the server's word that it has them), `witnessing` (who cosigns which checkpoint),
`package` (what goes down to the cars).

Source: docs/sync-protocol.md.
"""
