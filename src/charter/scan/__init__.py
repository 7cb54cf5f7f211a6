"""Scan an application's code for what training cannot see: injection, agency, insecure output, secrets."""
