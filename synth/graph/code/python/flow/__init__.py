"""Which values reach which call? An assignment graph over each file, solved to a fixpoint over the collection.

In the manner of PyCG (Salis et al., "PyCG: Practical Call Graph Generation in Python", ICSE 2021, section III) and of
JARVIS (Huang et al., 2023), with versions of local names, so that the order of statements counts, and with what
declared types add.

Reading: `lowering` turns the statements of a file into instructions (`instructions`) that move values between numbered
variables. Linking: `solver` runs the instructions of one file to a local fixpoint, `rounds` lets the files of a
collection exchange what they found until nothing changes, and `report` turns what reached the calls into edges.
"""
