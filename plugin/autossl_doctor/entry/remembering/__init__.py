"""Reading every run once and writing down what it said."""
