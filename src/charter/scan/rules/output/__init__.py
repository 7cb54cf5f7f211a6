"""The model's text where it acts."""
