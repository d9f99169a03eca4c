// The exceptions that Timeloom throws: all are Errors.
#pragma once

#include "timeloom/dsl/error.hpp"

namespace timeloom {

/// There is not enough memory for what was asked for.
class OutOfMemory : public Error {
  public:
    using Error::Error;
};

} // namespace timeloom
