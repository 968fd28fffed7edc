/* What the files of the kernel share: checked views of arrays, and new arrays as bytes objects.

   Arrays come as C-contiguous buffers. Those that are returned are bytes objects, which NumPy reads without a copy.
   Every index that is read from an array is checked against the size of the array that it is used for. */

#ifndef CLEAN_NEWS_KERNEL_H
#define CLEAN_NEWS_KERNEL_H

#include <Python.h>
#include <stdint.h>

#define MAX_VIEWS 40

/* The buffers that a call holds. */
typedef struct {
    Py_buffer held[MAX_VIEWS];
    int count;
} Views;

/* Views a buffer as an array; NULL with an exception if it is no whole number of elements. */
const void *view(Views *views, PyObject *object, size_t element, Py_ssize_t *length);

/* Releases all buffers. */
void release(Views *views);

/* A new bytes object for an array, and where its elements are. */
PyObject *new_array(Py_ssize_t length, size_t element, void **elements);

/* Sets ValueError: arrays do not match. Returns NULL. */
void *mismatch(const char *what);

/* A quantised hash table of the language model; see clean_news.language.binary_fuse_filter. */
typedef struct {
    const uint16_t *slots;
    Py_ssize_t size;
    const uint8_t *guard;
    Py_ssize_t guarded;
    uint64_t seed;
    const float *codebook;
} Table;

/* Views a tuple (slots, guard, seed, codebook); 0 with an exception if it is none. */
int view_table(Views *views, PyObject *tuple, Table *table);

/* Where a table has what it knows of a key. */
typedef struct {
    uint64_t slot[3];
    uint32_t fingerprint;
} Place;

#define AHEAD 16 /* look-ups of which the places are fetched from memory before they are read */

/* The place of a key; fetches it from memory. */
Place place_of(const Table *table, uint64_t key);

/* The index in the codebook of the key at a place, or -1. */
int value_at(const Table *table, const Place *place);

/* The same of a key. */
int value_of(const Table *table, uint64_t key);

PyObject *bigrams(PyObject *module, PyObject *arguments);
PyObject *extend_context(PyObject *module, PyObject *arguments);
PyObject *next_order(PyObject *module, PyObject *arguments);
PyObject *topology(PyObject *module, PyObject *arguments);
PyObject *relative_weights(PyObject *module, PyObject *arguments);
PyObject *path_weights(PyObject *module, PyObject *arguments);
PyObject *pair_costs(PyObject *module, PyObject *arguments);
PyObject *token_hashes(PyObject *module, PyObject *list);
PyObject *phrase_hashes(PyObject *module, PyObject *list);
PyObject *indices_of(PyObject *module, PyObject *arguments);
PyObject *spans_of_forms(PyObject *module, PyObject *arguments);

#endif
