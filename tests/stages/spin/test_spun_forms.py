from clean_news.language import language_model
from clean_news.stages.spin import lexicon_building
from clean_news.stages.spin.spun_forms import SpunForms

KEYS = [("overseas", False, False), ("Additionally", True, False), ("doorways", False, True), ("stock", False, False)]


def rows(forms, keys):
    places = list(zip(*forms.rows_of(keys), strict=True))
    columns = (forms.cost.array(), forms.word_count.array(), forms.readiness.array())
    return [[column[begin : begin + count].tolist() for column in columns] for begin, count in places]


def test_forms_added_together_have_the_rows_of_forms_added_one_by_one():
    together, alone = (SpunForms(lexicon_building.standard(), language_model.standard()) for _ in range(2))
    at_once = rows(together, KEYS + KEYS)
    one_by_one = [rows(alone, [key])[0] for key in KEYS]
    assert str(at_once) == str(one_by_one + one_by_one)  # compared as text, because NaN is not equal to itself
    assert len(at_once[2][0]) == 1  # must be kept unchanged
    assert len(at_once[3][0]) > 1
