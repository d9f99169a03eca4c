// Everything that a declaration of cells and models needs.
#pragma once

// The error comes first, so that compilers name few files above it.
#include "timeloom/dsl/compile_error.hpp"

#include "timeloom/dsl/cell.hpp"
#include "timeloom/dsl/cells.hpp"
#include "timeloom/dsl/describe.hpp"
#include "timeloom/dsl/layer_normalization.hpp"
#include "timeloom/dsl/layers.hpp"
#include "timeloom/dsl/print.hpp"
