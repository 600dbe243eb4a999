"""The follower of runs: who asked, how far AutoSSL has come for them, and what is done when it is finished."""
