"""Text of others among the instructions."""
