"""Hardcoded secrets: found by provider, by name and by entropy, and never printed."""
