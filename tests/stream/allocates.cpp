// Breaks its promise: shows that the compiler checks it.
#include <timeloom/runtime/base/nonblocking.hpp>

int* allocates() TIMELOOM_NONBLOCKING { return new int(3); }
