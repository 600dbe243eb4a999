"""The tests, the sample hosts and what they share."""
