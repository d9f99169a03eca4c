// Trains a network of every topology on ten years of airline passengers and tries it on the two years after.
#include "../example_program.hpp"
#include "many_to_many.timeloom.hpp"
#include "many_to_one.timeloom.hpp"
#include "models.hpp"
#include "months.hpp"
#include "one_to_many.timeloom.hpp"
#include "one_to_one.timeloom.hpp"
#include "stacked_many_to_one.timeloom.hpp"
#include "synchronized_many_to_many.timeloom.hpp"

#include <timeloom/runtime/model/model.hpp>
#include <timeloom/runtime/plots/plot.hpp>

#include <CLI/CLI.hpp>

#include <cmath>
#include <cstdio>

namespace {

using timeloom::Inputs;
using timeloom::Loss;
using timeloom::Tensor;
using namespace topologies;

struct Options {
    std::size_t epochs = 60;
    std::uint64_t seed = 1;
    std::string picture = "topologies.svg";
    std::string json;
};

struct Result {
    std::string name;
    double loss = 0;            ///< of the held-out windows
    double score = 0;           ///< root mean square error, or accuracy
    double naive = 0;           ///< the same of what happened a year before, or of guessing
    std::vector<double> losses; ///< by epoch
};

double root_mean_square(const Tensor& y) {
    double squares = 0;
    for (const float value : y.values()) {
        squares += static_cast<double>(value) * value;
    }
    return std::sqrt(squares / static_cast<double>(y.size()));
}

class Trainer {
  public:
    explicit Trainer(const Options& options) : options_(options) {}
    const std::vector<Result>& results() const { return results_; }

    /// Forecasts how months differ from those a year before; the naive forecast is that they do not.
    void forecast(const std::string& name, const timeloom::plan::Model& plan, const Inputs& x,
                  const Tensor& y, const Inputs& x_new, const Tensor& y_new) {
        timeloom::Model model(plan, {.seed = options_.seed});
        model.compile(timeloom::Adam{.learning_rate = 0.005}, Loss::mean_squared_error);
        Result& result = fit(name, model, x, y, x_new, y_new);
        result.score = std::sqrt(result.loss);
        result.naive = root_mean_square(y_new);
        std::printf("%-28s RMSE %6.3f   a year before %6.3f\n", name.c_str(), result.score, result.naive);
    }

    void label(const std::string& name, const timeloom::plan::Model& plan, const Tensor& x, const Tensor& y,
               const Tensor& x_new, const Tensor& y_new) {
        timeloom::Model model(plan, {.seed = options_.seed});
        model.compile(timeloom::Adam{.learning_rate = 0.005}, Loss::sparse_categorical_crossentropy,
                      {"accuracy"});
        Result& result = fit(name, model, x, y, x_new, y_new);
        result.score = model.evaluate(x_new, y_new).metric("accuracy");
        result.naive = 1.0 / year;
        std::printf("%-28s accuracy %5.1f %%   guessing %4.1f %%\n", name.c_str(), 100 * result.score,
                    100 * result.naive);
    }

  private:
    Result& fit(const std::string& name, timeloom::Model& model, const Inputs& x, const Tensor& y,
                const Inputs& x_new, const Tensor& y_new) {
        Result& result = results_.emplace_back();
        result.name = name;
        for (const auto& epoch : model.fit(x, y, {.epochs = options_.epochs, .batch_size = 16})) {
            result.losses.push_back(epoch.training.loss);
        }
        result.loss = model.evaluate(x_new, y_new).loss;
        return result;
    }

    const Options& options_;
    std::vector<Result> results_;
};

void train_all(Trainer& trainer) {
    const Months months;
    const auto& old = months.training();
    const auto& held = months.held_out();
    const Tensor x = months.sequences(old, 0, history), x_new = months.sequences(held, 0, history);
    const Tensor vectors = months.vectors(old, year, year), vectors_new = months.vectors(held, year, year);
    const Tensor month = months.changes(old, history, 1), month_new = months.changes(held, history, 1);
    const Tensor next_year = months.changes(old, history, year),
                 year_new = months.changes(held, history, year);
    trainer.forecast("one to one", one_to_one_plan, vectors, month, vectors_new, month_new);
    trainer.forecast("one to many", one_to_many_plan, vectors, next_year, vectors_new, year_new);
    trainer.forecast("many to one", many_to_one_plan, x, month, x_new, month_new);
    trainer.forecast("many to one, stacked", stacked_many_to_one_plan, x, month, x_new, month_new);
    const Tensor calendar = months.calendar(old, history, year);
    const Tensor calendar_new = months.calendar(held, history, year);
    trainer.forecast("many to many, handed over", many_to_many_plan, {x, calendar}, next_year,
                     {x_new, calendar_new}, year_new);
    trainer.label("many to many, synchronized", synchronized_many_to_many_plan, x,
                  months.month_of_year(old, 0, history), x_new, months.month_of_year(held, 0, history));
}

void run(const Options& options) {
    Trainer trainer(options);
    std::puts("Growth of airline passengers from month to month, two years held out\n");
    train_all(trainer);
    std::vector<timeloom::PlotPanel> panels;
    nlohmann::json results = {{"epochs", options.epochs}, {"seed", options.seed}};
    for (const Result& r : trainer.results()) {
        timeloom::PlotSeries losses{"", {}, r.losses};
        for (std::size_t epoch = 1; epoch <= r.losses.size(); ++epoch) {
            losses.x.push_back(static_cast<double>(epoch));
        }
        losses.name = r.name;
        panels.push_back({"epoch", "loss", {losses}});
        results["topologies"].push_back({{"name", r.name},
                                         {"held_out_loss", r.loss},
                                         {"score", r.score},
                                         {"naive", r.naive},
                                         {"losses", r.losses}});
    }
    timeloom::plot_panels(options.picture, "Training loss of the topologies", panels, 2);
    std::printf("\nwrote %s\n", options.picture.c_str());
    write_results(options.json, results);
}

} // namespace

int main(int argc, char** argv) {
    Options options;
    CLI::App app("Trains one network of every topology on the airline passengers.");
    app.add_option("--epochs", options.epochs, "Epochs of every training")->capture_default_str();
    app.add_option("--seed", options.seed, "Of initial values and shuffling")->capture_default_str();
    app.add_option("--plot", options.picture, "Picture to write, .svg or .png")->capture_default_str();
    app.add_option("--json", options.json, "Results to write");
    CLI11_PARSE(app, argc, argv);
    return run_program("topologies", [&] { run(options); });
}
