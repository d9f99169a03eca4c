// Keras's files: .keras and .weights.h5 of Keras 3, .h5 of Keras 2 and 3.
#pragma once

#include "timeloom/generators/import/description/description.hpp"
#include "timeloom/generators/import/formats/import_options.hpp"

#include <string_view>

namespace timeloom::importing {

/// A zip archive with configuration and weights.
Description read_keras(std::string_view bytes, const ImportOptions& options);

/// A whole model of model.save("x.h5"), or weights alone with ImportOptions::config.
Description read_keras_h5(std::string_view bytes, const ImportOptions& options);

} // namespace timeloom::importing
