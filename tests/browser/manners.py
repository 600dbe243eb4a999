"""How the checks go while somebody looks."""

from tests.lab.panel.live_run import Manner

QUICK = Manner(pace=0.03, delay=0.3)
"""A check of one website is over before anybody has seen its steps."""
TO_BE_SEEN = Manner(pace=0.3, delay=0.5)
"""A check of one website takes about ten seconds, so that a look every two seconds sees its steps."""
