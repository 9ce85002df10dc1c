"""What a logged-in person can do, below screens and commands: the only way to stored things.

Reading order: `ports` (what the desk needs from the store), `desk` (who is logged in, the one gate, and the
audit entry that goes with every action), then one module for each thing people do there: `reads`, `users`,
`audit_review`, `settings`. Screens, commands and the central server use the same desk; there is no way around it.
"""
