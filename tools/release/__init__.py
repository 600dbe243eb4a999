"""Builds a release: the bundle, RPM and deb, all of them the same bytes for the same commit."""
