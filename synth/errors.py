"""Errors that a user can mend: the command line prints them as one line and exits with code 2."""


class UserError(Exception):
    """Something about the input, the settings or the machine that the user can put right.

    The message is one line and says what is wrong, where, and how to mend it.
    """
