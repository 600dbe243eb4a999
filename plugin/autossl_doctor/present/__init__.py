"""Shows reports: as text for people, as JSON for programs. Knows no particular cause."""
