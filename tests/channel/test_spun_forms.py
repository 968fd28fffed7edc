from clean_news.channel import language_model, lexicon
from clean_news.channel.spun_forms import SpunForms

KEYS = [("overseas", False, False), ("Additionally", True, False), ("doorways", False, True), ("stock", False, False)]


def rows(forms, places):
    columns = (forms.cost.array(), forms.word_count.array(), forms.readiness.array())
    return [[column[begin : begin + count].tolist() for column in columns] for begin, count in places]


def test_forms_met_together_have_the_rows_of_forms_met_one_by_one():
    together, alone = (SpunForms(lexicon.standard(), language_model.standard()) for _ in range(2))
    at_once = together.places_of(KEYS + KEYS)
    one_by_one = [alone.places_of([key])[0] for key in KEYS]
    assert at_once[: len(KEYS)] == at_once[len(KEYS) :]
    assert str(rows(together, at_once[: len(KEYS)])) == str(rows(alone, one_by_one))  # as text: nan is not nan
    assert at_once[2][1] == 1  # only kept
    assert at_once[3][1] > 1
