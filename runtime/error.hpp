// The one exception type that Timeloom's libraries throw.
#pragma once

#include "timeloom/dsl/error.hpp"
