"""The terminal review: a reviewer steps through the edits and decides on each.

``review_queue`` orders the edits, ``decision_index`` knows which are decided, ``session`` carries out the actions,
``lines_file`` writes decisions to disk at once; ``context`` and ``descriptions`` produce the text that is shown.
Only ``screen`` and ``prompts`` depend on Textual.
"""
