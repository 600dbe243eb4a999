"""The points that a well-behaved plugin keeps, and the tests that prove them."""
