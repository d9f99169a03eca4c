// Forward passes of the user's own that ask for values, layers, states or steps that there are not.
#include "good_inputs.hpp"
#include "misused_model.hpp"

#include "../support/training_data.hpp"
#include "both_ways.timeloom.hpp"
#include "tagger.timeloom.hpp"
#include "words_of_all.timeloom.hpp"

#include "timeloom/runtime/model/model.hpp"

#include <climits>
#include <functional>
#include <string>

namespace timeloom::tests {

namespace {

CallValue tag(Call& call) {
    return call.layer("softmax", call.layer("dense", call.layer("gru_reset_before", call.input())));
}

} // namespace

TEST_CASE("values that a call has not made") {
    Misused tagger_model(tagger_plan, vectors());
    const auto check = [&](const std::string& what,
                           const std::function<CallValue(Call&, const CallValue&)>& f) {
        tagger_model.refuses_call(what, "no layer has made yet",
                                  [f](Call& call) { return f(call, CallValue()); });
        CallValue kept;
        tagger_model.model().set_call([&](Call& call) {
            kept = call.layer("gru_reset_before", call.input());
            return tag(call);
        });
        const Tensor one_row(Shape{1, 7, 3});
        tagger_model.model().predict(one_row);
        tagger_model.refuses_call(what + " of another pass", "another pass",
                                  [&](Call& call) { return f(call, kept); });
    };
    check("returned", [](Call&, const CallValue& v) { return v; });
    check("layer()", [](Call& call, const CallValue& v) { return call.layer("dense", v); });
    check("step()", [](Call& call, const CallValue& v) { return call.step(v, 0); });
    check("stack()", [](Call& call, const CallValue& v) {
        return call.stack({call.step(call.input(), 0), v});
    });
    check("cell()", [](Call& call, const CallValue& v) { return call.cell("gru_reset_before", v).output; });
    check("timesteps()", [](Call& call, const CallValue& v) { return call.timesteps(v), tag(call); });
    check("values()", [](Call& call, const CallValue& v) { return call.values(v, 0), tag(call); });
}

TEST_CASE("watching what is no value") {
    Misused m(tagger_plan, vectors());
    m.refuses_call("no value", "no value yet", [](Call& call) {
        call.watch("x", CallValue());
        return tag(call);
    });
    m.refuses_call("one name twice", "two values are watched as x", [](Call& call) {
        call.watch("x", call.input());
        call.watch("x", call.input());
        return tag(call);
    });
    m.refuses_call("a state that no cell made", "no cell made such a state", [](Call& call) {
        call.watch("h", CellState());
        return tag(call);
    });
    for (const int number : {-1, 1, INT_MAX, INT_MIN}) {
        m.refuses_call(
            "state number " + std::to_string(number), "no cell made such a state", [=](Call& call) {
                call.watch("h", call.cell("gru_reset_before", call.step(call.input(), 0)).state, number);
                return tag(call);
            });
    }
}

TEST_CASE("steps, rows and inputs that there are not") {
    Misused m(tagger_plan, vectors());
    for (const int time : {-1, 7, INT_MAX, INT_MIN}) {
        m.refuses_call("step " + std::to_string(time), "of a sequence of 7",
                       [=](Call& call) { return call.step(call.input(), time); });
        m.refuses_call("values at time " + std::to_string(time), "rows of 7 time steps",
                       [=](Call& call) { return call.values(call.input(), 0, time), tag(call); });
    }
    for (const int row : {-1, 13, INT_MAX, INT_MIN}) {
        m.refuses_call("values of row " + std::to_string(row), "values() of row",
                       [=](Call& call) { return call.values(call.input(), row), tag(call); });
    }
    for (const std::size_t number : {std::size_t{1}, huge_size}) {
        m.refuses_call("input " + std::to_string(number), "has 1 inputs",
                       [=](Call& call) { return call.input(number); });
    }
}

TEST_CASE("layers that are not there, and values that do not fit them") {
    Misused m(tagger_plan, vectors());
    for (const char* name : {"", "lstm", "gru", "gru_reset_before/kernel", "/", "dense ", "softmax/x"}) {
        m.refuses_call(std::string("layer ") + name, "the model has no layer",
                       [=](Call& call) { return call.layer(name, call.input()); });
    }
    m.refuses_call("a wrong width", "dense reads 5 features, but was given 3",
                   [](Call& call) { return call.layer("dense", call.input()); });
    m.refuses_call("the wrong output", "declared to hand out 7 time steps of 4 values",
                   [](Call& call) { return call.input(); });
    m.refuses_call("one step of the output", "but the call returned 1 of 4",
                   [](Call& call) { return call.step(tag(call), 6); });
    m.refuses_call("a cell of a layer without one", "has no cell to step",
                   [](Call& call) { return call.cell("dense", call.step(call.input(), 0)).output; });
    m.refuses_call("a cell of a whole sequence", "reads one time step, but was given 7",
                   [](Call& call) { return call.cell("gru_reset_before", call.input()).output; });
    m.refuses_call("a join of a layer that joins nothing", "does not join values", [](Call& call) {
        return call.join("dense", {call.input(), call.input()});
    });
    m.refuses_call("a stack of nothing", "at least one value", [](Call& call) { return call.stack({}); });
    m.refuses_call("a stack of sequences", "vectors of one width",
                   [](Call& call) { return call.stack({call.input()}); });
    m.refuses_call("a stack of two widths", "vectors of one width", [](Call& call) {
        return call.stack({call.step(call.input(), 0), call.step(tag(call), 0)});
    });
    m.refuses_call("a state for a layer without one", "another kind of cell", [](Call& call) {
        const Call::CellResult step = call.cell("gru_reset_before", call.step(call.input(), 0));
        return call.layer("dense", step.output, step.state);
    });
}

TEST_CASE("states of another pass") {
    Misused m(tagger_plan, vectors());
    CellState kept;
    m.model().set_call([&](Call& call) {
        kept = call.cell("gru_reset_before", call.step(call.input(), 0)).state;
        return tag(call);
    });
    m.model().predict(Tensor(Shape{1, 7, 3}));
    m.refuses_call("cell()", "another pass", [&](Call& call) {
        return call.cell("gru_reset_before", call.step(call.input(), 0), kept).output;
    });
    m.refuses_call("layer()", "another pass",
                   [&](Call& call) { return call.layer("gru_reset_before", call.input(), kept); });
    m.refuses_call("watch()", "another pass", [&](Call& call) {
        call.watch("h", kept);
        return tag(call);
    });
}

TEST_CASE("token ids where vectors belong, and joins of what does not go together") {
    Misused m(words_of_all_plan, words());
    m.refuses_call("a recurrent layer", "cells reads vectors, but was given token ids",
                   [](Call& call) { return call.layer("cells", call.input()); });
    m.refuses_call("an embedding of vectors", "words reads token ids, but was given vectors",
                   [](Call& call) { return call.layer("words", call.layer("words", call.input())); });
    m.refuses_call("a cell", "cells reads vectors",
                   [](Call& call) { return call.cell("cells", call.step(call.input(), 0)).output; });
    m.refuses_call("returned", "the call returned 9 of 0", [](Call& call) { return call.input(); });
    m.refuses_call("a stack", "not sequences or token ids",
                   [](Call& call) { return call.stack({call.step(call.input(), 0)}); });
    m.refuses_call("watched", "token ids have no gradient", [](Call& call) {
        call.watch("x", call.input());
        return call.layer("words", call.input());
    });
    m.refuses_call("values of them", "token ids", [](Call& call) {
        return call.values(call.input(), 0), call.layer("words", call.input());
    });
    m.refuses_call("joined", "vectors, but was given token ids", [](Call& call) {
        return call.join("concatenate", {call.input(), call.input()});
    });
    m.refuses_call("a join of nothing", "does not join values",
                   [](Call& call) { return call.join("concatenate", {}); });
    m.refuses_call("a join of no values", "no layer has made yet", [](Call& call) {
        return call.join("concatenate", {CallValue(), CallValue()});
    });
    m.refuses_call("a join of too few", "11 features in all, but was given 5",
                   [](Call& call) { return call.join("concatenate", {call.layer("words", call.input())}); });
    m.refuses_call("a join as a layer", "11 features in all, but was given 5",
                   [](Call& call) { return call.layer("concatenate", call.layer("words", call.input())); });
    m.refuses_call("a join of a sequence and a step", "one number of time steps", [](Call& call) {
        const CallValue x = call.layer("words", call.input());
        return call.join("concatenate", {x, call.step(call.layer("cells", x), 0)});
    });
}

TEST_CASE("both directions in a call") {
    Misused m(both_ways_plan, vectors());
    m.refuses_call("one step of both", "reads whole sequences, in both directions",
                   [](Call& call) { return call.cell("bidirectional", call.step(call.input(), 0)).output; });
    m.refuses_call("a wrong width", "reads 10 features, but was given 3",
                   [](Call& call) { return call.layer("bidirectional_1", call.input()); });
    m.refuses_call("a state", "another kind of cell", [](Call& call) {
        const auto step = call.cell("bidirectional/forward_gru", call.step(call.input(), 0));
        return call.layer("bidirectional", call.input(), step.state);
    });
    m.refuses_call("one direction alone", "reads 10 features in all, but was given 5", [](Call& call) {
        return call.join("bidirectional", {call.layer("bidirectional/forward_gru", call.input())});
    });
}

} // namespace timeloom::tests
