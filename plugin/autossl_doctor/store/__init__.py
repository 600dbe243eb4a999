"""What the doctor keeps on the server: a report for each account, and what accounts leave for root to read."""
