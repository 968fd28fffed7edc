/* The module clean_news_kernel: its functions, and how they see arrays. */

#include "kernel.h"

const void *view(Views *views, PyObject *object, size_t element, Py_ssize_t *length)
{
    if (views->count == MAX_VIEWS) {
        PyErr_SetString(PyExc_RuntimeError, "too many arrays");
        return NULL;
    }
    Py_buffer *buffer = &views->held[views->count];
    if (PyObject_GetBuffer(object, buffer, PyBUF_SIMPLE) < 0)
        return NULL;
    views->count++;
    if (buffer->len % (Py_ssize_t)element)
        return mismatch("not a whole number of elements");
    *length = buffer->len / (Py_ssize_t)element;
    return buffer->buf ? buffer->buf : "";
}

void release(Views *views)
{
    while (views->count)
        PyBuffer_Release(&views->held[--views->count]);
}

PyObject *new_array(Py_ssize_t length, size_t element, void **elements)
{
    if (length > PY_SSIZE_T_MAX / (Py_ssize_t)element)
        return PyErr_NoMemory();
    PyObject *array = PyBytes_FromStringAndSize(NULL, length * (Py_ssize_t)element);
    if (array)
        *elements = PyBytes_AsString(array);
    return array;
}

void *mismatch(const char *what)
{
    if (!PyErr_Occurred())
        PyErr_Format(PyExc_ValueError, "arrays do not match: %s", what);
    return NULL;
}

static PyMethodDef FUNCTIONS[] = {
    {"bigrams", bigrams, METH_VARARGS, "Log probabilities of bigrams; see LanguageModel.bigrams."},
    {"extend_context", extend_context, METH_VARARGS, "See LanguageModel.extend_context."},
    {"next_order", next_order, METH_VARARGS, "States and arcs of the next order; see lattice.line_graph."},
    {"topology", topology, METH_VARARGS, "The order in which a sweep visits the states of a graph."},
    {"relative_weights", relative_weights, METH_VARARGS, "See forward_backward._relative_weights."},
    {"path_weights", path_weights, METH_VARARGS, "See forward_backward._path_weights."},
    {"pair_costs", pair_costs, METH_VARARGS, "See costs.pair_costs."},
    {"token_hashes", token_hashes, METH_O, "See phrase_hashes.hashes_of; None for texts with lone surrogates."},
    {"phrase_hashes", phrase_hashes, METH_O, "See phrase_hashes.hashes_of_keys; None as above."},
    {"indices_of", indices_of, METH_VARARGS, "See HashTable.indices_of."},
    {"spans_of_forms", spans_of_forms, METH_VARARGS, "See readings._spans_of_forms."},
    {NULL, NULL, 0, NULL},
};

static struct PyModuleDef MODULE = {
    PyModuleDef_HEAD_INIT,
    "clean_news_kernel",
    "Compiled kernel of clean-news. Its functions are called by clean_news.language only.",
    0,
    FUNCTIONS,
    NULL,
    NULL,
    NULL,
    NULL,
};

PyMODINIT_FUNC PyInit_clean_news_kernel(void)
{
    PyObject *module = PyModule_Create(&MODULE);
    if (module && PyModule_AddIntConstant(module, "INTERFACE", 1) < 0) {
        Py_DECREF(module);
        return NULL;
    }
    return module;
}
