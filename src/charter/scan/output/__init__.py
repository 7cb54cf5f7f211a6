"""How findings are written: terminal, JSON, SARIF, JUnit, Markdown."""
