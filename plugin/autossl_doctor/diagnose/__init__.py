"""Wakes the causes by the facts they name, contains their crashes and ranks what they find."""
