"""What box and central server say to each other: bytes and rules, no I/O.

Reading order: `canonical` (one written form of a record).

Source: docs/sync-protocol.md.
"""
