"""Looks at websites from outside, as an unprivileged process: which certificate visitors get."""
