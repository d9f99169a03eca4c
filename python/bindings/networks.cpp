#include "parts.hpp"
namespace timeloom_python { void add_networks(nanobind::module_&) {} }
