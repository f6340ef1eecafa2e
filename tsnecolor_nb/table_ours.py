"""The techniques that the original did not have, as rows of the table `TECHNIQUES`."""

OURS = ()
