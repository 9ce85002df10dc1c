"""The screens: each composes, binds and handles; rules and queries live below."""
