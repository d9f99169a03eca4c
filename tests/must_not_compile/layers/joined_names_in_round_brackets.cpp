// Names of layers as arguments, as in Python.
// Error: add: the names of the layers that it reads stand in angle brackets: add<"a", "b">()
#include <timeloom/dsl/dsl.hpp>

using namespace timeloom::dsl;

#ifdef CORRECT
constexpr auto layer = add<"a", "b">();
#else
constexpr auto layer = add("a", "b");
#endif
