#include "work_of_machine.hpp"

#include "../support/training_data.hpp"
#include "airline.timeloom.hpp"
#include "tagger.timeloom.hpp"

#include "timeloom/runtime/arima/arima.hpp"
#include "timeloom/runtime/parameters/initializers.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>

namespace timeloom::tests {

namespace {

constexpr std::size_t count = 200;

Tensor halves(const std::vector<std::uint32_t>& words) {
    Tensor result(Shape{words.size(), 2});
    for (std::size_t i = 0; i < words.size(); ++i) {
        result(i, 0) = static_cast<float>(words[i] >> 16);
        result(i, 1) = static_cast<float>(words[i] & 0xffff);
    }
    return result;
}

template <class Draw>
Tensor drawn(std::uint64_t seed, const Draw& draw) {
    Random random(seed);
    Tensor result(Shape{count});
    for (float& value : result.values()) {
        value = static_cast<float>(draw(random));
    }
    return result;
}

} // namespace

std::vector<std::pair<std::string, Tensor>> draws() {
    std::vector<std::pair<std::string, Tensor>> all;
    std::vector<std::uint32_t> words(count);
    Random(1).fill_uniform_bits(7, words);
    all.emplace_back("words", halves(words));
    all.emplace_back("uniform", drawn(2, [](Random& r) { return r.uniform(-0.3f, 0.7f); }));
    all.emplace_back("normal", drawn(3, [](Random& r) { return r.normal(); }));
    all.emplace_back("below", drawn(4, [](Random& r) { return r.below(1000); }));
    Tensor order(Shape{count});
    std::ranges::copy(Random(5).permutation(count), order.values().begin());
    all.emplace_back("permutation", order);
    for (const Initializer kind :
         {Initializer::random_uniform, Initializer::random_normal, Initializer::truncated_normal,
          Initializer::glorot_uniform, Initializer::glorot_normal, Initializer::he_uniform,
          Initializer::he_normal, Initializer::lecun_uniform, Initializer::lecun_normal,
          Initializer::orthogonal}) {
        Random random(6);
        Tensor matrix(Shape{13, 9});
        initialize(kind, random, matrix.values(), 13, 9, 1.0);
        all.emplace_back(to_string(kind), std::move(matrix));
    }
    return all;
}

Model untrained() {
    Model model(tagger_plan, {.seed = 5, .threads = 1});
    model.compile(Adam{}, Loss::categorical_crossentropy);
    return model;
}

void train(Model& model, std::size_t epochs) {
    FitOptions options;
    options.initial_epoch = model.epochs_trained();
    options.epochs = epochs;
    options.batch_size = 16;
    model.fit(random_tensor({40, 7, 3}, 1), random_tags(40, 2), options);
}

ArimaResults fitted() {
    Random random(8);
    std::vector<double> y;
    for (std::size_t month = 0; month < 48; ++month) {
        const double season = std::sin(0.5235987755982988 * static_cast<double>(month));
        y.push_back(0.03 * static_cast<double>(month) + season + 0.2 * random.uniform(-1, 1));
    }
    return Arima(airline_plan).fit(y);
}

} // namespace timeloom::tests
