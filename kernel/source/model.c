/* Look-ups of n-grams in the language model: clean_news.language.language_model and binary_fuse_filter. */

#include "kernel.h"

#include <math.h>

#define VALUE_BITS 6
#define SEGMENT_SLOTS ((uint64_t)1 << 14)
#define FINGERPRINT (0xFFFFFFu ^ ((1u << VALUE_BITS) - 1))
#define WORD_BITS 16

#if defined(__GNUC__)
#define PREFETCH(address) __builtin_prefetch(address)
#else
#define PREFETCH(address) ((void)0)
#endif

int view_table(Views *views, PyObject *tuple, Table *table)
{
    PyObject *slots, *guard, *codebook;
    unsigned long long seed;
    Py_ssize_t codes;
    if (!PyArg_ParseTuple(tuple, "OOKO", &slots, &guard, &seed, &codebook))
        return 0;
    table->seed = seed;
    if (!(table->slots = view(views, slots, sizeof *table->slots, &table->size)) ||
        !(table->guard = view(views, guard, sizeof *table->guard, &table->guarded)) ||
        !(table->codebook = view(views, codebook, sizeof *table->codebook, &codes)))
        return 0;
    if (codes < 1 << VALUE_BITS || table->size < (Py_ssize_t)(3 * SEGMENT_SLOTS) || table->size % SEGMENT_SLOTS ||
        (table->guarded && table->guarded != table->size)) {
        mismatch("not a table of the language model");
        return 0;
    }
    return 1;
}

Place place_of(const Table *table, uint64_t key)
{
    uint64_t hash = key ^ table->seed;
    hash ^= hash >> 33;
    hash *= 0xFF51AFD7ED558CCDu;
    hash ^= hash >> 33;
    hash *= 0xC4CEB9FE1A85EC53u;
    hash ^= hash >> 33;
    uint64_t usable = (uint64_t)table->size - 2 * SEGMENT_SLOTS;
    uint64_t first = ((hash >> 32) * usable) >> 32;
    Place place = {
        {first, (first + SEGMENT_SLOTS) ^ ((hash >> 18) & (SEGMENT_SLOTS - 1)),
         (first + 2 * SEGMENT_SLOTS) ^ (hash & (SEGMENT_SLOTS - 1))},
        (uint32_t)(hash ^ (hash >> 41)) & FINGERPRINT,
    };
    for (int each = 0; each < 3; each++)
        PREFETCH(&table->slots[place.slot[each]]);
    return place;
}

int value_at(const Table *table, const Place *place)
{
    const uint64_t *slot = place->slot;
    uint16_t found = table->slots[slot[0]] ^ table->slots[slot[1]] ^ table->slots[slot[2]];
    found ^= (uint16_t)place->fingerprint;
    if (found >= 1 << VALUE_BITS)
        return -1;
    if (table->guarded) {
        uint8_t seen = table->guard[slot[0]] ^ table->guard[slot[1]] ^ table->guard[slot[2]];
        if (seen != (uint8_t)(place->fingerprint >> 16))
            return -1;
    }
    return found;
}

int value_of(const Table *table, uint64_t key)
{
    Place place = place_of(table, key);
    return value_at(table, &place);
}

PyObject *bigrams(PyObject *module, PyObject *arguments)
{
    (void)module;
    PyObject *tuple, *unigram_, *backoff_, *first_, *second_, *probability_ = NULL, *held_ = NULL, *result = NULL;
    Views views = {.count = 0};
    Table table;
    Py_ssize_t words, backoffs, count, seconds;
    const float *unigram, *backoff;
    const uint16_t *first, *second;
    float *probability;
    uint8_t *held;
    if (!PyArg_ParseTuple(arguments, "OOOOO", &tuple, &unigram_, &backoff_, &first_, &second_))
        return NULL;
    if (!view_table(&views, tuple, &table) || !(unigram = view(&views, unigram_, sizeof *unigram, &words)) ||
        !(backoff = view(&views, backoff_, sizeof *backoff, &backoffs)) ||
        !(first = view(&views, first_, sizeof *first, &count)) ||
        !(second = view(&views, second_, sizeof *second, &seconds)))
        goto end;
    if (count != seconds || words != backoffs) {
        mismatch("words of bigrams");
        goto end;
    }
    if (!(probability_ = new_array(count, sizeof *probability, (void **)&probability)) ||
        !(held_ = new_array(count, sizeof *held, (void **)&held)))
        goto end;
    for (Py_ssize_t at = 0; at < count; at++)
        if (first[at] >= words || second[at] >= words) {
            mismatch("a word that is not in the vocabulary");
            goto end;
        }
    Place places[AHEAD];
    for (Py_ssize_t begin = 0; begin < count; begin += AHEAD) {
        Py_ssize_t stop = count - begin < AHEAD ? count : begin + AHEAD;
        for (Py_ssize_t at = begin; at < stop; at++)
            places[at - begin] = place_of(&table, (uint64_t)first[at] << WORD_BITS | second[at]);
        for (Py_ssize_t at = begin; at < stop; at++) {
            int value = value_at(&table, &places[at - begin]);
            held[at] = value >= 0;
            probability[at] = value >= 0 ? table.codebook[value] : unigram[second[at]] + backoff[first[at]];
        }
    }
    result = PyTuple_Pack(2, probability_, held_);
end:
    Py_XDECREF(probability_);
    Py_XDECREF(held_);
    release(&views);
    return result;
}

PyObject *extend_context(PyObject *module, PyObject *arguments)
{
    (void)module;
    PyObject *backoff_, *ngram_, *contexts_, *context_held_, *source_, *words_, *lower_, *lower_held_;
    PyObject *probability_ = NULL, *held_ = NULL, *result = NULL;
    Views views = {.count = 0};
    Table backoffs, ngrams;
    Py_ssize_t contexts, count, other;
    const uint64_t *context;
    const uint8_t *context_held, *lower_held;
    const int64_t *source;
    const uint16_t *word;
    const float *lower;
    float *probability, *weight = NULL;
    uint8_t *held;
    if (!PyArg_ParseTuple(arguments, "OOOOOOOO", &backoff_, &ngram_, &contexts_, &context_held_, &source_, &words_,
                          &lower_, &lower_held_))
        return NULL;
    if (!view_table(&views, backoff_, &backoffs) || !view_table(&views, ngram_, &ngrams) ||
        !(context = view(&views, contexts_, sizeof *context, &contexts)) ||
        !(context_held = view(&views, context_held_, 1, &other)))
        goto end;
    if (other != contexts) {
        mismatch("contexts");
        goto end;
    }
    if (!(source = view(&views, source_, sizeof *source, &count)) ||
        !(word = view(&views, words_, sizeof *word, &other)) || (other != count && !mismatch("words")) ||
        !(lower = view(&views, lower_, sizeof *lower, &other)) || (other != count && !mismatch("lower")) ||
        !(lower_held = view(&views, lower_held_, 1, &other)) || (other != count && !mismatch("lower_held")))
        goto end;
    if (!(probability_ = new_array(count, sizeof *probability, (void **)&probability)) ||
        !(held_ = new_array(count, sizeof *held, (void **)&held)))
        goto end;
    if (!(weight = PyMem_Malloc((size_t)(contexts ? contexts : 1) * sizeof *weight))) {
        PyErr_NoMemory();
        goto end;
    }
    for (Py_ssize_t at = 0; at < contexts; at++) {
        int value = context_held[at] ? value_of(&backoffs, context[at]) : -1;
        weight[at] = value >= 0 ? backoffs.codebook[value] : 0.0f;
    }
    for (Py_ssize_t at = 0; at < count; at++) {
        int64_t from = source[at];
        if (from < 0 || from >= contexts) {
            mismatch("a context that is not there");
            goto end;
        }
        int value = -1;
        if (lower_held[at] && context_held[from])
            value = value_of(&ngrams, context[from] << WORD_BITS | word[at]);
        held[at] = value >= 0;
        probability[at] = value >= 0 ? ngrams.codebook[value] : lower[at] + weight[from];
    }
    result = PyTuple_Pack(2, probability_, held_);
end:
    PyMem_Free(weight);
    Py_XDECREF(probability_);
    Py_XDECREF(held_);
    release(&views);
    return result;
}
