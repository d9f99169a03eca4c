// Models that process sound sample by sample: RTNeural's JSON, and Neural Amp Modeler's .nam with an LSTM.
#pragma once

#include "timeloom/generators/import/containers/json.hpp"
#include "timeloom/generators/import/description/description.hpp"
#include "timeloom/generators/import/formats/import_options.hpp"

namespace timeloom::importing {

/// Every time step has an output; there is one of them unless ImportOptions::timesteps says otherwise. Throw
/// Error for layers and architectures that cannot be imported, and weights that do not fit.
Description read_rtneural(const Json& json, const ImportOptions& options);
Description read_nam(const Json& json, const ImportOptions& options);

} // namespace timeloom::importing
