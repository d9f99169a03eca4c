// The one exception type that Timeloom's libraries throw.
#pragma once

#include <stdexcept>

namespace timeloom {

/// A failure told in one sentence: what went wrong, where, and what to do about it.
class Error : public std::runtime_error {
  public:
    using std::runtime_error::runtime_error;
};

} // namespace timeloom
