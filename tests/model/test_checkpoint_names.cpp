// Checkpoints of layers whose names are those of a checkpoint's own parts.
#include "../support/temporary_folder.hpp"
#include "../support/training_data.hpp"

#include "timeloom/codegen/plan/model_plan.hpp"
#include "timeloom/dsl/dsl.hpp"
#include "timeloom/runtime/model/model.hpp"

#include <catch2/catch.hpp>

#include <bit>

using namespace timeloom;

namespace {

std::vector<std::uint32_t> bits_of(const Model& model) {
    std::vector<std::uint32_t> bits;
    for (const float weight : all_weights(model))
        bits.push_back(std::bit_cast<std::uint32_t>(weight));
    return bits;
}

} // namespace

TEST_CASE("layers named as the parts of a checkpoint") {
    const auto named_so =
        dsl::functional(dsl::named<"x">(dsl::input<4>()), dsl::named<"states">(dsl::embedding<9, 3>()),
                        dsl::named<"y">(dsl::input<4>()), dsl::named<"optimizer">(dsl::embedding<7, 3>()),
                        dsl::concatenate<"states", "optimizer">());
    // Embeddings need no kernels.
    const codegen::model_plan named_so_plan(declaration::describe(named_so), "named_so");
    const TokenMatrix tokens{2, 4, {0, 1, 2, 3, 4, 5, 6, 6}};
    const Tensor targets = random_tensor({2, 4, 6}, 3);
    Model trained(named_so_plan.plan(), {.seed = 1, .threads = 1});
    trained.compile(Adam{}, Loss::mean_squared_error);
    trained.fit({tokens, tokens}, targets, {.epochs = 2});
    const TemporaryFolder folder;
    trained.save_weights(folder.path() / "weights");
    trained.save_checkpoint(folder.path() / "checkpoint");

    Model of_weights(named_so_plan.plan(), {.seed = 2, .threads = 1});
    of_weights.load_weights(folder.path() / "weights");
    CHECK(bits_of(of_weights) == bits_of(trained));
    of_weights.set_weights("states/embeddings", Tensor(Shape{9, 3}));
    of_weights.load_weights(folder.path() / "checkpoint");
    CHECK(bits_of(of_weights) == bits_of(trained));

    Model resumed(named_so_plan.plan(), {.seed = 2, .threads = 1});
    resumed.compile(Adam{}, Loss::mean_squared_error);
    resumed.load_checkpoint(folder.path() / "checkpoint");
    CHECK(resumed.epochs_trained() == 2);
    for (Model* const model : {&trained, &resumed})
        model->fit({tokens, tokens}, targets, {.epochs = 1});
    CHECK(bits_of(resumed) == bits_of(trained));
}
