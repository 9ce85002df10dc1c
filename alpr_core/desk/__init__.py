"""What a logged-in person can do, below screens and commands: the only way to stored things.

Reading order: `ports` (what the desk needs from the store), `desk` (who is logged in, the one gate, and the
audit entry that goes with every action), then what people do there: `reads`, `users`, `agency_settings`;
`audit_ports`, `audit_words`, `audit_csv`, `audit_review`, `weekly_review`. Screens, commands and the central
server use the same desk; there is no way around it.
"""
