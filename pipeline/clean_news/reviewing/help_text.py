"""The keys of the review, in short and at length."""

IN_SHORT = (
    " a accept  r reject  t type own  A R T all like this  n never again  u undo",
    " s skip  ←→ edit  [ ] article  o undecided  f filter  d details  ? help  q quit",
)
FOLDED = "These are several edits; unfold them with x"
AT_LENGTH = (
    "a  accept: the change is made, or stays made",
    "r  reject: what stood there before comes back, or stays",
    "t  type your own text instead",
    "A R T  the same for all edits of this rule with this before and after,",
    "       in this article or everywhere",
    "n  never again: the word or phrase goes into .clean-news/protected.txt",
    "u  undo, back to the start of this session",
    "",
    "s Space → ↓ j  next edit, nothing decided     ← ↑ k  edit before",
    "] [  next article, article before             PgDn PgUp  read on in the text",
    "o  only undecided edits, or all               f  filter",
    "c  mark this edit only, or all                d  all that is known about it",
    "x  unfold the certain edits of layout and characters",
    "q  quit; all decisions are on disk already, the next review goes on from here",
    "",
    ">>[-before-]{+after+}<<  the edit at hand, applied",
    ">>{?before→after?}<<     a suggestion: accept applies it",
    ">>{!before→after!}<<     rejected in the last run",
    "[-before-]{+after+}      another applied edit of the article",
    "⏎ a line end, · a space, \\u200b what cannot be seen",
)
