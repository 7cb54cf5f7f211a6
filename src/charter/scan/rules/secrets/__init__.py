"""Secrets written into files. ``charter.scan.secrets`` finds them; the files here say what they are."""
