"""Who may come in, how he proves it, and how long that holds. No I/O, no clock: time is an argument.

Reading order: `user` (a person and what he may reach), `password_policy` and `one_time_code` (the two
proofs), `lockout` (too many wrong ones), `release_code` (how an administrator far away lifts a lock),
`login_rules` (who gets in), `session` (what holds from then on, and the one gate before every action).

`db.accounts` keeps the records, `db.authenticator` runs a login through these rules.
"""
