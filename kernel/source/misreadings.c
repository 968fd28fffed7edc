/* Costs of misreadings: clean_news.stages.ocr.costs. */

#include "kernel.h"

#include <math.h>

#define MAX_PIECE 3 /* characters */
#define MAX_MIDDLE 12
#define CODE_BITS 10

/* The confusion table; see costs.PieceCosts. Costs that are not there are infinite. */
typedef struct {
    const int64_t *code_of_point;
    Py_ssize_t points;
    const double *correct;
    const int64_t *keys[MAX_PIECE + 1], *key_codes[MAX_PIECE + 1];
    Py_ssize_t key_count[MAX_PIECE + 1], codes[MAX_PIECE + 1]; /* codes: number of codes of pieces of a length */
    const float *deletion[MAX_PIECE + 1], *insertion[MAX_PIECE + 1];
    const float *substitution[MAX_PIECE + 1][MAX_PIECE + 1];
} Pieces;

/* Views the item of a tuple; 1 and no elements for None. */
static int view_item(Views *views, PyObject *tuple, Py_ssize_t item, size_t element, const void **elements,
                     Py_ssize_t *count)
{
    PyObject *object = PyTuple_GetItem(tuple, item);
    *elements = NULL;
    *count = 0;
    if (object == Py_None)
        return 1;
    return object && (*elements = view(views, object, element, count)) != NULL;
}

static int view_pieces(Views *views, PyObject *arguments, Pieces *pieces)
{
    PyObject *code_of_point, *correct, *sizes, *keys, *key_codes, *deletion, *insertion, *substitution;
    Py_ssize_t count;
    if (!PyArg_ParseTuple(arguments, "OOO!O!O!O!O!O!", &code_of_point, &correct, &PyTuple_Type, &sizes, &PyTuple_Type,
                          &keys, &PyTuple_Type, &key_codes, &PyTuple_Type, &deletion, &PyTuple_Type, &insertion,
                          &PyTuple_Type, &substitution) ||
        !(pieces->code_of_point = view(views, code_of_point, 8, &pieces->points)) ||
        !(pieces->correct = view(views, correct, 8, &count)))
        return 0;
    if (PyTuple_Size(sizes) != MAX_PIECE || PyTuple_Size(substitution) != MAX_PIECE * MAX_PIECE || !pieces->points)
        return mismatch("lengths of pieces") != NULL;
    for (int one = 1; one <= MAX_PIECE; one++) {
        pieces->codes[one] = PyLong_AsSsize_t(PyTuple_GetItem(sizes, one - 1));
        if (PyErr_Occurred())
            return 0;
    }
    if (count != pieces->codes[1])
        return mismatch("costs of correct characters") != NULL;
    for (Py_ssize_t at = 0; at < pieces->points; at++)
        if (pieces->code_of_point[at] < 0 || pieces->code_of_point[at] >= pieces->codes[1])
            return mismatch("codes of characters") != NULL;
    for (int one = 1; one <= MAX_PIECE; one++) {
        if (!view_item(views, keys, one - 1, 8, (const void **)&pieces->keys[one], &pieces->key_count[one]) ||
            !view_item(views, key_codes, one - 1, 8, (const void **)&pieces->key_codes[one], &count))
            return 0;
        if (count != pieces->key_count[one])
            return mismatch("keys of pieces") != NULL;
        for (Py_ssize_t at = 0; at < count; at++)
            if (pieces->key_codes[one][at] < 0 || pieces->key_codes[one][at] >= pieces->codes[one])
                return mismatch("codes of pieces") != NULL;
        if (!view_item(views, deletion, one - 1, 4, (const void **)&pieces->deletion[one], &count))
            return 0;
        if (count && count != pieces->codes[one])
            return mismatch("deletions") != NULL;
        if (!view_item(views, insertion, one - 1, 4, (const void **)&pieces->insertion[one], &count))
            return 0;
        if (count && count != pieces->codes[one])
            return mismatch("insertions") != NULL;
    }
    for (int one = 1; one <= MAX_PIECE; one++)
        for (int other = 1; other <= MAX_PIECE; other++) {
            if (!view_item(views, substitution, (one - 1) * MAX_PIECE + other - 1, 4,
                           (const void **)&pieces->substitution[one][other], &count))
                return 0;
            if (count && count != pieces->codes[one] * pieces->codes[other])
                return mismatch("substitutions") != NULL;
        }
    return 1;
}

/* The codes of the pieces of a middle: by length and first character. 0 is a piece that the table lacks. */
typedef int64_t Codes[MAX_PIECE + 1][MAX_MIDDLE];

static int64_t code_of(const Pieces *pieces, uint16_t point)
{
    return pieces->code_of_point[point < pieces->points ? point : pieces->points - 1];
}

static void codes_of(const Pieces *pieces, const uint16_t *points, int length, Codes codes)
{
    for (int at = 0; at < length; at++)
        codes[1][at] = code_of(pieces, points[at]);
    for (int size = 2; size <= MAX_PIECE; size++)
        for (int at = 0; at + size <= length; at++) {
            int64_t key = 0;
            for (int step = 0; step < size; step++)
                key = key << CODE_BITS | codes[1][at + step];
            Py_ssize_t low = 0, high = pieces->key_count[size];
            while (low < high) {
                Py_ssize_t middle = low + (high - low) / 2;
                if (pieces->keys[size][middle] < key)
                    low = middle + 1;
                else
                    high = middle;
            }
            int held = low < pieces->key_count[size] && pieces->keys[size][low] == key;
            codes[size][at] = held ? pieces->key_codes[size][low] : 0;
        }
}

/* The weighted edit distance of two middles over pieces. */
static float cost_of(const Pieces *pieces, const uint16_t *read, int width, const uint16_t *printed, int height)
{
    Codes in_read, in_printed;
    float best[MAX_MIDDLE + 1][MAX_MIDDLE + 1] = {{0.0f}};
    codes_of(pieces, read, width, in_read);
    codes_of(pieces, printed, height, in_printed);
    for (int end = 0; end <= height; end++)
        for (int stop = 0; stop <= width; stop++) {
            float least = end || stop ? INFINITY : 0.0f;
            for (int one = 0; one <= MAX_PIECE && one <= end; one++)
                for (int other = one ? 0 : 1; other <= MAX_PIECE && other <= stop; other++) {
                    const float *costs = !one     ? pieces->insertion[other]
                                         : !other ? pieces->deletion[one]
                                                  : pieces->substitution[one][other];
                    if (!costs)
                        continue;
                    int64_t row = one ? in_printed[one][end - one] : 0;
                    int64_t column = other ? in_read[other][stop - other] : 0;
                    float cost = best[end - one][stop - other];
                    cost += costs[!one ? column : !other ? row : row * pieces->codes[other] + column];
                    if (cost < least)
                        least = cost;
                }
            best[end][stop] = least;
        }
    return best[height][width];
}

/* Short texts as a matrix of code points; see costs.Texts. */
typedef struct {
    const uint16_t *points;
    const int64_t *lengths;
    Py_ssize_t count, width;
} Matrix;

static int view_matrix(Views *views, PyObject *tuple, Matrix *texts)
{
    PyObject *points, *lengths;
    Py_ssize_t size;
    if (!PyArg_ParseTuple(tuple, "OO", &points, &lengths) || !(texts->points = view(views, points, 2, &size)) ||
        !(texts->lengths = view(views, lengths, 8, &texts->count)))
        return 0;
    texts->width = texts->count ? size / texts->count : 0;
    for (Py_ssize_t at = 0; at < texts->count; at++)
        if (texts->lengths[at] < 0 || texts->lengths[at] > texts->width)
            return mismatch("lengths of texts") != NULL;
    return 1;
}

PyObject *pair_costs(PyObject *module, PyObject *arguments)
{
    (void)module;
    PyObject *read_, *printed_, *pieces_, *result = NULL;
    Views views = {.count = 0};
    Matrix read, printed;
    Pieces pieces;
    double *costs;
    if (!PyArg_ParseTuple(arguments, "OOO", &read_, &printed_, &pieces_))
        return NULL;
    if (!view_matrix(&views, read_, &read) || !view_matrix(&views, printed_, &printed) ||
        (read.count != printed.count && !mismatch("pairs")) || !view_pieces(&views, pieces_, &pieces) ||
        !(result = new_array(read.count, sizeof *costs, (void **)&costs)))
        goto end;
    for (Py_ssize_t at = 0; at < read.count; at++) {
        const uint16_t *one = read.points + at * read.width, *other = printed.points + at * printed.width;
        int64_t rest = read.lengths[at], wanted = printed.lengths[at];
        while (rest && wanted && *one == *other)
            one++, other++, rest--, wanted--;
        while (rest && wanted && one[rest - 1] == other[wanted - 1])
            rest--, wanted--;
        double cost = INFINITY, correct = 0.0;
        if (rest <= MAX_MIDDLE && wanted <= MAX_MIDDLE) {
            cost = cost_of(&pieces, one, (int)rest, other, (int)wanted);
            for (int64_t each = 0; each < wanted; each++)
                correct = correct + pieces.correct[code_of(&pieces, other[each])];
            cost = cost - correct;
        }
        correct = 0.0;
        for (Py_ssize_t each = 0; each < printed.width; each++)
            correct = correct + pieces.correct[code_of(&pieces, printed.points[at * printed.width + each])];
        costs[at] = cost + correct;
    }
end:
    release(&views);
    return result;
}
