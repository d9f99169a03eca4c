// The parts of the extension module, each of which adds its names to it.
#pragma once

#include <nanobind/nanobind.h>

namespace timeloom_python {

void add_errors(nanobind::module_& module);
void add_arima(nanobind::module_& module);
void add_results(nanobind::module_& module);
void add_fleets(nanobind::module_& module);
void add_tables(nanobind::module_& module);
void add_networks(nanobind::module_& module);

} // namespace timeloom_python
