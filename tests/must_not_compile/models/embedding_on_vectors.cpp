// An embedding looks up token ids; input<timesteps, features>() hands it vectors.
// Error: layer 1, embedding<100, 8>: needs token ids, declared as input<timesteps>(), but layer 0, input<10,
// 3>, hands on a sequence of 10 steps and 3 features, rank 3
#include <timeloom/dsl/dsl.hpp>

using namespace timeloom::dsl;

#ifdef CORRECT
constexpr auto words = input<10>();
#else
constexpr auto words = input<10, 3>();
#endif

constexpr auto model = sequential(words, embedding<100, 8>(), lstm<4>());
