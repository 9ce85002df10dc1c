"""The fleet's server joined: its parts from `alpr_central`, its accounts, desk and audit log from a store.

Reading order: `house` (opened and closed), `identity` (its private keys, sealed), `deeds` (what an administrator
does to it), `box_desk` and `box_watch` (its boxes), `control` (how a command reaches a running server), `desk`
(the screens over the fleet's records).
"""

CENTRAL_FOLDER = "central"
"""Beside the store's own files: records and pictures of a server without other places for them."""
