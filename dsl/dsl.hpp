// Everything that a declaration of cells and models needs. A compiler lists the headers through which it came
// to that of an error; so those with checks are included here, rather than through each other.
#pragma once

#include "timeloom/dsl/base/compile_error.hpp"

#include "timeloom/dsl/base/static_vector.hpp"

#include "timeloom/dsl/cells/expr.hpp"

#include "timeloom/dsl/cells/affine.hpp"
#include "timeloom/dsl/cells/apply.hpp"
#include "timeloom/dsl/layers/option_list.hpp"

#include "timeloom/dsl/layers/layer_options.hpp"
#include "timeloom/dsl/layers/parameter_options.hpp"

#include "timeloom/dsl/cells/step_result.hpp"

#include "timeloom/dsl/cells/cell.hpp"
#include "timeloom/dsl/cells/cells.hpp"

#include "timeloom/dsl/layers/layer_normalization.hpp"
#include "timeloom/dsl/layers/layers.hpp"
#include "timeloom/dsl/layers/stacked_cells.hpp"

#include "timeloom/dsl/models/model.hpp"

#include "timeloom/dsl/cells/print.hpp"
#include "timeloom/dsl/models/describe.hpp"

#include "timeloom/dsl/words.hpp"
