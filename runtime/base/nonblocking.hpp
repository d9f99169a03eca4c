// A promise of functions that a real-time thread calls, which clang from 20 on checks with
// -Wfunction-effects.
#pragma once

#if defined(__clang__) && __has_cpp_attribute(clang::nonblocking)
/// Behind a function's parameters: it allocates no memory, takes no lock, and calls nothing that might.
#define TIMELOOM_NONBLOCKING [[clang::nonblocking]]
/// Around calls that the compiler cannot look into; that they keep the promise is proved by a test.
#define TIMELOOM_BEGIN_PROVED_BY_TEST                                                                        \
    _Pragma("clang diagnostic push") _Pragma("clang diagnostic ignored \"-Wfunction-effects\"")
#define TIMELOOM_END_PROVED_BY_TEST _Pragma("clang diagnostic pop")
#else
#define TIMELOOM_NONBLOCKING
#define TIMELOOM_BEGIN_PROVED_BY_TEST
#define TIMELOOM_END_PROVED_BY_TEST
#endif
