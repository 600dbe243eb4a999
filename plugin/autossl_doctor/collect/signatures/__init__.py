"""Log patterns as data: what AutoSSL's messages look like, each with lines that must and must not match."""
