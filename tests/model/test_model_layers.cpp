// What options of layers mean for a whole model: both directions, states kept from batch to batch.
#include "../support/training_data.hpp"
#include "both_ways.timeloom.hpp"
#include "model_test_models.hpp"
#include "ongoing.timeloom.hpp"

#include "timeloom/runtime/error.hpp"
#include "timeloom/runtime/model/model.hpp"

#include <catch2/catch.hpp>

using namespace timeloom;
using Catch::Matchers::Contains;

TEST_CASE("the summary shows both directions as one layer") {
    const Model model(both_ways_plan, {.threads = 1});
    constexpr long gru = 2 * 3 * (3 * 5 + 5 * 5 + 2 * 5), lstm = 2 * 4 * (10 * 3 + 3 * 3 + 3);
    static_assert(tests::both_ways.parameters() == gru + lstm + 3 * 4 + 4);
    CHECK(model.count_parameters() == static_cast<std::size_t>(tests::both_ways.parameters()));
    CHECK_THAT(model.summary(), Contains("bidirectional (Bidirectional)    (None, 7, 10)      300\n") &&
                                    Contains("bidirectional_1 (Bidirectional)  (None, 7, 3)       336\n") &&
                                    !Contains("forward"));
    // What a layer wraps is not shown either.
    CHECK_THAT(
        Model(ongoing_plan, {.threads = 1}).summary(),
        Contains("\ntime_distributed (TimeDistributed)  (None, 7, 4)       28\nactivation (Activation)"));
}

TEST_CASE("stateful layers go on where the batch before ended") {
    const Tensor first = random_tensor({8, 7, 3}, 1), second = random_tensor({8, 7, 3}, 2);
    const auto values = [](const Tensor& t) {
        return std::vector<float>(t.values().begin(), t.values().end());
    };
    for (const std::size_t threads : {1, 2}) {
        Model model(ongoing_plan, {.seed = 1, .threads = threads});
        const auto after_first = values(model.predict(first));
        const auto after_both = values(model.predict(second));
        model.reset_states();
        CHECK(values(model.predict(second)) != after_both);
        model.reset_states();
        CHECK(values(model.predict(first)) == after_first);
        CHECK(values(model.predict(second)) == after_both);

        CHECK_THROWS_WITH(model.predict(random_tensor({4, 7, 3}, 3)), Contains("reset_states()"));
        CHECK_THROWS_WITH(model.predict(first, 5), Contains("whole number of batches"));
        CHECK_THROWS_WITH(model.predict(first, 4), Contains("of 8 rows, not of 4"));
        model.reset_states();
        CHECK(values(model.predict(first, 4)) != after_first); // two batches, one after the other
    }
}

TEST_CASE("training from batch to batch gives the same bits on the same number of threads") {
    const auto train = [](std::size_t threads) {
        Model model(ongoing_plan, {.seed = 1, .threads = threads});
        model.compile(Adam{}, Loss::categorical_crossentropy);
        FitOptions options;
        options.epochs = 2;
        options.batch_size = 13;
        options.shuffle = false;
        model.fit(random_tensor({39, 7, 3}, 1), random_tags(39, 2), options);
        return all_weights(model);
    };
    const std::vector<float> one = train(1), two = train(2);
    CHECK(one == train(1));
    CHECK(two == train(2));
    for (std::size_t i = 0; i < one.size(); ++i) {
        CHECK(one[i] == Approx(two[i]).margin(1e-5));
    }
}
