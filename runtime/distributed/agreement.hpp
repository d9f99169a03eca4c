// How ranks come to know that one of them has failed, so that none waits for it.
#pragma once

#include "timeloom/runtime/distributed/communicator.hpp"

#include <exception>
#include <string>

namespace timeloom::detail {

/// Tells all ranks where this one stands, what it has failed with, if it has, and `bytes`; returns the bytes
/// of all ranks. Throws where one has failed: there its own exception, elsewhere an Error that names it; and
/// Error where ranks stand at different places.
std::vector<std::vector<std::byte>> agree(Communicator& ranks, const std::string& place,
                                          const std::exception_ptr& failure,
                                          std::span<const std::byte> bytes = {});

} // namespace timeloom::detail
