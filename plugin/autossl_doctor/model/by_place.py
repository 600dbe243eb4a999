"""Making the commonest records."""

by_place = tuple.__new__
"""Makes a named tuple from all its values in the order of its fields: `by_place(Evidence, (source, at, text))`.

A call of the class goes through a function that Python itself runs and costs twice as much. That is worth it only where
one is made for every line or website of a large server; a test compares the number of values with that of the fields.
"""
