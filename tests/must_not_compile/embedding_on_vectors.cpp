// An embedding looks up token ids; input<timesteps, features>() hands it vectors.
#include <timeloom/dsl/dsl.hpp>

using namespace timeloom::dsl;

#ifdef CORRECT
constexpr auto words = input<10>();
#else
constexpr auto words = input<10, 3>();
#endif

constexpr auto model = sequential(words, embedding<100, 8>(), lstm<4>());
