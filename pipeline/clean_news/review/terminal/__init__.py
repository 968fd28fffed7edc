"""The review: a person goes through the edits in a terminal and decides.

``stops`` says in which order, ``verdicts`` what is decided already, ``session`` what a key does, ``keeping`` writes it
down at once; ``context`` and ``wording`` make what is shown. Only ``screen`` and ``prompts`` know of Textual.
"""
