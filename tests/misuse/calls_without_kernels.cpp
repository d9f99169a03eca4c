// Forward passes of the user's own over layers that need no kernels, whose plans are made here.
#include "misused_model.hpp"

#include "../support/training_data.hpp"

#include "timeloom/codegen/plan/model_plan.hpp"
#include "timeloom/dsl/dsl.hpp"

#include <algorithm>

namespace timeloom::tests {

using namespace timeloom::dsl;

TEST_CASE("fewer time steps than a window has") {
    const auto pools = functional(named<"x">(input<8, 3>()), named<"pool">(max_pooling1d<4>()),
                                  named<"ends">(max_pooling1d<4>(same_padding), reads<"x">));
    const Tensor x = random_tensor({13, 8, 3}, 1);
    const codegen::model_plan plan(describe(pools), "pools");
    Misused m(plan.plan(), x);
    for (const int steps : {1, 2, 3}) {
        m.refuses_call(std::to_string(steps) + " steps",
                       "pool reads windows of 4 time steps, but was given " + std::to_string(steps),
                       [=](Call& call) {
                           const std::vector<CallValue> some(static_cast<std::size_t>(steps),
                                                             call.step(call.input(), 0));
                           return call.layer("pool", call.stack(some));
                       });
    }
    m.model().set_call([](Call& call) {
        const std::vector<CallValue> some(5, call.step(call.input(), 0));
        return call.layer("ends", call.stack(some));
    });
    accepts("windows that may reach beyond the end", [&] {
        m.model().predict(random_tensor({13, 8, 3}, 1));
    });
}

TEST_CASE("an embedding of fewer words than its input may hold") {
    const auto two =
        functional(named<"a">(input<4>()), named<"large">(embedding<60, 3>()), named<"b">(input<4>()),
                   named<"small">(embedding<10, 3>()), concatenate<"large", "small">());
    const TokenMatrix a{2, 4, {59, 58, 57, 10, 11, 12, 13, 59}}, b{2, 4, {0, 1, 2, 3, 9, 8, 7, 6}};
    const codegen::model_plan plan(describe(two), "two");
    Misused m(plan.plan(), {a, b});
    const auto join = [](Call& call, const CallValue& large, const CallValue& small) {
        return call.join("concatenate", {call.layer("large", large), call.layer("small", small)});
    };
    const std::string part = "small has 10 rows, but its input may hold token ids up to 59";
    m.refuses_call("the other input", part,
                   [&](Call& call) { return join(call, call.input(0), call.input(0)); });
    m.refuses_call("a step of it", part,
                   [&](Call& call) { return join(call, call.input(0), call.step(call.input(0), 1)); });
    const Tensor declared = m.model().predict({a, b});
    m.model().set_call([&](Call& call) { return join(call, call.input(0), call.input(1)); });
    accepts("each its own", [&] {
        CHECK(std::ranges::equal(m.model().predict({a, b}).values(), declared.values()));
    });
    m.model().set_call([&](Call& call) { return join(call, call.input(1), call.input(1)); });
    accepts("more words than there are ids", [&] {
        const Tensor y = m.model().predict({a, b});
        const Tensor large = m.model().get_weights("large/embeddings");
        CHECK(y(1, 0, 2) == large(9, 2));
    });
}

} // namespace timeloom::tests
