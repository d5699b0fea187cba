"""The kinds of question that `docs.qa` asks without a teacher, one module each."""
