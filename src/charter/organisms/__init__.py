"""The model organism: a small world, a small model that lives in it, and an oracle that knows the truth about both."""
