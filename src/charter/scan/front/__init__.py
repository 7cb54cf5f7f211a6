"""Front ends: each kind of source code, lowered to the intermediate form."""
