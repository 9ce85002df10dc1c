"""The fleet's server joined: its parts from `alpr_central`, its accounts, desk and audit log from a store.

Reading order: `house` (opened and closed), `identity` (its private keys, sealed), `deeds` (what an administrator
does to it), `control` (how a command reaches a running server), `desk` (the screens over the fleet's records).
"""
