// How ranks come to know that one of them has failed, so that none waits for it.
#pragma once

#include "timeloom/runtime/distributed/communicator.hpp"

#include <exception>
#include <string>

namespace timeloom::detail {

/// Tells all ranks where this one stands, its failure if it has one, and its `bytes`. Returns the bytes of
/// all ranks. Where a rank has failed, it throws its own exception, and the others throw an Error that names
/// it. Throws Error where ranks stand at different places.
std::vector<std::vector<std::byte>> agree(Communicator& ranks, const std::string& place,
                                          const std::exception_ptr& failure,
                                          std::span<const std::byte> bytes = {});

} // namespace timeloom::detail
