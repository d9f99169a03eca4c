// A training step allocates no memory: counted by replacing operator new for the whole program.
#include "../support/training_data.hpp"
#include "both_ways.timeloom.hpp"
#include "model_test_models.hpp"
#include "ongoing.timeloom.hpp"
#include "tagger.timeloom.hpp"
#include "words_of_cells.timeloom.hpp"

#include "timeloom/runtime/streams/stream.hpp"

#include <catch2/catch.hpp>

#include <atomic>
#include <cstdlib>
#include <new>

namespace {

std::atomic<std::size_t> allocations{0};

void* allocate(std::size_t size, std::size_t alignment) {
    ++allocations;
    void* const memory = std::aligned_alloc(alignment, (size + alignment) / alignment * alignment);
    if (memory == nullptr)
        throw std::bad_alloc();
    return memory;
}

} // namespace

void* operator new(std::size_t size) { return allocate(size, alignof(std::max_align_t)); }
void* operator new(std::size_t size, std::align_val_t alignment) {
    return allocate(size, static_cast<std::size_t>(alignment));
}
void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
    ++allocations;
    return std::malloc(size);
}
void* operator new(std::size_t size, std::align_val_t alignment, const std::nothrow_t&) noexcept {
    ++allocations;
    const auto multiple = static_cast<std::size_t>(alignment);
    return std::aligned_alloc(multiple, (size + multiple) / multiple * multiple);
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
void operator delete(void* memory, std::align_val_t) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t, std::align_val_t) noexcept { std::free(memory); }

using namespace timeloom;

namespace {

/// Of a fit in so many steps; random words, or vectors for models that read those.
std::size_t allocations_of(Model& model, std::size_t steps, bool of_words) {
    TokenMatrix words{16 * steps, 9, std::vector<std::int32_t>(16 * 9 * steps)};
    Random random(1);
    for (std::int32_t& word : words.values) { // few in most batches, many in some
        word = static_cast<std::int32_t>(random.below(300) / (1 + random.below(20)));
    }
    const Tensor vectors = random_tensor({16 * steps, 7, 3}, 1);
    const Tensor y = of_words ? random_tensor({16 * steps, 9, 2}, 2) : random_tags(16 * steps, 2);
    FitOptions options;
    options.batch_size = 16;
    options.sample_weight = Tensor(Shape{16 * steps});
    options.sample_weight.fill(0.5f);
    const std::size_t before = allocations;
    model.fit(of_words ? Inputs(words) : Inputs(vectors), y, options);
    return allocations - before;
}

void check_steps(Model& model, bool of_words = false) {
    allocations_of(model, 4, of_words); // the shards' memory
    const std::size_t of_four = allocations_of(model, 4, of_words);
    CHECK(allocations_of(model, 8, of_words) == of_four);
}

void check_steps(const plan::Model& plan, const Optimizer& optimizer) {
    CAPTURE(plan.name, to_string(optimizer));
    Model model(plan, {.seed = 1, .threads = 2});
    model.compile(optimizer, Loss::categorical_crossentropy, {"accuracy"});
    check_steps(model);
}

} // namespace

TEST_CASE("twice the steps allocate no more") {
    const std::vector<Optimizer> optimizers{
        Adam{.global_clipnorm = 0.1}, SGD{.momentum = 0.9, .clipvalue = 0.1}, RMSprop{.clipnorm = 0.1},
        AdamW{.learning_rate = CosineDecay{0.01, 100}, .exclude_from_weight_decay = {"bias"}}};
    for (const Optimizer& optimizer : optimizers) {
        check_steps(tagger_plan, optimizer);
    }
    check_steps(both_ways_plan, Adam{});
    check_steps(ongoing_plan, Adam{});
}

TEST_CASE("twice the steps allocate no more, also where words are looked up") {
    Model model(words_of_cells_plan, {.seed = 1, .threads = 2});
    model.compile(Adam{}, Loss::mean_squared_error);
    check_steps(model, true);
}

TEST_CASE("a stream's steps allocate nothing") {
    Model model(tagger_plan, {.seed = 1, .threads = 1});
    Stream stream(model);
    const std::vector<float> features{0.1f, 0.2f, 0.3f};
    const std::size_t before = allocations;
    for (int t = 0; t < 5; ++t) {
        stream.step(features);
    }
    CHECK(allocations == before);
}
