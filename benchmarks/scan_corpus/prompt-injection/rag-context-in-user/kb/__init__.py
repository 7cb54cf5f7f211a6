"""Knowledge base of the intranet."""
