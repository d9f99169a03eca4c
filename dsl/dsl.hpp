// Everything that a declaration of cells and models needs. A compiler lists the headers through which it came
// to that of an error; so those with checks are included here, rather than through each other.
#pragma once

#include "timeloom/dsl/compile_error.hpp"

#include "timeloom/dsl/static_vector.hpp"

#include "timeloom/dsl/expr.hpp"

#include "timeloom/dsl/affine.hpp"
#include "timeloom/dsl/apply.hpp"
#include "timeloom/dsl/option_list.hpp"

#include "timeloom/dsl/layer_options.hpp"
#include "timeloom/dsl/parameter_options.hpp"

#include "timeloom/dsl/step_result.hpp"

#include "timeloom/dsl/cell.hpp"
#include "timeloom/dsl/cells.hpp"

#include "timeloom/dsl/layer_normalization.hpp"
#include "timeloom/dsl/layers.hpp"
#include "timeloom/dsl/stacked_cells.hpp"

#include "timeloom/dsl/model.hpp"

#include "timeloom/dsl/describe.hpp"
#include "timeloom/dsl/print.hpp"
