"""What a model may do without anybody's yes."""
