/* Hashes of phrases and tables of them: clean_news.stages.spin.phrase_hashes and readings. */

#include "kernel.h"

#include <string.h>

#define BASE UINT64_C(0x9E3779B97F4A7C15)

static uint64_t mixed(uint64_t hash)
{
    hash = (hash ^ (hash >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    hash = (hash ^ (hash >> 27)) * UINT64_C(0x94D049BB133111EB);
    return hash ^ (hash >> 31);
}

/* The hash of one token. */
static uint64_t token_hash(const char *bytes, Py_ssize_t length)
{
    static uint64_t byte_hashes[256];
    if (!byte_hashes[0])
        for (uint64_t byte = 256; byte-- > 0;) /* the first one last: it says that all are there */
            byte_hashes[byte] = mixed((byte + 1) * BASE);
    uint64_t sum = 0, power = 1;
    for (Py_ssize_t at = 0; at < length; at++, power *= BASE)
        sum += byte_hashes[(unsigned char)bytes[at]] * power;
    return mixed(sum);
}

/* The hash of a phrase whose tokens are separated by spaces. */
static uint64_t phrase_hash(const char *bytes, Py_ssize_t length)
{
    uint64_t sum = 0, power = 1;
    const char *end = bytes + length;
    for (;; power *= BASE) {
        const char *space = memchr(bytes, ' ', (size_t)(end - bytes));
        sum += token_hash(bytes, (space ? space : end) - bytes) * power;
        if (!space)
            return mixed(sum);
        bytes = space + 1;
    }
}

/* Hashes each text of a list; None if one has lone surrogates. */
static PyObject *hashes(PyObject *list, uint64_t (*hash)(const char *, Py_ssize_t))
{
    if (!PyList_Check(list)) {
        PyErr_SetString(PyExc_TypeError, "a list of texts is needed");
        return NULL;
    }
    Py_ssize_t count = PyList_Size(list);
    uint64_t *found;
    PyObject *array = new_array(count, sizeof *found, (void **)&found);
    for (Py_ssize_t at = 0; array && at < count; at++) {
        Py_ssize_t length;
        const char *bytes = PyUnicode_AsUTF8AndSize(PyList_GetItem(list, at), &length);
        if (!bytes) {
            Py_CLEAR(array);
            if (PyErr_ExceptionMatches(PyExc_UnicodeEncodeError)) {
                PyErr_Clear();
                Py_RETURN_NONE;
            }
            return NULL;
        }
        found[at] = hash(bytes, length);
    }
    return array;
}

PyObject *token_hashes(PyObject *module, PyObject *list)
{
    (void)module;
    return hashes(list, token_hash);
}

PyObject *phrase_hashes(PyObject *module, PyObject *list)
{
    (void)module;
    return hashes(list, phrase_hash);
}

/* The index of a hash in an ascending table, or -1. Hashes are spread evenly, so it is near its share of the table. */
static Py_ssize_t index_of(const uint64_t *table, Py_ssize_t size, uint64_t wanted)
{
    if (!size)
        return -1;
    Py_ssize_t low = 0, high = size, step = 8;
    Py_ssize_t near = (Py_ssize_t)((double)wanted / 18446744073709551616.0 * (double)size);
    if (near >= size)
        near = size - 1;
    if (table[near] < wanted) {
        low = near + 1;
        while (low < size && size - low > step && table[low + step] < wanted) {
            low += step + 1;
            step *= 2;
        }
        high = size - low > step ? low + step + 1 : size;
    } else {
        high = near + 1;
        while (high > step && table[high - 1 - step] >= wanted) {
            high -= step;
            step *= 2;
        }
        low = high > step ? high - 1 - step : 0;
    }
    while (low < high) {
        Py_ssize_t middle = low + (high - low) / 2;
        if (table[middle] < wanted)
            low = middle + 1;
        else
            high = middle;
    }
    return low < size && table[low] == wanted ? low : -1;
}

PyObject *indices_of(PyObject *module, PyObject *arguments)
{
    (void)module;
    PyObject *table_, *wanted_, *result = NULL;
    Views views = {.count = 0};
    Py_ssize_t size, count;
    const uint64_t *table, *wanted;
    int64_t *found;
    if (!PyArg_ParseTuple(arguments, "OO", &table_, &wanted_))
        return NULL;
    if ((table = view(&views, table_, sizeof *table, &size)) &&
        (wanted = view(&views, wanted_, sizeof *wanted, &count)) &&
        (result = new_array(count, sizeof *found, (void **)&found)))
        for (Py_ssize_t at = 0; at < count; at++)
            found[at] = index_of(table, size, wanted[at]);
    release(&views);
    return result;
}

/* A growing array of numbers. */
typedef struct {
    int64_t *numbers;
    Py_ssize_t count, room;
} Growing;

static int append(Growing *growing, int64_t first, int64_t second)
{
    if (growing->room < growing->count + 2) {
        Py_ssize_t room = growing->room ? 2 * growing->room : 1024;
        int64_t *numbers = PyMem_Realloc(growing->numbers, (size_t)room * sizeof *numbers);
        if (!numbers) {
            PyErr_NoMemory();
            return 0;
        }
        growing->numbers = numbers;
        growing->room = room;
    }
    growing->numbers[growing->count++] = first;
    growing->numbers[growing->count++] = second;
    return 1;
}

PyObject *spans_of_forms(PyObject *module, PyObject *arguments)
{
    (void)module;
    PyObject *tokens_, *ends_, *prefixes_, *firsts_, *most_, *forms_, *result = NULL;
    Views views = {.count = 0};
    Growing found = {NULL, 0, 0};
    Py_ssize_t count, length, prefix_count, first_count, form_count;
    const uint64_t *tokens, *prefixes, *firsts, *forms;
    const int64_t *ends, *most;
    if (!PyArg_ParseTuple(arguments, "OOOOOO", &tokens_, &ends_, &prefixes_, &firsts_, &most_, &forms_))
        return NULL;
    if (!(tokens = view(&views, tokens_, sizeof *tokens, &count)) ||
        !(ends = view(&views, ends_, sizeof *ends, &length)) || (length != count && !mismatch("ends")) ||
        !(prefixes = view(&views, prefixes_, sizeof *prefixes, &prefix_count)) ||
        !(firsts = view(&views, firsts_, sizeof *firsts, &first_count)) ||
        !(most = view(&views, most_, sizeof *most, &length)) || (length != first_count && !mismatch("most tokens")) ||
        !(forms = view(&views, forms_, sizeof *forms, &form_count)))
        goto end;
    for (Py_ssize_t at = 0; at + 1 < count; at++) {
        int64_t stop = ends[at] < count ? ends[at] : count;
        if (at + 2 > stop || index_of(prefixes, prefix_count, mixed(tokens[at] + tokens[at + 1] * BASE)) < 0)
            continue;
        Py_ssize_t row = index_of(firsts, first_count, mixed(tokens[at]));
        if (!first_count)
            continue;
        int64_t longest = most[row < 0 ? first_count - 1 : row];
        if (longest > stop - at)
            longest = stop - at;
        uint64_t sum = tokens[at], power = 1;
        for (int64_t size = 2; size <= longest; size++) {
            power *= BASE;
            sum += tokens[at + size - 1] * power;
            if (index_of(forms, form_count, mixed(sum)) >= 0 && !append(&found, at, at + size))
                goto end;
        }
    }
    result = PyBytes_FromStringAndSize((const char *)found.numbers, found.count * (Py_ssize_t)sizeof *found.numbers);
end:
    PyMem_Free(found.numbers);
    release(&views);
    return result;
}
