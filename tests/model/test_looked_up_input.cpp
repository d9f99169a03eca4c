// Cells that read an embedding multiply a word once that a batch names often: the same as multiplying it at
// every step, as they do where each word comes once.
#include "../support/training_data.hpp"
#include "many_words.timeloom.hpp"
#include "model_test_models.hpp"
#include "words_dropped.timeloom.hpp"
#include "words_of_all.timeloom.hpp"
#include "words_of_cells.timeloom.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <array>
#include <atomic>
#include <numeric>
#include <vector>

using namespace timeloom;

namespace {

constexpr std::size_t timesteps = 9;

/// The kernels of a model; counts the calls of those that multiply words. One at a time.
class CountedKernels {
  public:
    explicit CountedKernels(const plan::Model& plan)
        : kernels_(plan.kernels.begin(), plan.kernels.end()), plan_(plan) {
        for (plan::Kernel& entry : kernels_) {
            if (entry.kind == plan::KernelKind::row_products) {
                auto& original = entry.variant == 1 ? single_row : whole_tiles;
                original[static_cast<std::size_t>(entry.layer)] = entry.call;
                entry.call = caller(entry.layer, entry.variant == 1);
            }
        }
        plan_.kernels = kernels_;
        calls = 0;
    }
    const plan::Model& plan() const { return plan_; }

    static inline std::atomic<int> calls = 0; ///< by several threads

  private:
    using Call = int (*)(void**);
    static constexpr std::size_t most_layers = 8;
    static inline std::array<Call, most_layers> single_row{}, whole_tiles{};

    template <std::size_t... I>
    static Call caller(int layer, bool is_single, std::index_sequence<I...>) {
        static constexpr std::array<Call, most_layers> single{
            [](void** arguments) { return ++calls, single_row[I](arguments); }...};
        static constexpr std::array<Call, most_layers> tiles{
            [](void** arguments) { return ++calls, whole_tiles[I](arguments); }...};
        return (is_single ? single : tiles).at(static_cast<std::size_t>(layer));
    }
    static Call caller(int layer, bool is_single) {
        return caller(layer, is_single, std::make_index_sequence<most_layers>());
    }

    std::vector<plan::Kernel> kernels_;
    plan::Model plan_;
};

/// Rows of words that differ within a row. Word 0, which may be masked, stands at the same step of each, so
/// that the losses of all rows are means over as many steps.
TokenMatrix rows_of_different_words(std::size_t rows, std::size_t vocabulary, std::uint64_t seed) {
    TokenMatrix words{rows, timesteps, {}};
    Random random(seed);
    for (std::size_t row = 0; row < rows; ++row) {
        std::vector<std::int32_t> others(vocabulary - 1);
        std::iota(others.begin(), others.end(), 1);
        for (std::size_t t = 0; t < timesteps; ++t) {
            const auto left = static_cast<std::uint32_t>(others.size() - t);
            std::swap(others[t], others[t + random.below(left)]);
            words.values.push_back(t == 2 ? 0 : others[t]);
        }
    }
    return words;
}

TokenMatrix row_of(const TokenMatrix& words, std::size_t row) {
    const auto first = words.values.begin() + static_cast<std::ptrdiff_t>(row * timesteps);
    return {1, timesteps, {first, first + timesteps}};
}

Tensor row_of(const Tensor& values, std::size_t row) {
    Tensor one(Shape{1, timesteps, values.size() / values.shape()[0] / timesteps});
    std::copy_n(values.data() + row * one.size(), one.size(), one.data());
    return one;
}

void add(Tensor& sum, const Tensor& values) {
    for (std::size_t i = 0; i < sum.size(); ++i) {
        sum.data()[i] += values.data()[i];
    }
}

void check_equal(const Tensor& a, const Tensor& b) {
    REQUIRE(a.size() == b.size());
    for (std::size_t i = 0; i < a.size(); ++i) {
        REQUIRE(a.data()[i] == Approx(b.data()[i]).margin(2e-6).epsilon(2e-5));
    }
}

/// `cells`: how many look words up where they are few; in single rows none does.
void check_predictions(Model& model, const TokenMatrix& words, int cells) {
    const std::size_t rows = words.rows;
    CountedKernels::calls = 0;
    const Tensor together = model.predict(words, rows);
    CHECK(CountedKernels::calls == cells);
    CountedKernels::calls = 0;
    for (std::size_t row = 0; row < rows; ++row) {
        check_equal(row_of(together, row), model.predict(row_of(words, row)));
    }
    CHECK(CountedKernels::calls == 0);
}

void check_gradients(Model& model, const TokenMatrix& words, int cells) {
    const std::size_t rows = words.rows;
    model.compile(SGD{}, Loss::mean_squared_error);
    const Tensor y = random_tensor({rows, timesteps, 2}, 6);

    CountedKernels::calls = 0;
    Gradients together = model.gradients(words, y);
    CHECK(CountedKernels::calls == cells);
    CountedKernels::calls = 0;
    Gradients sum = model.gradients(row_of(words, 0), row_of(y, 0));
    for (std::size_t row = 1; row < rows; ++row) {
        for (const auto& [name, gradient] : model.gradients(row_of(words, row), row_of(y, row)).weights) {
            add(sum.weights.at(name), gradient);
        }
    }
    CHECK(CountedKernels::calls == 0);
    for (auto& [name, gradient] : sum.weights) {
        CAPTURE(name);
        for (float& g : gradient.values()) {
            g /= static_cast<float>(rows);
        }
        check_equal(together.weights.at(name), gradient);
    }
}

/// `count` token ids, of which `different` are.
std::vector<std::int32_t> ids(std::int32_t count, std::int32_t different) {
    std::vector<std::int32_t> result;
    for (std::int32_t i = 0; i < count; ++i) {
        result.push_back(2 * (i * 11 % different));
    }
    return result;
}

/// Of words_dropped: layers that a program calls read step by step.
void call_layers(Model& model) {
    model.set_call([](Call& call) {
        return call.layer("dense", call.layer("simple_rnn", call.layer("embedding", call.input())));
    });
}

} // namespace

TEST_CASE("words that a batch names often are looked up: predictions") {
    const CountedKernels cells(words_of_cells_plan);
    for (const std::size_t rows : {60, 61}) { // whole tiles, and tiles that rows do not fill
        Model model(cells.plan(), {.seed = 1, .threads = 1});
        check_predictions(model, rows_of_different_words(rows, 300, 3), 5);
    }
    const TokenMatrix words = rows_of_different_words(20, 40, 4);
    const CountedKernels all(words_of_all_plan);
    Model with_others(all.plan(), {.seed = 1, .threads = 1});
    check_predictions(with_others, words, 1);
    const CountedKernels dropped(words_dropped_plan);
    Model with_dropout(dropped.plan(), {.seed = 1, .threads = 1});
    check_predictions(with_dropout, words, 1);
}

TEST_CASE("words that a batch names often are looked up: gradients") {
    for (const int threads : {1, 2}) {
        const auto shards = static_cast<std::size_t>(threads);
        const CountedKernels cells(words_of_cells_plan);
        for (const std::size_t rows : {60, 61}) {
            Model model(cells.plan(), {.seed = 1, .threads = shards});
            check_gradients(model, rows_of_different_words(shards * rows, 300, 5), 5 * threads);
        }
        const CountedKernels all(words_of_all_plan);
        Model with_others(all.plan(), {.seed = 1, .threads = shards});
        check_gradients(with_others, rows_of_different_words(20, 40, 6), threads);
    }
}

TEST_CASE("each batch is looked up or not, whatever the one before was") {
    const CountedKernels kernels(many_words_plan);
    const TokenMatrix all_differ{20, 3, ids(60, 60)}, few{20, 3, ids(60, 7)};
    const Tensor y = random_tensor({20, 1}, 7);
    const auto compiled = [&] {
        Model model(kernels.plan(), {.seed = 1, .threads = 1});
        model.compile(SGD{}, Loss::mean_squared_error);
        return model;
    };
    Model one_for_all = compiled();
    for (const auto& [words, cells] : {std::pair(few, 1), {all_differ, 0}, {few, 1}}) {
        CountedKernels::calls = 0;
        const Gradients gradients = one_for_all.gradients(words, y);
        CHECK(CountedKernels::calls == cells);
        for (const auto& [name, fresh] : compiled().gradients(words, y).weights) {
            CAPTURE(name);
            CHECK(std::ranges::equal(gradients.weights.at(name).values(), fresh.values()));
        }
    }
}

TEST_CASE("a single row's words are looked up where they come often") {
    const CountedKernels kernels(words_dropped_plan);
    Model model(kernels.plan(), {.seed = 1, .threads = 1});
    const TokenMatrix words{1, timesteps, {7, 0, 3, 7, 7, 0, 3, 3, 7}};
    CountedKernels::calls = 0;
    const Tensor declared = model.predict(words);
    CHECK(CountedKernels::calls == 1);
    call_layers(model);
    check_equal(declared, model.predict(words));
    CHECK(CountedKernels::calls == 1);
}

TEST_CASE("words are not looked up while dropout makes them different") {
    const CountedKernels kernels(words_dropped_plan);
    Model model(kernels.plan(), {.seed = 1, .threads = 1});
    model.compile(SGD{}, Loss::mean_squared_error);
    const TokenMatrix words = rows_of_different_words(20, 40, 5);
    const Tensor y = random_tensor({20, timesteps, 2}, 6);
    CountedKernels::calls = 0;
    const Gradients declared = model.gradients(words, y);
    CHECK(CountedKernels::calls == 0);
    call_layers(model);
    for (const auto& [name, gradient] : model.gradients(words, y).weights) {
        CAPTURE(name);
        check_equal(declared.weights.at(name), gradient);
    }
}
