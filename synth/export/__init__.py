"""How do other trainers read a corpus? Their formats and configuration stubs."""
