// Turns every exception of a function that reads or writes a file into a timeloom::Error.
#pragma once

#include <filesystem>

namespace timeloom::detail {

/// To be called in a catch block: throws the caught exception on, an Error as it is and anything else as an
/// Error that names `file`. Where memory is out, it takes none.
[[noreturn]] void rethrow_as_error(const std::filesystem::path& file);

} // namespace timeloom::detail
