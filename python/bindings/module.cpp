// timeloom._core: the C++ library as Python sees it. Names and checks for users are in the package's .py files.
#include "parts.hpp"

#include <timeloom/runtime/error.hpp>

#include <nanobind/nanobind.h>

namespace timeloom_python {

namespace nb = nanobind;

void add_errors(nb::module_& module) {
    nb::exception<timeloom::Error>(module, "Error", PyExc_ValueError);
    // The last one registered is asked first.
    nb::register_exception_translator([](const std::exception_ptr& p, void*) {
        try {
            std::rethrow_exception(p);
        } catch (const timeloom::OutOfMemory& error) {
            PyErr_SetString(PyExc_MemoryError, error.what());
        }
    });
}

} // namespace timeloom_python

NB_MODULE(_core, module) {
    using namespace timeloom_python;
    add_errors(module);
    add_arima(module);
    add_results(module);
    add_fleets(module);
    add_tables(module);
    add_networks(module);
}
