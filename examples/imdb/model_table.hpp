// The models of the table: how each is made and trained, and the figures published for it.
#pragma once

#include "training.hpp"

#include <functional>
#include <string>
#include <vector>

namespace imdb {

struct Figures {
    double train_accuracy = 0; ///< per cent, as all accuracies here
    double train_loss = 0;
    double test_accuracy = 0;
    double test_loss = 0;
};

/// A row of the table. `train` makes a model of its own from the task's options.
struct ModelRow {
    std::string name;  ///< as --model knows it
    std::string title; ///< as the table shows it
    std::size_t tokens;
    bool drop_remainder;
    Figures published;
    std::function<Training(const Task&)> train;
};

/// In the order of the published table.
const std::vector<ModelRow>& model_table();

} // namespace imdb
