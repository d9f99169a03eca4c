// Weights of models and their files, and models that were moved from.
#include "misuse.hpp"
#include "models.hpp"

#include "../support/temporary_folder.hpp"

namespace timeloom::tests {

namespace {

constexpr float nan = static_cast<float>(not_a_number), inf = static_cast<float>(infinity);

const Tensor x = random_tensor({4, 6, 2}, 1);
const Tensor y = random_tensor({4, 1}, 2);

} // namespace

TEST_CASE("weights that a model does not have") {
    Model model = regression();
    const std::vector<float> before = all_weights(model);
    for (const std::string name :
         {"", "lstm", "lstm/", "lstm/kernel ", "/kernel", "LSTM/kernel", "dense/gamma"}) {
        refuses("get '" + name + "'", "no parameter", [&] { model.get_weights(name); });
        refuses("set '" + name + "'", "no parameter", [&] { model.set_weights(name, Tensor()); });
    }
    for (const std::string& name : model.weight_names()) {
        const Tensor good = model.get_weights(name);
        for (const Shape& shape :
             {Shape{}, Shape{0}, Shape{good.size() + 1}, Shape{1, good.size() + 1}, Shape{2, 2, 2}})
            refuses(name + " of " + to_string(shape), name, [&] { model.set_weights(name, Tensor(shape)); });
        for (const float value : {nan, inf, -inf}) {
            Tensor bad = good;
            bad.values().back() = value;
            refuses(name + " of " + std::to_string(value), name + " holds",
                    [&] { model.set_weights(name, bad); });
            std::vector<Tensor> all = model.get_weights();
            all[0].values().front() = value;
            refuses("all weights, one " + std::to_string(value), "(0, 0)", [&] { model.set_weights(all); });
        }
    }
    refuses("no weights", "0 tensors", [&] { model.set_weights({}); });
    std::vector<Tensor> more = model.get_weights();
    more.emplace_back();
    refuses("one too many", "10 tensors", [&] { model.set_weights(more); });
    more = model.get_weights();
    std::swap(more[0], more[1]);
    refuses("in another order", "lstm/kernel", [&] { model.set_weights(more); });
    CHECK(all_weights(model) == before);
    // What is finite may be as large as it likes: the outputs are what the kernels make of it.
    accepts("large weights", [&] {
        Tensor large = model.get_weights("lstm/kernel");
        large.fill(3e38f);
        model.set_weights("lstm/kernel", large);
        model.predict(x);
        model.set_weights("lstm/kernel", Tensor(large.shape()));
    });
}

TEST_CASE("files that are none") {
    const TemporaryFolder folder;
    Model model = regression();
    const std::vector<float> before = all_weights(model);
    const std::filesystem::path missing = folder.path() / "missing", in_missing = missing / "file";
    const auto empty = folder.write("empty", ""), text = folder.write("text", "these are no weights at all");
    for (const std::filesystem::path& path : {std::filesystem::path(), missing, in_missing, folder.path(),
                                              empty, text, std::filesystem::path(std::string(5000, 'n'))}) {
        refuses("load_weights " + path.string().substr(0, 60), "", [&] { model.load_weights(path); });
        refuses("load_checkpoint " + path.string().substr(0, 60), "", [&] { model.load_checkpoint(path); });
    }
    for (const std::filesystem::path& path : {std::filesystem::path(), in_missing, folder.path(),
                                              std::filesystem::path(std::string(5000, 'n'))}) {
        refuses("save_weights " + path.string().substr(0, 60), "", [&] { model.save_weights(path); });
        refuses("save_checkpoint " + path.string().substr(0, 60), "", [&] { model.save_checkpoint(path); });
    }
    const auto weights = folder.path() / "weights";
    model.save_weights(weights);
    refuses("weights as a checkpoint", "load_weights()", [&] { model.load_checkpoint(weights); });
    Model other = labels();
    refuses("weights of another model", "weights", [&] { other.load_weights(weights); });
    CHECK(all_weights(model) == before);
}

TEST_CASE("a model that was moved from") {
    Model model = regression();
    const Model there = std::move(model);
    const std::string part = "was moved from";
    refuses("predict", part, [&] { model.predict(x); });
    refuses("evaluate", part, [&] { model.evaluate(x, y); });
    refuses("gradients", part, [&] { model.gradients(x, y); });
    refuses("fit", part, [&] { model.fit(x, y, {}); });
    refuses("compile", part, [&] { model.compile(SGD{}, Loss::mean_squared_error); });
    refuses("set_call", part, [&] { model.set_call({}); });
    refuses("reset_states", part, [&] { model.reset_states(); });
    refuses("learning_rate", part, [&] { model.learning_rate(); });
    refuses("set_learning_rate", part, [&] { model.set_learning_rate(1); });
    refuses("stop_training", part, [&] { model.stop_training(); });
    refuses("epochs_trained", part, [&] { model.epochs_trained(); });
    refuses("metric_names", part, [&] { model.metric_names(); });
    refuses("weight_names", part, [&] { model.weight_names(); });
    refuses("get_weights", part, [&] { model.get_weights(); });
    refuses("get_weights of one", part, [&] { model.get_weights("dense/bias"); });
    refuses("set_weights", part, [&] { model.set_weights({}); });
    refuses("set_weights of one", part, [&] { model.set_weights("dense/bias", Tensor()); });
    refuses("save_weights", part, [&] { model.save_weights("no"); });
    refuses("load_weights", part, [&] { model.load_weights("no"); });
    refuses("save_checkpoint", part, [&] { model.save_checkpoint("no"); });
    refuses("load_checkpoint", part, [&] { model.load_checkpoint("no"); });
    refuses("count_parameters", part, [&] { model.count_parameters(); });
    refuses("summary", part, [&] { model.summary(); });
}

} // namespace timeloom::tests
