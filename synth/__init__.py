"""synth: turn a private codebase or document set into a verified training corpus, and train on it."""

__version__ = "0.1.0"
