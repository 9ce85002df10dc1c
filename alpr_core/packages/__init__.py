"""Packages of reads that leave the agency's store: evidence, and releases to other agencies.

Reading order: `order` (what somebody wants to be packed, and the record that is kept of it), `contents` (the files
inside), `verify_package` (the program that travels with each package and checks it anywhere; it holds the form).
"""
