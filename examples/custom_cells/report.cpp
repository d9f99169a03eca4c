#include "report.hpp"

#include "../spread.hpp"

#include <timeloom/runtime/plots/plot.hpp>

#include <algorithm>

namespace custom_cells {

namespace {

struct Ratio {
    const Contestant* custom;
    const Contestant* built_in;
    double of_min, of_median;

    /// The ratio of the two minima, each divided by its number of products.
    double per_product() const { return of_min * built_in->products() / custom->products(); }
};

std::vector<Ratio> ratios(std::span<const Outcome> outcomes) {
    const auto find = [&](const std::string& name) {
        return *std::ranges::find_if(outcomes, [&](const Outcome& o) { return o.contestant->name == name; });
    };
    std::vector<Ratio> result;
    for (const Comparison& pair : comparisons()) {
        const Outcome& custom = find(pair.custom);
        const Outcome& built_in = find(pair.built_in);
        const Spread ours = spread(custom.milliseconds), theirs = spread(built_in.milliseconds);
        result.push_back(
            {custom.contestant, built_in.contestant, ours.least / theirs.least, ours.median / theirs.median});
    }
    return result;
}

timeloom::PlotSeries series(const std::string& name, std::vector<double> x, std::vector<double> y) {
    return {name, std::move(x), std::move(y), timeloom::PlotStyle::line_and_points};
}

} // namespace

Table cell_table(std::span<const Outcome> outcomes, double naive) {
    Table table{"Recurrent cells forecasting a day of the M4 competition's hourly series",
                {{"", "cell"},
                 {"", "equations"},
                 {"", "parameters"},
                 {"", "products"},
                 {"mean absolute error", "train"},
                 {"mean absolute error", "test"},
                 {"training step, ms", "min"},
                 {"training step, ms", "median"}},
                {}};
    for (const Outcome& o : outcomes) {
        const Spread time = spread(o.milliseconds);
        table.rows.push_back({o.contestant->title, o.contestant->source, std::to_string(o.parameters),
                              std::to_string(o.contestant->products()), formatted("%.4f", o.train.loss),
                              formatted("%.4f", o.test.loss), formatted("%.3f", time.least),
                              formatted("%.3f", time.median)});
    }
    table.note = "Errors in deviations of the window. Repeating the day before: " + formatted("%.4f", naive) +
                 " on the test windows.";
    return table;
}

Table ratio_table(std::span<const Outcome> outcomes) {
    Table table{"Time of a training step, custom cell over built-in cell",
                {{"", "custom"},
                 {"", "built in"},
                 {"", "products"},
                 {"ratio", "of min"},
                 {"ratio", "of median"},
                 {"ratio", "per product"}},
                {}};
    for (const Ratio& r : ratios(outcomes)) {
        table.rows.push_back(
            {r.custom->title, r.built_in->title,
             std::to_string(r.custom->products()) + " / " + std::to_string(r.built_in->products()),
             formatted("%.3f", r.of_min), formatted("%.3f", r.of_median),
             formatted("%.3f", r.per_product())});
    }
    return table;
}

void draw(const std::filesystem::path& file, std::span<const Outcome> outcomes) {
    std::vector<timeloom::PlotPanel> panels{{"epoch", "train error", {}},
                                            {"training step, ms", "test error", {}}};
    for (const Outcome& o : outcomes) {
        std::vector<double> epochs, errors;
        for (const timeloom::EpochResult& epoch : o.history) {
            epochs.push_back(static_cast<double>(epoch.epoch));
            errors.push_back(epoch.training.loss);
        }
        panels[0].series.push_back(series(o.contestant->title, epochs, errors));
        panels[1].series.push_back(series("", {spread(o.milliseconds).least}, {o.test.loss}));
    }
    timeloom::plot_panels(file, "A day of hourly values forecast by different cells", panels, 2);
}

nlohmann::json as_json(std::span<const Outcome> outcomes, double naive) {
    nlohmann::json result{{"naive_test_error", naive}};
    for (const Outcome& o : outcomes) {
        const Spread time = spread(o.milliseconds);
        nlohmann::json epochs = nlohmann::json::array();
        for (const timeloom::EpochResult& epoch : o.history) {
            epochs.push_back({{"loss", epoch.training.loss},
                              {"val_loss", epoch.validation->loss},
                              {"seconds", epoch.seconds}});
        }
        result["cells"].push_back({{"cell", o.contestant->name},
                                   {"source", o.contestant->source},
                                   {"parameters", o.parameters},
                                   {"products", o.contestant->products()},
                                   {"train_error", o.train.loss},
                                   {"test_error", o.test.loss},
                                   {"history", epochs},
                                   {"ms_min", time.least},
                                   {"ms_median", time.median}});
    }
    for (const Ratio& r : ratios(outcomes)) {
        result["ratios"].push_back({{"custom", r.custom->name},
                                    {"built_in", r.built_in->name},
                                    {"products", r.custom->products()},
                                    {"built_in_products", r.built_in->products()},
                                    {"ratio_min", r.of_min},
                                    {"ratio_median", r.of_median},
                                    {"ratio_per_product", r.per_product()}});
    }
    return result;
}

} // namespace custom_cells
