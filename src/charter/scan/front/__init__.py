"""Front ends: source text in, the intermediate form out."""
