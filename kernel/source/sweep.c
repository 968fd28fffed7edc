/* Forward-backward over the graph of a lattice: clean_news.language.forward_backward.

   Exponentials and logarithms are left to NumPy, whose last bit depends on the processor; all else is added in the
   order in which NumPy adds it, so that results are the same to the bit. */

#include "kernel.h"

#include <math.h>

/* A lattice and a graph of its states, as far as a sweep needs them. */
typedef struct {
    const uint8_t *begins;
    const int64_t *edge_of, *token, *sentence, *history, *source, *target;
    Py_ssize_t nodes, states, arcs, width, sentences;
} Swept;

static int view_swept(Views *views, PyObject *lattice, PyObject *graph, Swept *swept)
{
    PyObject *begins, *edge_of, *token, *sentence, *history, *source, *target;
    Py_ssize_t length;
    if (!PyArg_ParseTuple(lattice, "OOOO", &begins, &edge_of, &token, &sentence) ||
        !PyArg_ParseTuple(graph, "nOOO", &swept->width, &history, &source, &target))
        return 0;
    if (!(swept->begins = view(views, begins, 1, &swept->nodes)) ||
        !(swept->edge_of = view(views, edge_of, 8, &length)) || (length != swept->nodes && !mismatch("edge_of")) ||
        !(swept->token = view(views, token, 8, &length)) || (length != swept->nodes && !mismatch("token")) ||
        !(swept->sentence = view(views, sentence, 8, &length)) || (length != swept->nodes && !mismatch("sentence")) ||
        !(swept->history = view(views, history, 8, &length)) || (swept->width < 1 && !mismatch("width")))
        return 0;
    swept->states = length / swept->width;
    if (!(swept->source = view(views, source, 8, &swept->arcs)) ||
        !(swept->target = view(views, target, 8, &length)) || (length != swept->arcs && !mismatch("target")))
        return 0;
    if (!swept->nodes || swept->sentence[swept->nodes - 1] < 0 ||
        swept->sentence[swept->nodes - 1] >= swept->nodes / 2)
        return mismatch("sentences") != NULL;
    swept->sentences = (Py_ssize_t)swept->sentence[swept->nodes - 1] + 1;
    int64_t tokens = swept->token[swept->nodes - 1] + 1;
    for (Py_ssize_t at = 0; at < swept->nodes; at++)
        if (swept->token[at] < 0 || swept->token[at] >= tokens || swept->sentence[at] < 0 ||
            swept->sentence[at] >= swept->sentences)
            return mismatch("nodes") != NULL;
    for (Py_ssize_t at = 0; at < swept->states; at++) {
        int64_t last = swept->history[at * swept->width + swept->width - 1];
        if (last < 0 || last >= swept->nodes)
            return mismatch("history") != NULL;
    }
    for (Py_ssize_t at = 0; at < swept->arcs; at++)
        if (swept->source[at] < 0 || swept->source[at] >= swept->states || swept->target[at] < 0 ||
            swept->target[at] >= swept->states)
            return mismatch("arcs") != NULL;
    return 1;
}

static int64_t last_of(const Swept *swept, int64_t state)
{
    return swept->history[state * swept->width + swept->width - 1];
}

PyObject *relative_weights(PyObject *module, PyObject *arguments)
{
    (void)module;
    PyObject *lattice, *graph, *probability_, *scores_, *relative_ = NULL, *divisor_ = NULL, *result = NULL;
    double scale;
    Views views = {.count = 0};
    Swept swept;
    Py_ssize_t length, edges;
    const double *probability, *scores;
    double *relative, *divisor, *level = NULL;
    if (!PyArg_ParseTuple(arguments, "OOOOd", &lattice, &graph, &probability_, &scores_, &scale))
        return NULL;
    if (!view_swept(&views, lattice, graph, &swept) || !(probability = view(&views, probability_, 8, &length)) ||
        (length != swept.arcs && !mismatch("log_probability")) || !(scores = view(&views, scores_, 8, &edges)) ||
        !(relative_ = new_array(swept.arcs, 8, (void **)&relative)) ||
        !(divisor_ = new_array(swept.sentences, 8, (void **)&divisor)))
        goto end;
    Py_ssize_t tokens = (Py_ssize_t)swept.token[swept.nodes - 1] + 1;
    if (!(level = PyMem_Malloc((size_t)tokens * sizeof *level))) {
        PyErr_NoMemory();
        goto end;
    }
    for (Py_ssize_t at = 0; at < tokens; at++)
        level[at] = -INFINITY;
    for (Py_ssize_t arc = 0; arc < swept.arcs; arc++) {
        int64_t node = last_of(&swept, swept.target[arc]), edge = swept.edge_of[node];
        double score = 0.0;
        if (swept.begins[node]) {
            if (edge < 0 || edge >= edges) {
                mismatch("edge scores");
                goto end;
            }
            score = scores[edge];
        }
        double weight = probability[arc] * scale;
        weight = weight + score;
        relative[arc] = weight;
        double *greatest = &level[swept.token[node]];
        if (weight > *greatest || isnan(weight))
            *greatest = weight;
    }
    double running = 0.0;
    for (Py_ssize_t at = 0; at < tokens; at++) {
        double own = isfinite(level[at]) ? level[at] : 0.0;
        running = at ? running + own : own;
        level[at] = running;
    }
    for (Py_ssize_t arc = 0; arc < swept.arcs; arc++) {
        double from = level[swept.token[last_of(&swept, swept.source[arc])]];
        double to = level[swept.token[last_of(&swept, swept.target[arc])]];
        relative[arc] = relative[arc] + (from - to);
    }
    /* The last nodes of a lattice are the starts and then the ends of its sentences. */
    for (Py_ssize_t at = 0; at < swept.sentences; at++)
        divisor[at] = level[swept.token[swept.nodes - swept.sentences + at]] -
                      level[swept.token[swept.nodes - 2 * swept.sentences + at]];
    result = PyTuple_Pack(2, relative_, divisor_);
end:
    PyMem_Free(level);
    Py_XDECREF(relative_);
    Py_XDECREF(divisor_);
    release(&views);
    return result;
}

/* The sum of numbers in the order of NumPy's pairwise summation. */
static double pairwise_sum(const double *terms, Py_ssize_t count)
{
    if (count < 8) {
        double sum = -0.0;
        for (Py_ssize_t at = 0; at < count; at++)
            sum += terms[at];
        return sum;
    }
    if (count <= 128) {
        double partial[8];
        Py_ssize_t at = 8;
        for (int lane = 0; lane < 8; lane++)
            partial[lane] = terms[lane];
        for (; at < count - count % 8; at += 8)
            for (int lane = 0; lane < 8; lane++)
                partial[lane] += terms[at + lane];
        double sum = ((partial[0] + partial[1]) + (partial[2] + partial[3])) +
                     ((partial[4] + partial[5]) + (partial[6] + partial[7]));
        for (; at < count; at++)
            sum += terms[at];
        return sum;
    }
    Py_ssize_t half = count / 2;
    half -= half % 8;
    return pairwise_sum(terms, half) + pairwise_sum(terms + half, count - half);
}

/* Sums the weights of the paths to each state, as NumPy's add.reduceat: the first term, then the sum of the others. */
static void propagate(const Swept *swept, const int64_t *states, int reversed, const int64_t *begin,
                      const int64_t *arcs, const int64_t *origin, const double *factor, double *reached, double *terms)
{
    for (Py_ssize_t at = 0; at < swept->states; at++) {
        int64_t state = states[reversed ? swept->states - 1 - at : at];
        Py_ssize_t count = (Py_ssize_t)(begin[state + 1] - begin[state]);
        if (!count)
            continue;
        const int64_t *into = arcs + begin[state];
        for (Py_ssize_t each = 0; each < count; each++)
            terms[each] = reached[origin[into[each]]] * factor[into[each]];
        reached[state] = count == 1 ? terms[0] : terms[0] + pairwise_sum(terms + 1, count - 1);
    }
}

/* The greatest number, or NaN if there is one, as NumPy's max. */
static double greatest_of(const double *numbers, Py_ssize_t count)
{
    double found = numbers[0];
    for (Py_ssize_t at = 1; at < count && !isnan(found); at++)
        if (numbers[at] > found || isnan(numbers[at]))
            found = numbers[at];
    return found;
}

PyObject *path_weights(PyObject *module, PyObject *arguments)
{
    (void)module;
    PyObject *lattice, *graph, *order_, *word_, *factor_, *arcs_ = NULL, *edges_ = NULL, *through_ = NULL;
    PyObject *result = NULL;
    Py_ssize_t edge_count, length;
    Views views = {.count = 0};
    Swept swept;
    const int64_t *order, *word;
    const double *factor;
    double *arcs, *edges, *through, *forward = NULL;
    if (!PyArg_ParseTuple(arguments, "OOOOOn", &lattice, &graph, &order_, &word_, &factor_, &edge_count))
        return NULL;
    if (!view_swept(&views, lattice, graph, &swept) || !(order = view(&views, order_, 8, &length)) ||
        (length != swept.states + 2 * (swept.states + 1) + 2 * swept.arcs && !mismatch("topology")) ||
        !(word = view(&views, word_, 8, &length)) || (length != swept.nodes && !mismatch("word")) ||
        !(factor = view(&views, factor_, 8, &length)) || (length != swept.arcs && !mismatch("factor")) ||
        ((edge_count < 0 || !swept.states) && !mismatch("edges")) ||
        !(arcs_ = new_array(swept.arcs, 8, (void **)&arcs)) ||
        !(edges_ = new_array(edge_count, 8, (void **)&edges)) ||
        !(through_ = new_array(swept.sentences, 8, (void **)&through)))
        goto end;
    if (!(forward = PyMem_Malloc((size_t)(2 * swept.states + swept.arcs + 1) * sizeof *forward))) {
        PyErr_NoMemory();
        goto end;
    }
    double *backward = forward + swept.states, *terms = backward + swept.states;
    const int64_t *in_begin = order + swept.states, *in_arcs = in_begin + swept.states + 1;
    const int64_t *out_begin = in_arcs + swept.arcs, *out_arcs = out_begin + swept.states + 1;
    for (Py_ssize_t state = 0; state < swept.states; state++) {
        int64_t last = last_of(&swept, state);
        int bounding = swept.edge_of[last] < 0;
        forward[state] = bounding && word[last] == 0;
        backward[state] = bounding && word[last] != 0;
    }
    propagate(&swept, order, 0, in_begin, in_arcs, swept.source, factor, forward, terms);
    propagate(&swept, order, 1, out_begin, out_arcs, swept.target, factor, backward, terms);
    for (Py_ssize_t at = 0; at < swept.sentences; at++)
        through[at] = NAN;
    for (Py_ssize_t state = 0; state < swept.states; state++) {
        int64_t last = last_of(&swept, state);
        if (swept.edge_of[last] < 0 && word[last] == 0)
            through[swept.sentence[last]] = backward[state];
    }
    for (Py_ssize_t at = 0; at < edge_count; at++)
        edges[at] = 0.0;
    for (Py_ssize_t arc = 0; arc < swept.arcs; arc++) {
        int64_t node = last_of(&swept, swept.target[arc]), edge = swept.edge_of[node];
        double weight = forward[swept.source[arc]] * factor[arc];
        weight = weight * backward[swept.target[arc]];
        arcs[arc] = weight / through[swept.sentence[node]];
        if (swept.begins[node]) {
            if (edge < 0 || edge >= edge_count) {
                mismatch("edges");
                goto end;
            }
            edges[edge] += arcs[arc];
        }
    }
    result = Py_BuildValue("OOOdd", arcs_, edges_, through_, greatest_of(forward, swept.states),
                           greatest_of(backward, swept.states));
end:
    PyMem_Free(forward);
    Py_XDECREF(arcs_);
    Py_XDECREF(edges_);
    Py_XDECREF(through_);
    release(&views);
    return result;
}
