"""Joins ids and arguments with words, per language and per reader. No other room knows sentences."""
