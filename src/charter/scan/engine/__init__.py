"""The engine: follows labelled text through functions and files, and knows no language."""
