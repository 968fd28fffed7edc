/* Graphs of n-grams of a word lattice: clean_news.language.lattice. */

#include "kernel.h"

#define WORD_BITS 16


/* Sorts the indices of `count` numbers from 0 to `keys` - 1 stably; 0 with an exception if one is out of range. */
static int sort_stably(const int64_t *numbers, Py_ssize_t count, Py_ssize_t keys, int64_t *begin, int64_t *sorted)
{
    for (Py_ssize_t key = 0; key <= keys; key++)
        begin[key] = 0;
    for (Py_ssize_t at = 0; at < count; at++) {
        if (numbers[at] < 0 || numbers[at] >= keys) {
            mismatch("an index that is out of range");
            return 0;
        }
        begin[numbers[at] + 1]++;
    }
    for (Py_ssize_t key = 0; key < keys; key++)
        begin[key + 1] += begin[key];
    for (Py_ssize_t at = 0; at < count; at++)
        sorted[begin[numbers[at]]++] = at;
    for (Py_ssize_t key = keys; key > 0; key--)
        begin[key] = begin[key - 1];
    begin[0] = 0;
    return 1;
}

PyObject *topology(PyObject *module, PyObject *arguments)
{
    (void)module;
    PyObject *source_, *target_, *depth_, *array = NULL, *result = NULL;
    Views views = {.count = 0};
    Py_ssize_t arcs, targets, states, layers = 1;
    const int64_t *source, *target, *depth;
    int64_t *parts, *layer_begin = NULL;
    if (!PyArg_ParseTuple(arguments, "OOO", &source_, &target_, &depth_))
        return NULL;
    if (!(source = view(&views, source_, sizeof *source, &arcs)) ||
        !(target = view(&views, target_, sizeof *target, &targets)) ||
        !(depth = view(&views, depth_, sizeof *depth, &states)))
        goto end;
    if (arcs != targets) {
        mismatch("sources and targets");
        goto end;
    }
    for (Py_ssize_t at = 0; at < states; at++) {
        if (depth[at] < 0 || depth[at] > INT32_MAX) {
            mismatch("depths");
            goto end;
        }
        if (depth[at] >= layers)
            layers = (Py_ssize_t)depth[at] + 1;
    }
    /* In turn: the states by depth; where the arcs into each state begin, and these arcs; the same of those out. */
    if (!(array = new_array(states + 2 * (states + 1) + 2 * arcs, sizeof *parts, (void **)&parts)))
        goto end;
    if (!(layer_begin = PyMem_Malloc((size_t)(layers + 1) * sizeof *layer_begin))) {
        PyErr_NoMemory();
        goto end;
    }
    int64_t *in_begin = parts + states, *in_arcs = in_begin + states + 1;
    int64_t *out_begin = in_arcs + arcs, *out_arcs = out_begin + states + 1;
    if (!sort_stably(depth, states, layers, layer_begin, parts) ||
        !sort_stably(target, arcs, states, in_begin, in_arcs) ||
        !sort_stably(source, arcs, states, out_begin, out_arcs))
        goto end;
    for (Py_ssize_t at = 0; at < arcs; at++)
        if (depth[source[at]] >= depth[target[at]]) {
            mismatch("an arc that does not lead to a greater depth");
            goto end;
        }
    Py_INCREF(array);
    result = array;
end:
    Py_XDECREF(array);
    PyMem_Free(layer_begin);
    release(&views);
    return result;
}

/* What `next_order` reads. */
typedef struct {
    const int64_t *history, *source, *target, *word, *edge_of;
    const double *probability;
    const uint8_t *held, *keep;
    Py_ssize_t states, arcs, nodes, width; /* width: nodes of a history */
} Lower;

static int view_lower(Views *views, PyObject *arguments, PyObject **backoff, PyObject **ngram, Lower *lower)
{
    PyObject *history, *source, *target, *word, *edge_of, *probability, *held, *keep;
    Py_ssize_t length;
    if (!PyArg_ParseTuple(arguments, "OOnOOOOOOOO", backoff, ngram, &lower->width, &history, &source, &target,
                          &probability, &held, &keep, &word, &edge_of))
        return 0;
    if (lower->width < 1 || !(lower->history = view(views, history, 8, &length)))
        return 0;
    lower->states = length / lower->width;
    if (!(lower->source = view(views, source, 8, &lower->arcs)) ||
        !(lower->target = view(views, target, 8, &length)) || (length != lower->arcs && !mismatch("target")) ||
        !(lower->probability = view(views, probability, 8, &length)) || (length != lower->arcs && !mismatch("p")) ||
        !(lower->held = view(views, held, 1, &length)) || (length != lower->arcs && !mismatch("held")) ||
        !(lower->keep = view(views, keep, 1, &length)) || (length != lower->arcs && !mismatch("keep")) ||
        !(lower->word = view(views, word, 8, &lower->nodes)) ||
        !(lower->edge_of = view(views, edge_of, 8, &length)) || (length != lower->nodes && !mismatch("edge_of")))
        return 0;
    for (Py_ssize_t at = 0; at < lower->states * lower->width; at++)
        if (lower->history[at] < 0 || lower->history[at] >= lower->nodes)
            return mismatch("history") != NULL;
    for (Py_ssize_t at = 0; at < lower->arcs; at++)
        if (lower->source[at] < 0 || lower->source[at] >= lower->states || lower->target[at] < 0 ||
            lower->target[at] >= lower->states)
            return mismatch("arcs") != NULL;
    return 1;
}

/* The word ids of a history as one number, the last word in the lowest bits. */
static uint64_t packed(const int64_t *history, Py_ssize_t width, const int64_t *word)
{
    uint64_t number = 0;
    for (Py_ssize_t column = 0; column < width; column++)
        number = number << WORD_BITS | (uint64_t)word[history[column]];
    return number;
}

PyObject *next_order(PyObject *module, PyObject *arguments)
{
    (void)module;
    PyObject *backoff_, *ngram_, *result = NULL;
    PyObject *history_ = NULL, *before_ = NULL, *after_ = NULL, *probability_ = NULL, *held_ = NULL;
    Views views = {.count = 0};
    Table backoffs, ngrams;
    Lower lower;
    uint64_t *keys = NULL;
    int64_t *work = NULL, *history, *before, *after;
    double *probability;
    uint8_t *held;
    if (!view_lower(&views, arguments, &backoff_, &ngram_, &lower) || !view_table(&views, backoff_, &backoffs) ||
        !view_table(&views, ngram_, &ngrams))
        goto end;
    const Py_ssize_t width = lower.width, states = lower.states;
    /* The new states: the sentence starts (arc -1), then the retained arcs. */
    if (!(work = PyMem_Malloc((size_t)(2 * (states + lower.arcs) + states + 3 + lower.arcs) * sizeof *work))) {
        PyErr_NoMemory();
        goto end;
    }
    int64_t *arc_of = work, *enters = arc_of + states + lower.arcs;
    int64_t *leaving = enters + states + lower.arcs, *sorted = leaving + states + 2;
    Py_ssize_t starts = 0, count = 0, pairs = 0;
    for (Py_ssize_t state = 0; state < states; state++) {
        int64_t last = lower.history[state * width + width - 1];
        if (lower.word[last] == 0 && lower.edge_of[last] < 0) {
            arc_of[count] = -1;
            enters[count++] = state;
        }
    }
    starts = count;
    for (Py_ssize_t state = 0; state <= states; state++)
        leaving[state] = 0;
    for (Py_ssize_t arc = 0; arc < lower.arcs; arc++)
        if (lower.keep[arc]) {
            arc_of[count] = arc;
            enters[count++] = lower.target[arc];
            leaving[lower.source[arc] + 1]++;
        }
    for (Py_ssize_t state = 0; state < states; state++)
        leaving[state + 1] += leaving[state];
    for (Py_ssize_t at = starts; at < count; at++)
        sorted[leaving[lower.source[arc_of[at]]]++] = at;
    for (Py_ssize_t state = states; state > 0; state--)
        leaving[state] = leaving[state - 1];
    leaving[0] = 0;
    for (Py_ssize_t at = 0; at < count; at++)
        pairs += leaving[enters[at] + 1] - leaving[enters[at]];
    if (!(history_ = new_array(count * (width + 1), 8, (void **)&history)) ||
        !(before_ = new_array(pairs, 8, (void **)&before)) || !(after_ = new_array(pairs, 8, (void **)&after)) ||
        !(probability_ = new_array(pairs, 8, (void **)&probability)) ||
        !(held_ = new_array(pairs, 1, (void **)&held)))
        goto end;
    for (Py_ssize_t at = 0; at < count; at++) {
        int64_t from = arc_of[at] < 0 ? enters[at] : lower.source[arc_of[at]];
        const int64_t *earlier = lower.history + from * width;
        for (Py_ssize_t column = 0; column < width; column++)
            history[at * (width + 1) + column] = earlier[column];
        history[at * (width + 1) + width] = lower.history[enters[at] * width + width - 1];
    }
    if (!(keys = PyMem_Malloc((size_t)(pairs + count + 1) * sizeof *keys))) {
        PyErr_NoMemory();
        goto end;
    }
    uint64_t *contexts = keys + pairs;
    Place places[AHEAD];
    Py_ssize_t pair = 0;
    for (Py_ssize_t begin = 0; begin < count; begin += AHEAD) {
        Py_ssize_t stop = count - begin < AHEAD ? count : begin + AHEAD;
        for (Py_ssize_t at = begin; at < stop; at++) {
            contexts[at] = packed(history + at * (width + 1), width + 1, lower.word);
            if (arc_of[at] >= 0 && lower.held[arc_of[at]])
                places[at - begin] = place_of(&backoffs, contexts[at]);
        }
        for (Py_ssize_t at = begin; at < stop; at++) {
            int context_held = arc_of[at] >= 0 && lower.held[arc_of[at]];
            int code = context_held ? value_at(&backoffs, &places[at - begin]) : -1;
            float weight = code >= 0 ? backoffs.codebook[code] : 0.0f;
            for (int64_t each = leaving[enters[at]]; each < leaving[enters[at] + 1]; each++, pair++) {
                int64_t next = sorted[each], arc = arc_of[next];
                before[pair] = at;
                after[pair] = next;
                held[pair] = context_held && lower.held[arc];
                probability[pair] = (float)lower.probability[arc] + weight;
                keys[pair] = contexts[at] << WORD_BITS | (uint16_t)lower.word[history[next * (width + 1) + width]];
            }
        }
    }
    for (Py_ssize_t begin = 0; begin < pairs; begin += AHEAD) {
        Py_ssize_t stop = pairs - begin < AHEAD ? pairs : begin + AHEAD;
        for (Py_ssize_t at = begin; at < stop; at++)
            if (held[at])
                places[at - begin] = place_of(&ngrams, keys[at]);
        for (Py_ssize_t at = begin; at < stop; at++) {
            int value = held[at] ? value_at(&ngrams, &places[at - begin]) : -1;
            held[at] = value >= 0;
            if (value >= 0)
                probability[at] = ngrams.codebook[value];
        }
    }
    result = PyTuple_Pack(5, history_, before_, after_, probability_, held_);
end:
    PyMem_Free(keys);
    PyMem_Free(work);
    Py_XDECREF(history_);
    Py_XDECREF(before_);
    Py_XDECREF(after_);
    Py_XDECREF(probability_);
    Py_XDECREF(held_);
    release(&views);
    return result;
}
