"""A second opinion of scanned text: a small neural language model where both passes are unsure.

:mod:`places` collects what may stand at each unsure place, from the lattice and from the character model;
:mod:`evidence` says what speaks for each text, and :mod:`ranking` how probable each is, first without the neural model,
then, of the probable ones, with it. :mod:`asking` makes edits of the best.
"""
