#include "report.hpp"

#include "../spread.hpp"

#include <timeloom/runtime/plots/plot.hpp>

#include <algorithm>
#include <map>

namespace imdb {

namespace {

double accuracy(const timeloom::Evaluation& evaluation) { return 100 * evaluation.metric("accuracy"); }

/// The runs of one model, for all seeds.
using ModelRuns = std::vector<const Run*>;

std::vector<ModelRuns> by_model(std::span<const Run> runs) {
    std::vector<ModelRuns> result;
    for (const Run& run : runs) {
        if (result.empty() || result.back().front()->model != run.model) {
            result.emplace_back();
        }
        result.back().push_back(&run);
    }
    return result;
}

template <class Figure>
std::string cell(const ModelRuns& runs, const char* pattern, const Figure& figure) {
    std::vector<double> values;
    for (const Run* run : runs) {
        values.push_back(figure(run->training));
    }
    const auto [median, least, greatest] = spread(values);
    const std::string range = formatted(pattern, least) + "–" + formatted(pattern, greatest);
    return formatted(pattern, median) + (runs.size() == 1 ? "" : " (" + range + ")");
}

/// One curve: the values of `name`, as EpochResult knows it, in the epochs that have it.
timeloom::PlotSeries curve(const ModelRuns& runs, const std::string& name) {
    const bool is_accuracy = name.ends_with("accuracy");
    std::map<std::size_t, std::vector<double>> by_epoch;
    for (const Run* run : runs) {
        for (const timeloom::EpochResult& epoch : run->training.history) {
            if (const std::optional<double> value = epoch.value(name)) {
                by_epoch[epoch.epoch].push_back(is_accuracy ? 100 * *value : *value);
            }
        }
    }
    timeloom::PlotSeries series{.name = "", .x = {}, .y = {}, .style = timeloom::PlotStyle::line_and_points};
    for (const auto& [epoch, values] : by_epoch) {
        const auto [median, least, greatest] = spread(values);
        series.x.push_back(static_cast<double>(epoch));
        series.y.push_back(median);
        if (runs.size() > 1) {
            series.lower.push_back(least);
            series.upper.push_back(greatest);
        }
    }
    return series;
}

nlohmann::json as_json(const timeloom::History& history) {
    nlohmann::json epochs = nlohmann::json::array();
    for (const timeloom::EpochResult& result : history) {
        nlohmann::json epoch{{"epoch", result.epoch},
                             {"loss", result.training.loss},
                             {"accuracy", result.training.metric("accuracy")},
                             {"seconds", result.seconds}};
        if (result.validation) {
            epoch["val_loss"] = result.validation->loss;
            epoch["val_accuracy"] = result.validation->metric("accuracy");
        }
        epochs.push_back(epoch);
    }
    return epochs;
}

} // namespace

Table result_table(std::span<const Run> runs) {
    Table table{"Film reviews: recurrent networks, ours beside the published figures", {{"", "model"}}, {}};
    for (const char* group : {"train accuracy, %", "train loss", "test accuracy, %", "test loss"}) {
        table.columns.push_back({group, "ours"});
        table.columns.push_back({group, "published", true});
    }
    table.columns.push_back({"training", "seconds"});
    std::size_t seeds = 1;
    for (const ModelRuns& model : by_model(runs)) {
        const Figures& published = model.front()->model->published;
        seeds = std::max(seeds, model.size());
        table.rows.push_back({model.front()->model->title,
                              cell(model, "%.2f", [](const Training& t) { return accuracy(t.train); }),
                              formatted("%.2f", published.train_accuracy),
                              cell(model, "%.4f", [](const Training& t) { return t.train.loss; }),
                              formatted("%.4f", published.train_loss),
                              cell(model, "%.2f", [](const Training& t) { return accuracy(t.test); }),
                              formatted("%.2f", published.test_accuracy),
                              cell(model, "%.4f", [](const Training& t) { return t.test.loss; }),
                              formatted("%.4f", published.test_loss),
                              cell(model, "%.1f", [](const Training& t) { return t.seconds; })});
    }
    table.note = "Ours: the trained model on all 25,000 reviews of either set" +
                 (seeds == 1 ? "." : "; median (range) of " + std::to_string(seeds) + " seeds.");
    return table;
}

void draw_curves(const std::filesystem::path& file, std::span<const Run> runs) {
    std::vector<timeloom::PlotPanel> panels{{"epoch", "train loss", {}},
                                            {"epoch", "test loss", {}},
                                            {"epoch", "train accuracy, %", {}},
                                            {"epoch", "test accuracy, %", {}}};
    for (const ModelRuns& model : by_model(runs)) {
        std::size_t panel = 0;
        for (const char* name : {"loss", "val_loss", "accuracy", "val_accuracy"}) {
            panels[panel++].series.push_back(curve(model, name));
        }
        panels.front().series.back().name = model.front()->model->title; // one key is enough
    }
    // Too few epochs for a validation leave the test panels without a point.
    std::erase_if(panels, [](const timeloom::PlotPanel& panel) {
        return std::ranges::all_of(panel.series, [](const auto& series) { return series.y.empty(); });
    });
    timeloom::plot_panels(file, "Film reviews: loss and accuracy by epoch", panels, 2);
}

nlohmann::json as_json(std::span<const Run> runs) {
    nlohmann::json result = nlohmann::json::array();
    for (const auto& [model, seed, training] : runs) {
        result.push_back({{"model", model->name},
                          {"seed", seed},
                          {"epochs", training.history.size()},
                          {"seconds", training.seconds},
                          {"train_accuracy", training.train.metric("accuracy")},
                          {"train_loss", training.train.loss},
                          {"test_accuracy", training.test.metric("accuracy")},
                          {"test_loss", training.test.loss},
                          {"history", as_json(training.history)},
                          {"published",
                           {{"train_accuracy", model->published.train_accuracy / 100},
                            {"train_loss", model->published.train_loss},
                            {"test_accuracy", model->published.test_accuracy / 100},
                            {"test_loss", model->published.test_loss}}}});
    }
    return result;
}

} // namespace imdb
