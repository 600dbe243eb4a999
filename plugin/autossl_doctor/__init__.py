"""AutoSSL Doctor says in plain words why a certificate is not renewed, who must act, and what to do."""

__version__ = "0.3.0"
