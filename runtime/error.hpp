// The exceptions that Timeloom throws: all are Errors.
#pragma once

#include <stdexcept>

namespace timeloom {

/// A failure told in one sentence: what went wrong, where, and what to do about it.
class Error : public std::runtime_error {
  public:
    using std::runtime_error::runtime_error;
};

/// There is not enough memory for what was asked for.
class OutOfMemory : public Error {
  public:
    using Error::Error;
};

} // namespace timeloom
