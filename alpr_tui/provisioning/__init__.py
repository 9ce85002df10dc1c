"""How a new computer becomes a box: checks, questions, and one rename that makes it so.

Reading order: `dialogue` (questions and where answers come from), `machine_checks`, `plan` (what is asked),
`new_box` (what is made of it), `enrolment_card` (what the administrator takes away).
"""
