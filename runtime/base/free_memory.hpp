// Memory that is free but still the program's.
#pragma once

#include <cstdlib>
#if defined(__GLIBC__)
#include <malloc.h>
#endif

namespace timeloom::detail {

/// Gives it back to the system: glibc keeps blocks of up to 32 MiB, of which others then leave holes.
inline void give_back_free_memory() {
#if defined(__GLIBC__)
    malloc_trim(0);
#endif
}

} // namespace timeloom::detail
